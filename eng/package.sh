#!/usr/bin/env bash
# Makes the packages: an archive for any system with .NET 10; for linux-x64 and linux-arm64 native programs, which need no
# .NET, and a .deb of those; and the format library for NuGet. The same sources give the same bytes, wherever they lie.
#
# Native programs need gcc or clang; those for arm64 on a PC need Debian's gcc-aarch64-linux-gnu. What cannot be made is left
# out, and named.
#
#   eng/package.sh [OUT_DIR]         into artifacts/packages, unless told otherwise
#
# The time in the packages is that of the last commit; SOURCE_DATE_EPOCH says another, and is needed outside a clone.
set -euo pipefail
export LC_ALL=C TZ=UTC DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
umask 022

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
tools=(ckreq ckfile dtreq dtfile)
documents=(README.md LICENSE CHANGELOG.md CONTRIBUTING.md)

refuse() {
    printf 'package.sh: error: %s\n' "$1" >&2
    exit "${2:-1}"
}

case $# in
0) out=$top/artifacts/packages ;;
1)
    case $1 in
    -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) refuse "'$1' is no option of this program" 2 ;;
    esac
    out=$1
    ;;
*) refuse 'one directory, or nothing' 2 ;;
esac

for program in dotnet tar gzip sha256sum; do
    command -v "$program" >/dev/null || refuse "needs $program"
done

if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null) || refuse 'not a clone: SOURCE_DATE_EPOCH has to say which time the files get'
fi
export SOURCE_DATE_EPOCH

# What is built for packages has a place of its own: nothing that an earlier build left behind gets into them. It lies
# below the repository, because paths that begin with that are taken out of what is compiled (PathMap).
work=$top/artifacts/packaging
rm -rf -- "$work"
mkdir -p -- "$work/stage" "$work/out" "$out"
out=$(cd -- "$out" && pwd)
trap 'rm -rf -- "$work"' EXIT

say() {
    printf '== %s\n' "$1"
}

# dotnet COMMAND PROJECT OPTION...; what it says is shown only where it fails. Analyzers have run in the ordinary build; the
# trimmer's warnings are errors here as well. Nothing of the clone itself, as its commit or origin, goes into the result.
build() {
    local command=$1 project=$2
    shift 2
    dotnet "$command" "$top/$project" -c Release --artifacts-path "$work/build" --nologo -p:RunAnalyzers=false \
        -p:EnableSourceLink=false -p:EnableSourceControlManagerQueries=false "$@" >"$work/log" 2>&1 </dev/null && return
    cat -- "$work/log" >&2
    refuse "$project could not be built"
}

# Sorted, of nobody, and all of one age.
archive() {
    tar -C "$work/stage" --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - -- "$1" |
        gzip -9n >"$work/out/$1.tar.gz"
}

# The documents, as they lie in the repository, so that they find one another.
add_documents() {
    (cd -- "$top" && cp --parents -- "${documents[@]}" docs/*.md docs/manual/*.md "$1")
    cp -- "$top/eng/packaging/THIRD-PARTY-NOTICES.txt" "$1"
}

# Completions and manual pages are printed by the programs, in the directory $1, into a share directory.
make_aids() {
    local tool bash=$work/share/bash-completion/completions zsh=$work/share/zsh/site-functions fish=$work/share/fish/vendor_completions.d
    mkdir -p -- "$bash" "$zsh" "$fish" "$work/share/man/man1" "$work/share/man/man7"
    for tool in "${tools[@]}"; do
        "$1/$tool" completions bash >"$bash/$tool"
        "$1/$tool" completions zsh >"$zsh/_$tool"
        "$1/$tool" completions fish >"$fish/$tool.fish"
    done
    "$top/eng/manual-pages.sh" "$1" "$work/share/man/man1" >/dev/null
    mv -- "$work/share/man/man1/binarysync.7" "$work/share/man/man7/"
}

version=$(dotnet msbuild "$top/src/Format" -getProperty:Version)
. "$top/eng/packaging/native.sh"
. "$top/eng/packaging/portable.sh"
. "$top/eng/packaging/debian.sh"
. "$top/eng/packaging/nuget.sh"

can_make "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" || refuse 'needs gcc or clang'
for target in "linux-x64 amd64" "linux-arm64 arm64"; do
    read -r system architecture <<<"$target"
    if ! can_make "$system"; then
        say "left out: $system, which needs a linker for that processor"
        continue
    fi
    say "binarysync-$version-$system.tar.gz: programs that need no .NET"
    package_native "$system"
    say "binarysync_$version-1_$architecture.deb"
    package_debian "$architecture" "$system"
done
say "binarysync-$version.tar.gz: for any system with .NET 10"
package_portable
say "BinarySync.Format.$version.nupkg"
package_nuget

(cd -- "$work/out" && sha256sum -- * >"$work/SHA256SUMS")
cp -- "$work"/out/* "$work/SHA256SUMS" "$out/"
(cd -- "$out" && cat SHA256SUMS)
