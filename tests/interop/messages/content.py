"""Content sections (section 8): the bytes of a group's data blocks, cut into frames."""

from functools import partial

from .codec import PREFIX, REPEATS, decode_over
from .errors import MessageError
from .hashes import new_digest
from .operations import DATA
from .repeats import Frames


class ContentReader:
    """Takes the frames of one group after the other; a visitor's `content(block, start, bytes)` gets the pieces."""

    def __init__(self, header, visitor):
        self._header = header
        self._visitor = visitor
        self._decoder = Frames(header.zstandard)
        self._frame_size = header.values["frame_size"]
        self._blocks = iter(())
        self._missing = 0
        self._raw = new_digest()
        self._block_left = 0
        self.frames = self.not_decoded = self.over_old_content = self.raw_bytes = self.stored_bytes = 0

    def group(self, operations):
        target = self._header.target
        data = [operation for operation in operations if operation.new == DATA]
        self._missing = sum(target.bytes_of(operation.first, operation.count) for operation in data)
        self._blocks = self._each_block(data)
        self._block_left = 0

    @staticmethod
    def _each_block(operations):
        for operation in operations:
            for block in range(operation.first, operation.end):
                yield operation, block

    def _whole_blocks(self, length):
        """Those of a frame over old content, which begins and ends with a block (4.8)."""
        blocks = []
        while length:
            blocks.append(next(self._blocks))
            length -= self._header.target.length(blocks[-1][1])
        return blocks

    def complete(self, offset):
        if self._missing:
            raise MessageError(f"{self._missing} bytes of the group's content are missing", offset, "content")

    def frame(self, section):
        expected = min(self._frame_size, self._missing)
        if not expected:
            raise MessageError("a frame that no data block is in", section.offset, "content")
        if section.raw_length != expected:
            text = f"{section.raw_length}, where the frame has {expected}"
            raise MessageError(text, section.offset + 8, "section raw length")
        if self._header.forward and section.codec == REPEATS:
            raise MessageError("is repeats, where the header says that there are none", section.offset + 1, "section codec")
        raw, blocks = self._decoder.decode(section), self._blocks
        if section.codec == PREFIX:
            blocks = self._whole_blocks(expected)
            raw = self._visitor.over_old_content(blocks, partial(decode_over, section))
        self._missing -= expected
        self.frames += 1
        self.raw_bytes += expected
        self.stored_bytes += len(section.payload)
        if raw is not None:
            self._raw.update(raw)
        elif section.codec == PREFIX:
            self.over_old_content += 1
        else:
            self.not_decoded += 1
        self._pass(memoryview(raw) if raw is not None else None, iter(blocks), expected, section.offset)

    def _pass(self, raw, blocks, length, offset):
        """Deals the bytes of a frame out to blocks. Without bytes (not decoded) the blocks it touches go unchecked."""
        position = 0
        while position < length:
            if not self._block_left:
                operation, self._block = next(blocks)
                _, self._expected = operation.hashes_of(self._block, self._header.hash.length)
                self._block_start = 0
                self._block_left = self._header.target.length(self._block)
                self._hasher = self._header.hash.new()
            step = min(self._block_left, length - position)
            if raw is None:
                self._hasher = None
            else:
                piece = raw[position:position + step]
                if self._hasher:
                    self._hasher.update(piece)
                self._visitor.content(self._block, self._block_start, piece)
            position += step
            self._block_start += step
            self._block_left -= step
            if not self._block_left and self._hasher and self._hasher.digest() != self._expected:
                raise MessageError(f"block {self._block} has not the new hash", offset, "content")

    def summary(self):
        out = {
            "frames": self.frames, "raw_bytes": self.raw_bytes, "stored_bytes": self.stored_bytes,
            "xxh128": None if self.not_decoded or self.over_old_content else self._raw.hexdigest(),
        }
        for key in ("not_decoded", "over_old_content"):
            if getattr(self, key):
                out[key] = getattr(self, key)
        return out
