# Usage: zsh -f offers.zsh DIRECTORY LINE
# Prints what an interactive zsh offers when TAB is pressed behind LINE. DIRECTORY has the completion scripts, as $fpath wants them; what zsh has found out about all of its
# own is kept there from one line to the next.
zmodload zsh/zpty
state=$(mktemp -d)
zpty -b shell 'zsh -f -i'
zpty -w shell "fpath=(${(q)1} \$fpath)
autoload -Uz compinit
compinit -u -d ${(q)1}/.dump
# Everything that is offered goes through compadd; with -O, -A or -D it is only asked what would fit.
compadd() {
    if [[ \${@[1,(i)(-|--)]} != *-[OAD]* ]]; then
        local -a offers
        builtin compadd -A offers \"\$@\"
        print -rl -- \$offers >>$state/offers
    fi
    builtin compadd \"\$@\"
}
told() { : >$state/done }
comppostfuncs=(told)
: >$state/ready"

await() {
    repeat 600; do
        [[ -e $state/$1 ]] && return
        sleep 0.05
    done
    print -u2 "zsh: no sign of '$1'"
    exit 1
}

await ready
zpty -w -n shell "$2"$'\t'
await done
zpty -d shell
sort -u $state/offers 2>/dev/null
rm -rf $state
