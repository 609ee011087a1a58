"""What is aimed at, and what a quick comparison refuses: the one place for both."""

from __future__ import annotations

from dataclasses import dataclass

from lib.report import MIB


@dataclass(frozen=True)
class Target:
    """The most that a figure may be, what one would like, and what it is divided by before it is shown: 1 for a ratio, MIB for memory, 1024 for a file."""

    limit: float
    goal: float | None = None
    unit: int = 1


# The promises, for images of 4 GiB.
TARGETS: dict[str, Target] = {
    "ckfile / xxhsum -H2": Target(0.9, goal=0.75),
    "ckfile / blocksync-fast": Target(0.9, goal=0.75),
    "ckfile / xxhsum -H2, processor time": Target(1.2),
    "ckfile / blocksync-fast, processor time": Target(1.0),
    "ckfile -t 1 / xxhsum -H2, processor time": Target(1.2),
    "ckfile -t 1 / blocksync-fast, processor time": Target(1.0),
    "ckfile -a sha256 / openssl": Target(0.65),
    "ckfile / dd, nothing cached": Target(1.05),
    "ckfile, sparse / dense": Target(1.15),
    "ckfile, loop / file, over dd, loop / file": Target(1.2),
    "dtreq / (cmp + 120 ms)": Target(1.0),
    "dtreq, large / cat": Target(1.5),
    "dtreq, large: peak MiB": Target(48 * MIB, unit=MIB),
    "(dtfile -c none - start) / gather": Target(1.5),
    "dtfile -c lz4 / blocksync-fast --make-delta": Target(0.5),
    "dtfile -c lz4 / blocksync-fast --make-delta, size": Target(0.75),
    "dtfile -c zstd:2 / blocksync-fast --make-delta": Target(1.0),
    "dtfile -c zstd:2 / blocksync-fast --make-delta, size": Target(0.75),
    "bytes read of the master / bytes requested": Target(1.5),
    "dtfile --base -c zstd:3 / xdelta3 -e -9 -S none, image, size": Target(1.0),
    "dtfile --base -c zstd:3 / xdelta3 -e -9 -S none, image": Target(0.05),
    "dtfile --base -c zstd:3 / xdelta3 -e -9 -S none, database, size": Target(1.1),
    "dtfile --base -c zstd:3 / xdelta3 -e -9 -S none, database": Target(0.05),
    "dtfile --base -c zstd:3 / dtfile -c zstd:3, database, size": Target(0.4),
    "dtfile --shift / rdiff, random": Target(0.12),
    "dtfile --shift, random, size KiB": Target(64 * 1024, unit=1024),
    "dtfile apply / rdiff patch, random": Target(2.5),
    "dtfile --shift / rdiff, tar, size": Target(1.0),
    "dtfile --shift / rdiff, tar": Target(0.2),
    "dtfile --shift / rsync, tar": Target(0.2),
    "dtfile --shift / dtfile --remote, image": Target(1.3),
    "largest peak with --shift, MiB": Target(48 * MIB, unit=MIB),
    "dtfile -c lz4 / raw, size": Target(0.68),
    "dtfile -c lz4 --no-repeats / raw, size": Target(0.68),
    "dtfile -c brotli:5 / zstd -3, size": Target(1.0),
    "dtfile -c zstd:3 / zstd -3, size": Target(1.0),
    "(apply --verify none - start) / pwrite + fsync": Target(2.5),
    "(apply --verify none - start) / blocksync-fast --apply-delta": Target(1.3),
    "apply, copies in random order / data": Target(3.0),
    "cycle / blocksync-fast": Target(1.0, goal=0.7),
    "cycle / rdiff": Target(0.05, goal=0.04),
    "cycle / bdsync": Target(0.12),
    "ckreq --version / hello world": Target(3.0),
    "ckfile --version / hello world": Target(3.0),
    "dtreq --version / hello world": Target(3.0),
    "dtfile --version / hello world": Target(3.0),
    "ckfile --help / hello world": Target(3.0),
    "(apply - start) / pwrite + fsync": Target(2.5, goal=2.0),
    "largest peak with default options, MiB": Target(48 * MIB, unit=MIB),
    "largest peak with default options and many copies, MiB": Target(96 * MIB, goal=48 * MIB, unit=MIB),
}

# What ends a quick comparison (256 MiB, in .ci/run) with 1: about three times what was measured, so that a busy machine does not reach it and a program that has become
# three times slower does. At this size most of a run is its start; `--version` suffers from a busy machine as the rest does, and so is the better yardstick. Behind each
# stands what was measured, on two cores which a dozen other processes were using.
QUICK: dict[str, Target] = {
    "ckfile / xxhsum -H2": Target(13),  # 4.1 to 4.8
    "ckfile / ckfile --version": Target(9),  # 3.0 to 3.3
    "dtreq / dtreq --version": Target(6),  # 1.6 to 2.2
    "dtfile -c lz4 / dtfile --version": Target(8),  # 2.2 to 3.2
    "dtfile -c zstd:2 / dtfile --version": Target(8),  # 2.5 to 3.0
    "dtfile -c none / dtfile --version": Target(7),  # 2.2 to 2.5
    "bytes read of the master / bytes requested": Target(1.5),  # 1.00, always
    "dtfile apply / dtfile --version": Target(10),  # 1.8 to 3.5
    "dtfile apply --verify none / dtfile --version": Target(10),  # 2.1 to 3.4
    "dtfile apply --dry-run / dtfile --version": Target(8),  # 1.6 to 2.6
    "apply, copies in random order / data": Target(9),  # measured 5.3: of native programs; before, both had 0.5 s of start-up in common
    "ckreq --version / hello world": Target(6),  # 1.5 to 2.2
    "ckfile --version / hello world": Target(6),  # 1.1 to 1.7
    "dtreq --version / hello world": Target(6),  # 0.9 to 2.3
    "dtfile --version / hello world": Target(6),  # 1.2 to 2.0
    "ckfile --help / hello world": Target(7),  # 1.7 to 2.7
    "largest peak with default options, MiB": Target(48 * MIB, unit=MIB),  # 35, always
    "largest peak with default options and many copies, MiB": Target(96 * MIB, unit=MIB),  # 55, always
}
