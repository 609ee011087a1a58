"""The header and what its fields must be (section 4)."""

from dataclasses import dataclass
from typing import Optional

from .canonical_map import Array, Bytes, Integer, Map, String, decode_map
from .errors import MessageError
from .geometry import Coverage, Geometry, Tail
from .hashes import HASHES, BlockHash

CKR, CKF, DTR, DTF = "ckr", "ckf", "dtr", "dtf"
ALL = (CKR, CKF, DTR, DTF)
REQUESTS = (DTR, DTF)

MAX_SIZE = 1 << 62
MIN_BLOCK, MAX_BLOCK = 512, 64 << 20
MIN_FRAME, MAX_FRAME = 64 << 10, 4 << 20
MAX_LABEL = 1024
MAX_RANGES = 65_536
MAX_BASES = 4096
MAX_PARTS = 65_535

INTEGER, STRING, BYTES, INTEGERS = Integer(), String(), Bytes(), Array(Integer())

PARENT = {
    "base_root": BYTES, "base_size": INTEGER, "block_size": INTEGER, "hash": STRING, "ranges": INTEGERS,
    "target_root": BYTES, "target_size": INTEGER,
}
# What came with 1.1, beside the keys of 1.0: in a header or parent, and in a header.
HASH_1_1 = {"!hash": STRING}
CONTENT_1_1 = {"!prefix": INTEGER, "!shift": INTEGER, "!zstd": INTEGER}
SUMS_1_1 = {"rolling_sums": INTEGER}
BASE = {"root": BYTES, "size": INTEGER}
SET = {
    "first_group": INTEGER, "group_count": INTEGER, "id": BYTES, "part": INTEGER, "parts": INTEGER,
    "split_size": INTEGER,
}
HEADER = {
    "base_size": INTEGER, "bases": Array(Map(BASE)), "block_size": INTEGER, "derived": INTEGER, "forward": INTEGER,
    "frame_size": INTEGER, "hash": STRING,
    "label": STRING, "parent": Map(PARENT), "ranges": INTEGERS, "set": Map(SET), "size": INTEGER,
    "target_size": INTEGER,
}
# Where a key belongs, and where it must be. `base_size` has its own rule: it or `bases`.
PLACES = {
    "base_size": (REQUESTS, ()), "bases": (REQUESTS, ()), "block_size": (ALL, ALL), "derived": ((CKF,), ()), "forward": (REQUESTS, ()), "frame_size": ((DTF,), (DTF,)),
    "label": (ALL, ()), "parent": (ALL, ()), "ranges": (ALL, ()), "set": ((DTF,), ()),
    "size": ((CKF,), (CKF,)), "target_size": (REQUESTS, REQUESTS), "!prefix": ((DTF,), ()),
    "!shift": (REQUESTS, ()),
    "!zstd": ((DTF,), ()), "rolling_sums": ((CKR, CKF), ()),
}


@dataclass(frozen=True)
class Header:
    """`target`: that of a checksum file, or B. `bases`: A, or all of them. A request for checksums has neither.
    `open`: of a higher minor version (2.2)."""

    kind: str
    values: dict
    block_size: int
    hash: BlockHash
    target: Optional[Geometry]
    bases: tuple
    coverage: Optional[Coverage]
    open: bool

    @property
    def merged(self):
        return "bases" in self.values

    @property
    def forward(self):
        return "forward" in self.values

    @property
    def zstandard(self):
        """Whether content may be compressed with Zstandard (4.7)."""
        return "!zstd" in self.values

    @property
    def prefix(self):
        """Whether content may be compressed over old content (4.8)."""
        return "!prefix" in self.values

    @property
    def rolling_sums(self):
        """Whether a checksum file has rolling sums (6.1)."""
        return self.kind == CKF and "rolling_sums" in self.values

    @property
    def shift(self):
        """Whether there may be copies from any byte of A (4.9)."""
        return "!shift" in self.values

    @property
    def part(self):
        return self.values.get("set")

    @property
    def tails(self):
        return [tail for base in self.bases if (tail := Tail.of(base, self.target))]


def decode_header(kind, data, offset, lenient):
    keys = HEADER
    if lenient:
        keys = HEADER | HASH_1_1 | CONTENT_1_1 | SUMS_1_1 | {"parent": Map(PARENT | HASH_1_1)}
    values, offsets = decode_map(data, offset, keys, "header", lenient)
    return _HeaderRules(kind, values, offset, offsets, lenient).check()


def put_hash(values, block_hash):
    """The values of a header or parent with this hash in it."""
    return {key: value for key, value in values.items() if key not in ("hash", "!hash")} | {block_hash.key: block_hash.name}


def minor_of(values):
    """The lowest minor version that has all that is in a header."""
    return int("!hash" in values.get("parent", {}) or any(key in values for key in HASH_1_1 | CONTENT_1_1 | SUMS_1_1))


class _HeaderRules:
    def __init__(self, kind, values, offset, offsets, lenient):
        self._kind, self._values, self._offset, self._offsets, self._lenient = kind, values, offset, offsets, lenient

    def error(self, text, field):
        return MessageError(text, self._offsets.get(field, self._offset), field)

    def check(self):
        self.keys()
        values = self._values
        block_size = self.power_of_two(values["block_size"], MIN_BLOCK, MAX_BLOCK, "header.block_size")
        block_hash = self.hash(values, "header")
        if "frame_size" in values:
            self.power_of_two(values["frame_size"], MIN_FRAME, MAX_FRAME, "header.frame_size")
        for flag in ("derived", "forward", "rolling_sums", "!prefix", "!shift", "!zstd"):
            if values.get(flag, 1) != 1:
                raise self.error("is 1 where it is there", f"header.{flag}")
        if "!prefix" in values and block_size > values["frame_size"]:
            # A frame has to hold whole blocks.
            raise self.error(f"{block_size} is above the frame size", "header.block_size")
        if "label" in values:
            self.label(values["label"])
        target, bases, coverage = None, (), None
        if self._kind == CKR:
            self.open_ranges(values.get("ranges"), MAX_SIZE)
        elif self._kind == CKF:
            target = Geometry(self.size(values["size"], "header.size"), block_size)
            coverage = self.coverage(values.get("ranges"), target.blocks, "header.ranges")
        else:
            target = Geometry(self.size(values["target_size"], "header.target_size"), block_size)
            bases = self.bases(block_size, block_hash)
            domain = max(target.blocks, *(base.blocks for base in bases))
            coverage = self.coverage(values.get("ranges"), domain, "header.ranges")
            self.tail(coverage, bases, target, "header.ranges")
        if "parent" in values:
            self.parent(values["parent"])
        if "set" in values:
            self.set(values["set"])
        return Header(self._kind, values, block_size, block_hash, target, bases, coverage, self._lenient)

    def keys(self):
        for key, (allowed, required) in PLACES.items():
            if key in self._values and self._kind not in allowed:
                raise self.error(f"does not belong in a .{self._kind}", f"header.{key}")
            if key not in self._values and self._kind in required:
                raise self.error("is missing", f"header.{key}")
        if self._kind in REQUESTS and ("base_size" in self._values) == ("bases" in self._values):
            raise self.error("either this or header.bases has to be there", "header.base_size")
        if "bases" in self._values and "parent" in self._values:
            raise self.error("stands beside header.parent", "header.bases")
        for other in ("bases", "set"):
            if "forward" in self._values and other in self._values:
                raise self.error(f"stands beside header.{other}", "header.forward")
        for key in ("!prefix", "!shift"):
            for other in ("bases", "forward"):
                if key in self._values and other in self._values:
                    raise self.error(f"stands beside header.{other}", f"header.{key}")

    def power_of_two(self, value, least, most, field):
        if not least <= value <= most or value & value - 1:
            raise self.error(f"{value} is not a power of two from {least} to {most}", field)
        return value

    def hash(self, values, field):
        given = [key for key in ("!hash", "hash") if key in values]
        if not given:
            raise self.error("is missing", f"{field}.hash")
        if len(given) > 1:
            raise self.error("stands beside !hash", f"{field}.hash")
        name = values[given[0]]
        if name not in HASHES:
            newer = "is of a newer version: " if self._lenient else ""
            raise self.error(f"{newer}unknown hash", f"{field}.{given[0]}")
        if HASHES[name].key != given[0]:
            raise self.error(f"{name} belongs under {HASHES[name].key}", f"{field}.{given[0]}")
        return HASHES[name]

    def size(self, value, field):
        if value > MAX_SIZE:
            raise self.error(f"{value} is above 2^62", field)
        return value

    def root(self, value, block_hash, field):
        if len(value) != block_hash.root_length:
            raise self.error(f"is {len(value)} bytes long, not {block_hash.root_length}", field)

    def label(self, text):
        if not 1 <= len(text.encode()) <= MAX_LABEL:
            raise self.error(f"is not 1 to {MAX_LABEL} bytes long", "header.label")
        if any(char < " " or "\x7f" <= char <= "\x9f" for char in text):
            raise self.error("has control characters", "header.label")

    def ranges(self, flat, limit, field, to_the_end=False):
        """`to_the_end`: a last count of 0 is allowed; it is returned as everything up to the limit."""
        if len(flat) % 2:
            raise self.error("has a gap without a count", field)
        if len(flat) // 2 > MAX_RANGES:
            raise self.error(f"has more than {MAX_RANGES} ranges", field)
        out, end = [], 0
        for index in range(0, len(flat), 2):
            gap, count = flat[index:index + 2]
            if index and not gap:
                raise self.error("has ranges that touch", field)
            first = end + gap
            if first >= limit:
                raise self.error(f"block {first} is not one of {limit}", field)
            if not count and to_the_end and index + 2 == len(flat):
                count = limit - first
            if not 1 <= count <= limit - first:
                raise self.error(f"{count} blocks from {first} on, of {limit}", field)
            out.append((first, count))
            end = first + count
        return out

    def open_ranges(self, flat, limit):
        if flat is not None:
            ranges = self.ranges(flat, limit, "header.ranges", to_the_end=True)
            if not ranges or ranges[0] == (0, limit):
                raise self.error("asks for nothing, or for the whole and then has to be absent", "header.ranges")

    def coverage(self, flat, blocks, field):
        if flat is None:
            return Coverage.whole(blocks)
        coverage = Coverage(self.ranges(flat, blocks, field))
        if coverage.is_whole(blocks):
            raise self.error("covers the whole, and then has to be absent", field)
        if not coverage.ranges and self._kind != CKF:
            raise self.error("covers nothing", field)
        return coverage

    def bases(self, block_size, block_hash):
        if "base_size" in self._values:
            return (Geometry(self.size(self._values["base_size"], "header.base_size"), block_size),)
        entries = self._values["bases"]
        if not 1 <= len(entries) <= MAX_BASES:
            raise self.error(f"has {len(entries)} elements, not 1 to {MAX_BASES}", "header.bases")
        for index, entry in enumerate(entries):
            self.complete(entry, BASE, f"header.bases[{index}]")
            self.root(entry["root"], block_hash, f"header.bases[{index}].root")
            self.size(entry["size"], f"header.bases[{index}].size")
        return tuple(Geometry(entry["size"], block_size) for entry in entries)

    def tail(self, coverage, bases, target, field):
        """9.3: all of the tail, or nothing of it."""
        for base in bases:
            tail = Tail.of(base, target)
            if tail and coverage.has_any(tail.first, tail.count) and not coverage.has_all(tail.first, tail.count):
                raise self.error(f"has a part of the tail, which begins at block {tail.first}", field)

    def complete(self, values, keys, field, optional=()):
        for key in keys:
            if key not in values and key not in optional:
                raise self.error("is missing", f"{field}.{key}")

    def parent(self, values):
        field = "header.parent"
        self.complete(values, PARENT, field, optional=("hash", "ranges"))
        block_size = self.power_of_two(values["block_size"], MIN_BLOCK, MAX_BLOCK, f"{field}.block_size")
        if block_size <= self._values["block_size"]:
            raise self.error("is not larger than the message's", f"{field}.block_size")
        block_hash = self.hash(values, field)
        for key in ("base_root", "target_root"):
            self.root(values[key], block_hash, f"{field}.{key}")
        sizes = []
        for key in ("base_size", "target_size"):
            sizes.append(Geometry(self.size(values[key], f"{field}.{key}"), block_size))
            if key in self._values and self._values[key] != values[key]:
                raise self.error("is not that of the message", f"{field}.{key}")
        coverage = self.coverage(values.get("ranges"), max(size.blocks for size in sizes), f"{field}.ranges")
        self.tail(coverage, sizes[:1], sizes[1], f"{field}.ranges")

    def set(self, values):
        field = "header.set"
        self.complete(values, SET, field)
        if len(values["id"]) != 16:
            raise self.error(f"is {len(values['id'])} bytes long, not 16", f"{field}.id")
        if not 1 <= values["parts"] <= MAX_PARTS:
            raise self.error(f"{values['parts']} is not 1 to {MAX_PARTS}", f"{field}.parts")
        if not 1 <= values["part"] <= values["parts"]:
            raise self.error(f"{values['part']} is not 1 to {values['parts']}", f"{field}.part")
        if values["part"] == 1 and values["first_group"]:
            raise self.error("the first part does not begin at group 0", f"{field}.first_group")
        if values["part"] > 1 and not values["first_group"]:
            raise self.error("a part after the first one begins at group 0", f"{field}.first_group")
        if values["first_group"] < values["part"] - 1:
            raise self.error("each part before this one has a group", f"{field}.first_group")
        if values["first_group"] + values["group_count"] > MAX_SIZE:
            raise self.error("groups end behind 2^62", f"{field}.group_count")
        if not values["split_size"]:
            raise self.error("0 is not at least 1", f"{field}.split_size")
