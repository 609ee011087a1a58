"""dtreq on the two checksum files of the pair, and on two very large ones."""

import os

from lib import checks, files
from lib.bench import Bench, Group, median
from lib.contest import Contestant, Wrong
from lib.process import command
from lib.report import iec
from lib.workspace import system

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GENERATOR = os.path.join(REPOSITORY, "bench", "inputs")
DIFFERING = 0.01
BLOCKS_PER_MIB = 16384  # of SIZE: 64 Mi blocks, and files of 1 GiB, where it is 4 GiB


def measure(bench: Bench) -> None:
    bench.need("base.ckf", "master.ckf")
    pair = bench.pair

    def check() -> None:
        trailer = checks.trailer_of("dtreq", "update.dtr")
        found = (trailer["data_blocks"] + trailer["copy_blocks"], trailer["zero_blocks"])
        if found != (pair.data_blocks, pair.zero_blocks):
            raise Wrong(f"asks for {found}, not for {(pair.data_blocks, pair.zero_blocks)} blocks of content and of zeros")

    differ = frozenset({1})
    standings = bench.compare(
        [
            Contestant(
                "dtreq",
                (command("dtreq --remote base.ckf --master master.ckf -q -f -o update.dtr"),),
                check=check,
                sizes={"file": ("update.dtr",)},
                quick=True,
            ),
            Contestant("cmp", (command("cmp base.ckf master.ckf", accepted=differ),), quick=True),
            Contestant("cat", (command("cat base.ckf master.ckf"),)),
            Contestant("dtreq --version", (command("dtreq --version"),), quick=True),
        ],
        yardstick="cmp",
    )
    bench.say("cmp ends at the first byte that differs.")
    ours, theirs = median(standings, "dtreq"), median(standings, "cmp")
    bench.judge("dtreq / (cmp + 120 ms)", ours / (theirs + 0.12) if ours is not None and theirs is not None else None)
    bench.judge("dtreq / dtreq --version", bench.ratio(standings, "dtreq", "dtreq --version"))
    if not bench.quick:
        measure_large(bench)


def measure_large(bench: Bench) -> None:
    if not os.path.isdir(GENERATOR):
        bench.say("Left out: two large checksum files, because bench/inputs, which makes them, is not here.")
        return
    blocks = (bench.size >> 20) * BLOCKS_PER_MIB
    bench.progress("making two large checksum files")
    make_large(blocks)
    bench.say(f"Two checksum files of {iec(files.size_of('a.ckf'))}, {blocks} blocks, {DIFFERING:.0%} of them differing:")
    bench.warm("a.ckf", "b.ckf")
    option = " --no-copy" if knows("dtreq", "--no-copy") else ""
    standings = bench.compare(
        [
            Contestant(
                "dtreq, large",
                (command(f"dtreq --remote a.ckf --master b.ckf{option} -q -f -o large.dtr"),),
                check=checks.all_the_same("large.dtr", lambda path: about_right(path, blocks)),
                sizes={"file": ("large.dtr",)},
            ),
            Contestant("cat", (command("cat a.ckf b.ckf"),)),
        ],
        yardstick="cat",
    )
    bench.judge("dtreq, large / cat", bench.ratio(standings, "dtreq, large", "cat"))
    bench.judge("dtreq, large: peak MiB", standings["dtreq, large"].peak)
    files.remove("a.ckf", "b.ckf", "large.dtr")


def make_large(blocks: int) -> None:
    system(
        *("dotnet", "run", "--project", GENERATOR, "-c", "Release", "--"),
        *("checksums", "--blocks", str(blocks), "--differing", str(DIFFERING), "--output-remote", "a.ckf", "--output-master", "b.ckf"),
    )


def about_right(path: str, blocks: int) -> None:
    trailer = checks.trailer_of("dtreq", path)
    found = trailer["data_blocks"] + trailer["zero_blocks"]
    if not 0.8 < found / (blocks * DIFFERING) < 1.2:
        raise Wrong(f"asks for {found} of {blocks} blocks")


def knows(tool: str, option: str) -> bool:
    return option in system(tool, "--help")


GROUP = Group("request", "Comparing two checksum files in the page cache.", measure, quick=True)
