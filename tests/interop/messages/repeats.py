"""Frames with repeats (8.1)."""

from collections import deque
from dataclasses import dataclass, replace

from .codec import BROTLI, LZ4, NONE, PREFIX, REPEATS, ZSTANDARD, decode
from .errors import MessageError
from .wire import Cursor

MOST_FRAMES = 16
MOST_DISTANCE = 131_072
SHORTEST_REPEAT = 512
LITERAL, REPEAT = 0, 1
LITERAL_CODECS = (NONE, LZ4, BROTLI)


@dataclass(frozen=True)
class _Piece:
    start: int
    length: int
    frame: int = None
    offset: int = None


class Frames:
    """Decodes the content sections of a message in order. One that can be referred to is kept as it was stored: a reader of a file would go back for it."""

    def __init__(self, zstandard):
        """`zstandard`: whether the message may have it (4.7)."""
        self._literal_codecs = LITERAL_CODECS + ((ZSTANDARD,) if zstandard else ())
        self._earlier = deque(maxlen=MOST_DISTANCE)

    def decode(self, section):
        """The raw content, or None where it takes old content, or Brotli or Zstandard that this Python has not."""
        raw = self._repeats(section) if section.codec == REPEATS else decode(section)
        self._earlier.append(section)
        return raw

    def _repeats(self, section):
        layout = _Layout(section, len(self._earlier), self._literal_codecs)
        out = layout.place_literals(section)
        for number, distance in enumerate(layout.distances):
            source = self._earlier[-distance]
            if source.codec == PREFIX:
                raise MessageError("refers to a frame over old content", section.offset, "content")
            inner = _Layout(source, MOST_DISTANCE, self._literal_codecs) if source.codec == REPEATS else None
            raw = inner.place_literals(source) if inner else decode(source)
            for piece in layout.pieces:
                if piece.frame != number:
                    continue
                end = piece.offset + piece.length
                if end > source.raw_length:
                    raise MessageError("a repeat from behind its frame's end", section.offset, "content")
                if inner and not any(
                        each.frame is None and each.start <= piece.offset and end <= each.start + each.length
                        for each in inner.pieces):
                    raise MessageError("a repeat of what is no literal", section.offset, "content")
                if raw is None or out is None:
                    out = None
                else:
                    out[piece.start:piece.start + piece.length] = raw[piece.offset:end]
        return None if out is None else bytes(out)


class _Layout:
    """The payload of one frame: where its pieces are from."""

    def __init__(self, section, frames_before, literal_codecs):
        cursor = Cursor(section.payload, section.payload_offset)
        self._codec = cursor.u8("literal codec")
        if self._codec not in literal_codecs:
            raise MessageError(f"{self._codec} is not one of {literal_codecs}", section.payload_offset, "literal codec")
        count = self._frames(cursor)
        self.distances = []
        for _ in range(count):
            start = cursor.offset
            distance = cursor.varint("distance")
            if distance <= (self.distances[-1] if self.distances else 0) or distance > min(MOST_DISTANCE, frames_before):
                raise MessageError(f"{distance} leads to no frame, or does not ascend", start, "distance")
            self.distances.append(distance)
        self._read_pieces(cursor, section.raw_length)
        if {piece.frame for piece in self.pieces} - {None} != set(range(count)):
            raise MessageError("one is referred to by no piece", section.payload_offset + 1, "frames")
        self._literal_length = sum(piece.length for piece in self.pieces if piece.frame is None)
        self._literals_at = cursor.offset - section.payload_offset
        stored = len(section.payload) - self._literals_at
        if self._codec == NONE and stored != self._literal_length or self._codec != NONE and not 0 < stored < self._literal_length:
            raise MessageError(f"{stored} bytes for {self._literal_length}", cursor.offset, "literals")

    @staticmethod
    def _frames(cursor):
        start = cursor.offset
        count = cursor.u8("frames")
        if not 1 <= count <= MOST_FRAMES:
            raise MessageError(f"{count} is not 1 to {MOST_FRAMES}", start, "frames")
        return count

    def _read_pieces(self, cursor, raw_length):
        self.pieces, position = [], 0
        while position < raw_length:
            start = cursor.offset
            length, kind = divmod(cursor.varint("piece"), 2)
            last = self.pieces[-1] if self.pieces else None
            if length < (SHORTEST_REPEAT if kind == REPEAT else 1) or length > raw_length - position:
                raise MessageError(f"{length} bytes at {position} of {raw_length}", start, "piece")
            piece = _Piece(position, length)
            if kind == REPEAT:
                piece = replace(piece, frame=cursor.u8("piece"), offset=cursor.varint("piece"))
                if piece.frame >= len(self.distances):
                    raise MessageError("from a frame that is not named", start, "piece")
                joined = last and last.frame == piece.frame and last.offset + last.length == piece.offset
            else:
                joined = last and last.frame is None
            if joined:
                raise MessageError("continues the one before it", start, "piece")
            self.pieces.append(piece)
            position += length

    def place_literals(self, section):
        """The content with its literals, and zeros between them; None where they could not be decoded."""
        out = bytearray(section.raw_length)
        if not self._literal_length:
            return out
        literals = decode(replace(
            section, codec=self._codec, raw_length=self._literal_length, payload=section.payload[self._literals_at:],
            offset=section.offset + self._literals_at))
        if literals is None:
            return None
        position = 0
        for piece in self.pieces:
            if piece.frame is None:
                out[piece.start:piece.start + piece.length] = literals[position:position + piece.length]
                position += piece.length
        return out
