"""What the command lines of compare.sh and growth.sh have in common, and how both end."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from .contest import TOOLS
from .process import Failure
from .report import iec
from .workspace import Interrupted, Unusable

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class OursFailed(Exception):
    """One of the programs that are measured failed where nothing was to be measured."""


class Parser(argparse.ArgumentParser):
    def __init__(self, name: str, description: str, rounds: int, room: str) -> None:
        super().__init__(prog=f"bench/{name}", description=description)
        self.add_argument("--directory", metavar="DIR", default=os.environ.get("TMPDIR", "/tmp"), help=f"where about {room} fit [default: %(default)s]")
        self.add_argument("--rounds", metavar="N", type=int, default=rounds, help="rounds after a warm-up [default: %(default)s]")
        self.add_argument("--json", metavar="FILE", help="also write every single run, and the machine, to a file")
        self.add_argument("--no-build", action="store_true", help="take the programs as they stand in artifacts/bin")
        self.add_argument("--check-options", action="store_true", help=argparse.SUPPRESS)

    def choose(self, names: Sequence[str], metavar: str) -> None:
        self.names = list(names)
        self.add_argument("--only", metavar=f"{metavar},...", default=",".join(names), help="only these of %(default)s")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        options = self.parse_args(arguments)
        options.only = options.only.split(",")
        unknown = [name for name in options.only if name not in self.names]
        if unknown:
            self.error(f"there is no {', '.join(unknown)}; there are {', '.join(self.names)}")
        if options.rounds < 1:
            self.error("at least one round")
        return options

    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message}\n{self.format_usage().rstrip()}")


def size(text: str) -> int:
    match = re.fullmatch(r"([0-9]+)([KMGT]?)(i?B)?", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is not a size such as 512M or 4G")
    return int(match[1]) * UNITS[match[2]]


def check_places(options: argparse.Namespace, needed: int) -> None:
    """What would otherwise fail only in the end, or in the middle."""
    if not os.path.isdir(options.directory) or not os.access(options.directory, os.W_OK):
        raise Unusable(f"{options.directory} is not a directory that can be written to")
    free = shutil.disk_usage(options.directory).free
    if free < needed:
        raise Unusable(f"{options.directory} has {iec(free)} free, and about {iec(needed)} are needed; --directory names another place")
    if options.json:
        options.json = os.path.abspath(options.json)
        if not os.access(os.path.dirname(options.json), os.W_OK):
            raise Unusable(f"{options.json} cannot be written")


def check_programs() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise Unusable(f"{', '.join(missing)}: not built")


def main(name: str, work: Callable[[], int]) -> NoReturn:
    """Does the work, and turns what went wrong into a message and an exit code."""
    try:
        code = work()
    except Unusable as reason:
        print(f"{name}: error: {reason}", file=sys.stderr)
        code = 2
    except (OursFailed, Failure, OSError) as reason:
        print(f"{name}: error: {reason}", file=sys.stderr)
        code = 1
    except Interrupted as signalled:
        code = 128 + signalled.number
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    sys.exit(code)
