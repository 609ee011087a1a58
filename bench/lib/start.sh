# shellcheck shell=bash
# Sourced by compare.sh and growth.sh: checks what they need, builds the four programs, and hands over to Python.

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

fail() {
    echo "${0##*/}: error: $1" >&2
    exit 2
}

build() {
    local tool log
    log=$(mktemp)
    for tool in ckreq ckfile dtreq dtfile; do
        if ! (cd -- "$top" && dotnet publish "tools/$tool" -c Release -o artifacts/bin --nologo -v quiet) >"$log" 2>&1 </dev/null; then
            cat -- "$log" >&2
            rm -f -- "$log"
            fail "$tool could not be built"
        fi
    done
    rm -f -- "$log"
}

# measure SCRIPT.py ARGUMENT...: the arguments are looked at before anything is built.
measure() {
    local script=$1 argument build=yes
    shift
    for argument in "$@"; do
        case $argument in
        -h | --help) exec python3 "$top/bench/$script" --help ;;
        --no-build) build=no ;;
        esac
    done
    python3 "$top/bench/$script" "$@" --check-options || exit
    [[ $build == no ]] || build
    PATH=$top/artifacts/bin:$PATH:/usr/sbin:/sbin exec python3 "$top/bench/$script" "$@"
}

for program in python3 dotnet; do
    command -v "$program" >/dev/null || fail "$program is not installed"
done
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || fail 'python3 is older than 3.9'
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 LC_ALL=C.UTF-8
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false # nothing of the build stays and works on while it is measured
