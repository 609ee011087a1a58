"""What a group of comparisons works with: the inputs, made when they are first asked for, the contests, and the record of everything."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from targets import QUICK, TARGETS, Target

from . import files, inputs, process, report
from .contest import TOOLS, Contestant, Standing, contest
from .options import OursFailed
from .process import Command, command

# How each message of the pair is made, from what.
RECIPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "base.ckf": ("ckfile base.img -q -f -o base.ckf", ()),
    "master.ckf": ("ckfile master.img -q -f -o master.ckf", ()),
    "forth.dtr": ("dtreq --remote base.ckf --master master.ckf -q -f -o forth.dtr", ("base.ckf", "master.ckf")),
    "forth.dtf": ("dtfile master.img -r forth.dtr -q -f -o forth.dtf", ("forth.dtr",)),
}
OPTIONS_THAT_MATTER = {"-a", "-b", "-c", "-t"}


@dataclass(frozen=True)
class Group:
    """Comparisons that belong together."""

    name: str
    about: str
    measure: Callable[[Bench], None]
    needs_root: bool = False
    quick: bool = False


@dataclass(frozen=True)
class Judgement:
    key: str
    measured: float

    target: Target

    @property
    def missed(self) -> bool:
        return self.measured > self.target.limit

    def shown(self, figure: float | None) -> str:
        return "" if figure is None else report.ratio(figure / self.target.unit)

    def row(self) -> list[str]:
        return [self.key, self.shown(self.measured), f"≤ {self.shown(self.target.limit)}", self.shown(self.target.goal), "**no**" if self.missed else "yes"]


@dataclass
class Peak:
    """The largest resident set of a tool, and the command that had it."""

    size: int = 0
    line: str = ""


# A data file of nothing but copies in random order: what takes the most memory, by far.
MANY_COPIES = "copies.dtf"


@dataclass
class Bench:
    """One comparison, from its options to its record. The current directory is its workspace."""

    size: int
    rounds: int
    quick: bool
    group: str = ""
    standings: list[tuple[str, Standing]] = field(default_factory=list)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    peaks: dict[tuple[str, bool], Peak] = field(default_factory=dict)

    @cached_property
    def pair(self) -> inputs.Pair:
        self.progress("making the images")
        pair = inputs.make_pair(self.size, share=0.02, plain=self.quick)
        self.say(
            f"The pair: {report.iec(pair.size)}, {pair.description}. {report.iec(pair.differing_bytes)} differ"
            f" ({pair.differing_bytes * 100 / pair.size:.2f}%), in {len(pair.runs)} runs: {pair.data_blocks} blocks of data, {pair.zero_blocks} of zeros."
        )
        return pair

    def need(self, *messages: str) -> None:
        """Makes messages of the pair that are not there yet."""
        assert self.pair
        for name in messages:
            if not os.path.exists(name):
                line, ingredients = RECIPES[name]
                self.need(*ingredients)
                self.make(command(line))

    def make(self, job: Command) -> None:
        """Runs a command of ours that is not measured."""
        try:
            process.run(job)
        except process.Failure as failure:
            raise OursFailed(str(failure)) from None

    def warm(self, *paths: str) -> None:
        for path in paths:
            files.read_once(path)

    def compare(self, contestants: Sequence[Contestant], yardstick: str, rounds: int | None = None) -> dict[str, Standing]:
        """Runs those that are here and prints their table. Gives the standings by name, without those that are not here."""
        standings = contest(self.present(contestants), rounds or self.rounds, self.progress)
        for standing in standings:
            self.record(standing)
        self.say(report.standings_table(standings, yardstick))
        fewer = [standing.contestant.name for standing in standings if not standing.failure and len(standing.counted) < (rounds or self.rounds)]
        if fewer:
            self.say(f"Fewer rounds, because each takes long: {', '.join(fewer)}.")
        return {standing.contestant.name: standing for standing in standings}

    def once(self, contestant: Contestant) -> Standing:
        """One run, for its peak and not for its time."""
        (standing,) = contest([contestant], 0, self.progress)
        self.record(standing)
        return standing

    def present(self, contestants: Sequence[Contestant]) -> list[Contestant]:
        taking_part = [contestant for contestant in contestants if contestant.quick or not self.quick]
        missing = {program for contestant in taking_part for program in contestant.missing()}
        if missing:
            self.say(f"Left out, because it is not on the PATH: {', '.join(sorted(missing))}.")
        return [contestant for contestant in taking_part if not contestant.missing()]

    def record(self, standing: Standing) -> None:
        self.standings.append((self.group, standing))
        for run in standing.rounds:
            for step, usage in zip(standing.contestant.steps, run.steps):
                self.record_peak(step, usage.peak)

    def record_peak(self, step: Command, peak: int | None) -> None:
        if step.program not in TOOLS or peak is None:
            return
        name = f"{step.program} apply" if step.arguments[1:2] == ("apply",) else step.program
        if MANY_COPIES in step.arguments:
            name += ", many copies"
        best = self.peaks.setdefault((name, OPTIONS_THAT_MATTER.isdisjoint(step.arguments)), Peak())
        if peak > best.size:
            best.size, best.line = peak, str(step)

    def judge(self, key: str, measured: float | None) -> None:
        """Holds a figure against its target, if it has one in this kind of comparison. Of two measurements in one run the better one counts: the other was disturbed."""
        assert key in TARGETS or key in QUICK, key
        target = (QUICK if self.quick else TARGETS).get(key)
        if measured is not None and target is not None:
            before = self.judgements.get(key)
            self.judgements[key] = Judgement(key, measured if before is None else min(before.measured, measured), target)

    def ratio(self, standings: dict[str, Standing], one: str, *others: str) -> float | None:
        """How many times as long one took as the fastest of some others; None where it or all of them are not here, or failed."""
        return proportion(median(standings, one), [median(standings, other) for other in others])

    def processor_ratio(self, standings: dict[str, Standing], one: str, *others: str) -> float | None:
        """The same of the processor time, which does not depend on what else the machine does."""
        return proportion(processor(standings, one), [processor(standings, other) for other in others])

    def missed(self) -> list[Judgement]:
        return [judgement for judgement in self.judgements.values() if judgement.missed]

    def failures(self) -> list[Standing]:
        """Ours that failed or were wrong."""
        return [standing for _, standing in self.standings if standing.failure and standing.contestant.ours]

    def say(self, text: str) -> None:
        print(text, end="\n\n", flush=True)

    def progress(self, text: str) -> None:
        print(f"[{self.group}] {text}", file=sys.stderr, flush=True)


def median(standings: dict[str, Standing], name: str) -> float | None:
    return standings[name].median if name in standings else None


def processor(standings: dict[str, Standing], name: str) -> float | None:
    return standings[name].processor if name in standings else None


def proportion(one: float | None, others: Sequence[float | None]) -> float | None:
    least = min((value for value in others if value is not None), default=None)
    return one / least if one is not None and least else None


def judgements_table(judgements: Iterable[Judgement]) -> str:
    return report.table(["target", "measured", "limit", "goal", "met"], [judgement.row() for judgement in judgements])
