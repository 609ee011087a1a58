"""Makes a .dtr from two .ckf (9.1, 9.2), without copies."""

from itertools import groupby

from .checksum_file import flat_ranges
from .container import OPERATIONS
from .errors import Mismatch
from .geometry import Coverage, Tail
from .hashes import DATA, Root
from .header import DTR, put_hash
from .message import Visitor, read_message
from .operations import ABSENT, HASHED, OLD_ZERO, GroupMeter, Operation, encode_group
from .writer import MessageWriter

# More than any block number: the end of a coverage that reaches.
WITHOUT_END = 1 << 64


class _Runs(Visitor):
    def __init__(self):
        self.runs = []

    def run(self, kind, first, count, hashes):
        self.runs.append((kind, first, count, bytes(hashes)))


class _Side:
    """One checksum file, read whole."""

    def __init__(self, stream):
        visitor = _Runs()
        message = read_message(stream, visitor)
        self.runs, self.header = visitor.runs, message.header
        self.geometry, self.hash = self.header.target, self.header.hash

    def reach(self):
        ranges, blocks = list(self.header.coverage.ranges), self.geometry.blocks
        if not blocks or ranges and sum(ranges[-1]) == blocks:
            ranges.append((blocks, WITHOUT_END - blocks))
        return Coverage.merged(ranges)

    def clipped(self, coverage):
        """The runs that are in a coverage."""
        length, index, ranges = self.hash.length, 0, coverage.ranges
        for kind, first, count, hashes in self.runs:
            while index < len(ranges) and sum(ranges[index]) <= first:
                index += 1
            probe = index
            while probe < len(ranges) and ranges[probe][0] < first + count:
                start, end = max(first, ranges[probe][0]), min(first + count, sum(ranges[probe]))
                cut = hashes[(start - first) * length:(end - first) * length] if kind == DATA else b""
                yield kind, start, end - start, cut
                probe += 1

    def root(self, coverage):
        root = Root(self.geometry, self.hash, coverage.clip(self.geometry.blocks))
        for run in self.clipped(coverage):
            root.add(*run)
        return root.digest()


def compared_coverage(a, b):
    blocks = max(a.geometry.blocks, b.geometry.blocks)
    coverage = a.reach().intersect(b.reach()).clip(blocks)
    tail = Tail.of(a.geometry, b.geometry)
    if tail and not coverage.has_all(tail.first, tail.count):
        coverage = coverage.clip(tail.first)
    if blocks and not coverage.ranges:
        raise Mismatch("the two checksum files have nothing in common to compare")
    return coverage


def _differences(a, b, coverage):
    """Operations of stretches in which every block is alike in kinds and lengths; hashes stand in them."""
    length = a.hash.length
    base, target = a.geometry, b.geometry
    old_runs = a.clipped(coverage)
    old = next(old_runs, None)
    for kind, first, count, hashes in b.clipped(coverage):
        block, end = first, first + count
        while block < end:
            while old and old[1] + old[2] <= block:
                old = next(old_runs, None)
            if block >= base.blocks:
                old_kind, stop, old_hashes = ABSENT, end, b""
            else:
                # A has the block, and it was compared: so it is in a run.
                stop = min(end, old[1] + old[2])
                old_kind = HASHED if old[0] == DATA else OLD_ZERO
                old_hashes = old[3][(block - old[1]) * length:(stop - old[1]) * length]
            # The one block that may differ in length goes by itself, and so does B's last.
            for cut in (base.blocks - 1, base.blocks, target.blocks - 1):
                if block < cut < stop:
                    stop = cut
            count = stop - block
            new_hashes = hashes[(block - first) * length:(stop - first) * length]
            stretch = Operation(block, count, old_kind, kind, None, 0, old_hashes[:count * length], new_hashes)
            yield from _unequal(stretch, base, target, length)
            block = stop


def _unequal(operation, base, target, length):
    """What of a stretch differs."""
    same_length = base.length(operation.first) == target.length(operation.first)
    if operation.old == ABSENT or not same_length or (operation.old == HASHED) != (operation.new == DATA):
        yield operation
    elif operation.new == DATA:
        old, new = operation.old_hashes, operation.new_hashes
        differs = [old[at:at + length] != new[at:at + length] for at in range(0, len(new), length)]
        index = 0
        for unequal, group in groupby(differs):
            count = len(list(group))
            if unequal:
                cut = slice(index * length, (index + count) * length)
                yield Operation(operation.first + index, count, HASHED, DATA, None, 0, old[cut], new[cut])
            index += count


class GroupWriter:
    """Cuts operations into groups, and counts them."""

    def __init__(self, out, target, hash_length):
        self._out, self._target, self._length = out, target, hash_length
        self._meter = GroupMeter(hash_length)
        self._group = []
        self.trailer = dict.fromkeys(
            ("copy_blocks", "data_blocks", "data_bytes", "groups", "operations", "zero_blocks"), 0)

    def add(self, operation):
        """Its blocks are all of one length in B."""
        while operation:
            begins = not (self._group and operation.continues(self._group[-1], self._target.block_size))
            block_bytes = self._target.length(operation.first)
            room = self._meter.room(operation.old, operation.new, block_bytes, begins)
            if room == 0:
                self.close()
                continue
            operation, rest = self._split(operation, room)
            self._meter.add(operation, operation.count * block_bytes if operation.new == DATA else 0, begins)
            self._append(operation, begins)
            operation = rest

    def _split(self, operation, room):
        if room is None or room >= operation.count:
            return operation, None
        at = room * self._length
        head = Operation(operation.first, room, operation.old, operation.new, None, 0,
                         operation.old_hashes[:at], operation.new_hashes[:at])
        rest = Operation(operation.first + room, operation.count - room, operation.old, operation.new, None, 0,
                         operation.old_hashes[at:], operation.new_hashes[at:])
        return head, rest

    def _append(self, operation, begins):
        if begins:
            self._group.append(operation)
        else:
            last = self._group[-1]
            last.count += operation.count
            last.old_hashes += operation.old_hashes
            last.new_hashes += operation.new_hashes

    def close(self):
        if not self._group:
            return
        self._out.section(OPERATIONS, encode_group(self._group))
        self.trailer["groups"] += 1
        self.trailer["operations"] += len(self._group)
        for operation in self._group:
            if operation.new == DATA:
                self.trailer["data_blocks"] += operation.count
                self.trailer["data_bytes"] += self._target.bytes_of(operation.first, operation.count)
            else:
                self.trailer["zero_blocks"] += operation.count
        self._group = []
        self._meter.reset()


def write_data_request(base_stream, target_stream, out):
    a, b = _Side(base_stream), _Side(target_stream)
    if a.hash.name != b.hash.name:
        raise Mismatch("the hashes of the two checksum files differ")
    for key, name in (("block_size", "block sizes"), ("parent", "parents")):
        if a.header.values.get(key) != b.header.values.get(key):
            raise Mismatch(f"the {name} of the two checksum files differ")
    coverage = compared_coverage(a, b)
    header = put_hash({"base_size": a.geometry.size, "block_size": a.header.block_size, "target_size": b.geometry.size}, a.hash)
    # It looks for no copies, so there are none.
    header["forward"] = 1
    if "parent" in a.header.values:
        header["parent"] = a.header.values["parent"]
    if not coverage.is_whole(max(a.geometry.blocks, b.geometry.blocks)):
        header["ranges"] = flat_ranges(coverage)
    writer = MessageWriter(out, DTR, header)
    groups = GroupWriter(writer, b.geometry, a.hash.length)
    for operation in _differences(a, b, coverage):
        groups.add(operation)
    groups.close()
    writer.finish(groups.trailer | {"base_root": a.root(coverage), "target_root": b.root(coverage)})
