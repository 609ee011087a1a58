"""The comparison that compare.sh starts: options, groups in turn, the verdict, the record. See there."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from groups import GROUPS
from lib import machine, options, record, report
from lib.bench import Bench, Group, judgements_table
from lib.workspace import Unusable, workspace

NAME = "compare.sh"
SMALLEST = 256 << 20
ROOM = 6  # times SIZE


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = options.Parser(NAME, "Measures the four programs and their peers on the same work, as ratios.", rounds=5, room="6 times SIZE")
    parser.add_argument("size", metavar="SIZE", nargs="?", type=options.size, help="of the image: 256M or more, 4G unless given")
    parser.add_argument("--quick", action="store_true", help="256M without mounts, few programs; ends with 1 where something has become several times slower")
    parser.choose([group.name for group in GROUPS], "GROUP")
    chosen = parser.parse(arguments)
    chosen.size = chosen.size or (SMALLEST if chosen.quick else 4 << 30)
    if chosen.size < SMALLEST:
        parser.error("SIZE is at least 256M: anything smaller measures the start of a process")
    return chosen


def compare(chosen: argparse.Namespace, bench: Bench, facts: machine.Facts) -> int:
    """Runs the groups. Gives the exit code."""
    bench.say(f"{facts.sentence()}; medians of {bench.rounds} rounds in turn after a warm-up.")
    if facts.memory_bytes < 4 * bench.size:
        bench.say(f"With {report.iec(facts.memory_bytes)} of memory not everything of {report.iec(bench.size)} stays in the page cache.")
    for group in GROUPS:
        if group.name in chosen.only and (group.quick or not bench.quick):
            present(bench, group)
    bench.say(f"## targets\n\n{judgements_table(bench.judgements.values())}")
    return verdict(bench)


def present(bench: Bench, group: Group) -> None:
    bench.group = group.name
    bench.say(f"## {group.name}\n\n{group.about}")
    if group.needs_root and os.geteuid() != 0:
        bench.say("Left out: only root can do this.")
        return
    try:
        measure(bench, group)
    except Unusable as reason:
        bench.say(f"Left out: {str(reason).rstrip('.')}.")


def measure(bench: Bench, group: Group) -> None:
    """Measures a group; in a quick comparison a second time where a limit was broken, since it may have been the machine."""
    before = set(bench.judgements)
    group.measure(bench)
    if bench.quick and any(judgement.missed for key, judgement in bench.judgements.items() if key not in before):
        bench.say("Measured again, because a limit was broken.")
        group.measure(bench)
    judged = [judgement for key, judgement in bench.judgements.items() if key not in before]
    if judged:
        bench.say(judgements_table(judged))


def verdict(bench: Bench) -> int:
    """Ours must not fail, and a quick comparison must not break a limit. That a promise is not kept is for people to read."""
    complaints = [f"{standing.contestant.name}: {standing.failure}" for standing in bench.failures()]
    if bench.quick:
        complaints += [f"{missed.key}: {missed.shown(missed.measured)}, more than {missed.shown(missed.target.limit)}" for missed in bench.missed()]
    for complaint in complaints:
        print(f"{NAME}: error: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def write_record(path: str, bench: Bench, facts: machine.Facts) -> None:
    pair = bench.pair if "pair" in vars(bench) else None  # not made for this
    content: dict[str, object] = {
        "machine": facts.as_dict(),
        "size": bench.size,
        "rounds": bench.rounds,
        "quick": bench.quick,
        "pair": {"description": pair.description, "differing_bytes": pair.differing_bytes, "runs": len(pair.runs)} if pair else None,
        "targets": [
            {"target": key, "measured": judgement.measured, "limit": judgement.target.limit, "goal": judgement.target.goal}
            for key, judgement in bench.judgements.items()
        ],
        "runs": [entry for group, standing in bench.standings for entry in record.runs(group, standing)],
    }
    record.write(path, content)


def main() -> int:
    chosen = parse(sys.argv[1:])
    options.check_places(chosen, ROOM * chosen.size)
    if chosen.check_options:
        return 0
    options.check_programs()
    facts = machine.look(os.path.realpath(chosen.directory))
    with workspace(chosen.directory, "compare"):
        bench = Bench(chosen.size, chosen.rounds, chosen.quick)
        try:
            return compare(chosen, bench, facts)
        finally:
            if chosen.json and bench.standings:
                write_record(chosen.json, bench, facts)


if __name__ == "__main__":
    options.main(NAME, main)
