"""What the figures were measured on and with."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass

from .report import iec

# How each program says which one it is.
VERSIONS: dict[str, tuple[str, ...]] = {
    "ckfile": ("--version",),
    "dotnet": ("--version",),
    "xxhsum": ("--version",),
    "openssl": ("version",),
    "sha256sum": ("--version",),
    "b3sum": ("--version",),
    "dd": ("--version",),
    "rdiff": ("--version",),
    "xdelta3": ("-V",),
    "rsync": ("--version",),
    "lz4": ("--version",),
    "zstd": ("--version",),
    "bdsync": ("--version",),
    "blocksync-fast": ("--version",),
}


@dataclass(frozen=True)
class Facts:
    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    file_system: str
    python: str
    root: bool
    load_before: float
    versions: dict[str, str]

    def sentence(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores, {iec(self.memory_bytes)} of memory, Linux {self.kernel}, {self.file_system},"
            f" load {self.load_before} before; as {'root' if self.root else 'a plain user'}"
        )

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def look(directory: str) -> Facts:
    return Facts(
        cpu=processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        kernel=platform.release(),
        file_system=file_system(directory),
        python=platform.python_version(),
        root=os.geteuid() == 0,
        load_before=round(os.getloadavg()[0], 2),
        versions={name: version(name, options) for name, options in VERSIONS.items() if shutil.which(name)},
    )


def processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for entry in file:
            if entry.startswith("model name"):
                return entry.split(":", 1)[1].strip()
    return platform.machine()


def file_system(directory: str) -> str:
    """The type of the file system that a directory lies on: that of the longest mount point above it."""
    best = ("", "unknown")
    with open("/proc/self/mounts", encoding="utf-8") as file:
        for entry in file:
            _, point, kind, *_ = entry.split()
            inside = directory == point or directory.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best[0]):
                best = (point, kind)
    return best[1]


def version(name: str, options: tuple[str, ...]) -> str:
    """The first line with a number that a program prints about itself."""
    done = subprocess.run([name, *options], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False)
    lines = [line.strip(" *\n") for line in (done.stdout + done.stderr).splitlines()]
    return next((line for line in lines if any(mark.isdigit() for mark in line)), "unknown")
