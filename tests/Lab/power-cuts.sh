#!/bin/bash
# Records 'dtfile apply' on vfat and exFAT, forth and with an undo file, and cuts the power at every point of the record; at each the same
# command has to end in B, and for every second state the undo file first in A.
#
#   power-cuts.sh WORK PROGRAMS [EVERY [SEEDS]]      every point with two seeds, unless told otherwise
#
# WORK is what make-lab.sh has made, PROGRAMS a directory with native programs (artifacts/bin). Prints what jobs/verify.sh finds; ends
# with 1 if anything was wrong. Needs 3 GB in WORK.
set -euo pipefail
[[ $# -ge 2 && $# -le 4 && $1 != -* ]] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 2; }
here=$(cd -- "$(dirname -- "$0")" && pwd)
work=$(realpath -- "$1") programs=$(realpath -- "$2") every=${3:-1} seeds=${4:-2}
share=$work/power-cuts
rm -rf -- "$share"
mkdir -p -- "$share"
PATH=$programs:$PATH
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch" "$work"/disk-*.img' EXIT

# NAME FILESYSTEM SIZE_OF_A SIZE_OF_B
seed=5
disks=()
while read -r name fs a b; do
    mkdir -p -- "$share/$name"
    python3 "$here/tools/pair.py" "$seed" "$a" "$b" "$share/$name/t" "$share/$name.B" 15 10
    ckfile "$share/$name/t" -q -f -o "$scratch/a.ckf"
    ckfile "$share/$name.B" -q -f -o "$scratch/b.ckf"
    dtreq --remote "$scratch/a.ckf" --master "$scratch/b.ckf" -q -f -o "$scratch/u.dtr"
    dtfile "$share/$name.B" -r "$scratch/u.dtr" -q -f -o "$share/$name/u.dtf"
    echo "$name $fs dtfile apply u.dtf t --undo undo.dtf --progress none" >>"$share/scenarios"
    truncate -s 640M "$work/disk-$name.img"
    disks+=("log-$name=$work/disk-$name.img")
    seed=$((seed + 1))
done <<'PAIRS'
vf vfat 4000000 5000123
ex exfat 4000000 5000123
vs vfat 5000000 3900000
PAIRS
cp -r -- "$here/tools" "$share/"
echo "EVERY=$every SEEDS=$seeds" >"$share/settings"
truncate -s 640M "$work/disk-data.img"
truncate -s 3G "$work/disk-work.img"

"$here/run-job.sh" --share "$share" "$work" "$programs" "$here/jobs/record.sh" "data=$work/disk-data.img" "${disks[@]}"
"$here/run-job.sh" --share "$share" --limit 14400 "$work" "$programs" "$here/jobs/verify.sh" "work=$work/disk-work.img" "${disks[@]}" | tee "$share/found"
! grep -q PROBLEM "$share/found"
