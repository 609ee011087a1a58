"""Blocks of a target (4.1) and sets of them (4.2). All index arithmetic lives here."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Geometry:
    size: int
    block_size: int

    @property
    def blocks(self):
        return -(-self.size // self.block_size)

    def length(self, block):
        """Bytes of a block: the last one may be short, and beyond the end there are none."""
        return max(0, min(self.block_size, self.size - block * self.block_size))

    def bytes_of(self, first, count):
        return max(0, min(self.size, (first + count) * self.block_size) - first * self.block_size)


class Coverage:
    """Maximal ranges [(first, count)], ascending."""

    def __init__(self, ranges):
        self.ranges = list(ranges)
        self._firsts = [first for first, _ in self.ranges]

    @classmethod
    def whole(cls, blocks):
        return cls([(0, blocks)] if blocks else [])

    @classmethod
    def merged(cls, ranges):
        """From ranges in any order that may overlap or touch."""
        out = []
        for first, count in sorted(ranges):
            if not count:
                continue
            if out and first <= out[-1][0] + out[-1][1]:
                start = out[-1][0]
                out[-1] = (start, max(out[-1][1], first + count - start))
            else:
                out.append((first, count))
        return cls(out)

    def is_whole(self, blocks):
        return self.ranges == Coverage.whole(blocks).ranges

    def clip(self, blocks):
        """What of it lies before a block."""
        return Coverage((first, min(count, blocks - first)) for first, count in self.ranges if first < blocks)

    def intersect(self, other):
        out, i, j = [], 0, 0
        while i < len(self.ranges) and j < len(other.ranges):
            a, b = self.ranges[i], other.ranges[j]
            first, end = max(a[0], b[0]), min(sum(a), sum(b))
            if first < end:
                out.append((first, end - first))
            if sum(a) < sum(b):
                i += 1
            else:
                j += 1
        return Coverage(out)

    def has_all(self, first, count):
        index = bisect_right(self._firsts, first) - 1
        return count == 0 or index >= 0 and first + count <= sum(self.ranges[index])

    def has_any(self, first, count):
        index = bisect_right(self._firsts, first + count - 1) - 1
        return count > 0 and index >= 0 and sum(self.ranges[index]) > first


@dataclass(frozen=True)
class Tail:
    """The blocks from the end of the smaller of two targets to that of the larger (9.1)."""

    first: int
    count: int

    @classmethod
    def of(cls, a, b):
        if a.size == b.size:
            return None
        first = min(a.size, b.size) // a.block_size
        return cls(first, max(a.blocks, b.blocks) - first)
