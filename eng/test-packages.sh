#!/usr/bin/env bash
# Makes the packages, twice and in two places, and uses each of them as who gets it would.
#
#   eng/test-packages.sh             as root on Debian it also installs the .deb, and removes it again
#   eng/test-packages.sh PACKAGES    the same with packages that are there, in this directory
#
# Exits with 0 only if nothing failed; what cannot be tried here is named, with what it needs.
set -uo pipefail
export LC_ALL=C DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
case $# in
0) packages=$top/artifacts/packages ;;
1) packages=$(cd -- "$1" && pwd) || exit 2 ;;
*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
scratch=$(mktemp -d)
failed=0

is_installed() {
    dpkg -s binarysync >/dev/null 2>&1
}

# What was installed here before is none of ours.
was_installed=
! is_installed || was_installed=yes

clean_up() {
    [[ -n $was_installed ]] || ! is_installed || dpkg -r binarysync >/dev/null
    rm -rf --one-file-system -- "$scratch"
}
trap clean_up EXIT

# One test: a name, and a function that returns 0, or prints what is wrong. It runs in a shell of its own, and ends it by 'fail' or,
# where it cannot do its work here, 'skip'.
try() {
    local name=$1 output status
    shift
    output=$("$@" 2>&1)
    status=$?
    case $status in
    0) printf 'ok       %s\n' "$name" ;;
    77) printf 'skipped  %s: %s\n' "$name" "${output##*$'\n'}" ;;
    *)
        printf 'FAILED   %s\n%s\n' "$name" "$output"
        failed=$((failed + 1))
        ;;
    esac
}

skip() {
    echo "$1"
    exit 77
}

fail() {
    echo "$1"
    exit 1
}

# A pair of images in $1, with content that moved, so that a SHA-256 is needed as well.
make_images() {
    mkdir -p -- "$1"
    {
        seq 1 400000
        head -c 1000000 /dev/zero
        seq 7 7 900000
    } | head -c 5000000 >"$1/remote.img"
    {
        head -c 2048000 "$1/remote.img"
        seq 3 3 30000 | head -c 16384 # blocks, so that what follows has moved by blocks
        tail -c +409601 "$1/remote.img"
    } | head -c 5100000 >"$1/master.img"
}

# The whole cycle by the commands "$@ ckreq" and so on, in the directory $where as those commands see it.
cycle() {
    "$@ckreq" -o "$where/q.ckr" -b 4K -a sha256 &&
        "$@ckfile" "$where/remote.img" -r "$where/q.ckr" -o "$where/remote.ckf" &&
        "$@ckfile" "$where/master.img" -r "$where/q.ckr" -o "$where/master.ckf" &&
        "$@dtreq" --remote "$where/remote.ckf" --master "$where/master.ckf" -o "$where/update.dtr" &&
        "$@dtfile" "$where/master.img" -r "$where/update.dtr" -o "$where/update.dtf" &&
        "$@dtfile" apply "$where/update.dtf" "$where/remote.img" --verify full --undo "$where/undo.dtf" &&
        "$@ckfile" check "$where/remote.img" "$where/master.ckf"
}

version=$(dotnet msbuild "$top/src/Format" -getProperty:Version)

same_bytes() {
    [[ -d $scratch/again ]] || skip 'they were made before'
    [[ $(wc -l <"$scratch/again/SHA256SUMS") -ge 5 ]] && diff <(grep -Ff <(cut -d' ' -f2- -- "$scratch/again/SHA256SUMS") -- "$packages/SHA256SUMS") "$scratch/again/SHA256SUMS"
}

sums() {
    cd -- "$packages" && sha256sum -c --quiet SHA256SUMS && diff <(sed 's/^[^ ]* [ *]//' SHA256SUMS) <(find . -type f ! -name SHA256SUMS -printf '%P\n' | sort)
}

contents() {
    local name path missing=0
    for name in binarysync-"$version" binarysync-"$version"-linux-x64 $(cd -- "$scratch" && echo binarysync-"$version"-linux-arm64*); do
        [[ $name != *'*' ]] || continue
        for path in README.md LICENSE CHANGELOG.md THIRD-PARTY-NOTICES.txt docs/Manual.md docs/manual/first-sync.md docs/Format.md \
            {bin,share/bash-completion/completions}/{ckreq,ckfile,dtreq,dtfile} share/zsh/site-functions/_{ckreq,ckfile,dtreq,dtfile} \
            share/fish/vendor_completions.d/{ckreq,ckfile,dtreq,dtfile}.fish share/man/man1/{ckreq,ckfile,dtreq,dtfile}.1 \
            share/man/man7/binarysync.7; do
            [[ -s $scratch/$name/$path ]] || { echo "$name has no $path"; missing=1; }
        done
    done
    return "$missing"
}

# Nothing but the C and C++ libraries, /proc, /sys and the nodes of devices: no .NET, no OpenSSL, no ICU, no shell, no environment. The nodes
# are for loop devices of this machine, whose files are outside: apply asks the device itself, or it cannot tell whether one is over the target.
alone() {
    local root=$scratch/root library
    [[ $(id -u) == 0 && $(uname -m) == x86_64 ]] || skip 'needs root on x86-64'
    mkdir -p -- "$root"/{proc,sys,dev,lib64,bin} "$root/lib/x86_64-linux-gnu"
    cp -- "$scratch/binarysync-$version-linux-x64"/bin/* "$root/bin/"
    cp -L -- /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
    for library in $(ldd "$root/bin/ckfile" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'); do
        cp -L -- "$library" "$root/lib/x86_64-linux-gnu/"
    done
    make_images "$root/images"
    mount -t proc proc "$root/proc" || skip 'needs to mount /proc'
    trap "umount -- '$root/proc'" EXIT # 'root' is gone by then
    mount -t sysfs -o ro sysfs "$root/sys" || skip 'needs to mount /sys'
    trap "umount -- '$root/proc' '$root/sys'" EXIT
    mount -t devtmpfs devtmpfs "$root/dev" || skip 'needs to mount /dev'
    trap "umount -- '$root/proc' '$root/sys' '$root/dev'" EXIT
    where=/images cycle env -i /usr/sbin/chroot "$root" /bin/ || fail 'a step of the cycle failed'
    cmp -- "$root/images/remote.img" "$root/images/master.img"
}

# Under an emulator where this is no such machine: the same bytes as from the others; killed at several moments, and resumed each time.
arm64() {
    local home=$scratch/binarysync-$version-linux-arm64/bin where=$scratch/arm64 emulator=() file moment exit running killed=0
    [[ -d $home ]] || skip 'needs gcc-aarch64-linux-gnu and libc6-dev-arm64-cross when the packages are made'
    if [[ $(uname -m) != aarch64 ]]; then
        command -v qemu-aarch64-static >/dev/null && [[ -d /usr/aarch64-linux-gnu ]] || skip 'needs qemu-user-static'
        emulator=(qemu-aarch64-static -L /usr/aarch64-linux-gnu)
    fi
    make_images "$where"
    cp -- "$where/remote.img" "$where/target.img"
    cycle "${emulator[@]}" "$home/" || fail 'a step of the cycle failed'
    cmp -- "$where/remote.img" "$where/master.img" || fail 'not equal'
    for file in remote.ckf master.ckf update.dtr update.dtf undo.dtf; do
        cmp -- "$where/$file" "$scratch/portable/$file" || fail "$file: other bytes than on another processor"
    done
    # Each is killed a while after it has begun to write, which its journal shows. One that is done before that was too fast for this.
    for moment in 0 0.2 0.4 0.6; do
        "${emulator[@]}" "$home/dtfile" apply "$where/update.dtf" "$where/target.img" --limit-rate 4M &
        running=$!
        while [[ ! -e $where/target.img.binarysync-journal ]] && kill -0 "$running" 2>/dev/null; do
            sleep 0.02
        done
        sleep "$moment"
        kill -KILL "$running" 2>/dev/null
        exit=0
        wait "$running" || exit=$?
        [[ $exit == 137 || $exit == 0 ]] || fail "killed after $moment s of writing: exit $exit"
        [[ $exit != 137 || ! -e $where/target.img.binarysync-journal ]] || killed=$((killed + 1))
    done
    [[ $killed -gt 0 ]] || fail 'no run was killed in the middle'
    "${emulator[@]}" "$home/dtfile" apply "$where/update.dtf" "$where/target.img" --verify full || fail 'it does not go on'
    cmp -- "$where/target.img" "$where/master.img"
}

# What a container would see of the image for the system $1, unpacked into $2, after its digests were compared.
unpack_image() {
    local archive=$packages/binarysync-$version-$1.oci.tar layout=$2.layout blob
    mkdir -p -- "$layout" "$2"
    tar -C "$layout" -xf "$archive" || fail "$archive cannot be read"
    for blob in "$layout"/blobs/sha256/*; do
        [[ $(sha256sum <"$blob" | cut -d' ' -f1) == "${blob##*/}" ]] || fail "${blob##*/}: another content than its name says"
    done
    python3 - "$layout" "$version" >"$2.layer" <<'PYTHON' || fail 'its parts do not lead to one another'
import gzip, hashlib, json, sys
root = sys.argv[1]
def blob(descriptor):
    content = open(f"{root}/blobs/{descriptor['digest'].replace(':', '/')}", "rb").read()
    assert len(content) == descriptor["size"], descriptor
    return content
assert json.load(open(f"{root}/oci-layout"))["imageLayoutVersion"] == "1.0.0"
[found] = json.load(open(f"{root}/index.json"))["manifests"]
assert found["annotations"]["org.opencontainers.image.ref.name"] == f"binarysync:{sys.argv[2]}"  # podman load takes its name from this
manifest = json.loads(blob(found))
config = json.loads(blob(manifest["config"]))
[layer] = manifest["layers"]
assert config["architecture"] == found["platform"]["architecture"]
assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(gzip.decompress(blob(layer))).hexdigest()]
print(f"{root}/blobs/{layer['digest'].replace(':', '/')}")
PYTHON
    tar -C "$2" -xzf "$(cat -- "$2.layer")"
}

image() {
    local root=$scratch/image
    unpack_image linux-x64 "$root"
    [[ $(cd -- "$root/usr/bin" && echo *) == 'ckfile ckreq dtfile dtreq' ]] || fail 'it has other programs'
    [[ $(id -u) == 0 && $(uname -m) == x86_64 ]] || skip 'needs root on x86-64'
    [[ $(env -i PATH=/usr/bin /usr/sbin/chroot "$root" /usr/bin/ckfile --version | head -n 1) == "$version" ]] || fail 'ckfile does not start in it'
    make_images "$root/data"
    env -i PATH=/usr/bin /usr/sbin/chroot "$root" ckfile /data/master.img -o /data/master.ckf && [[ -s $root/data/master.ckf ]] || fail 'ckfile does not work in it'
    [[ -e $packages/binarysync-$version-linux-arm64.oci.tar ]] || return 0
    unpack_image linux-arm64 "$root-arm64"
    command -v qemu-aarch64-static >/dev/null || skip 'the one for arm64 needs qemu-user-static'
    [[ $(env -i qemu-aarch64-static -L "$root-arm64" "$root-arm64/usr/bin/ckfile" --version | head -n 1) == "$version" ]] || fail 'ckfile for arm64 does not start in it'
}

# The same bytes as the other programs, on a system with OpenSSL.
portable() {
    local home=$scratch/binarysync-$version file
    ! grep -rlaP '\A\x7fELF' "$home" || fail 'it has executables of one system'
    make_images "$scratch/portable"
    where=$scratch/portable cycle "$home/bin/" || fail 'a step of the cycle failed'
    cmp -- "$scratch/portable/remote.img" "$scratch/portable/master.img" || fail 'not equal'
    ln -sf -- "$home/bin/ckreq" "$scratch/link"
    [[ $("$scratch/link" --version | head -n 1) == "$version" ]] || fail 'it does not start through a link'
    [[ ! -d $scratch/root/images ]] || for file in remote.ckf master.ckf update.dtr update.dtf undo.dtf; do
        cmp -- "$scratch/portable/$file" "$scratch/root/images/$file" || fail "$file: other bytes than without OpenSSL"
    done
}

portable_without_dotnet() {
    local exit=0 message
    mkdir -p -- "$scratch/few"
    ln -sf -- "$(command -v sh)" "$(command -v readlink)" "$(command -v dirname)" "$scratch/few/"
    message=$(env -i PATH="$scratch/few" "$scratch/binarysync-$version/bin/ckfile" --version 2>&1) || exit=$?
    [[ $exit == 127 && $message == 'ckfile: error: there is no dotnet'* ]] || fail "exit $exit: $message"
}

can_install() {
    [[ $(id -u) == 0 ]] || skip 'needs root'
    command -v dpkg >/dev/null && [[ $(dpkg --print-architecture) == amd64 ]] || skip 'needs Debian on amd64'
    [[ -z $was_installed ]] || skip 'binarysync is installed here, and shall stay as it is'
}

debian_install() {
    can_install
    dpkg -i "$packages/binarysync_$version-1_amd64.deb" && dpkg --verify binarysync
}

debian_quickstart() {
    can_install
    (cd / && env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$scratch" "$top/quickstart.sh" --installed)
}

debian_aids() {
    local tool shells=(bash zsh fish) shell
    can_install
    for tool in ckreq ckfile dtreq dtfile; do
        [[ $(man -w "$tool") == /usr/share/man/man1/$tool.1.gz ]] || fail "man does not find $tool"
    done
    [[ $(man -w binarysync) == /usr/share/man/man7/binarysync.7.gz ]] || fail 'man does not find binarysync'
    for shell in "${shells[@]}"; do
        command -v "$shell" >/dev/null || fail "needs $shell"
    done
    bash -c 'shopt -s progcomp; . /usr/share/bash-completion/bash_completion; _completion_loader ckfile; complete -p ckfile | grep -v _minimal' || fail 'bash does not find its completion'
    zsh -fc 'autoload -Uz compinit; compinit -u -D; [[ -n ${_comps[dtfile]} ]]' || fail 'zsh does not find its completion'
    fish -c 'complete -C "dtreq --" | grep -q -e --remote' || fail 'fish does not find its completion'
}

debian_lintian() {
    command -v lintian >/dev/null || skip 'needs lintian'
    lintian --allow-root --fail-on error,warning "$packages/binarysync_$version"-1_*.deb
}

debian_remove() {
    local files path
    can_install
    mapfile -t files < <(dpkg -L binarysync | while IFS= read -r path; do [[ -d $path ]] || printf '%s\n' "$path"; done)
    [[ ${#files[@]} -gt 20 ]] || fail 'dpkg -L lists hardly anything'
    dpkg -r binarysync || fail 'it cannot be removed'
    for path in "${files[@]}" /usr/share/doc/binarysync; do
        [[ ! -e $path ]] || fail "$path is still there"
    done
    ! is_installed || fail 'dpkg still knows it'
}

consumer() {
    local list
    cp -r -- "$top/examples" "$scratch/"
    mkdir -p -- "$scratch/artifacts"
    ln -s -- "$packages" "$scratch/artifacts/packages" # where the example looks for it
    dotnet build "$scratch/examples/ReadChecksums" -o "$scratch/consumer" --nologo -p:RestorePackagesPath="$scratch/nuget" || fail 'it cannot be built'
    list=$("$scratch/consumer/ReadChecksums" "$scratch/portable/master.ckf") || fail 'it does not run'
    diff <(grep -E '^(data|zero)' <<<"$list") <("$scratch/binarysync-$version/bin/ckfile" info "$scratch/portable/master.ckf" --extents | sed -nE 's/^  ((data|zero)  ?[0-9].*)/\1/p') || fail 'other extents than ckfile info'
    [[ $("$scratch/binarysync-$version/bin/ckfile" info "$scratch/portable/master.ckf" --json) == *"$(sed -n 's/^root //p' <<<"$list")"* ]] || fail 'another root'
    head -c 3000 "$scratch/portable/master.ckf" >"$scratch/cut.ckf"
    ! "$scratch/consumer/ReadChecksums" "$scratch/cut.ckf" || fail 'a file that is cut short is read as if it were whole'
}

# What the example writes is a data file that the programs take.
producer() {
    local programs="$scratch/binarysync-$version/bin"
    dotnet build "$scratch/examples/WriteDataFile" -o "$scratch/producer" --nologo -p:RestorePackagesPath="$scratch/nuget" || fail 'it cannot be built'
    head -c 20000001 /dev/urandom >"$scratch/old.img"
    cp -- "$scratch/old.img" "$scratch/new.img"
    head -c 9000000 /dev/urandom | dd of="$scratch/new.img" bs=1000 seek=3000 conv=notrunc status=none
    dd if=/dev/zero of="$scratch/new.img" bs=1000 seek=1000 count=500 conv=notrunc status=none
    "$scratch/producer/WriteDataFile" "$scratch/old.img" "$scratch/new.img" "$scratch/update.dtf" || fail 'it does not run'
    "$programs/dtfile" info "$scratch/update.dtf" || fail 'its data file is refused'
    "$programs/dtfile" apply "$scratch/update.dtf" "$scratch/old.img" --verify full || fail 'its data file is not applied'
    cmp "$scratch/old.img" "$scratch/new.img" || fail 'the target is not the new file'
}

symbols() {
    local list
    list=$(python3 -m zipfile -l "$packages/BinarySync.Format.$version.snupkg") || skip 'needs python3'
    [[ $list == *lib/net10.0/BinarySync.Format.pdb* ]] || fail 'there is no BinarySync.Format.pdb'
    list=$(python3 -m zipfile -l "$packages/BinarySync.Format.$version.nupkg")
    [[ $list == *README.md* && $list == *LICENSE* && $list == *lib/net10.0/BinarySync.Format.xml* ]] || fail "$list"
}

# The second time from the files alone, elsewhere, without a clone around them; for this processor only, unless BINARYSYNC_TWICE is 'all'.
# Both at once: each waits a lot.
make_twice() {
    local second other="$scratch/another place"
    echo 'making the packages, twice ...'
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct) || exit 1
    export SOURCE_DATE_EPOCH
    mkdir -p -- "$other"
    (cd -- "$top" && git ls-files -z --cached --others --exclude-standard | tar --null -T - --ignore-failed-read -cf -) 2>/dev/null | tar -C "$other" -xf -
    rm -rf -- "$packages"
    # shellcheck disable=SC2046 # one word, or none
    "$other/eng/package.sh" $([[ ${BINARYSYNC_TWICE:-} == all ]] || echo here) "$scratch/again" >"$scratch/again.log" 2>&1 &
    second=$!
    "$top/eng/package.sh" >"$scratch/log" 2>&1 || { cat -- "$scratch/log"; echo 'FAILED   eng/package.sh'; exit 1; }
    wait "$second" || { cat -- "$scratch/again.log"; echo 'FAILED   eng/package.sh in another place'; exit 1; }
}

[[ $# == 1 ]] || make_twice
for archive in "$packages"/*.tar.gz; do
    tar -C "$scratch" -xzf "$archive"
done

try 'the same sources give the same bytes' same_bytes
try 'SHA256SUMS names all of them, and is right' sums
try 'the archives are complete' contents
try 'linux-x64: a whole cycle where nothing but the C libraries is' alone
try 'images: digests, and the programs start in them' image
try 'any system: a whole cycle through dotnet, with the same bytes' portable
try 'linux-arm64: a whole cycle, with the same bytes; kills' arm64
try 'any system: without dotnet, it says so' portable_without_dotnet
try '.deb: lintian' debian_lintian
try '.deb: dpkg -i' debian_install
try '.deb: the quickstart, with the installed programs' debian_quickstart
try '.deb: completions and manual pages are found' debian_aids
try '.deb: dpkg -r, and nothing is left' debian_remove
try 'NuGet: the example reads what ckfile wrote' consumer
try 'NuGet: the example writes what dtfile applies' producer
try 'NuGet: symbols, readme, licence' symbols
exit $((failed > 0))
