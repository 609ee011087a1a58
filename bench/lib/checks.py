"""Whether what a program made is right. Each check raises Wrong, or returns."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable

from . import files, process
from .contest import Wrong
from .files import BLOCK, CHUNK
from .process import CAPTURED, Command, Failure


class AlwaysTheSame:
    """The content that all files it is called with must have, but for a header with the time, say. The first one is examined, the others are compared with it."""

    def __init__(self, examine: Callable[[str], None] = lambda path: None, header: int = 0) -> None:
        self.examine = examine
        self.header = header
        self.digest = ""

    def __call__(self, path: str = CAPTURED) -> None:
        digest = sha256_of(path, self.header)
        if not self.digest:
            self.examine(path)
            self.digest = digest
        elif digest != self.digest:
            raise Wrong(f"{path} is not what it was the time before")


def all_the_same(path: str = CAPTURED, examine: Callable[[str], None] = lambda path: None, header: int = 0) -> Callable[[], None]:
    """A check that one file is the same after each run."""
    same = AlwaysTheSame(examine, header)
    return lambda: same(path)


def patched(result: str, expected: str) -> Callable[[], None]:
    """A check that one file has become equal to another."""

    def check() -> None:
        if not files.equal(result, expected):
            raise Wrong(f"{result} is not {expected}")

    return check


def contains(text: str) -> None:
    with open(CAPTURED, encoding="utf-8", errors="replace") as file:
        if text not in file.read():
            raise Wrong(f"did not print {text}")


def succeeds(*arguments: str) -> None:
    """Runs a program that has to agree."""
    try:
        process.run(Command(arguments))
    except Failure as failure:
        raise Wrong(str(failure)) from None


def has_sha256_of(image: str, checksum_file: str) -> None:
    """That the hashes of some blocks, made here, are in a checksum file."""
    wanted = sample_of_hashes(image, 32)
    before = b""
    with open(checksum_file, "rb") as file:
        while chunk := file.read(CHUNK):
            here = before + chunk
            wanted = {digest for digest in wanted if digest not in here}
            before = chunk[-31:]
    if wanted:
        raise Wrong(f"{checksum_file} lacks the hash of a block")


def sample_of_hashes(image: str, count: int) -> set[bytes]:
    """SHA-256 of some blocks that are not all zeros."""
    chance = random.Random(1)
    blocks = files.size_of(image) // BLOCK
    with open(image, "rb") as file:
        contents = [os.pread(file.fileno(), BLOCK, chance.randrange(blocks) * BLOCK) for _ in range(count)]
    return {hashlib.sha256(content).digest() for content in contents if any(content)}


def sha256_of(path: str, header: int = 0) -> str:
    """The SHA-256 of a file without so many bytes at its beginning."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(header)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def trailer_of(tool: str, message: str) -> dict[str, int]:
    """The counts in a message, by the tool's own `info`, which verifies it whole."""
    try:
        process.run(Command((tool, "info", message, "--json"), captured=True))
    except Failure as failure:
        raise Wrong(str(failure)) from None
    with open(CAPTURED, encoding="utf-8") as file:
        return json.load(file)["trailer"]  # type: ignore[no-any-return]


