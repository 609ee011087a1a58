#!/usr/bin/env bash
# Compares, in one run and as ratios, the four programs with their peers and with the plainest way of doing the same work:
#
#   checksum   ckfile on an image in the page cache, against xxhsum, openssl, sha256sum, b3sum, dd, cat, rdiff and blocksync-fast
#   cold       ckfile on an image that is not in the page cache, against dd (root)
#   sparse     ckfile on a file that is mostly holes, against the same bytes without them
#   loop       ckfile on a block device, against the file behind it (root)
#   request    dtreq on two checksum files, and on two very large ones
#   collect    dtfile on the master, against a process that reads the same ranges; and how much of the master it reads
#   base       dtfile --base: content over old content, against xdelta3, for the image and a database
#   shift      ckfile and dtfile with --shift, and apply: content at any byte of the target, against rdiff and rsync
#   compression sizes of the data file at every level, with and without repeats, against lz4 and zstd on the same bytes
#   apply      dtfile apply, forth and back on one target, against pwrite and one fsync of the same ranges
#   cycle      all of it, against rdiff, xdelta3, rsync, bdsync and blocksync-fast; and what travels
#   start      --version and --help, against the smallest programs of .NET and of C
#   memory     the largest resident set of each program, also on dense files in which everything has changed
#
#   bench/compare.sh [SIZE] [--directory DIR] [--rounds N] [--only GROUP,...] [--json FILE] [--quick] [--no-build]
#
# SIZE is that of the image: 4G unless given. As root it is an ext4 file system with real files, and its later self was mounted and worked with; else real files one
# after another, with pieces rewritten. DIR is where about six times SIZE fit. Every result is checked; a peer that fails or is wrong is shown as such, one that is not on
# the PATH is left out with a line. --json keeps every single run. --quick is for .ci/run: small, few programs, and an exit of 1 where something has become several times
# slower; its limits, and the promises, stand in bench/targets.py.
#
# Needs python3 (3.9) and the .NET SDK. Exit: 0 done, 1 one of the four failed or was wrong, 2 it cannot be done here or as asked.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
. "$(dirname -- "${BASH_SOURCE[0]}")/lib/start.sh"
measure compare.py "$@"
