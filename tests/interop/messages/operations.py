"""Operations (section 7): their payload, the rules of each and of all, and where groups end."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Optional

from .codec import decode
from .errors import MessageError
from .wire import Cursor, u32, varint

DATA, ZERO, COPY, SHIFT = 1, 2, 3, 4
COPIES = (COPY, SHIFT)
ABSENT, OLD_ZERO, HASHED, ELSEWHERE = 1, 2, 3, 4
NEW_NAMES = {DATA: "data", ZERO: "zero", COPY: "copy", SHIFT: "shifted copy"}
OLD_NAMES = {ABSENT: "absent", OLD_ZERO: "zero", HASHED: "hashed", ELSEWHERE: "elsewhere"}

MAX_OPERATIONS = 32_768
MAX_COPIES = 262_144
MAX_GROUP_DATA = 8 << 20
MAX_GROUP_HASHES = 1 << 20
SHA256_LENGTH = 32


@dataclass
class Operation:
    """`source`: a block of A for a copy, a byte of A for a shifted copy."""

    first: int
    count: int
    old: int
    new: int
    source: Optional[int]
    offset: int = 0
    old_hashes: bytes = b""
    new_hashes: bytes = b""
    sha256: bytes = b""

    @property
    def end(self):
        return self.first + self.count

    def hashes_of(self, block, length):
        """(old, new) of one of its blocks; empty where there is none."""
        at = (block - self.first) * length
        return self.old_hashes[at:at + length], self.new_hashes[at:at + length]

    def source_byte(self, block_size):
        return self.source * block_size if self.new == COPY else self.source

    def source_blocks(self, target):
        """(first, end) of the blocks of A that a copy reads, if only in part."""
        start = self.source_byte(target.block_size)
        # Each block of whole blocks that are copied is as long as the block it becomes.
        return start // target.block_size, -(-(start + target.bytes_of(self.first, self.count)) // target.block_size)

    def continues(self, before, block_size):
        """Whether it could have been written as one with the operation before it."""
        same = before.end == self.first and (before.old, before.new) == (self.old, self.new)
        if not same or self.new not in COPIES:
            return same
        return before.source_byte(block_size) + before.count * block_size == self.source_byte(block_size)


class GroupMeter:
    """How full a group is, and how many alike blocks still go into it (7, "Where groups end")."""

    def __init__(self, hash_length):
        self._hash_length = hash_length
        self.reset()

    def reset(self):
        self.operations = self.blocks = self.data_bytes = self.hash_bytes = 0

    def hashes_per_block(self, old, new):
        return self._hash_length * ((old == HASHED) + (new in (DATA, *COPIES)))

    def room(self, old, new, block_bytes, begins):
        """Number of blocks, None for any number. A group without blocks takes one, whatever it is."""
        if begins and self.operations == MAX_OPERATIONS:
            return 0
        limits = []
        for used, cost, limit in (
            (self.data_bytes, block_bytes if new == DATA else 0, MAX_GROUP_DATA),
            (self.hash_bytes, self.hashes_per_block(old, new), MAX_GROUP_HASHES),
        ):
            if cost:
                limits.append(max(0, limit - used) // cost)
            elif used > limit:
                limits.append(0)
        room = min(limits, default=None)
        return 1 if room == 0 and not self.blocks else room

    def add(self, operation, data_bytes, begins):
        self.operations += begins
        self.blocks += operation.count
        self.data_bytes += data_bytes
        self.hash_bytes += operation.count * self.hashes_per_block(operation.old, operation.new)


def encode_group(operations):
    """The payload of one section of a data request."""
    out, end = [u32(len(operations))], 0
    for operation in operations:
        out += varint(operation.first - end), varint(operation.count), bytes([operation.old * 16 + operation.new])
        end = operation.end
    for operation in operations:
        out += operation.old_hashes, operation.new_hashes
    return b"".join(out)


class OperationsReader:
    """Takes operations sections in order; `group(section)` gives the operations, every one checked."""

    def __init__(self, header):
        self._header = header
        self._target = header.target
        self._base = None if header.merged else header.bases[0]
        self._end = 0
        self._meter = GroupMeter(header.hash.length)
        self._previous = None
        self._required_from = min((tail.first for tail in header.tails), default=self._target.blocks)
        self._required_found = 0
        self._copies = []
        self.groups = self.operations = 0
        self.blocks = dict.fromkeys(NEW_NAMES, 0)
        self.data_bytes = 0

    def group(self, section):
        payload = decode(section)
        if payload is None:
            raise MessageError("are Brotli, and this Python has none", section.offset, "operations")
        cursor = Cursor(payload, section.payload_offset)
        start = cursor.offset
        count = cursor.u32("operation count")
        if not 1 <= count <= MAX_OPERATIONS:
            raise MessageError(f"{count} is not 1 to {MAX_OPERATIONS}", start, "operation count")
        operations, end = [], 0
        for _ in range(count):
            operation = self._operation(cursor, end)
            if operations and operation.continues(operations[-1], self._target.block_size):
                raise MessageError("continues the one before it", operation.offset, "operation")
            self._check(operation)
            operations.append(operation)
            self._end = end = operation.end
        for operation in operations:
            self._hashes(cursor, operation)
        cursor.end("hashes")
        self._check_cutting(operations, section.payload_offset)
        self._count(operations)
        return operations

    def _operation(self, cursor, end):
        offset = cursor.offset
        first = end + cursor.varint("gap")
        count = cursor.varint("blocks")
        start = cursor.offset
        kinds = cursor.u8("kinds")
        old, new = kinds >> 4, kinds & 0x0F
        # Without the header's key, a shifted copy is of a kind that is not known (4.9).
        if old not in OLD_NAMES or new not in NEW_NAMES or new == SHIFT and not self._header.shift:
            newer = "is of a newer version: " if self._header.open else ""
            raise MessageError(f"{newer}0x{kinds:02X} is unknown", start, "kinds")
        source = cursor.varint("source") if new in COPIES else None
        return Operation(first, count, old, new, source, offset)

    def _check(self, operation):
        def fail(text):
            return MessageError(f"blocks {operation.first} + {operation.count}: {text}", operation.offset, "operation")

        if not operation.count:
            raise fail("no blocks")
        if operation.first < self._end:
            raise fail(f"begins before block {self._end}, where the one before it ended")
        if operation.end > self._target.blocks:
            raise fail(f"outside the {self._target.blocks} blocks of the target")
        if not self._header.coverage.has_all(operation.first, operation.count):
            raise fail("outside the ranges")
        if (operation.old == ELSEWHERE) != self._header.merged:
            raise fail("old kind elsewhere goes with bases, and only with them")
        if self._base is None:
            if operation.new in COPIES:
                raise fail("a copy in a message for several bases")
            return
        if operation.old == ABSENT and operation.first < self._base.blocks:
            raise fail(f"absent, where the base has {self._base.blocks} blocks")
        if operation.old != ABSENT and operation.end > self._base.blocks:
            raise fail(f"not absent, where the base has {self._base.blocks} blocks")
        if (operation.old, operation.new) == (OLD_ZERO, ZERO):
            same_length = self._base.length(operation.first) == self._target.length(operation.first)
            if operation.count != 1 or same_length:
                raise fail("zeros become zeros")
        if operation.new == COPY:
            self._check_copy(operation, fail)
        if operation.new == SHIFT:
            self._check_shift(operation, fail)

    def _check_copy(self, operation, fail):
        base, target = self._base, self._target
        if operation.source + operation.count > base.blocks:
            raise fail(f"source {operation.source} is outside the {base.blocks} blocks of the base")
        if not self._header.coverage.has_all(operation.source, operation.count):
            raise fail(f"source {operation.source} is not all in the ranges")
        # Only a last block can be short.
        for index in (base.blocks - 1 - operation.source, target.blocks - 1 - operation.first):
            if 0 <= index < operation.count:
                if base.length(operation.source + index) != target.length(operation.first + index):
                    raise fail("source and copy differ in length")

    def _check_shift(self, operation, fail):
        end = operation.source + self._target.bytes_of(operation.first, operation.count)
        if not operation.source % self._target.block_size:
            raise fail(f"source byte {operation.source} is where a block begins")
        if end > self._base.size:
            raise fail(f"source bytes {operation.source} to {end} are outside the {self._base.size} bytes of the base")
        first, end = operation.source_blocks(self._target)
        if not self._header.coverage.has_all(first, end - first):
            raise fail(f"source byte {operation.source}: not all of its blocks are in the ranges")

    def _hashes(self, cursor, operation):
        length = operation.count * self._header.hash.length
        if operation.old == HASHED:
            operation.old_hashes = cursor.take(length, "old hashes")
        if operation.new in (DATA, *COPIES):
            operation.new_hashes = cursor.take(length, "new hashes")
        if operation.new in COPIES and self._header.kind == "dtf":
            operation.sha256 = cursor.take(SHA256_LENGTH, "SHA-256")

    def _check_cutting(self, operations, offset):
        """This group had to begin here, and does not hold more than one may."""
        first = operations[0]
        if self._previous is not None:
            begins = not first.continues(self._previous, self._target.block_size)
            if self._meter.room(first.old, first.new, self._target.length(first.first), begins) != 0:
                raise MessageError("its first block belongs in the group before it", offset, "group")
        self._meter.reset()
        for operation in operations:
            self._meter.add(operation, self._data_bytes(operation), True)
        over = self._meter.data_bytes > MAX_GROUP_DATA or self._meter.hash_bytes > MAX_GROUP_HASHES
        if over and self._meter.blocks > 1:
            raise MessageError("holds more than a group may", offset, "group")
        self._previous = operations[-1]

    def _data_bytes(self, operation):
        return self._target.bytes_of(operation.first, operation.count) if operation.new == DATA else 0

    def _count(self, operations):
        self.groups += 1
        self.operations += len(operations)
        for operation in operations:
            self.blocks[operation.new] += operation.count
            self.data_bytes += self._data_bytes(operation)
            self._required_found += max(0, operation.end - max(operation.first, self._required_from))
            if operation.new in COPIES:
                if self._header.forward:
                    raise MessageError("is a copy, where the header says that there are none", operation.offset, "operation")
                self._copies.append(operation)
                if len(self._copies) > MAX_COPIES:
                    raise MessageError(f"are more than {MAX_COPIES}", operation.offset, "copies")

    def finish(self, container):
        header = self._header
        covered = header.coverage.has_any(self._required_from, 1)
        if header.part:
            self._finish_part(container)
        elif covered and self._required_found != self._target.blocks - self._required_from:
            text = f"a block of the tail, from block {self._required_from} on, has none"
            raise MessageError(text, container.trailer_offset, "operation")
        check_acyclic(self._copies, self._target)
        container.compare({
            "groups": self.groups, "operations": self.operations, "data_bytes": self.data_bytes,
            "data_blocks": self.blocks[DATA], "zero_blocks": self.blocks[ZERO], "copy_blocks": sum(self.blocks[kind] for kind in COPIES),
        })

    def _finish_part(self, container):
        stated = self._header.part["group_count"]
        if stated != self.groups:
            text = f"says {stated}, found {self.groups}"
            raise MessageError(text, container.trailer_offset, "header.set.group_count")


def check_acyclic(copies, target):
    """Whether the copies can be ordered so that each source is read before another copy overwrites it.

    A shifted copy reads the blocks that its source touches as a whole. A copy that overlaps itself is no cycle: `memmove` knows its way.
    """
    firsts = [copy.first for copy in copies]
    before = [0] * len(copies)
    followers = []
    for index, copy in enumerate(copies):
        # Whoever writes what this one reads has to wait for it.
        waiting = []
        start, end = copy.source_blocks(target)
        position = max(0, bisect_right(firsts, start) - 1)
        while position < len(copies) and firsts[position] < end:
            if copies[position].end > start and position != index:
                waiting.append(position)
                before[position] += 1
            position += 1
        followers.append(waiting)
    ready = [index for index, count in enumerate(before) if not count]
    done = 0
    while ready:
        done += 1
        for follower in followers[ready.pop()]:
            before[follower] -= 1
            if not before[follower]:
                ready.append(follower)
    if done != len(copies):
        stuck = next(copy for copy, count in zip(copies, before) if count)
        raise MessageError("the copies go in a circle", stuck.offset, "operation")
