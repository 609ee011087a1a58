"""One process, measured.

A run is a posix_spawn and a wait4: wall-clock time from before the one to after the other, the rest from the kernel's account (rusage) of the process and of the
children it has waited for (of several processes at once, the peak is that of the largest). posix_spawn shares our memory until the program is executed, and
the kernel counts that as the child's first peak: a peak below our own says nothing, and is left open. `run_small` therefore lets a program of a megabyte, setsid, start
it, which ends at once and leaves it to us. That costs a millisecond, so it is used for warming up, not for timing.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import resource
import shutil
import signal
import time
from dataclasses import dataclass

PLAIN = re.compile(r"[A-Za-z0-9_./:+=@%,-]+")
CAPTURED = "stdout.txt"
complaints = os.memfd_create("stderr")  # what the last program said; in memory, because it may be that the disk is full


class Failure(Exception):
    """A program did not do what it was started for; the text says what it did."""


@dataclass(frozen=True)
class Command:
    """A program with its arguments, as it is started in the working directory."""

    arguments: tuple[str, ...]
    stdin: str = os.devnull
    stdout: str = os.devnull
    accepted: frozenset[int] = frozenset({0})
    captured: bool = False  # its output is kept in CAPTURED, for a check
    own_clock: bool = False  # the program prints the seconds of the work alone, without its own start
    shown: str = ""  # what tables print, where that is not the arguments as they are

    @property
    def program(self) -> str:
        return self.arguments[0]

    @property
    def output(self) -> str:
        return CAPTURED if self.captured or self.own_clock else self.stdout

    def __str__(self) -> str:
        line = self.shown or " ".join(quoted(argument) for argument in self.arguments)
        if self.stdin != os.devnull:
            line += f" < {quoted(self.stdin)}"
        if self.stdout != os.devnull:
            line += f" > {quoted(self.stdout)}"
        elif self.program == "cat":
            line += " > /dev/null"
        return line


def quoted(argument: str) -> str:
    return argument if PLAIN.fullmatch(argument) else "'" + argument.replace("'", "'\\''") + "'"


def command(line: str, **options: object) -> Command:
    """A command from one line of words without blanks in them."""
    return Command(tuple(line.split()), **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Usage:
    """What a run took: seconds, and bytes of the largest resident set, None where it was not above our own."""

    wall: float
    user: float
    system: float
    peak: int | None

    @property
    def processor(self) -> float:
        return self.user + self.system


def run(job: Command) -> Usage:
    """Runs a command to its end, as fast as it can be started."""
    begin = time.perf_counter_ns()
    group = start(job.arguments, job.stdin, job.output)
    try:
        _, status, account = os.wait4(group, 0)
        wall = time.perf_counter_ns() - begin
    except BaseException:
        end(group)
        raise
    reap()
    return judged(job, status, wall / 1e9, account, floor())


def run_small(job: Command) -> Usage:
    """Runs a command to its end from a small parent, so that its peak is its own. The time includes that of the parent."""
    if shutil.which("setsid") is None or not adopt_orphans():
        return run(job)
    begin = time.perf_counter_ns()
    parent = start(("setsid", "--fork", *job.arguments), job.stdin, job.output)
    try:
        os.waitpid(parent, 0)
        _, status, account = os.wait4(-1, 0)  # the program is the only child that we have now
        wall = time.perf_counter_ns() - begin
    except BaseException:
        end(parent, *children())
        raise
    reap()
    return judged(job, status, wall / 1e9, account, 0)


def start(arguments: tuple[str, ...], stdin: str, stdout: str) -> int:
    """Starts a process in a group of its own, so that everything it starts can be ended with it."""
    overwrite = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, overwrite, 0o644),
        (os.POSIX_SPAWN_DUP2, complaints, 2),
    ]
    os.ftruncate(complaints, 0)
    os.lseek(complaints, 0, os.SEEK_SET)
    ignored_by_python = [signal.SIGPIPE, signal.SIGXFSZ]
    return os.posix_spawnp(arguments[0], arguments, os.environ, file_actions=files, setpgroup=0, setsigdef=ignored_by_python)


def end(*groups: int) -> None:
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass
    reap(wait=True)


def children() -> list[int]:
    """Our children, by what /proc says of every process."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        if parent == os.getpid():
            found.append(int(name))
    return found


def reap(wait: bool = False) -> None:
    """Takes leave of children that were left to us. Nothing else of ours is running when this is called."""
    try:
        while os.waitpid(-1, 0 if wait else os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def judged(job: Command, status: int, wall: float, account: resource.struct_rusage, least: int) -> Usage:
    code = os.waitstatus_to_exitcode(status)
    if code not in job.accepted:
        said = last_complaint()
        how = f"ended by signal {-code}" if code < 0 else f"exit {code}"
        raise Failure(f"{job.program}: {how}" + (f" ({said})" if said else ""))
    if job.own_clock:
        wall = printed_seconds(job)
    peak = account.ru_maxrss * 1024
    return Usage(wall, account.ru_utime, account.ru_stime, peak if peak > least else None)


def printed_seconds(job: Command) -> float:
    with open(CAPTURED, encoding="utf-8") as file:
        words = file.read().split()
    try:
        return float(words[0])
    except (IndexError, ValueError):
        raise Failure(f"{job}: did not print its seconds") from None


def last_complaint() -> str:
    text = os.pread(complaints, 1 << 16, 0).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def floor() -> int:
    """Our own peak, below which a child's is not known."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def lower_floor() -> None:
    """Forgets our own peak: making inputs takes more memory than we have afterwards. Where the kernel does not know how, peaks stay unknown more often."""
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass


def adopt_orphans() -> bool:
    """Makes us the parent of processes whose parent has ended (Linux)."""
    set_child_subreaper = 36
    try:
        return bool(ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False
