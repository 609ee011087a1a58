#!/usr/bin/env bash
# Builds the programs for win-x64 and uses them under wine, on regular files: the whole cycle, pipes, kills, names.
#
#   eng/test-windows.sh       needs Debian's wine and wine64; takes some minutes
#
# Exits with 0 only if nothing failed.
set -uo pipefail
export LC_ALL=C.UTF-8 DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 WINEDEBUG=-all

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
command -v wine >/dev/null || { echo 'test-windows.sh: error: needs wine and wine64' >&2; exit 2; }
scratch=$(mktemp -d)
export WINEPREFIX=$scratch/prefix
trap 'wineserver -k 2>/dev/null; rm -rf --one-file-system -- "$scratch"' EXIT
failed=0

# One test: a name, and a function that returns 0, or prints what is wrong. It runs in a shell of its own.
try() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        printf 'ok       %s\n' "$name"
    else
        printf 'FAILED   %s\n%s\n' "$name" "$output"
        failed=$((failed + 1))
    fi
}

fail() {
    echo "$1"
    exit 1
}

# The lock files of the libraries have what this needs; that of a program that needs .NET is no file of the repository.
echo 'building for win-x64 ...'
for tool in ckreq ckfile dtreq dtfile; do
    dotnet publish "$top/tools/$tool" -c Release --artifacts-path "$scratch/build" --nologo -p:RuntimeIdentifier=win-x64 --self-contained -p:PublishAot=false \
        -p:PublishReadyToRun=false -p:RunAnalyzers=false -o "$scratch/bin" >"$scratch/log" 2>&1 ||
        { cat -- "$scratch/log"; exit 1; }
done
for tool in ckreq ckfile dtreq dtfile; do
    eval "$tool() { timeout 120 wine '$scratch/bin/$tool.exe' \"\$@\"; }"
done
wine "$scratch/bin/ckfile.exe" --version >/dev/null 2>&1 # makes the prefix

# A pair in the working directory: content that changed, that became zeros and that moved. $1 and $2: bytes of a and of b.
pair() {
    cd -- "$(mktemp -d -p "$scratch")" && python3 - "$1" "$2" <<'PYTHON'
import random, sys
a_size, b_size = int(sys.argv[1]), int(sys.argv[2])
source = random.Random(1)
a = bytearray(source.randbytes(max(a_size, b_size)))
b = bytearray(a)
b[1_000_000:2_000_000] = source.randbytes(1_000_000)
b[3_000_000:3_500_000] = bytes(500_000)
b[4_096_000:5_120_000] = a[5_120_000:6_144_000]
open("a", "wb").write(a[:a_size])
open("b", "wb").write(b[:b_size])
PYTHON
    cp a old
}

whole_cycle() {
    pair "$1" "$2"
    ckreq -o q.ckr -b 4K -a sha256 || fail ckreq
    ckfile a -r q.ckr -q -o a.ckf && ckfile b -r q.ckr -q -o b.ckf || fail ckfile
    dtreq --remote a.ckf --master b.ckf -o u.dtr || fail dtreq
    dtfile b -r u.dtr -o u.dtf || fail dtfile
    dtfile apply u.dtf a --verify full --undo back.dtf --allow-shrink || fail apply
    cmp a b || fail 'not equal'
    ckfile check a b.ckf || fail check
    dtfile apply back.dtf a --verify full --allow-shrink || fail undo
    cmp a old
}

pipes() {
    pair 8000000 8000000
    ckfile a -q -o a.ckf || fail ckfile
    dtfile b --remote - -q -o - <a.ckf | dtfile apply - a --verify full || fail apply
    cmp a b || fail 'not equal'
    cp old a
    dtfile b --remote a.ckf --no-repeats -q -o - | dtfile apply --stream - a || fail stream
    cmp a b || fail 'not equal after a stream'
    { echo first; ckfile --version; } >appended || fail '>'
    [[ $(head -n 1 appended) == first && $(wc -l <appended) -gt 2 ]] || fail 'an output that is appended has lost its beginning'
    ckfile info a.ckf --json | python3 -c 'import json, sys; json.load(sys.stdin)' || fail 'no JSON'
}

# Killed five times in the middle, and the same command goes on.
kills() {
    local round
    pair 8000000 9000000
    ckfile a -q -o a.ckf && dtfile b --remote a.ckf -q -o u.dtf || fail messages
    for round in 1 2 3 4 5; do
        wine "$scratch/bin/dtfile.exe" apply u.dtf a --limit-rate 400K &
        for ((i = 0; i < 600; i++)); do
            [[ ! -e a.binarysync-journal ]] || break
            sleep 0.1
        done
        sleep "0.$round"
        wineserver -k 9
        wait $!
        [[ -e a.binarysync-journal ]] || fail "there is no journal after kill $round"
    done
    ! cmp -s a b || fail 'it was killed too late'
    dtfile apply u.dtf a --verify full || fail 'it does not go on'
    cmp a b
}

names() {
    local long directory='Verzeichnis mit Lücken/日本語'
    pair 7000000 7000000
    long=$(printf 'ä%.0s' {1..100}).img
    mkdir -p -- "$directory" && cp a "$directory/$long"
    ckfile "$directory/$long" -q -o 'ü.ckf' || fail ckfile
    dtfile b --remote 'ü.ckf' -q -o 'ö.dtf' || fail dtfile
    dtfile apply 'ö.dtf' "$directory/$long" --verify full || fail apply
    cmp "$directory/$long" b
}

devices() {
    local name
    pair 7000000 7000000
    ckfile a -q -o a.ckf && dtfile b --remote a.ckf -q -o u.dtf || fail messages
    for name in '\\.\PhysicalDrive0' '\\.\C:' '//./PhysicalDrive0' '\\?\Volume{4c1b02c4-d990-11dc-99ae-806e6f6e6963}' nul; do
        [[ $(ckfile "$name" -o x.ckf 2>&1) == *'is a device; on Windows, only regular files'* ]] || fail "ckfile $name"
        [[ $(dtfile apply u.dtf "$name" 2>&1) == *'is a device; on Windows, only regular files'* ]] || fail "apply $name"
    done
}

# The same bytes as on Linux.
same_bytes() {
    pair 8000000 8100000
    ckfile a -q -o a.ckf && dtfile b --remote a.ckf -q -o u.dtf || fail messages
    "$scratch/linux/ckfile" a -q -o l.ckf && "$scratch/linux/dtfile" b --remote l.ckf -q -o l.dtf || fail 'messages on Linux'
    cmp a.ckf l.ckf && cmp u.dtf l.dtf
}

mkdir -- "$scratch/linux"
dotnet build "$top/tools/Programs.proj" --nologo -p:PublishDir="$scratch/linux/" >"$scratch/log" 2>&1 </dev/null || { cat -- "$scratch/log"; exit 1; }
try 'a whole cycle, and back' whole_cycle 8000000 8000000
try 'a file that grows' whole_cycle 7000000 9000000
try 'a file that shrinks' whole_cycle 9000000 7000000
try 'pipes' pipes
try 'kills, and the same command goes on' kills
try 'long names, and names outside ASCII' names
try 'disks and volumes are refused' devices
try 'the same bytes as on Linux' same_bytes
exit $((failed > 0))
