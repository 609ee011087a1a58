"""Checksums sections (section 6)."""

from .container import ROLLING_SUMS, SKIPPABLE
from .errors import MessageError
from .hashes import DATA, ZERO, Root, new_digest
from .wire import Cursor

SLOT = 32_768
SUM_MULTIPLIER = 0x08104225
SUM_LENGTH = 4


def rolling_sum(data):
    """Of a block (6.1)."""
    value = 1
    for byte in data:
        value = value * SUM_MULTIPLIER + byte & 0xFFFFFFFF
    return value


class ChecksumsBody:
    """The body of a .ckf. A visitor's `run(kind, first, count, hashes)` gets each run as stored."""

    def __init__(self, header, visitor):
        self._header = header
        self._visitor = visitor
        self._root = Root(header.target, header.hash, header.coverage)
        self._ranges = iter(header.coverage.ranges)
        self._range_end = 0
        self._next = None
        self._last_section = None
        self._hashes = new_digest()
        # Data blocks whose rolling sums have to come next.
        self._sums_due = 0
        self._sums = new_digest()
        self.data_blocks = self.zero_blocks = 0
        self.runs = []
        self._step()

    def _step(self):
        """Where the next section has to begin, when the range before it is at its end."""
        if self._next is None or self._next == self._range_end:
            first, count = next(self._ranges, (None, 0))
            self._next = first
            self._range_end = count if first is None else first + count

    def section(self, section):
        if section.type == ROLLING_SUMS:
            self._read_sums(section)
            return
        self._no_sums_due(section.offset)
        cursor = Cursor(section.payload, section.payload_offset)
        start = cursor.offset
        first = cursor.u64("first")
        if first != self._next:
            expected = "nothing" if self._next is None else f"block {self._next}"
            raise MessageError(f"block {first}, where {expected} comes next", start, "first")
        runs = self._read_runs(cursor, first)
        self._check_cutting(first, runs, start)
        self._read_hashes(cursor, runs)
        cursor.end("hashes")
        if self._header.rolling_sums:
            self._sums_due = sum(blocks for kind, _, blocks in runs if kind == DATA)
        self._last_section = (first, *runs[-1])
        self._next = runs[-1][1] + runs[-1][2]
        self._step()

    def _no_sums_due(self, offset):
        if self._sums_due:
            raise MessageError(f"the rolling sums of {self._sums_due} blocks are missing", offset, "section type")

    def _read_sums(self, section):
        if not self._sums_due:
            raise MessageError("rolling sums, where none are due", section.offset, "section type")
        if not section.flags & SKIPPABLE:
            raise MessageError("rolling sums that may not be skipped", section.offset + 2, "section flags")
        if len(section.payload) != self._sums_due * SUM_LENGTH:
            raise MessageError(
                f"{len(section.payload)} bytes of rolling sums for {self._sums_due} blocks", section.offset + 4,
                "section stored length")
        self._sums.update(section.payload)
        self._visitor.sums(section.payload)
        self._sums_due = 0

    def _read_runs(self, cursor, first):
        start = cursor.offset
        count = cursor.u32("runs")
        if not 1 <= count <= cursor.remaining:
            raise MessageError(f"{count} runs in {cursor.remaining} bytes", start, "runs")
        runs, block = [], first
        for _ in range(count):
            start = cursor.offset
            value = cursor.varint("run")
            kind, blocks = (ZERO if value & 1 else DATA), value >> 1
            if not 1 <= blocks <= self._range_end - block:
                raise MessageError(f"{blocks} blocks from {block} on, of a range to {self._range_end}", start, "run")
            if runs and runs[-1][0] == kind:
                raise MessageError("is of the same kind as the one before it", start, "run")
            runs.append((kind, block, blocks))
            block += blocks
        return runs

    def _check_cutting(self, first, runs, offset):
        """Sections end where the rule says: not later (this section) and not earlier (the one before it)."""
        kind, last_first, count = runs[-1]
        boundary = (first // SLOT + 1) * SLOT
        # Only zeros cross a boundary, and only when the block before it is zeros too.
        if last_first + count > boundary and not (kind == ZERO and last_first < boundary):
            raise MessageError(f"goes on at block {boundary}, where it has to end", offset, "first")
        if self._last_section is None:
            return
        before_first, before_kind, before_run, before_count = self._last_section
        if before_run + before_count != first:
            return
        both_zero = before_kind == ZERO and runs[0][0] == ZERO
        if both_zero or before_first // SLOT == first // SLOT:
            raise MessageError("its first block belongs in the section before it", offset, "first")

    def _read_hashes(self, cursor, runs):
        length = self._header.hash.length
        for kind, first, count in runs:
            hashes = b""
            if kind == DATA:
                hashes = cursor.take(count * length, "hashes")
                self._hashes.update(hashes)
                self.data_blocks += count
            else:
                self.zero_blocks += count
            self._root.add(kind, first, count, hashes)
            self._visitor.run(kind, first, count, hashes)
            if self.runs and self.runs[-1][2] == kind and sum(self.runs[-1][:2]) == first:
                self.runs[-1][1] += count
            else:
                self.runs.append([first, count, kind])

    def finish(self, container):
        self._no_sums_due(container.trailer_offset)
        if self._next is not None:
            raise MessageError(f"block {self._next} is not covered", container.trailer_offset, "sections")
        container.compare({
            "data_blocks": self.data_blocks, "zero_blocks": self.zero_blocks, "root": self._root.digest(),
        })

    def summary(self):
        names = {DATA: "data", ZERO: "zero"}
        sums = {"rolling_sums": self._sums.hexdigest()} if self._header.rolling_sums else {}
        return {
            "runs": [[first, count, names[kind]] for first, count, kind in self.runs],
            "hashes": self._hashes.hexdigest(), **sums,
        }
