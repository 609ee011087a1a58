"""dtfile apply, forth and back on one target, against the same ranges written by one plain process."""

import os
import sys
from dataclasses import dataclass

from lib import files
from lib.bench import Bench, Group, median
from lib.contest import Contestant, Wrong
from lib.inputs import Pair
from lib.process import Command, command

from . import blocksync

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PWRITE = "pwrite + fsync"
PEER = "blocksync-fast --apply-delta"
TARGET = "target.img"


@dataclass
class Target:
    """A copy of the old image, taken back to it before each run."""

    pair: Pair
    ruined: bool = True

    def restore(self) -> None:
        if self.ruined:
            files.copy(self.pair.old, TARGET)
            self.ruined = False
        else:
            files.transplant(self.pair.runs, self.pair.old, TARGET)
        files.read_once(TARGET)

    def is_new(self) -> None:
        self.is_like(self.pair.new)

    def is_old(self) -> None:
        self.is_like(self.pair.old)

    def is_like(self, image: str) -> None:
        if not files.equal(TARGET, image):
            self.ruined = True  # who knows where else
            raise Wrong(f"{TARGET} is not {image}")


def measure(bench: Bench) -> None:
    pair = bench.pair
    bench.need("forth.dtf")
    bench.warm(pair.new, "forth.dtf")
    target = Target(pair)
    standings = bench.compare([yardstick(target), *ours(target), peer(bench, target)], yardstick=PWRITE)
    for name in ("dtfile apply", "dtfile apply --verify none", "dtfile apply --dry-run"):
        bench.judge(f"{name} / dtfile --version", bench.ratio(standings, name, "dtfile --version"))
    full, blind, start = (median(standings, name) for name in ("dtfile apply", "dtfile apply --verify none", "dtfile --version"))
    pwrite = median(standings, PWRITE)
    bench.judge(f"(apply - start) / {PWRITE}", (full - start) / pwrite if full and start and pwrite else None)
    for yardstick_name, reference in ((PWRITE, median(standings, PWRITE)), (PEER, median(standings, PEER))):
        bench.judge(f"(apply --verify none - start) / {yardstick_name}", (blind - start) / reference if blind and start and reference else None)
    files.remove(TARGET, "master.delta", "master.digest")


def yardstick(target: Target) -> Contestant:
    line = f"pwrite_ranges.py forth.json {target.pair.new} {TARGET}"
    pwrite = Command((sys.executable, os.path.join(BENCH, line.split()[0]), *line.split()[1:]), own_clock=True, shown=f"python3 bench/{line}")
    return Contestant(PWRITE, (pwrite,), prepare=target.restore, check=target.is_new, quick=True)


def ours(target: Target) -> list[Contestant]:
    apply = f"dtfile apply forth.dtf {TARGET} -q"
    return [
        Contestant("dtfile apply", (command(apply),), prepare=target.restore, check=target.is_new, quick=True),
        Contestant("dtfile apply --verify none", (command(f"{apply} --verify none"),), prepare=target.restore, check=target.is_new, quick=True),
        Contestant("dtfile apply --dry-run", (command(f"{apply} --dry-run"),), prepare=target.restore, check=target.is_old, quick=True),
        Contestant("dtfile --version", (command("dtfile --version"),), quick=True),
    ]


def peer(bench: Bench, target: Target) -> Contestant:
    digest, delta = "master.digest", "master.delta"

    def prepare() -> None:
        if not os.path.exists(delta):
            bench.make(blocksync.make_digest(target.pair.old, digest))
            bench.make(blocksync.make_delta(target.pair.new, digest, delta))
        target.restore()

    return Contestant(PEER, blocksync.apply_delta(TARGET, delta), prepare=prepare, check=target.is_new)


GROUP = Group("apply", "Patching a target in the page cache, in place and durably.", measure, quick=True)
