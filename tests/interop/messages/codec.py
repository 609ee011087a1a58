"""Payload codecs (2.3): none, LZ4 blocks, Brotli where Debian's module is there. Repeats (8.1) are in repeats.py."""

from .errors import MessageError

try:
    import brotli
except ImportError:
    brotli = None

NONE, LZ4, BROTLI, REPEATS = 0, 1, 2, 3

# From the LZ4 block format: the last bytes are literals, and no match begins close to the end.
LAST_LITERALS = 5
LAST_MATCH = 12
SHORTEST_MATCH = 4

# A few bytes of Brotli may say many; small bites keep what one call can return within bounds.
BROTLI_BITE = 64


def decode(section):
    """The raw payload, or None where it is Brotli and this Python has none."""
    if section.codec == NONE:
        return section.payload
    if section.codec == LZ4:
        return _lz4(section)
    if brotli is None:
        return None
    return _brotli(section)


def _lz4(section):
    data, raw_length = section.payload, section.raw_length
    out = bytearray()
    position = 0

    def fail(text):
        return MessageError(f"LZ4: {text}", section.payload_offset + position, "content")

    def length(nibble):
        nonlocal position
        total = nibble
        if nibble == 15:
            while True:
                if position == len(data):
                    raise fail("input ends in a length")
                byte = data[position]
                position += 1
                total += byte
                if byte != 255:
                    break
        if total > raw_length:
            raise fail("gives more than the raw length")
        return total

    while True:
        if position == len(data):
            raise fail("input ends before its last literals")
        token = data[position]
        position += 1
        literals = length(token >> 4)
        if literals > len(data) - position:
            raise fail("input ends in literals")
        out += data[position:position + literals]
        position += literals
        if position == len(data):
            break
        if len(data) - position < 2:
            raise fail("input ends in an offset")
        distance = data[position] | data[position + 1] << 8
        if not 1 <= distance <= len(out):
            raise fail(f"offset {distance} with {len(out)} bytes before it")
        position += 2
        match = length(token & 15) + SHORTEST_MATCH
        start = len(out)
        if start + match > raw_length - LAST_LITERALS or start > raw_length - LAST_MATCH:
            raise fail("a match too near the end")
        if distance >= match:
            out += out[start - distance:start - distance + match]
        else:
            pattern = bytes(out[start - distance:])
            out += (pattern * (match // distance + 1))[:match]
    if len(out) != raw_length:
        raise fail(f"gives {len(out)} bytes, not {raw_length}")
    return bytes(out)


def _brotli(section):
    def fail(text):
        return MessageError(f"Brotli: {text}", section.payload_offset, "content")

    decoder = brotli.Decompressor()
    out = bytearray()
    try:
        for start in range(0, len(section.payload), BROTLI_BITE):
            if decoder.is_finished():
                raise fail("bytes follow the stream")
            out += decoder.process(section.payload[start:start + BROTLI_BITE])
            if len(out) > section.raw_length:
                raise fail("gives more than the raw length")
    except brotli.error as error:
        raise fail(str(error) or "not a stream") from None
    if not decoder.is_finished():
        raise fail("the stream is cut short")
    if len(out) != section.raw_length:
        raise fail(f"gives {len(out)} bytes, not {section.raw_length}")
    return bytes(out)
