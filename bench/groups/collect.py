"""dtfile on the master: speed, sizes, and that it reads what was asked for and no more."""

import os
import re
import shutil
import sys

from lib import checks, files
from lib.bench import Bench, Group, median
from lib.contest import Contestant
from lib.process import Command, command
from lib.report import iec

from . import blocksync

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GATHER = "gather (pread, write, fsync)"
DELTA = "blocksync-fast --make-delta"
DELTA_MMAP = f"{DELTA} --mmap"
QUICK_CODECS = ("zstd:2", "lz4", "none")
CODECS = (*QUICK_CODECS, "zstd:1", "zstd:3", "brotli:1", "brotli:5")


def measure(bench: Bench) -> None:
    pair = bench.pair
    bench.need("forth.dtr")
    bench.warm(pair.old, pair.new)
    standings = bench.compare([*ours(bench), *yardsticks(bench)], yardstick=GATHER)
    start = median(standings, "dtfile --version")
    plain, gathered = median(standings, "dtfile -c none"), median(standings, GATHER)
    bench.judge("(dtfile -c none - start) / gather", (plain - start) / gathered if plain and start and gathered else None)
    for codec in QUICK_CODECS:
        bench.judge(f"dtfile -c {codec} / dtfile --version", bench.ratio(standings, f"dtfile -c {codec}", "dtfile --version"))
    for name in ("dtfile -c zstd:2", "dtfile -c lz4"):
        bench.judge(f"{name} / {DELTA}", bench.ratio(standings, name, DELTA, DELTA_MMAP))
        if DELTA in standings and not standings[DELTA].failure and standings[name].sizes:
            bench.judge(f"{name} / {DELTA}, size", standings[name].sizes["file"] / standings[DELTA].sizes["file"])
    if shutil.which("strace"):
        judge_reads(bench)
    files.remove("raw.bin", "raw.lz4", "raw.zst", "master.delta", "master.digest", *(output_of(codec) for codec in CODECS))


def ours(bench: Bench) -> list[Contestant]:
    return [
        *(collecting(bench, codec, quick=codec in QUICK_CODECS) for codec in CODECS),
        Contestant("dtfile --version", (command("dtfile --version"),), quick=True),
    ]


def collecting(bench: Bench, codec: str, quick: bool) -> Contestant:
    output = output_of(codec)

    def examine(path: str) -> None:
        checks.succeeds("dtfile", "apply", path, bench.pair.old, "--dry-run", "-q")  # every frame and every new hash is verified

    return Contestant(
        f"dtfile -c {codec}",
        (command(f"dtfile {bench.pair.new} -r forth.dtr -c {codec} -q -f -o {output}"),),
        check=checks.all_the_same(output, examine),
        sizes={"file": (output,)},
        quick=quick,
    )


def output_of(codec: str) -> str:
    return codec.replace(":", "-") + ".dtf"


def gathering(bench: Bench) -> Contestant:
    """Makes raw.bin: the differing blocks one after the other."""
    line = f"gather_ranges.py forth.json {bench.pair.new} raw.bin"
    script = os.path.join(BENCH, "gather_ranges.py")
    gather = Command((sys.executable, script, *line.split()[1:]), own_clock=True, shown=f"python3 bench/{line}")
    return Contestant(GATHER, (gather,), check=checks.all_the_same("raw.bin"), sizes={"file": ("raw.bin",)}, quick=True)


def yardsticks(bench: Bench) -> list[Contestant]:
    return [
        gathering(bench),
        Contestant("lz4 -1 of the same", (command("lz4 -1 -f -q raw.bin raw.lz4"),), check=checks.all_the_same("raw.lz4"), sizes={"file": ("raw.lz4",)}),
        Contestant("zstd -3 of the same", (command("zstd -3 -f -q raw.bin -o raw.zst"),), check=checks.all_the_same("raw.zst"), sizes={"file": ("raw.zst",)}),
        blocksync_fast(bench, DELTA),
        blocksync_fast(bench, DELTA_MMAP, "--mmap"),
    ]


def blocksync_fast(bench: Bench, name: str, *options: str) -> Contestant:
    digest, delta = "master.digest", "master.delta"

    def prepare() -> None:
        files.remove(delta)
        if not os.path.exists(digest):
            bench.make(blocksync.make_digest(bench.pair.old, digest))

    return Contestant(
        name,
        (blocksync.make_delta(bench.pair.new, digest, delta, *options),),
        prepare=prepare,
        check=checks.all_the_same(delta, header=blocksync.HEADER),
        sizes={"file": (delta,)},
    )


def judge_reads(bench: Bench) -> None:
    """What the system calls on the master say."""
    master = os.path.abspath(bench.pair.new)
    calls = "trace=read,pread64,readv,preadv,preadv2,mmap"
    trace = ("strace", "-f", "-qq", "-e", calls, "-P", master, "-o", "reads.txt")
    bench.make(Command((*trace, "dtfile", master, "-r", "forth.dtr", "-q", "-f", "-o", "traced.dtf")))
    with open("reads.txt", encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    mapped = sum("mmap(" in line for line in lines)
    reads = [int(match.group(1)) for line in lines if "mmap(" not in line and (match := re.search(r" = (\d+)$", line))]
    requested = bench.pair.data_blocks * files.BLOCK
    bench.say(
        f"dtfile reads {iec(sum(reads))} of the master in {len(reads)} calls ({sum(reads) * 100 / bench.size:.2f}% of it); {iec(requested)} were requested."
        + (f" {mapped} mappings are not counted." if mapped else "")
    )
    bench.judge("bytes read of the master / bytes requested", sum(reads) / requested)
    files.remove("reads.txt", "traced.dtf")


GROUP = Group("collect", "Collecting the content of the differing blocks from the master in the page cache.", measure, quick=True)
