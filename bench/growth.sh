#!/usr/bin/env bash
# Measures how the cost of the four programs grows, one factor at a time from a base of 4 GiB, blocks of 4 KiB, 1% changed, two threads:
#
#   size       1, 4 and 16 GiB, and a sparse file of 1 TiB with 1 GiB of data
#   block      4 KiB, 64 KiB, 1 MiB
#   changed    0.1%, 1%, 10%, 100%, in pieces of 4 to 256 KiB
#   threads    1, 2
#
#   bench/growth.sh [--scale SIZE] [--directory DIR] [--rounds N] [--only FACTOR,...] [--json FILE] [--no-build]
#
# SIZE takes the place of the 4 GiB, and the other sizes with it, so that it can be tried small: --scale 64M. DIR is where about ten times SIZE fit. The content is that
# of real files; what is larger than the memory is read from the disk. Prints seconds and GiB/s, then the sizes of the four files and the largest resident sets; ckfile's
# seconds are those of one side, and a cycle is ckreq, ckfile twice, dtreq, dtfile and dtfile apply. Interrupted, it still prints what it has.
#
# Needs python3 (3.9) and the .NET SDK. Exit: 0 done, 1 one of the four failed or was wrong, 2 it cannot be done here or as asked.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
. "$(dirname -- "${BASH_SOURCE[0]}")/lib/start.sh"
measure growth.py "$@"
