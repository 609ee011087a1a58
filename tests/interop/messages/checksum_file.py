"""Makes a .ckf of a file (section 6)."""

from .checksums import SLOT, rolling_sum
from .container import CHECKSUMS, ROLLING_SUMS, SKIPPABLE
from .geometry import Coverage, Geometry
from .hashes import DATA, HASHES, ZERO, Root
from .header import CKF, put_hash
from .wire import is_zeros, u32, u64, varint
from .writer import MessageWriter


class _SectionWriter:
    """Takes block after block, and closes a section where the rule says."""

    def __init__(self, out):
        self._out = out
        self._runs, self._hashes, self._sums = [], [], []

    def add(self, block, kind, block_hash, block_sum=b""):
        if self._runs:
            last = self._first + self._blocks - 1
            both_zero = kind == ZERO and self._runs[-1][0] == ZERO
            if block != last + 1 or block // SLOT != self._first // SLOT and not both_zero:
                self.close()
        if not self._runs:
            self._first, self._blocks = block, 0
        if self._runs and self._runs[-1][0] == kind:
            self._runs[-1][1] += 1
        else:
            self._runs.append([kind, 1])
        self._blocks += 1
        self._hashes.append(block_hash)
        self._sums.append(block_sum)

    def close(self):
        if self._runs:
            runs = b"".join(varint(count * 2 + (kind == ZERO)) for kind, count in self._runs)
            payload = u64(self._first) + u32(len(self._runs)) + runs + b"".join(self._hashes)
            self._out.section(CHECKSUMS, payload)
            if sums := b"".join(self._sums):
                self._out.section(ROLLING_SUMS, sums, flags=SKIPPABLE)
        self._runs, self._hashes, self._sums = [], [], []


def write_checksum_file(source, out, block_size, hash_name, ranges=None, extra=None, shift=False):
    """`source`: a file that can seek. `ranges`: [(first, count or None for all that follows)]; None is the whole.
    `shift`: with rolling sums (6.1)."""
    block_hash = HASHES[hash_name]
    geometry = Geometry(source.seek(0, 2), block_size)
    if ranges is None:
        coverage = Coverage.whole(geometry.blocks)
    else:
        coverage = Coverage.merged(
            (first, geometry.blocks if count is None else count) for first, count in ranges).clip(geometry.blocks)
    header = put_hash({"block_size": block_size, "size": geometry.size, **(extra or {})}, block_hash)
    if shift:
        header["rolling_sums"] = 1
    if not coverage.is_whole(geometry.blocks):
        header["ranges"] = flat_ranges(coverage)
    writer = MessageWriter(out, CKF, header)
    root = Root(geometry, block_hash, coverage)
    sections = _SectionWriter(writer)
    counts = {DATA: 0, ZERO: 0}
    for first, count in coverage.ranges:
        source.seek(first * block_size)
        for block in range(first, first + count):
            data = source.read(geometry.length(block))
            kind = ZERO if is_zeros(data) else DATA
            hashed = block_hash.of(data) if kind == DATA else b""
            counts[kind] += 1
            sections.add(block, kind, hashed, u32(rolling_sum(data)) if shift and kind == DATA else b"")
            root.add(kind, block, 1, hashed)
    sections.close()
    writer.finish({"data_blocks": counts[DATA], "zero_blocks": counts[ZERO], "root": root.digest()})


def flat_ranges(coverage):
    out, end = [], 0
    for first, count in coverage.ranges:
        out += first - end, count
        end = first + count
    return out
