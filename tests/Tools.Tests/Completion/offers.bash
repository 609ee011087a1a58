# Usage: bash offers.bash SCRIPT PROGRAM WORD...
# Prints what bash offers for the last word: calls the function that SCRIPT has registered, as readline does.
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$(($# - 2))
registered=$(complete -p "$2")
registered=${registered#*-F }
"${registered%% *}"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
