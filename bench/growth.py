"""The measurement that growth.sh starts. See there."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lib import files, inputs, machine, options, record, report
from lib.contest import Contestant, Standing, Wrong, contest
from lib.process import Command, command
from lib.workspace import workspace

NAME = "growth.sh"
SMALLEST = 16 << 20
ROOM = 10  # times the scale
FACTORS = ("size", "block", "changed", "threads")
OLD, NEW, SAVED, DENSE = "old.img", "new.img", "saved.bin", "dense.img"
MESSAGES = ("request.ckr", "old.ckf", "new.ckf", "update.dtr", "update.dtf")
GIB = 1 << 30
CKREQ, CKFILE_OLD, CKFILE_NEW, DTREQ, DTFILE, APPLY = STEPS = range(6)


@dataclass(frozen=True)
class Point:
    """One measurement: the values of all factors. Of a sparse file only so many bytes are data, and of these a share has changed."""

    factor: str
    size: int
    changed: float = 0.01
    block: int = 4096
    threads: int = 2
    data: int = 0

    @property
    def dense(self) -> bool:
        return self.data == self.size

    @property
    def files(self) -> tuple[int, int, float]:
        """What the two images depend on."""
        return self.size, self.data, self.changed

    @property
    def name(self) -> str:
        return {
            "base": "**base**",
            "size": report.iec(self.size) + ("" if self.dense else f", sparse, {report.iec(self.data)} of data"),
            "block": f"blocks of {report.iec(self.block)}",
            "changed": f"{self.changed * 100:g}% changed",
            "threads": f"{self.threads} thread{'s' if self.threads > 1 else ''}",
        }[self.factor]


def points(scale: int, factors: Sequence[str]) -> list[Point]:
    """The base, and one factor at a time away from it; those on the same files one after another."""
    base = Point("base", scale, data=scale)
    others = [
        *(replace(base, factor="threads", threads=threads) for threads in (1,)),
        *(replace(base, factor="block", block=block) for block in (64 << 10, 1 << 20)),
        *(replace(base, factor="size", size=size, data=size) for size in (scale // 4, scale * 4)),
        replace(base, factor="size", size=scale * 256, data=scale // 4),
        *(replace(base, factor="changed", changed=changed) for changed in (0.001, 0.1, 1.0)),
    ]
    return [base, *(point for point in others if point.factor in factors)]


@dataclass
class Images:
    """The two images of a point. The old one is patched, and taken back with what was saved of it."""

    runs: list[files.Run]

    @property
    def changed_bytes(self) -> int:
        return sum(run.count for run in self.runs) * files.BLOCK

    def restore(self) -> None:
        with open(SAVED, "rb") as saved, open(OLD, "r+b", buffering=0) as old:
            for offset, length in self.stretches():
                os.pwrite(old.fileno(), saved.read(length), offset)
            os.fsync(old.fileno())

    def save(self) -> None:
        with open(OLD, "rb", buffering=0) as old, open(SAVED, "wb") as saved:
            for offset, length in self.stretches():
                saved.write(os.pread(old.fileno(), length, offset))

    def stretches(self) -> Iterator[tuple[int, int]]:
        for run in self.runs:
            end = (run.first + run.count) * files.BLOCK
            for offset in range(run.first * files.BLOCK, end, files.CHUNK):
                yield offset, min(files.CHUNK, end - offset)


def make_images(point: Point) -> Images:
    files.remove(OLD, NEW, SAVED, DENSE, *MESSAGES)
    if point.dense:
        inputs.write_corpus(OLD, point.size)
        files.copy(OLD, NEW)
        inputs.rewrite(NEW, point.changed)
    else:
        inputs.write_corpus(DENSE, point.data)
        inputs.write_sparse(OLD, DENSE, point.size)
        inputs.rewrite(DENSE, point.changed)
        inputs.write_sparse(NEW, DENSE, point.size)
        files.remove(DENSE)
    images = Images(files.differing(OLD, NEW))
    images.save()
    os.sync()
    return images


@dataclass(frozen=True)
class Measured:
    """A point with what came of it."""

    point: Point
    changed_bytes: int
    standing: Standing

    def seconds(self, *steps: int) -> float | None:
        """The median of the rounds, of some steps together."""
        rounds = self.standing.counted
        if not rounds or self.standing.failure:
            return None
        return statistics.median(sum(run.steps[step].wall for step in steps) for run in rounds)

    def speed(self, size: int, *steps: int) -> str:
        seconds = self.seconds(*steps)
        return f"{size / GIB / seconds:.3g}" if seconds else ""

    def times_row(self) -> list[str]:
        if self.standing.failure:
            return [self.point.name, f"**failed**: {self.standing.failure}", *[""] * 9]
        return [
            self.point.name,
            report.iec(self.changed_bytes),
            report.seconds(self.seconds(CKREQ)),
            report.seconds(self.seconds(CKFILE_OLD)),
            self.speed(self.point.size, CKFILE_OLD),
            report.seconds(self.seconds(DTREQ)),
            report.seconds(self.seconds(DTFILE)),
            self.speed(self.changed_bytes, DTFILE),
            report.seconds(self.seconds(APPLY)),
            self.speed(self.changed_bytes, APPLY),
            report.seconds(self.seconds(*STEPS)),
        ]

    def sizes_row(self) -> list[str]:
        sizes = self.standing.sizes
        peaks = [self.peak(*steps) for steps in ((CKFILE_OLD, CKFILE_NEW), (DTREQ,), (DTFILE,), (APPLY,))]
        return [self.point.name, *(report.iec(sizes[name]) if name in sizes else "" for name in (".ckr", ".ckf", ".dtr", ".dtf")), *map(report.mebibytes, peaks)]

    def peak(self, *steps: int) -> int | None:
        """Of all rounds: a short run of the warm-up has a peak of its own, the others often none that is known."""
        known = [usage.peak for run in self.standing.rounds for usage in (run.steps[step] for step in steps if step < len(run.steps))]
        return max((peak for peak in known if peak is not None), default=None)


TIMES = ["varied", "changed", "ckreq s", "ckfile s", "GiB/s", "dtreq s", "dtfile s", "GiB/s changed", "apply s", "GiB/s changed", "cycle s"]
SIZES = ["varied", ".ckr", ".ckf", ".dtr", ".dtf", "ckfile peak MiB", "dtreq peak MiB", "dtfile peak MiB", "apply peak MiB"]


def steps(point: Point) -> tuple[Command, ...]:
    block, threads = f"-b {point.block}", f"-t {point.threads}"
    lines = (
        f"ckreq {block} -q -f -o request.ckr",
        f"ckfile {OLD} -r request.ckr {threads} -q -f -o old.ckf",
        f"ckfile {NEW} -r request.ckr {threads} -q -f -o new.ckf",
        f"dtreq --remote old.ckf --master new.ckf {threads} -q -f -o update.dtr",
        f"dtfile {NEW} -r update.dtr {threads} -q -f -o update.dtf",
        f"dtfile apply update.dtf {OLD} {threads} -q",
    )
    return tuple(command(line) for line in lines)


def measure(point: Point, images: Images, rounds: int) -> Measured:
    """One point, its result compared once, after the warm-up."""
    compared = False

    def check() -> None:
        nonlocal compared
        if not compared and not files.equal(OLD, NEW):
            raise Wrong(f"{OLD} is not {NEW}")
        compared = True

    sizes = {".ckr": ("request.ckr",), ".ckf": ("new.ckf",), ".dtr": ("update.dtr",), ".dtf": ("update.dtf",)}
    contestant = Contestant(point.name, steps(point), prepare=images.restore, check=check, sizes=sizes)
    (standing,) = contest([contestant], rounds, lambda text: print(f"[{point.name}] {text}", file=sys.stderr, flush=True))
    return Measured(point, images.changed_bytes, standing)


def measure_all(chosen: argparse.Namespace) -> Iterator[Measured]:
    before: tuple[int, int, float] | None = None
    images = Images([])
    for point in points(chosen.scale, chosen.only):
        if point.files != before:
            print(f"[{point.name}] making the images", file=sys.stderr, flush=True)
            images, before = make_images(point), point.files
        yield measure(point, images, chosen.rounds)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = options.Parser(NAME, "Measures how the cost of the four programs grows.", rounds=3, room="10 times the scale")
    parser.add_argument("--scale", metavar="SIZE", type=options.size, default=4 << 30, help="the size that the others are multiples of: 16M or more, 4G unless given")
    parser.choose(FACTORS, "FACTOR")
    chosen = parser.parse(arguments)
    if chosen.scale < SMALLEST:
        parser.error("the scale is at least 16M")
    return chosen


def write_record(path: str, facts: machine.Facts, scale: int, measured: Sequence[Measured]) -> None:
    content: dict[str, object] = {
        "machine": facts.as_dict(),
        "scale": scale,
        "points": [
            {**vars(each.point), "changed_bytes": each.changed_bytes, "sizes": each.standing.sizes, "runs": record.runs(each.point.factor, each.standing)}
            for each in measured
        ],
    }
    record.write(path, content)


def main() -> int:
    chosen = parse(sys.argv[1:])
    options.check_places(chosen, ROOM * chosen.scale)
    if chosen.check_options:
        return 0
    options.check_programs()
    facts = machine.look(os.path.realpath(chosen.directory))
    with workspace(chosen.directory, "growth"):
        print(f"{facts.sentence()}; medians of {chosen.rounds} rounds after a warm-up.\n", flush=True)
        print(f"Base: {report.iec(chosen.scale)}, blocks of 4 KiB, 1% changed, 2 threads. Each other row has one of these changed.\n", flush=True)
        measured: list[Measured] = []
        try:
            for each in measure_all(chosen):
                measured.append(each)
        finally:  # it takes long: what there is, is shown and kept
            print(report.table(TIMES, [each.times_row() for each in measured]), end="\n\n")
            print(report.table(SIZES, [each.sizes_row() for each in measured]))
            if chosen.json:
                write_record(chosen.json, facts, chosen.scale, measured)
    failures = [f"{each.point.name}: {each.standing.failure}" for each in measured if each.standing.failure]
    for failure in failures:
        print(f"{NAME}: error: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    options.main(NAME, main)
