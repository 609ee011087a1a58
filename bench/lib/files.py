"""Files as the inputs and checks need them: copied without holes, read once, compared, and the blocks in which two of them differ."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

BLOCK = 4096
CHUNK = 1 << 20


@dataclass(frozen=True)
class Run:
    """Blocks in a row that differ; zero where all of the new ones are zeros."""

    first: int
    count: int
    zero: bool


def copy(source: str, destination: str) -> None:
    """Copies a file, holes too: a program that reads holes is not compared with one that skips them, unless that is the question."""
    with open(source, "rb") as reader, open(destination, "wb") as writer:
        while os.sendfile(writer.fileno(), reader.fileno(), None, 1 << 28):
            pass


def read_once(path: str) -> None:
    """Brings a file into the page cache."""
    buffer = bytearray(CHUNK)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def remove(*paths: str) -> None:
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass


def size_of(*paths: str) -> int:
    return sum(os.stat(path).st_size for path in paths)


def extents(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a file has data: offset and end of each stretch."""
    end = 0
    while end < size:
        try:
            begin = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return  # nothing but a hole up to the end
            yield end, size
            return
        end = min(os.lseek(descriptor, begin, os.SEEK_HOLE), size)
        yield begin, end


def chunks_with_data(one: int, other: int, size: int) -> list[int]:
    """The offsets of all chunks in which at least one of two files has data."""
    offsets: set[int] = set()
    for descriptor in (one, other):
        for begin, end in extents(descriptor, size):
            offsets.update(range(begin // CHUNK * CHUNK, end, CHUNK))
    return sorted(offsets)


def pairs(one: str, other: str) -> Iterator[tuple[int, bytes, bytes]]:
    """The chunks of two files of the same size in which they may differ: offset and both contents."""
    with open(one, "rb", buffering=0) as first, open(other, "rb", buffering=0) as second:
        size = min(os.fstat(first.fileno()).st_size, os.fstat(second.fileno()).st_size)
        for offset in chunks_with_data(first.fileno(), second.fileno(), size):
            length = min(CHUNK, size - offset)
            yield offset, os.pread(first.fileno(), length, offset), os.pread(second.fileno(), length, offset)


def equal(one: str, other: str) -> bool:
    """Whether two files have the same content, by every byte of it; holes are zeros without being read."""
    return size_of(one) == size_of(other) and all(left == right for _, left, right in pairs(one, other))


def differing(old: str, new: str) -> list[Run]:
    """The runs of blocks in which two files of the same size differ, found without any of the programs that are measured."""
    runs: list[Run] = []
    for offset, left, right in pairs(old, new):
        if left == right:
            continue
        for at in range(0, len(right), BLOCK):
            content = right[at : at + BLOCK]
            if left[at : at + BLOCK] != content:
                extend(runs, (offset + at) // BLOCK, not any(content))
    return runs


def extend(runs: list[Run], block: int, zero: bool) -> None:
    if runs and runs[-1].first + runs[-1].count == block and runs[-1].zero == zero:
        runs[-1] = Run(runs[-1].first, runs[-1].count + 1, zero)
    else:
        runs.append(Run(block, 1, zero))


def write_extents(path: str, runs: list[Run], size: int) -> None:
    """Writes runs as `dtreq info --extents --json` prints them, for pwrite_ranges.py and gather_ranges.py."""
    message = {
        "header": {"block_size": BLOCK, "target_size": size},
        "extents": [{"first": run.first, "count": run.count, "new": "zero" if run.zero else "data"} for run in runs],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(message, file)


def transplant(runs: list[Run], source: str, target: str) -> None:
    """Writes the blocks of these runs from one file to the same places of another, durably."""
    with open(source, "rb", buffering=0) as reader, open(target, "r+b", buffering=0) as writer:
        for run in runs:
            end = (run.first + run.count) * BLOCK
            for offset in range(run.first * BLOCK, end, CHUNK):
                data = os.pread(reader.fileno(), min(CHUNK, end - offset), offset)
                os.pwrite(writer.fileno(), data, offset)
        os.fsync(writer.fileno())
