"""Applies a data file to a copy of its base (9.4, 13)."""

import hashlib
import shutil

from . import codec
from .errors import Mismatch
from .hashes import DATA as DATA_RUN, ZERO as ZERO_RUN, Root
from .message import Visitor, read_message
from .operations import ABSENT, COPIES, HASHED, ZERO
from .wire import is_zeros


def apply(base_path, message_path, out):
    """Fills `out`. Reads the message twice: once to know that it is in order, once to apply it."""
    with open(message_path, "rb") as stream:
        message = read_message(stream)
    if message.not_decoded or message.over_old_content and not codec.zstandard:
        raise Mismatch("frames are compressed with Brotli or Zstandard, and this Python has no module for it")
    if message.header.kind != "dtf":
        raise Mismatch(f"a .{message.header.kind} is not applied")
    if message.header.merged:
        raise Mismatch("a data file for several bases needs the data request of its own")
    with open(base_path, "rb") as base:
        check_size(base, message.header)
        shutil.copyfileobj(base, out, 1 << 20)
        with open(message_path, "rb") as stream:
            read_message(stream, _Applier(message.header, base, out))
        finish(out, message)


def check_size(base, header):
    size = base.seek(0, 2)
    base.seek(0)
    if size not in (header.bases[0].size, header.target.size):
        raise Mismatch(f"the base has {size} bytes, not {header.bases[0].size} or {header.target.size}")


def finish(out, message):
    header = message.header
    tails = header.tails
    if tails and header.coverage.has_any(tails[0].first, tails[0].count):
        out.truncate(header.target.size)
    # The roots of a part are those of the whole, which this part alone does not make.
    if header.part is None and root_of(out, header) != message.trailer["target_root"]:
        raise Mismatch("what came out has not the target root")


def root_of(stream, header):
    target = header.target
    coverage = header.coverage.clip(target.blocks)
    root = Root(target, header.hash, coverage)
    for first, count in coverage.ranges:
        for block in range(first, first + count):
            stream.seek(block * target.block_size)
            data = stream.read(target.length(block))
            if is_zeros(data):
                root.add(ZERO_RUN, block, 1)
            else:
                root.add(DATA_RUN, block, 1, header.hash.of(data))
    return root.digest()


class _Applier(Visitor):
    """Recognises what stands in the base, and writes to the copy."""

    def __init__(self, header, base, out):
        self._header, self._base, self._out = header, base, out
        self._geometry, self._target = header.bases[0], header.target
        self._base_size = base.seek(0, 2)

    def operation(self, operation):
        end = operation.end
        if operation.old == ABSENT and operation.new not in COPIES:
            # Where the base has not grown yet there is nothing to look at, and zeros come by themselves.
            end = min(end, -(-self._base_size // self._target.block_size))
        copied = hashlib.sha256()
        for block in range(operation.first, end):
            if not self._is_new(operation, block) and not self._is_old(operation, block):
                raise Mismatch(f"block {block} is neither what it was nor what it becomes")
            if operation.new == ZERO:
                self._write(block, 0, bytes(self._target.length(block)))
            elif operation.new in COPIES:
                copied.update(self._copy(operation, block))
        if operation.new in COPIES and copied.digest() != operation.sha256:
            raise Mismatch(f"blocks {operation.first} + {operation.count}: the copy has not the SHA-256")

    def content(self, block, start, piece):
        self._write(block, start, piece)

    def over_old_content(self, blocks, decode):
        """Decoded over the base, which stays as it is; where that has what it was decoded over no more, all blocks of
        the frame have to be new already (13.6)."""
        prefix = self._prefix(blocks)
        if prefix is not None:
            return decode(prefix)
        for operation, block in blocks:
            if not self._is_new(operation, block):
                raise Mismatch(f"block {block}: old content that its frame is decoded over is gone")
        return b"".join(self._read(block, self._target.length(block)) for _, block in blocks)

    def _prefix(self, blocks):
        """The old content of a frame's blocks (4.8), None where some of it is gone."""
        out = bytearray()
        for operation, block in blocks:
            if operation.old == ABSENT:
                continue
            old = self._old_content(operation, block)
            if old is None:
                return None
            out += old[:self._target.length(block)]
        return bytes(out)

    def _read(self, block, length):
        return self._read_at(block * self._target.block_size, length)

    def _read_at(self, position, length):
        """Less than that, where the base ends."""
        self._base.seek(position)
        return self._base.read(length)

    def _is_new(self, operation, block):
        _, new_hash = operation.hashes_of(block, self._header.hash.length)
        data = self._read(block, self._target.length(block))
        if len(data) < self._target.length(block):
            return False
        return is_zeros(data) if operation.new == ZERO else self._header.hash.of(data) == new_hash

    def _is_old(self, operation, block):
        """As long as A's block was; what the target has beyond A's end is zeros."""
        beyond = self._read(block, self._target.block_size)[self._geometry.length(block):]
        return is_zeros(beyond) and self._old_content(operation, block) is not None

    def _old_content(self, operation, block):
        """A's bytes of a block, None where they are not what the operation says. What is beyond them does not count."""
        length = self._geometry.length(block)
        data = self._read(block, length)
        if len(data) < length:
            return None
        if operation.old == HASHED:
            old_hash, _ = operation.hashes_of(block, self._header.hash.length)
            return data if self._header.hash.of(data) == old_hash else None
        return data if is_zeros(data) else None

    def _copy(self, operation, block):
        """What stands at the source; where that was used up in an earlier attempt, what stands in place already."""
        length = self._target.length(block)
        size = self._target.block_size
        source = operation.source_byte(size) + (block - operation.first) * size
        _, new_hash = operation.hashes_of(block, self._header.hash.length)
        for place in (source, block * size):
            data = self._read_at(place, length)
            if len(data) == length and self._header.hash.of(data) == new_hash:
                self._write(block, 0, data)
                return data
        raise Mismatch(f"block {block}: what is to be copied from byte {source} has not the new hash")

    def _write(self, block, start, data):
        self._out.seek(block * self._target.block_size + start)
        self._out.write(data)
