"""dtfile apply where the blocks of the target have another order: as copies, and the same blocks sent as data."""

import random

from lib import checks, files
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command

BLOCK = 512
MOST = 196_608  # so many copies a request has
FEW = 65_536
OLD, NEW, TARGET = "ordered.img", "shuffled.img", "moved.img"
COPIES, DATA = "apply, copies in random order", "apply, the same as data"


def measure(bench: Bench) -> None:
    make_pair(MOST if bench.size >= 1 << 30 else FEW)
    for line in (f"ckfile {OLD} -b {BLOCK} -q -f -o ordered.ckf", f"ckfile {NEW} -b {BLOCK} -q -f -o shuffled.ckf"):
        bench.make(command(line))
    for name, option in (("copies", ""), ("data", " --no-copy")):
        bench.make(command(f"dtreq --remote ordered.ckf --master shuffled.ckf{option} -q -f -o {name}.dtr"))
        bench.make(command(f"dtfile {NEW} -r {name}.dtr -q -f -o {name}.dtf"))
    standings = bench.compare([contestant(COPIES, "copies.dtf"), contestant(DATA, "data.dtf")], yardstick=DATA)
    bench.judge(f"{COPIES} / data", bench.ratio(standings, COPIES, DATA))
    files.remove(OLD, NEW, TARGET, *(f"{name}.{kind}" for name in ("copies", "data") for kind in ("dtr", "dtf")), "ordered.ckf", "shuffled.ckf")


def contestant(name: str, data_file: str) -> Contestant:
    def prepare() -> None:
        files.copy(OLD, TARGET)
        files.read_once(TARGET)

    return Contestant(name, (command(f"dtfile apply {data_file} {TARGET} -q"),), prepare=prepare, check=checks.patched(TARGET, NEW), quick=True)


def make_pair(blocks: int) -> None:
    chance = random.Random(7)
    content = chance.randbytes(blocks * BLOCK)
    order = list(range(blocks))
    chance.shuffle(order)
    with open(OLD, "wb") as old, open(NEW, "wb") as new:
        old.write(content)
        for block in order:
            new.write(content[block * BLOCK : (block + 1) * BLOCK])


GROUP = Group("copies", "Blocks in another order, moved inside the target or sent.", measure, quick=True)
