"""The comparison that compare.sh starts: options, groups in turn, the record. See there."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from groups import GROUPS
from lib import machine, report
from lib.bench import Bench, Group, OursFailed, judgements_table
from lib.contest import TOOLS, Standing
from lib.workspace import Interrupted, Unusable, workspace

SMALLEST = 256 << 20
DIRECTORIES_HOLD = 6  # times SIZE
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message}\n{self.format_usage().rstrip()}")


def size(text: str) -> int:
    match = re.fullmatch(r"([0-9]+)([KMGT]?)(i?B)?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is not a size such as 512M or 4G")
    return int(match[1]) * UNITS[match[2]]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    names = [group.name for group in GROUPS]
    parser = Parser(prog="bench/compare.sh", description="Measures the four programs and their peers on the same work, as ratios.")
    parser.add_argument("size", metavar="SIZE", nargs="?", type=size, help="of the image: 256M or more, 4G unless given")
    parser.add_argument("--directory", metavar="DIR", default=os.environ.get("TMPDIR", "/tmp"), help="where about 6 times SIZE fit [default: %(default)s]")
    parser.add_argument("--rounds", metavar="N", type=int, default=5, help="rounds after a warm-up, all programs in turn in each [default: %(default)s]")
    parser.add_argument("--only", metavar="GROUP,...", default=",".join(names), help="only these of [%(default)s]")
    parser.add_argument("--json", metavar="FILE", help="also write every single run, and the machine, to a file")
    parser.add_argument("--quick", action="store_true", help="256M without mounts, few programs; ends with 1 where something has become several times slower")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they stand in artifacts/bin")
    parser.add_argument("--check-options", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.size = options.size or (SMALLEST if options.quick else 4 << 30)
    options.only = options.only.split(",")
    unknown = [name for name in options.only if name not in names]
    if unknown:
        parser.error(f"there is no group {', '.join(unknown)}")
    if options.size < SMALLEST:
        parser.error("SIZE is at least 256M: anything smaller measures the start of a process")
    if options.rounds < 1:
        parser.error("at least one round")
    return options


def check_places(options: argparse.Namespace) -> None:
    """What would otherwise fail only in the end, or in the middle."""
    if not os.path.isdir(options.directory) or not os.access(options.directory, os.W_OK):
        raise Unusable(f"{options.directory} is not a directory that can be written to")
    free, needed = shutil.disk_usage(options.directory).free, DIRECTORIES_HOLD * options.size
    if free < needed:
        raise Unusable(f"{options.directory} has {report.iec(free)} free, and about {report.iec(needed)} are needed; --directory names another place, SIZE less")
    if options.json and not os.access(os.path.dirname(os.path.abspath(options.json)), os.W_OK):
        raise Unusable(f"{options.json} cannot be written")


def compare(options: argparse.Namespace, bench: Bench, facts: dict[str, object]) -> int:
    """Runs the groups. Gives the exit code."""
    say_machine(bench, facts)
    for group in GROUPS:
        if group.name not in options.only or (options.quick and not group.quick):
            continue
        bench.group = group.name
        bench.say(f"## {group.name}\n\n{group.about}")
        if group.needs_root and os.geteuid() != 0:
            bench.say("Left out: only root can do this.")
            continue
        try:
            measure(bench, group)
        except Unusable as reason:
            bench.say(f"Left out: {reason}.")
    bench.say(f"## targets\n\n{judgements_table(bench.judgements.values())}")
    return verdict(bench)


def measure(bench: Bench, group: Group) -> None:
    """Measures a group; in a quick comparison a second time where a limit was broken, since it may have been the machine."""
    before = set(bench.judgements)
    group.measure(bench)
    mine = [judgement for judgement in bench.missed() if judgement.key not in before]
    if bench.quick and mine:
        bench.say("Measured again, because a limit was broken.")
        group.measure(bench)
    judged = [judgement for key, judgement in bench.judgements.items() if key not in before]
    if judged:
        bench.say(judgements_table(judged))


def verdict(bench: Bench) -> int:
    failures = bench.failures()
    for standing in failures:
        print(f"compare.sh: error: {standing.contestant.name}: {standing.failure}", file=sys.stderr)
    broken = bench.missed() if bench.quick else []
    for judgement in broken:
        print(f"compare.sh: error: {judgement.key}: {judgement.shown(judgement.measured)}, more than {judgement.shown(judgement.target.limit)}", file=sys.stderr)
    return 1 if failures or broken else 0


def say_machine(bench: Bench, facts: dict[str, object]) -> None:
    memory = facts["memory_bytes"]
    assert isinstance(memory, int)
    bench.say(
        f"{facts['cpu']}, {facts['cores']} cores, {report.iec(memory)} of memory, Linux {facts['kernel']}, {facts['file_system']};"
        f" medians of {bench.rounds} rounds in turn after a warm-up; load before: {facts['load_before']}."
    )
    if memory < 4 * bench.size:
        bench.say(f"With {report.iec(memory)} of memory not everything of {report.iec(bench.size)} stays in the page cache.")


def write_json(path: str, bench: Bench, facts: dict[str, object]) -> None:
    record = {
        "machine": facts,
        "size": bench.size,
        "rounds": bench.rounds,
        "quick": bench.quick,
        "pair": {"description": bench.pair.description, "differing_bytes": bench.pair.differing_bytes, "runs": len(bench.pair.runs)},
        "targets": [
            {"target": key, "measured": judgement.measured, "limit": judgement.target.limit, "goal": judgement.target.goal}
            for key, judgement in bench.judgements.items()
        ],
        "runs": [entry for group, standing in bench.standings for entry in runs(group, standing)],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.write("\n")


def runs(group: str, standing: Standing) -> list[dict[str, object]]:
    """Every run, step by step: a contestant of several commands has an entry for each."""
    return [
        {
            "group": group,
            "name": standing.contestant.name,
            "command": str(step),
            "step": number,
            "round": run.number,
            "wall_s": round(usage.wall, 6),
            "user_s": usage.user,
            "system_s": usage.system,
            "max_rss_bytes": usage.peak,
            "result": run.failure or "right",
            "sizes": standing.sizes,
        }
        for run in standing.rounds
        for number, (step, usage) in enumerate(zip(standing.contestant.steps, run.steps), 1)
    ]


def main(arguments: Sequence[str]) -> int:
    try:
        options = parse(arguments)
        check_places(options)
        if options.check_options:
            return 0
        if options.json:
            options.json = os.path.abspath(options.json)
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise Unusable(f"{', '.join(missing)}: not built")
        facts = machine.describe(os.path.realpath(options.directory))
        with workspace(options.directory, "compare"):
            bench = Bench(options.size, options.rounds, options.quick)
            try:
                return compare(options, bench, facts)
            finally:
                if options.json and bench.standings:
                    write_json(options.json, bench, facts)
    except Unusable as reason:
        print(f"compare.sh: error: {reason}", file=sys.stderr)
        return 2
    except (OursFailed, OSError) as reason:
        print(f"compare.sh: error: {reason}", file=sys.stderr)
        return 1
    except Interrupted as signalled:
        return 128 + signalled.number
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    assert platform.system() == "Linux", "measuring needs the system calls of Linux"
    sys.exit(main(sys.argv[1:]))
