"""The largest resident sets: on the pair, on dense files in which every block has changed, with many threads, and in everything that was measured before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lib import checks, files, inputs
from lib.bench import Bench, Group
from lib.contest import Contestant, Standing
from lib.process import Command, command
from lib.report import MIB, iec, mebibytes, table

OLD, NEW = "old.img", "new.img"
STEPS = ("ckfile", "ckfile", "dtreq", "dtfile", "dtfile apply")
COLUMNS = ("ckfile", "dtreq", "dtfile", "dtfile apply")


def measure(bench: Bench) -> None:
    rows = []
    for name, make in images(bench):
        for threads in ("", " -t 16"):
            make()
            rows.append([name + threads, *peaks(bench.once(cycle(name + threads, threads)))])
    files.remove(OLD, NEW, "old.ckf", "new.ckf", "update.dtr", "update.dtf")
    bench.once(Contestant("ckreq", (command("ckreq -q -f -o request.ckr"),)))
    bench.say(table(["peak MiB of one cycle", *COLUMNS], rows))
    bench.say(table(["peak MiB of all runs", "default options", "in", "other options", "in"], overall(bench)))
    largest = {many: max((peak.size for (name, default), peak in bench.peaks.items() if default and ("many" in name) == many), default=None) for many in (False, True)}
    bench.judge("largest peak with default options, MiB", largest[False])
    bench.judge("largest peak with default options and many copies, MiB", largest[True])


def images(bench: Bench) -> list[tuple[str, Callable[[], None]]]:
    """Pairs to run a cycle on, and how each is made again: a cycle makes both equal."""
    dense = [(f"dense, all changed ({iec(bench.size // part)})", partial(make_dense, bench.size // part)) for part in (8, 2)]
    return [("the pair", partial(copy_pair, bench)), *dense]


def copy_pair(bench: Bench) -> None:
    files.copy(bench.pair.old, OLD)
    files.copy(bench.pair.new, NEW)


def make_dense(size: int) -> None:
    """Random bytes, and the same with the first block at the end: every block has another content than before."""
    inputs.write_random(OLD, size)
    with open(OLD, "rb") as old, open(NEW, "wb") as new:
        first = old.read(files.BLOCK)
        while content := old.read(MIB):
            new.write(content)
        new.write(first)


def cycle(name: str, threads: str) -> Contestant:
    lines = (
        f"ckfile {OLD}{threads} -q -f -o old.ckf",
        f"ckfile {NEW}{threads} -q -f -o new.ckf",
        f"dtreq --remote old.ckf --master new.ckf{threads} -q -f -o update.dtr",
        f"dtfile {NEW} -r update.dtr{threads} -q -f -o update.dtf",
        f"dtfile apply update.dtf {OLD}{threads} -q",
    )
    steps: tuple[Command, ...] = tuple(command(line) for line in lines)
    return Contestant(f"memory: {name}", steps, check=checks.patched(OLD, NEW), quick=True)


def peaks(standing: Standing) -> list[str]:
    """The largest peak of each program in one cycle."""
    found = {column: 0 for column in COLUMNS}
    for step, usage in zip(STEPS, standing.rounds[0].steps):
        found[step] = max(found[step], usage.peak or 0)
    if standing.failure:
        return [f"**failed**: {standing.failure}"] + [""] * (len(COLUMNS) - 1)
    return [mebibytes(found[column]) for column in COLUMNS]


def overall(bench: Bench) -> list[list[str]]:
    rows = []
    for tool in dict.fromkeys(tool for tool, _ in sorted(bench.peaks)):
        row = [tool]
        for default in (True, False):
            peak = bench.peaks.get((tool, default))
            row += [mebibytes(peak.size), f"`{peak.line}`"] if peak else ["", ""]
        rows.append(row)
    return rows


GROUP = Group("memory", "The largest resident set of each program (VmHWM).", measure, quick=True)
