"""Programs that do the same work, in turn: A B C, A B C, ..., after a warm-up of each. Every result is checked."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from . import files, process
from .process import Command, Failure, Usage

TOOLS = ("ckreq", "ckfile", "dtreq", "dtfile")
SLOW = 5.0  # seconds; peers that take longer get three rounds
SLOW_ROUNDS = 3


class Wrong(Failure):
    """A program ended well, and its result is not what it must be."""


def nothing() -> None:
    pass


@dataclass(frozen=True)
class Contestant:
    """Some commands one after another, with what happens before and after each run without being timed."""

    name: str
    steps: tuple[Command, ...]
    prepare: Callable[[], None] = nothing
    check: Callable[[], None] = nothing  # raises Wrong
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column: the files whose size it shows
    quick: bool = False  # takes part in a quick comparison

    @property
    def ours(self) -> bool:
        return self.steps[0].program in TOOLS

    @property
    def line(self) -> str:
        return "; ".join(str(step) for step in self.steps)

    def missing(self) -> list[str]:
        return sorted({step.program for step in self.steps if shutil.which(step.program) is None})


@dataclass(frozen=True)
class Round:
    """One run of a contestant: its steps, or why it does not count. Round 0 is the warm-up."""

    number: int
    steps: tuple[Usage, ...]
    failure: str = ""

    @property
    def wall(self) -> float:
        return sum(step.wall for step in self.steps)

    @property
    def processor(self) -> float:
        return sum(step.processor for step in self.steps)

    @property
    def peak(self) -> int | None:
        return max((step.peak for step in self.steps if step.peak is not None), default=None)


@dataclass
class Standing:
    """What a contestant has shown so far."""

    contestant: Contestant
    rounds: list[Round] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def failure(self) -> str:
        return next((run.failure for run in self.rounds if run.failure), "")

    @property
    def counted(self) -> list[Round]:
        return [run for run in self.rounds if run.number > 0 and not run.failure]

    @property
    def walls(self) -> list[float]:
        return [run.wall for run in self.counted]

    @property
    def median(self) -> float | None:
        return statistics.median(self.walls) if self.walls and not self.failure else None

    @property
    def processor(self) -> float | None:
        """Seconds of all processors, user and system, at the median."""
        return statistics.median(run.processor for run in self.counted) if self.counted and not self.failure else None

    @property
    def peak(self) -> int | None:
        return max((run.peak for run in self.rounds if run.peak is not None), default=None)

    def wants(self, rounds: int) -> int:
        slow = not self.contestant.ours and self.rounds[0].wall > SLOW
        return min(rounds, SLOW_ROUNDS) if slow else rounds


def contest(contestants: Sequence[Contestant], rounds: int, progress: Callable[[str], None]) -> list[Standing]:
    """Runs all in turn. Who fails once, or is wrong once, does not go on."""
    standings = [Standing(contestant) for contestant in contestants]
    process.lower_floor()
    for number in range(rounds + 1):
        progress(f"round {number} of {rounds}" if number else "warm-up")
        for standing in standings:
            if number and (standing.failure or number > standing.wants(rounds)):
                continue
            standing.rounds.append(go(standing.contestant, number))
            if number == 0 and not standing.failure:
                standing.sizes = {column: files.size_of(*paths) for column, paths in standing.contestant.sizes.items()}
    return standings


def go(contestant: Contestant, number: int) -> Round:
    """One run: prepared, with nothing of the run before still on its way to the disk, and checked."""
    contestant.prepare()
    os.sync()
    start = process.run if number else process.run_small
    usages: list[Usage] = []
    try:
        for step in contestant.steps:
            usages.append(start(step))
        contestant.check()
    except Failure as failure:
        return Round(number, tuple(usages), str(failure))
    return Round(number, tuple(usages))
