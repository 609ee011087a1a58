"""dtfile --base: content over the old content of its own blocks, beside xdelta3's patch; an image, and a database with rows changed here and there."""

from __future__ import annotations


from lib import checks, files, inputs
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command

OVER = "dtfile --base -c zstd:3"
ALONE = "dtfile -c zstd:3"
XDELTA = "xdelta3 -e -9 -S none"
DATABASE = ("rows.db", "rows-later.db")


def measure(bench: Bench) -> None:
    compare(bench, "image", bench.pair.old, bench.pair.new)
    bench.progress("making the databases")
    # A quarter of the image: a gibibyte beside one of four.
    inputs.make_databases(*DATABASE, size=bench.size // 4, share=0.02)
    compare(bench, "database", *DATABASE)
    files.remove(*DATABASE)


def compare(bench: Bench, what: str, old: str, new: str) -> None:
    checksums = f"{what}.ckf"
    bench.make(command(f"ckfile {old} -q -f -o {checksums}"))
    bench.warm(old, new)
    outputs = f"{what}-over.dtf", f"{what}-alone.dtf", f"{what}.xdelta"
    line = f"dtfile {new} --remote {checksums} -c zstd:3 -q -f -o"
    standings = bench.compare(
        [
            ours(f"{OVER}, {what}", f"{line} {outputs[0]} --base {old}", outputs[0], old),
            ours(f"{ALONE}, {what}", f"{line} {outputs[1]}", outputs[1], old),
            Contestant(
                f"{XDELTA}, {what}",
                (command(f"xdelta3 -e -9 -S none -f -s {old} {new} {outputs[2]}"),),
                check=checks.all_the_same(outputs[2]),
                sizes={"file": (outputs[2],)},
            ),
        ],
        yardstick=f"{XDELTA}, {what}",
    )
    size = {name: standing.sizes["file"] for name, standing in standings.items() if standing.sizes and not standing.failure}
    for other in (XDELTA, ALONE):
        if f"{other}, {what}" in size:
            bench.judge(f"{OVER} / {other}, {what}, size", size[f"{OVER}, {what}"] / size[f"{other}, {what}"])
    bench.judge(f"{OVER} / {XDELTA}, {what}", bench.ratio(standings, f"{OVER}, {what}", f"{XDELTA}, {what}"))
    files.remove(checksums, *outputs)


def ours(name: str, line: str, output: str, old: str) -> Contestant:
    def examine(path: str) -> None:
        checks.succeeds("dtfile", "apply", path, old, "--dry-run", "-q")  # every frame and every new hash is verified

    return Contestant(name, (command(line),), check=checks.all_the_same(output, examine), sizes={"file": (output,)})


GROUP = Group("base", "Content over old content: the data file beside xdelta3's patch, of the image and of a database.", measure)
