"""The block hashes and checksums (1) and the root (10). Digests are canonical, big-endian."""

import hashlib
from dataclasses import dataclass
from typing import Callable

import xxhash

from .blake3 import Blake3
from .wire import u32, u64

DATA, ZERO = 1, 2
ROOT_TAG = b"BinarySync root 1\0"
SET_TAG = b"BinarySync set 1\0"


@dataclass(frozen=True)
class BlockHash:
    name: str
    length: int
    new: Callable
    new_root: Callable
    root_length: int
    since_minor: int = 0

    @property
    def key(self):
        """Where it stands in a header or parent (4): what 1.0 does not have has a key that a reader of 1.0 refuses."""
        return "!hash" if self.since_minor else "hash"

    def of(self, data):
        return self.new(data).digest()


HASHES = {
    entry.name: entry
    for entry in (
        BlockHash("xxh3", 8, xxhash.xxh3_64, xxhash.xxh3_128, 16),
        BlockHash("xxh128", 16, xxhash.xxh3_128, xxhash.xxh3_128, 16),
        BlockHash("sha256", 32, hashlib.sha256, hashlib.sha256, 32),
        BlockHash("blake3", 32, Blake3, Blake3, 32, since_minor=1),
    )
}


def checksum(data):
    return xxhash.xxh3_64(data).digest()


def new_digest():
    return xxhash.xxh3_128()


def set_id(split_size, base_roots, target_root):
    return xxhash.xxh3_128(SET_TAG + u64(split_size) + b"".join(base_roots) + target_root).digest()


class Root:
    """Takes the runs of a coverage in order, cut anyhow, and hashes them as maximal ones."""

    def __init__(self, geometry, block_hash, coverage):
        whole = coverage.is_whole(geometry.blocks)
        ranges = [] if whole else coverage.ranges
        self._hash = block_hash.new_root(ROOT_TAG)
        name = block_hash.name.encode("ascii")
        self._hash.update(u64(geometry.size) + u32(geometry.block_size) + bytes([len(name)]) + name)
        self._hash.update(bytes([0 if whole else 1]) + u64(len(ranges)))
        for first, count in ranges:
            self._hash.update(u64(first) + u64(count))
        self._run = None

    def add(self, kind, first, count, hashes=b""):
        # Ranges never touch, so blocks that follow one another are of one range.
        if self._run and self._run[0] == kind and self._run[1] + self._run[2] == first:
            self._run = (kind, self._run[1], self._run[2] + count)
        else:
            self._close()
            self._run = (kind, first, count)
        self._hash.update(hashes)

    def _close(self):
        if self._run:
            kind, first, count = self._run
            self._hash.update(bytes([kind]) + u64(first) + u64(count))
        self._run = None

    def digest(self):
        self._close()
        return self._hash.digest()
