#!/usr/bin/env bash
# Builds the four programs and takes one image through the whole cycle with them. Needs the .NET 10 SDK, no more.
#
#   ./quickstart.sh                  on a pair of sample images, made for it
#   ./quickstart.sh MASTER REMOTE    on two files or block devices of your own; REMOTE IS PATCHED IN PLACE
#   ./quickstart.sh --installed ...  either, with the programs that are in the path, from a package
set -euo pipefail

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin=$top/artifacts/bin

usage() {
    cat <<'TEXT'
usage: ./quickstart.sh                  build, and try the programs on a pair of sample images
       ./quickstart.sh MASTER REMOTE    the same on two files or block devices of your own:
                                        REMOTE IS PATCHED IN PLACE and becomes equal to MASTER
       ./quickstart.sh --installed ...  either, with the installed programs: nothing is built
TEXT
}

refuse() {
    printf 'quickstart.sh: error: %s\n' "$1" >&2
    usage >&2
    exit 2
}

# A command as one would type it.
show() {
    local word line='$'
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:+=@%,-]+$ ]] || printf -v word '%q' "$word"
        line+=" $word"
    done
    printf '%s\n' "$line"
}

run() {
    show "$@"
    "$@"
}

say() {
    printf '\n# %s\n' "$1"
}

absolute() {
    printf '%s/%s' "$(cd -- "$(dirname -- "$1")" && pwd)" "$(basename -- "$1")"
}

# Publishes the four programs together: what they share is compiled once. Says which one is ready. Logs to $1; further arguments
# go to dotnet.
publish() {
    local log=$1 job ended= ready=' ' tool
    shift
    (cd -- "$top" && exec dotnet build tools/Programs.proj --nologo -p:PublishDir="$bin/" "$@") >"$log" 2>&1 </dev/null &
    job=$!
    trap 'kill "$job" 2>/dev/null; exit 130' INT # a job in the background does not hear Ctrl-C
    while [[ -z $ended ]]; do
        kill -0 "$job" 2>/dev/null || ended=yes
        for tool in ckreq ckfile dtreq dtfile; do
            if [[ $ready != *" $tool "* ]] && grep -q -e "^ *$tool -> $bin/" "$log"; then
                printf '  %s is ready\n' "$tool"
                ready+="$tool "
            fi
        done
        [[ -n $ended ]] || sleep 0.5
    done
    trap - INT
    wait "$job"
}

build() {
    local log tool options=()
    if [[ -n $installed ]]; then
        for tool in ckreq ckfile dtreq dtfile; do
            printf 'using %s\n' "$(command -v "$tool")"
        done
        return
    fi

    command -v dotnet >/dev/null || { echo 'quickstart.sh: error: there is no dotnet; install the .NET 10 SDK' >&2; exit 1; }
    mkdir -p "$bin"
    log=$(mktemp "$top/artifacts/build.XXXXXX")
    if command -v gcc >/dev/null || command -v clang >/dev/null; then
        echo 'building native programs into artifacts/bin; the first time that takes some minutes ...'
    else
        echo 'building into artifacts/bin; without gcc or clang, programs that need .NET to run; the first time that takes some minutes ...'
        options=(-p:PublishAot=false)
    fi
    if ! publish "$log" "${options[@]}"; then
        # The compilers are packages, and not every feed has them for every system.
        if [[ ${#options[@]} == 0 ]] && grep -q -e ILCompiler -e NETSDK1207 -e 'Platform linker' "$log"; then
            echo 'without the compiler of native programs, which cannot be used here: programs that need .NET to run'
            options=(-p:PublishAot=false)
            publish "$log" "${options[@]}" || true
        fi
        if [[ ${#options[@]} == 1 ]] && grep -q -e Crossgen -e NETSDK1094 "$log"; then
            echo 'without the compiler that compiles ahead of time, which is not to be had here: the programs start slower'
            options+=(-p:PublishReadyToRun=false)
            publish "$log" "${options[@]}" || true
        fi
        if grep -q -e ': error ' -e '^Build FAILED' "$log"; then
            cat -- "$log" >&2
            rm -f -- "$log"
            echo 'quickstart.sh: error: the programs could not be built' >&2
            exit 1
        fi
    fi
    rm -f -- "$log"
}

# Puts standard input into an image, from a block of 4 KiB on.
put() {
    dd of="$1" bs=4096 seek="$2" conv=notrunc 2>/dev/null
}

# The same line again and again: $1 bytes. The pipe breaks on purpose when there are enough.
text() {
    { yes "$2" || true; } 2>/dev/null | head -c "$1"
}

# One disk at two times: 64 MiB with files, a log, a database and free space.
make_samples() {
    local page
    dd if=/dev/null of=remote.img bs=1 count=0 seek=67108864 2>/dev/null
    text 65536 'boot sector, partition table, superblock' | put remote.img 0
    head -c 25165824 /dev/urandom | put remote.img 256
    text 6291456 'Jan 01 00:00:00 host daemon[1]: all is well' | put remote.img 8192
    head -c 8388608 /dev/urandom | put remote.img 12288

    cp remote.img master.img
    head -c 1048576 /dev/urandom | put master.img 1024                                           # a file has been replaced,
    head -c 2097152 /dev/zero | put master.img 4096                                              # another one wiped;
    text 524288 'Feb 02 00:00:00 host daemon[1]: all is well, still' | put master.img 9728       # the log has grown,
    for page in 12290 12345 12777 12778 12779 13000 13333 13999 14001 14200; do                  # and the database lived
        head -c 8192 /dev/urandom | put master.img "$page"
    done
}

sizes() {
    local file bytes hundredths
    printf '%-14s %12d bytes\n' 'the image' "$1"
    for file in request.ckr remote.ckf master.ckf update.dtr update.dtf; do
        bytes=$(wc -c <"$file")
        hundredths=$(($1 > 0 ? bytes * 10000 / $1 : 0))
        printf '%-14s %12d bytes %4d.%02d%%\n' "$file" "$bytes" $((hundredths / 100)) $((hundredths % 100))
    done
}

installed=
if [[ ${1:-} == --installed ]]; then
    installed=yes
    shift
    for tool in ckreq ckfile dtreq dtfile; do
        command -v "$tool" >/dev/null || refuse "there is no $tool in the path"
    done
fi

case $# in
0) ;;
1) case $1 in -h | --help) usage; exit 0 ;; *) refuse 'MASTER and REMOTE, or nothing' ;; esac ;;
2)
    for path in "$@"; do
        [[ -f $path || -b $path ]] || refuse "$path is not a file or block device"
        [[ -r $path ]] || refuse "$path cannot be read"
    done
    [[ -w $2 ]] || refuse "$2 cannot be written"
    [[ ! $1 -ef $2 ]] || refuse "$1 and $2 are the same"
    ;;
*) refuse 'MASTER and REMOTE, or nothing' ;;
esac

keep=()
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [[ $# == 2 ]]; then
    master=$(absolute "$1")
    remote=$(absolute "$2")
    printf '%s WILL BE PATCHED IN PLACE and become equal to %s.\n' "$2" "$1"
    printf 'An undo file is kept, which takes that back. Have a backup of what you cannot lose all the same. Ctrl-C stops here.\n\n'
    build
    mkdir -p -- "$top/artifacts"
    work=$(mktemp -d "$top/artifacts/messages.XXXXXX")
    keep=(--undo undo.dtf)
    cd -- "$work"
else
    build
    work=$top/artifacts/sample
    rm -rf -- "$work"
    mkdir -p -- "$work"
    cd -- "$work"
    echo 'making two sample images in artifacts/sample ...'
    make_samples
    master=master.img
    remote=remote.img
fi

if [[ -z $installed ]]; then
    PATH=$bin:$PATH
    programs="the programs in $bin"
    apply=$bin/dtfile
else
    programs='the programs where they were'
    apply=dtfile
fi

say 'either side: which block size, hash and ranges'
run ckreq -o request.ckr
say 'the remote: checksums of the old content'
run ckfile "$remote" -r request.ckr -o remote.ckf
say 'the master: checksums of the new content'
run ckfile "$master" -r request.ckr -o master.ckf
say 'either side: what differs'
run dtreq --remote remote.ckf --master master.ckf -o update.dtr
say 'the master: the content of those blocks'
run dtfile "$master" -r update.dtr -o update.dtf
say 'the remote: a look first, then the patch, in place'
run dtfile apply update.dtf "$remote" --dry-run
run dtfile apply update.dtf "$remote" --verify full "${keep[@]}"

size=$(ckfile info master.ckf --json | sed -n 's/^ *"size": \([0-9]*\).*/\1/p')
say 'what travels: remote.ckf to the master, update.dtf to the remote; request.ckr and update.dtr between those who make them'
sizes "$size"

say 'the proof (cmp is silent where two files are equal)'
if [[ -b $master || -b $remote ]]; then
    run cmp -n "$size" "$master" "$remote" # a device may be longer than what was patched
else
    run cmp "$master" "$remote"
fi
run ckfile check "$remote" master.ckf
[[ ${#keep[@]} == 0 ]] || printf '\nTo take it back: %q apply %q %q\n' "$apply" "$work/undo.dtf" "$remote"
printf '\nBoth are equal. The files are in %s, %s.\n' "$work" "$programs"
