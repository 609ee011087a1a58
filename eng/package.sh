#!/usr/bin/env bash
# Makes the packages: an archive for any system with .NET 10; for linux-x64 and linux-arm64 native programs, which need no
# .NET, a .deb of those, and images for containers; and the format library for NuGet. The same sources give the same
# bytes, wherever they lie.
#
# Native programs need gcc or clang; those for arm64 on a PC need Debian's gcc-aarch64-linux-gnu. What cannot be made is left
# out, and named.
#
#   eng/package.sh [OUT_DIR]         into artifacts/packages, unless told otherwise
#   eng/package.sh oci [OUT_DIR]     only the images for containers
#   eng/package.sh here [OUT_DIR]    all, but for this machine's processor only
#
# A run that was interrupted goes on where it was, as long as the sources are the same.
#
# DEBFULLNAME and DEBEMAIL name the maintainer of the .deb: the project has no address of its own.
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

only=
case ${1:-} in
-h | --help)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
oci | here)
    only=$1
    shift
    ;;
-*) refuse "'$1' is no option of this program" 2 ;;
esac
[[ $# -le 1 ]] || refuse 'one directory, or nothing' 2
out=${1:-$top/artifacts/packages}

for program in dotnet tar gzip sha256sum readelf; do
    command -v "$program" >/dev/null || refuse "needs $program"
done

if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null) || refuse 'not a clone: SOURCE_DATE_EPOCH has to say which time the files get'
fi
export SOURCE_DATE_EPOCH

# What is built for packages has a place of its own: nothing that another build left behind gets into them. It lies below the
# repository, because paths that begin with that are taken out of what is compiled (PathMap). What is finished stays there until
# all is, and serves the next run if it was made of the same sources.
work=$top/artifacts/packaging
sources=$({
    git -C "$top" rev-parse HEAD && git -C "$top" diff HEAD && git -C "$top" ls-files -o --exclude-standard -z | (cd -- "$top" && xargs -0r sha256sum)
} 2>/dev/null | sha256sum || true)
key="${only/oci/} $SOURCE_DATE_EPOCH ${DEBFULLNAME:-} ${DEBEMAIL:-} $(dotnet --version) $sources"
if [[ $(cat -- "$work/key" 2>/dev/null) != "$key" ]] || ! git -C "$top" rev-parse HEAD >/dev/null 2>&1; then
    rm -rf -- "$work"
fi
rm -rf -- "$work/unfinished"
mkdir -p -- "$work/stage" "$work/out" "$work/unfinished" "$work/done" "$out"
printf '%s' "$key" >"$work/key"
out=$(cd -- "$out" && pwd)

say() {
    printf '== %s\n' "$1"
}

# One step: a name, what is made, and how. A step that an earlier run has finished is not done again.
step() {
    local name=$1 what=$2
    shift 2
    if [[ -e $work/done/$name ]]; then
        say "$what (made by the run before)"
        return
    fi
    say "$what"
    "$@"
    : >"$work/done/$name"
}

# Files of a directory as a tar: sorted, of nobody, and all of one age.
pack() {
    tar --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$@"
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

archive() {
    (cd -- "$work/stage" && pack -- "$1") | gzip -9n >"$work/unfinished/$1.tar.gz"
    mv -- "$work/unfinished/$1.tar.gz" "$work/out/"
}

# The documents, as they lie in the repository, so that they find one another.
add_documents() {
    (cd -- "$top" && cp --parents -- "${documents[@]}" docs/*.md docs/manual/*.md "$1")
    cp -- "$top/eng/packaging/THIRD-PARTY-NOTICES.txt" "$1"
}

# Completions and manual pages are printed by the programs, in the directory $1, into a share directory.
make_aids() {
    local tool share=$work/unfinished/share
    local bash=$share/bash-completion/completions zsh=$share/zsh/site-functions fish=$share/fish/vendor_completions.d
    mkdir -p -- "$bash" "$zsh" "$fish" "$share/man/man1" "$share/man/man7"
    for tool in "${tools[@]}"; do
        "$1/$tool" completions bash >"$bash/$tool"
        "$1/$tool" completions zsh >"$zsh/_$tool"
        "$1/$tool" completions fish >"$fish/$tool.fish"
    done
    "$top/eng/manual-pages.sh" "$1" "$share/man/man1" >/dev/null
    mv -- "$share/man/man1/binarysync.7" "$share/man/man7/"
    mv -- "$share" "$work/"
}

version=$(dotnet msbuild "$top/src/Format" -getProperty:Version)
. "$top/eng/packaging/native.sh"
. "$top/eng/packaging/portable.sh"
. "$top/eng/packaging/debian.sh"
. "$top/eng/packaging/nuget.sh"
. "$top/eng/packaging/oci.sh"

here=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
can_make "$here" || refuse 'needs gcc or clang'
for target in "linux-x64 amd64" "linux-arm64 arm64"; do
    read -r system architecture <<<"$target"
    [[ $only != here || $system == "$here" ]] || continue
    if ! can_make "$system"; then
        say "left out: $system, which needs a linker for that processor"
        continue
    fi
    step "native-$system" "binarysync-$version-$system.tar.gz: programs that need no .NET" package_native "$system"
    [[ $only == oci ]] || step "debian-$architecture" "binarysync_$version-1_$architecture.deb" package_debian "$architecture" "$system"
    step "oci-$architecture" "binarysync-$version-$system.oci.tar: an image for containers" package_oci "$system" "$architecture"
done
if [[ $only == oci ]]; then
    cp -- "$work/out"/*.oci.tar "$out/"
    exit
fi
step portable "binarysync-$version.tar.gz: for any system with .NET 10" package_portable
step nuget "BinarySync.Format.$version.nupkg" package_nuget

(cd -- "$work/out" && sha256sum -- * >"$work/SHA256SUMS")
cp -- "$work"/out/* "$work/SHA256SUMS" "$out/"
(cd -- "$out" && cat SHA256SUMS)
rm -rf -- "$work"
