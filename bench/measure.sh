#!/usr/bin/env bash
# Measures, in one run and as ratios, what the programs promise about speed, reading and memory:
#
#   - ckfile on an image in the page cache, against `xxhsum -H2` on the same image
#   - the bytes that dtfile reads of the master, against those that were requested
#   - dtfile apply, forth and back on one target in the page cache, against one process that writes the same ranges with pwrite and calls fsync once
#   - the largest resident set of each program: on the image, and on dense pairs with everything changed, one four times the other
#
#   bench/measure.sh [SIZE] [DIRECTORY]      SIZE: 4G unless given; DIRECTORY: where about four times SIZE fit
#
# Needs xxhsum, strace, python3 and awk; with mkfs.ext4 the image holds real files, without it random ones.
set -euo pipefail

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
rounds=7

fail() {
    echo "measure.sh: error: $1" >&2
    exit 2
}

[[ $# -le 2 && ${1:-4G} =~ ^[0-9]+[KMGT]?$ ]] || fail 'usage: bench/measure.sh [SIZE] [DIRECTORY], SIZE such as 512M or 4G'
size=$(numfmt --from=iec "${1:-4G}")
[[ $size -ge $((256 << 20)) ]] || fail 'SIZE is at least 256M: anything smaller measures the start of a process'
for program in xxhsum strace awk python3 dotnet; do
    command -v "$program" >/dev/null || fail "$program is not installed"
done

work=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/binarysync-bench.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
for tool in ckreq ckfile dtreq dtfile; do
    (cd -- "$top" && dotnet publish "tools/$tool" -c Release -o artifacts/bin --nologo -v quiet) >&2
done
PATH=$top/artifacts/bin:$PATH:/usr/sbin:/sbin
cd -- "$work"

# The largest directory of real files that fits into the image with room to live.
real_files() {
    local directory kilobytes
    for directory in /usr /usr/lib /usr/share /usr/bin; do
        kilobytes=$(du -xsk -- "$directory" 2>/dev/null | cut -f1) || continue
        if ((kilobytes * 1024 < size * 6 / 10)); then
            printf '%s' "$directory"
            return
        fi
    done
}

make_image() {
    local files
    files=$(real_files)
    if [[ -n $files ]] && command -v mkfs.ext4 >/dev/null; then
        truncate -s "$size" base.img
        mkfs.ext4 -q -F -d "$files" base.img 2>/dev/null
        cp --sparse=never base.img dense.img && mv dense.img base.img # holes would not be read, and the comparison not fair
        echo "image: ext4 of $(numfmt --to=iec "$size") with the files of $files"
    else
        head -c "$size" /dev/urandom >base.img
        echo "image: $(numfmt --to=iec "$size") of random bytes"
    fi
}

# Its later self: about 2% rewritten, in pieces of 4 to 256 KiB that lie where they lie.
age_image() {
    local blocks=$((size / 4096)) left=$((size / 4096 / 50)) length at
    cp --sparse=always base.img master.img
    RANDOM=20
    while ((left > 0)); do
        length=$((1 + RANDOM % 64))
        at=$(((RANDOM << 15 | RANDOM) % (blocks - 64)))
        dd if=/dev/urandom of=master.img bs=4096 seek="$at" count="$length" conv=notrunc status=none
        left=$((left - length))
    done
}

# Seconds that a command takes.
seconds() {
    local from=$EPOCHREALTIME
    "$@" >/dev/null
    local to=$EPOCHREALTIME
    awk -v a="${from/,/.}" -v b="${to/,/.}" 'BEGIN { printf "%.4f\n", b - a }'
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# KiB of the largest resident set. Where there is no GNU time, the kernel's own high-water mark is read while the program runs.
resident() {
    if [[ -x /usr/bin/time ]] && /usr/bin/time -f %M true 2>/dev/null; then
        /usr/bin/time -f %M -o resident.txt "$@" >/dev/null
        tail -n 1 resident.txt
        return
    fi

    local name value unit highest=0 process
    "$@" >/dev/null &
    process=$!
    while kill -0 "$process" 2>/dev/null; do
        while read -r name value unit; do
            [[ $name != VmHWM: || $unit != kB ]] || highest=$value
        done 2>/dev/null <"/proc/$process/status" || true
        sleep 0.005
    done
    wait "$process"
    echo "$highest"
}

# The whole cycle on a pair, with the largest resident set of each program in MiB.
cycle() {
    local old=$1 new=$2 a b c d e
    a=$(resident ckfile "$old" -q -f -o old.ckf)
    b=$(resident ckfile "$new" -q -f -o new.ckf)
    c=$(resident dtreq --remote old.ckf --master new.ckf -q -f -o update.dtr)
    d=$(resident dtfile "$new" -r update.dtr -q -f -o update.dtf)
    e=$(resident dtfile apply update.dtf "$old" -q)
    cmp "$old" "$new"
    awk -v a=$((a > b ? a : b)) -v c="$c" -v d="$d" -v e="$e" \
        'BEGIN { printf "ckfile %.1f, dtreq %.1f, dtfile %.1f, dtfile apply %.1f\n", a / 1024, c / 1024, d / 1024, e / 1024 }'
}

make_image
age_image

echo
echo "ckfile against xxhsum -H2, image in the page cache, $rounds rounds in turn after a warm-up:"
xxhsum -H2 base.img >/dev/null 2>&1
ckfile base.img -q -f -o base.ckf
for ((round = 0; round < rounds; round++)); do
    seconds xxhsum -H2 base.img >>xxhsum.txt 2>/dev/null
    seconds ckfile base.img -q -o - >>hashing.txt
    seconds ckfile base.img -q -f -o base.ckf >>file.txt
    seconds ckfile --version >>start.txt
done
reference=$(median <xxhsum.txt)
echo "  xxhsum -H2                 $reference s"
echo "  ckfile, no file            $(median <hashing.txt) s; ratio $(ratio "$(median <hashing.txt)" "$reference")"
echo "  ckfile, file and its flush $(median <file.txt) s; ratio $(ratio "$(median <file.txt)" "$reference")"
echo "  of that, ckfile's start    $(median <start.txt) s"
echo "  base.ckf is $(ratio "$(($(wc -c <base.ckf) * 100))" "$size")% of the image"

echo
echo 'what dtfile reads of the master:'
ckfile master.img -q -f -o master.ckf
dtreq --remote base.ckf --master master.ckf -q -o read.dtr
requested=$(dtreq info read.dtr --json | sed -n 's/^ *"data_bytes": \([0-9]*\).*/\1/p')
strace -f -qq -e trace=read,pread64,readv,preadv,preadv2,mmap -P "$work/master.img" -o reads.txt dtfile master.img -r read.dtr -q -o read.dtf
awk -v requested="$requested" -v size="$size" '
    / = [0-9]+$/ { reads++; bytes += $NF }
    /mmap/ { mapped++ }
    END {
        printf "  %d reads, %d bytes; %d bytes were requested: ratio %.3f (%.2f%% of the master)\n", reads, bytes, requested, bytes / requested, bytes * 100 / size
        if (mapped) print "  and " mapped " mappings, which are not counted"
    }' reads.txt

echo
echo "dtfile apply against pwrite and one fsync of the same ranges, target and data file in the page cache, $rounds rounds in turn:"
dtreq --remote master.ckf --master base.ckf -q -o back.dtr
dtfile base.img -r back.dtr -q -o back.dtf
dtreq info read.dtr --extents --json >forth.json
dtreq info back.dtr --extents --json >back.json
cp --sparse=never base.img target.img
cat target.img read.dtf back.dtf >/dev/null
for ((round = 0; round < rounds; round++)); do
    sync
    python3 "$top/bench/pwrite_ranges.py" forth.json master.img target.img >>pwrite.txt
    python3 "$top/bench/pwrite_ranges.py" back.json base.img target.img >/dev/null
    sync
    seconds dtfile apply read.dtf target.img -q >>apply.txt
    sync
    seconds dtfile apply back.dtf target.img -q --verify none >>blind.txt
    seconds dtfile apply read.dtf target.img -q --dry-run >>dry.txt
done
cmp target.img base.img
reference=$(cut -d' ' -f1 pwrite.txt | median)
echo "  pwrite and fsync, $(numfmt --to=iec "$requested")     $reference s (from the first pwrite to the end of fsync)"
echo "  dtfile apply               $(median <apply.txt) s; ratio $(ratio "$(median <apply.txt)" "$reference")"
echo "  without reading back       $(median <blind.txt) s; ratio $(ratio "$(median <blind.txt)" "$reference")"
echo "  of that, up to the first write  $(median <dry.txt) s, the start of the process $(median <start.txt) s"
rm -f target.img

echo
echo 'largest resident set, MiB:'
echo "  the image ($(numfmt --to=iec "$size")): $(cycle base.img master.img)"
rm -f base.img master.img ./*.dtf
for part in 8 2; do
    head -c $((size / part)) /dev/urandom >dense.img
    { tail -c +4097 dense.img && head -c 4096 dense.img; } >moved.img # every block has another content than before
    echo "  dense, all changed ($(numfmt --to=iec $((size / part)))): $(cycle dense.img moved.img)"
done
