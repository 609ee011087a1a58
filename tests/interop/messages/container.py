"""The container: preamble, header, sections, trailer, tail (sections 2 and 5), read front to back."""

from dataclasses import dataclass

from .canonical_map import Bytes, Integer, decode_map
from .codec import BROTLI, NONE, PREFIX, ZSTANDARD
from .errors import MessageError
from .hashes import checksum, new_digest
from .header import ALL, CKF, CKR, DTF, DTR, REQUESTS, decode_header
from .wire import Cursor

MAGIC = b"\x8fBSYN\r\n\x1a"
MAGIC_LETTERS = 5
MAJOR = 1
KINDS = {1: CKR, 2: CKF, 3: DTR, 4: DTF}
PREAMBLE_LENGTH = 16
CHECKSUM_LENGTH = 8
MAX_PIECE = 4 << 20

CHECKSUMS, OPERATIONS, CONTENT, ROLLING_SUMS, TRAILER = 0x01, 0x02, 0x03, 0x04, 0x7F
SECTION_NAMES = {CHECKSUMS: "checksums", OPERATIONS: "operations", CONTENT: "content", TRAILER: "trailer"}
# What came with 1.1.
SECTION_NAMES_1_1 = SECTION_NAMES | {ROLLING_SUMS: "rolling sums"}
SECTIONS_OF = {CKR: (), CKF: (CHECKSUMS, ROLLING_SUMS), DTR: (OPERATIONS,), DTF: (OPERATIONS, CONTENT)}
FRAME_HEADER_LENGTH = 20
CHECKED_FRAME_HEADER = FRAME_HEADER_LENGTH - CHECKSUM_LENGTH
SKIPPABLE = 0x01

TRAILER_KEYS = {
    "base_root": (Bytes(), REQUESTS), "copy_blocks": (Integer(), REQUESTS),
    "data_blocks": (Integer(), (CKF, DTR, DTF)), "data_bytes": (Integer(), REQUESTS), "digest": (Bytes(), ALL),
    "groups": (Integer(), REQUESTS), "operations": (Integer(), REQUESTS), "root": (Bytes(), (CKF,)),
    "sections": (Integer(), ALL), "target_root": (Bytes(), REQUESTS), "zero_blocks": (Integer(), (CKF, DTR, DTF)),
}
DIGEST_LENGTH = 16


@dataclass(frozen=True)
class Section:
    type: int
    codec: int
    flags: int
    raw_length: int
    offset: int
    payload: memoryview

    @property
    def payload_offset(self):
        return self.offset + FRAME_HEADER_LENGTH


class _Forward:
    """Takes exact numbers of bytes from a stream that need not seek."""

    def __init__(self, stream):
        self._stream = stream
        self.offset = 0

    def take(self, length, field):
        pieces, missing = [], length
        while missing:
            piece = self._stream.read(missing)
            if not piece:
                raise MessageError("the file was cut short", self.offset + length - missing, field)
            pieces.append(piece)
            missing -= len(piece)
        self.offset += length
        return b"".join(pieces)

    def at_end(self):
        return not self._stream.read(1)


class Container:
    """Construct it: preamble and header are read. Go through `sections()`: then `trailer` is there, and checked."""

    def __init__(self, stream):
        self._input = _Forward(stream)
        self._digest = new_digest()
        self.trailer = None
        self.trailer_offset = None
        preamble = self._input.take(PREAMBLE_LENGTH, "preamble")
        header_length = self._preamble(Cursor(preamble, 0))
        header = self._input.take(header_length, "header")
        stored = self._input.take(CHECKSUM_LENGTH, "header checksum")
        if stored != checksum(preamble + header):
            raise MessageError("does not match", self._input.offset - CHECKSUM_LENGTH, "header checksum")
        self._digest.update(preamble + header + stored)
        self.header = decode_header(self.kind, header, PREAMBLE_LENGTH, self._newer_minor)

    @property
    def _newer_minor(self):
        """Minor version 0 is closed. Any later one may have more than is known here (2.2)."""
        return self.minor > 0

    @property
    def _names(self):
        """The section types that are known in this minor version."""
        return SECTION_NAMES_1_1 if self._newer_minor else SECTION_NAMES

    def _preamble(self, cursor):
        magic = cursor.take(len(MAGIC), "magic")
        if magic != MAGIC:
            if magic[:MAGIC_LETTERS] == MAGIC[:MAGIC_LETTERS]:
                raise MessageError("the file was damaged by a transfer in text mode", 0, "magic")
            raise MessageError("this is not a BinarySync message", 0, "magic")
        start = cursor.offset
        self.major = cursor.u8("major version")
        if self.major > MAJOR:
            raise MessageError(f"the file was made by a newer version ({self.major})", start, "major version")
        if self.major < MAJOR:
            raise MessageError("is 0", start, "major version")
        self.minor = cursor.u8("minor version")
        start = cursor.offset
        kind = cursor.u8("kind")
        if kind not in KINDS:
            raise MessageError(f"{kind} is unknown", start, "kind")
        self.kind = KINDS[kind]
        start = cursor.offset
        if cursor.u8("flags"):
            raise MessageError("are set", start, "flags")
        return self._length(cursor, "header length")

    @staticmethod
    def _length(cursor, field):
        start = cursor.offset
        length = cursor.u32(field)
        if not 1 <= length <= MAX_PIECE:
            raise MessageError(f"{length} is not 1 to {MAX_PIECE}", start, field)
        return length

    def sections(self):
        """Yields the sections that this kind of message has, and reads to the end of the file."""
        count = 0
        while True:
            section, raw = self._section()
            if section.type == TRAILER:
                break
            self._digest.update(raw)
            count += 1
            if section.type in SECTIONS_OF[self.kind]:
                yield section
            elif section.type in self._names:
                name = self._names[section.type]
                raise MessageError(f"a .{self.kind} has no {name} section", section.offset, "section type")
        self._trailer(section, count)
        self._tail(len(raw))

    def _section(self):
        offset = self._input.offset
        frame = self._input.take(FRAME_HEADER_LENGTH, "section")
        cursor = Cursor(frame, offset)
        kind, codec, flags = (cursor.u8(field) for field in ("section type", "section codec", "section flags"))
        reserved = cursor.u8("section reserved")
        stored_length = self._length(cursor, "section stored length")
        raw_length = self._length(cursor, "section raw length")
        payload = self._input.take(stored_length, "section payload")
        if frame[CHECKED_FRAME_HEADER:] != checksum(frame[:CHECKED_FRAME_HEADER] + payload):
            raise MessageError("does not match", offset + CHECKED_FRAME_HEADER, "section checksum")
        section = Section(kind, codec, flags, raw_length, offset, memoryview(payload))
        if reserved:
            raise MessageError("is not 0", offset + 3, "section reserved")
        self._check_type(section)
        self._check_codec(section)
        return section, frame + payload

    def _check_type(self, section):
        if section.flags & ~SKIPPABLE:
            raise MessageError("unknown flags", section.offset + 2, "section flags")
        if section.type not in self._names:
            if not self._newer_minor:
                raise MessageError(f"0x{section.type:02X} is unknown", section.offset, "section type")
            if not section.flags & SKIPPABLE:
                raise MessageError(
                    f"0x{section.type:02X} has to be understood, and is not known here", section.offset, "section type")
        elif section.flags and not self._newer_minor:
            raise MessageError("are set", section.offset + 2, "section flags")

    def _check_codec(self, section):
        stored = len(section.payload)
        known = section.type in self._names
        of_operations = section.type == OPERATIONS and section.codec == BROTLI
        # Without the header's key, each of these is a codec that is not known (4.7, 4.8).
        keys = {ZSTANDARD: self.header.zstandard, PREFIX: self.header.prefix}
        if known and not keys.get(section.codec, section.codec < ZSTANDARD):
            newer = "is of a newer version: " if self._newer_minor else ""
            raise MessageError(f"{newer}unknown codec {section.codec}", section.offset + 1, "section codec")
        if known and section.codec and section.type != CONTENT and not of_operations:
            raise MessageError(f"{section.codec} is not a codec of this section", section.offset + 1, "section codec")
        if section.codec == NONE and stored != section.raw_length:
            raise MessageError("differs from the stored length", section.offset + 8, "section raw length")
        if section.codec != NONE and stored >= section.raw_length:
            raise MessageError("is not less than the raw length", section.offset + 4, "section stored length")

    def _trailer(self, section, count):
        self.trailer_offset = section.payload_offset
        keys = {key: kind for key, (kind, _) in TRAILER_KEYS.items()}
        values, offsets = decode_map(section.payload, self.trailer_offset, keys, "trailer", self._newer_minor)
        for key, (_, kinds) in TRAILER_KEYS.items():
            wanted = self.kind in kinds and not (key == "base_root" and self.header.merged)
            if key in values and not wanted:
                raise MessageError("does not belong here", offsets[f"trailer.{key}"], f"trailer.{key}")
            if key not in values and wanted:
                raise MessageError("is missing", self.trailer_offset, f"trailer.{key}")
        lengths = {"digest": DIGEST_LENGTH}
        lengths |= dict.fromkeys(("base_root", "target_root", "root"), self.header.hash.root_length)
        for key, length in lengths.items():
            if key in values and len(values[key]) != length:
                raise MessageError(f"is not {length} bytes long", offsets[f"trailer.{key}"], f"trailer.{key}")
        self.trailer, self._offsets = values, offsets
        self.compare({"sections": count, "digest": self._digest.digest()})

    def compare(self, found):
        """What the trailer says against what was found."""
        for key, value in found.items():
            if self.trailer[key] != value:
                said = self.trailer[key]
                said, value = (x.hex() if isinstance(x, bytes) else x for x in (said, value))
                raise MessageError(f"says {said}, found {value}", self._offsets[f"trailer.{key}"], f"trailer.{key}")

    def _tail(self, trailer_length):
        start = self._input.offset
        cursor = Cursor(self._input.take(16, "tail"), start)
        length, reserved = cursor.u32("trailer length"), cursor.u32("tail reserved")
        if cursor.take(len(MAGIC), "end mark") != MAGIC[::-1]:
            raise MessageError("is not there", start + 8, "end mark")
        if length != trailer_length:
            raise MessageError(f"says {length}, the trailer has {trailer_length}", start, "trailer length")
        if reserved:
            raise MessageError("is not 0", start + 4, "tail reserved")
        if not self._input.at_end():
            raise MessageError("bytes follow the end", self._input.offset, "tail")
