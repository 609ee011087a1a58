"""The scratch directory of a run, and everything that was set up in it: gone on every exit, also on Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asked us to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Unusable(Exception):
    """The machine or the command line does not allow what was asked for; the text says why."""


@contextmanager
def workspace(parent: str, name: str) -> Iterator[str]:
    """Makes a directory, makes it the current one, and removes it with all loop devices and mounts that are in it."""
    before = os.getcwd()
    for number in ENDING:
        signal.signal(number, interrupt)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    path = os.path.realpath(tempfile.mkdtemp(prefix=f"binarysync-{name}.", dir=parent))
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os.chdir(path)
        yield path
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # one is enough: what follows is short, and must not be left half done
        os.chdir(before)
        release(path)
        shutil.rmtree(path, onerror=complain)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


def complain(function: object, path: str, error: object) -> None:
    print(f"left behind: {path}", file=sys.stderr)


def release(path: str) -> None:
    """Unmounts and detaches whatever lies below a directory."""
    for point in reversed(mounts_below(path)):
        if subprocess.run(["umount", "--", point], capture_output=True, check=False).returncode != 0:
            subprocess.run(["umount", "--lazy", "--", point], check=False)
    for device in loop_devices_of(path):
        subprocess.run(["losetup", "--detach", device], capture_output=True, check=False)
    deadline = time.monotonic() + 5
    while loop_devices_of(path) and time.monotonic() < deadline:
        time.sleep(0.02)  # somebody who looks at new devices has it open still; it goes when he closes it


def mounts_below(path: str) -> list[str]:
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4].replace("\\040", " ") for line in file]
    return [point for point in points if point.startswith(path + "/")]


def loop_devices_of(path: str) -> list[str]:
    """The loop devices over files below a directory."""
    devices = []
    for name in sorted(os.listdir("/sys/block")):
        try:
            with open(f"/sys/block/{name}/loop/backing_file", encoding="utf-8") as file:
                if file.read().startswith(path + "/"):
                    devices.append(f"/dev/{name}")
        except OSError:
            continue  # not a loop device, or nothing behind it
    return devices


def system(*arguments: str) -> str:
    """Runs a command of the system to its end, in a session of its own, and gives its output. An interruption ends it with everything that it has started."""
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, errors="replace", start_new_session=True) as process:
        try:
            output, complaint = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise Unusable(f"{arguments[0]}: {complaint.strip() or output.strip()[-500:] or f'exit {process.returncode}'}")
    return output.strip()


@contextmanager
def loop_device(image: str) -> Iterator[str]:
    try:
        yield system("losetup", "--find", "--show", "--read-only", image)
    finally:
        release(os.path.abspath(os.path.dirname(image) or "."))


@contextmanager
def mounted(image: str) -> Iterator[str]:
    point = os.path.abspath(image + ".mounted")
    os.mkdir(point)
    system("mount", "-o", "loop,noinit_itable", image, point)
    yield point
    system("umount", point)
    os.rmdir(point)
