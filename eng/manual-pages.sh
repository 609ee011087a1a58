#!/usr/bin/env bash
# Makes the manual pages: the synopses and options that the programs' own --help prints, put into the hand-written parts of docs/man.
# Same programs and same documents, same bytes.
#
#   eng/manual-pages.sh BIN_DIR OUT_DIR    BIN_DIR has the four programs; OUT_DIR gets a page for each, and binarysync.7
set -euo pipefail

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
if [[ $# != 2 || ! -d $1 ]]; then
    echo 'usage: eng/manual-pages.sh BIN_DIR OUT_DIR' >&2
    exit 2
fi

bin=$(cd -- "$1" && pwd)
mkdir -p -- "$2"
out=$(cd -- "$2" && pwd)
help=$(mktemp -d)
trap 'rm -rf -- "$help"' EXIT
export LC_ALL=C

for tool in ckreq ckfile dtreq dtfile; do
    "$bin/$tool" --help >"$help/$tool"
    version=$("$bin/$tool" --version | head -n 1)
    commands=$(awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' "$help/$tool")
    for command in $commands; do
        "$bin/$tool" "$command" --help >"$help/$tool-$command"
    done
    awk -v tool="$tool" -v version="$version" -v commands="$commands" -v help="$help/$tool" -v manual="$top/docs/manual/scripting.md" \
        -f "$top/eng/manual-page.awk" "$top/docs/man/$tool.man" >"$help/page"
    cp -- "$help/page" "$out/$tool.1"
done

sed "s/@version@/$version/" "$top/docs/man/binarysync.man" >"$out/binarysync.7"
