"""Payload codecs (2.3): none, LZ4 blocks, Brotli and Zstandard where Debian's modules are there. Repeats (8.1) are in
repeats.py."""

from .errors import MessageError
from .wire import Cursor

try:
    import brotli
except ImportError:
    brotli = None

try:
    import zstandard
except ImportError:
    zstandard = None

NONE, LZ4, BROTLI, REPEATS, ZSTANDARD, PREFIX = 0, 1, 2, 3, 4, 5

# From the LZ4 block format: the last bytes are literals, and no match begins close to the end.
LAST_LITERALS = 5
LAST_MATCH = 12
SHORTEST_MATCH = 4

# A few bytes of Brotli may say many; small bites keep what one call can return within bounds.
BROTLI_BITE = 64

# From RFC 8878: how a frame begins, and what its blocks are.
ZSTANDARD_MAGIC = b"\x28\xb5\x2f\xfd"
SINGLE_SEGMENT = 0x20
# By the two bits above that: bytes of the content size, and what is added to it.
CONTENT_SIZE_SHIFT = 6
CONTENT_SIZES = ((1, 0), (2, 256), (4, 0), (8, 0))
BLOCK_HEADER_LENGTH = 3
RAW_BLOCK, RLE_BLOCK, COMPRESSED_BLOCK = 0, 1, 2
MOST_OF_A_BLOCK = 128 << 10


def decode(section):
    """The raw payload, or None where it is Brotli or Zstandard and this Python has none, or is over old content."""
    if section.codec == NONE:
        return section.payload
    if section.codec == LZ4:
        return _lz4(section)
    if section.codec == ZSTANDARD:
        _check_zstandard(section)
        return None if zstandard is None else _zstandard(section)
    if section.codec == PREFIX:
        _check_zstandard(section)
        return None
    if brotli is None:
        return None
    return _brotli(section)


def decode_over(section, prefix):
    """The raw payload of a frame over old content (4.8), whose form `decode` has checked."""
    return _zstandard(section, prefix)


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


def _check_zstandard(section):
    """The form of the frame, and that it ends with the payload: what a decoder does not look at, or allows."""
    cursor = Cursor(section.payload, section.payload_offset)

    def fail(text, start):
        return MessageError(f"Zstandard: {text}", start, "content")

    if cursor.take(len(ZSTANDARD_MAGIC), "content") != ZSTANDARD_MAGIC:
        raise fail("not a frame", section.payload_offset)
    start = cursor.offset
    descriptor = cursor.u8("content")
    form = descriptor >> CONTENT_SIZE_SHIFT
    if descriptor != form << CONTENT_SIZE_SHIFT | SINGLE_SEGMENT:
        raise fail(f"frame header descriptor 0x{descriptor:02X}", start)
    start = cursor.offset
    length, added = CONTENT_SIZES[form]
    size = cursor.unsigned(length, "content") + added
    if size != section.raw_length:
        raise fail(f"content size {size}, not {section.raw_length}", start)
    last = False
    while not last:
        start = cursor.offset
        block = cursor.unsigned(BLOCK_HEADER_LENGTH, "content")
        last, kind, length = block & 1, block >> 1 & 3, block >> 3
        if kind > COMPRESSED_BLOCK:
            raise fail(f"block type {kind}", start)
        # The window is the content. Decoders differ in which larger blocks they take.
        if length > min(size, MOST_OF_A_BLOCK):
            raise fail(f"a block of {length} bytes", start)
        cursor.take(1 if kind == RLE_BLOCK else length, "content")
    if cursor.remaining:
        raise fail(f"{cursor.remaining} bytes follow the frame", cursor.offset)


def _zstandard(section, prefix=b""):
    # The type is said, because the module's own guess goes by the first bytes of the prefix.
    over = zstandard.ZstdCompressionDict(prefix, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if prefix else None
    try:
        # Gives as many bytes as the frame has content, or fails; that this is the raw length has been checked.
        return zstandard.ZstdDecompressor(dict_data=over).decompress(section.payload)
    except zstandard.ZstdError as error:
        raise MessageError(f"Zstandard: {error}", section.payload_offset, "content") from None
