"""Writes the container (section 2), front to back."""

from .canonical_map import encode_map
from .container import KINDS, MAGIC, MAJOR, NONE, TRAILER
from .hashes import checksum, new_digest
from .header import minor_of
from .wire import u32

KIND_NUMBERS = {name: number for number, name in KINDS.items()}


def encode_section(kind, payload, codec=NONE, raw_length=None, flags=0):
    raw_length = len(payload) if raw_length is None else raw_length
    frame = bytes([kind, codec, flags, 0]) + u32(len(payload)) + u32(raw_length)
    return frame + checksum(frame + payload) + payload


class MessageWriter:
    """The header at once, `section` by section, and at the end the trailer, whose digest and count are added here."""

    def __init__(self, stream, kind, header, minor=None):
        self._stream = stream
        self._digest = new_digest()
        self._sections = 0
        encoded = encode_map(header)
        minor = minor_of(header) if minor is None else minor
        start = MAGIC + bytes([MAJOR, minor, KIND_NUMBERS[kind], 0]) + u32(len(encoded)) + encoded
        self._write(start + checksum(start))

    def _write(self, data):
        self._digest.update(data)
        self._stream.write(data)

    def section(self, kind, payload, **form):
        self._sections += 1
        self._write(encode_section(kind, payload, **form))

    def finish(self, trailer):
        trailer = trailer | {"digest": self._digest.digest(), "sections": self._sections}
        section = encode_section(TRAILER, encode_map(trailer))
        self._stream.write(section + u32(len(section)) + u32(0) + MAGIC[::-1])
