"""dtfile --base: content over the old content of its own blocks, beside xdelta3's patch; an image, and a database with rows changed here and there."""

from __future__ import annotations


from lib import checks, files, inputs
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import Command, command

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
    messages = f"{what}-new.ckf", f"{what}.dtr"
    # All that the master's side does: its own checksums, what has moved, and the content.
    before = (
        command(f"ckfile {new} -q -f -o {messages[0]}"),
        command(f"dtreq --remote {checksums} --master {messages[0]} -q -f -o {messages[1]}"),
    )
    line = f"dtfile {new} -r {messages[1]} -c zstd:3 -q -f -o"
    standings = bench.compare(
        [
            ours(f"{OVER}, {what}", (*before, command(f"{line} {outputs[0]} --base {old}")), outputs[0], old),
            ours(f"{ALONE}, {what}", (*before, command(f"{line} {outputs[1]}")), outputs[1], old),
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
    over = size.get(f"{OVER}, {what}")
    if over and f"{XDELTA}, {what}" in size:
        bench.judge(f"{OVER} / {XDELTA}, {what}, size", over / size[f"{XDELTA}, {what}"])
    if over and what == "database":
        bench.judge(f"{OVER} / {ALONE}, {what}, size", over / size[f"{ALONE}, {what}"])
    bench.judge(f"{OVER} / {XDELTA}, {what}", bench.ratio(standings, f"{OVER}, {what}", f"{XDELTA}, {what}"))
    files.remove(checksums, *messages, *outputs)


def ours(name: str, steps: tuple[Command, ...], output: str, old: str) -> Contestant:
    def examine(path: str) -> None:
        checks.succeeds("dtfile", "apply", path, old, "--dry-run", "-q")  # every frame and every new hash is verified

    return Contestant(name, steps, check=checks.all_the_same(output, examine), sizes={"file": (output,)})


GROUP = Group("base", "Content over old content: the data file beside xdelta3's patch, of the image and of a database.", measure)
