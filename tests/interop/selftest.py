#!/usr/bin/python3
"""Tests of the independent reader: round trips through its own writers, and every rule that a file can break."""

import hashlib
import io
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import msgpack

from messages import codec
from messages.apply import apply
from messages.canonical_map import encode_map
from messages.checksum_file import write_checksum_file
from messages.compare import GroupWriter, write_data_request
from messages.checksums import rolling_sum
from messages.container import CHECKSUMS, CONTENT, MAGIC, OPERATIONS, ROLLING_SUMS, TRAILER, Container
from messages.errors import MessageError, Mismatch
from messages.geometry import Coverage, Geometry
from messages.hashes import DATA as DATA_KIND, HASHES, ZERO as ZERO_KIND, Root, checksum, set_id
from messages.message import Visitor, read_message
from messages.operations import (
    ABSENT, COPIES, COPY, DATA, ELSEWHERE, HASHED, OLD_ZERO, SHIFT, ZERO, Operation, OperationsReader, check_acyclic)
from messages.wire import Cursor, u32, u64, varint
from messages.writer import MessageWriter

BLOCK = 512
FRAME = 65_536
XXH128 = HASHES["xxh128"]


def read(data):
    return read_message(io.BytesIO(data))


def checksum_file(content, ranges=None, hash_name="xxh128", block_size=BLOCK, extra=None, shift=False):
    out = io.BytesIO()
    write_checksum_file(io.BytesIO(content), out, block_size, hash_name, ranges, extra, shift)
    return out.getvalue()


def data_request(a, b):
    out = io.BytesIO()
    write_data_request(io.BytesIO(a), io.BytesIO(b), out)
    return out.getvalue()


def encode(operations, data_file):
    out, end = [u32(len(operations))], 0
    for each in operations:
        out += varint(each.first - end), varint(each.count), bytes([each.old * 16 + each.new])
        out.append(varint(each.source) if each.new in COPIES else b"")
        end = each.end
    for each in operations:
        out += each.old_hashes, each.new_hashes, each.sha256 if data_file else b""
    return b"".join(out)


def compress(raw, how, prefix=b""):
    """(codec, stored) of a frame. `prefix`: what "prefix" is compressed over."""
    if how == "lz4":
        stored = lz4(raw)
    elif how == "brotli":
        stored = codec.brotli.compress(raw)
    elif how == "zstandard":
        stored = codec.zstandard.ZstdCompressor().compress(raw)
    elif how == "prefix":
        stored = compress_over(raw, prefix)
    else:
        stored = raw
    names = {"none": codec.NONE, "lz4": codec.LZ4, "brotli": codec.BROTLI, "zstandard": codec.ZSTANDARD,
             "prefix": codec.PREFIX}
    return (names[how], stored) if len(stored) < len(raw) else (codec.NONE, raw)


def compress_over(raw, prefix, level=3):
    """The module writes the content size and no checksum anyway. That the form is right, a reader sees."""
    module = codec.zstandard
    over = module.ZstdCompressionDict(prefix, dict_type=module.DICT_TYPE_RAWCONTENT) if prefix else None
    return module.ZstdCompressor(level=level, dict_data=over, write_dict_id=False).compress(raw)


def repeating(raw, earlier):
    """(codec, stored) of a frame whose first 512 bytes are looked for in the frames without repeats before it."""
    places = [(distance, frame.find(raw[:512])) for distance, frame in enumerate(reversed(earlier), 1)]
    places = [(distance, at) for distance, at in places if at >= 0]
    # Of a frame with repeats only the rest is literal; here, nothing of it is referred to.
    earlier.append(b"" if places else raw)
    if not places or len(raw) <= 512:
        return codec.NONE, raw
    (distance, at), rest = places[0], raw[512:]
    return codec.REPEATS, (bytes([codec.NONE, 1]) + varint(distance) + varint(512 * 2 + 1) + b"\0" + varint(at)
                           + varint(len(rest) * 2) + rest)


def zstd_block(kind, length, content, last=True):
    return (length << 3 | kind << 1 | last).to_bytes(3, "little") + content


def zstd_frame(size, *blocks, form=0xA0, size_bytes=4):
    """A frame of Zstandard by hand. `form`: its frame header descriptor."""
    return codec.ZSTANDARD_MAGIC + bytes([form]) + size.to_bytes(size_bytes, "little") + b"".join(blocks)


def zstd_match(size, distance):
    """A frame by hand that is one match, of 515 to 1026 bytes, and begins so far back. RFC 8878, 3.1.1.3.2.

    No literals; one sequence, of which each code is given by itself, so that only the extra bits are left.
    """
    offset = distance + 3
    # The highest bit of the offset is in its code; here it is the mark at the end of the bits.
    bits = offset << 9 | size - 515
    content = bytes([0, 1, 0x54, 0, offset.bit_length() - 1, 45]) + bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return zstd_frame(size, zstd_block(codec.COMPRESSED_BLOCK, len(content), content))


def lz4(raw):
    """A plain LZ4 block encoder: takes the last place where the next four bytes stood."""
    out, seen, start, position = bytearray(), {}, 0, 0

    def lengths(value):
        if value < 15:
            return b""
        return b"\xff" * ((value - 15) // 255) + bytes([(value - 15) % 255])

    while position < len(raw) - codec.LAST_MATCH:
        word = raw[position:position + 4]
        place, seen[word] = seen.get(word, -1), position
        if place < 0 or position - place > 0xFFFF:
            position += 1
            continue
        match = 4
        while position + match < len(raw) - codec.LAST_LITERALS and raw[place + match] == raw[position + match]:
            match += 1
        literals = position - start
        out.append(min(literals, 15) << 4 | min(match - 4, 15))
        out += lengths(literals) + raw[start:position] + (position - place).to_bytes(2, "little") + lengths(match - 4)
        position += match
        start = position
    literals = len(raw) - start
    return bytes(out + bytes([min(literals, 15) << 4]) + lengths(literals) + raw[start:])


def write_request(kind, header, groups, trailer, content=None, how="none", minor=None, extra=None, old=b""):
    """A .dtr or .dtf of given groups, whose counts are made from them. `old`: A's content, for how="prefix"."""
    out = io.BytesIO()
    writer = MessageWriter(out, kind, header, minor)
    target = Geometry(header["target_size"], header["block_size"])
    counts = {"copy_blocks": 0, "data_blocks": 0, "data_bytes": 0, "groups": len(groups), "operations": 0,
              "zero_blocks": 0}
    names = {DATA: "data_blocks", ZERO: "zero_blocks", COPY: "copy_blocks", SHIFT: "copy_blocks"}
    earlier = []
    for group in groups:
        writer.section(OPERATIONS, encode(group, kind == "dtf"))
        counts["operations"] += len(group)
        raw, gives = b"", []
        for each in group:
            counts[names[each.new]] += each.count
            if each.new == DATA:
                size = target.bytes_of(each.first, each.count)
                counts["data_bytes"] += size
                if content is not None and kind == "dtf":
                    raw += content[each.first * BLOCK:each.first * BLOCK + size]
                # Per block as much of A as B has there. Where a block is absent, A has nothing.
                gives += [old[at * BLOCK:at * BLOCK + target.length(at)] for at in range(each.first, each.end)]
        for start in range(0, len(raw), FRAME):
            frame = raw[start:start + FRAME]
            prefix = b"".join(gives[start // BLOCK:(start + FRAME) // BLOCK])
            number, stored = repeating(frame, earlier) if how == "repeats" else compress(frame, how, prefix)
            writer.section(CONTENT, stored, codec=number, raw_length=len(frame))
    for form in extra or ():
        writer.section(**form)
    writer.finish(counts | trailer)
    return out.getvalue()


def groups_of(request):
    """A data request's operations, in its groups."""
    container = Container(io.BytesIO(request))
    reader = OperationsReader(container.header)
    groups = [reader.group(section) for section in container.sections()]
    return container.header, container.trailer, groups


def data_file(request, content, how="none", old=b""):
    header, trailer, groups = groups_of(request)
    roots = {key: trailer[key] for key in ("base_root", "target_root")}
    keys = {"zstandard": {"!zstd": 1}, "prefix": {"!prefix": 1}}
    values = header.values | {"frame_size": FRAME} | keys.get(how, {})
    if how in ("repeats", "prefix"):
        values.pop("forward", None)
    return write_request("dtf", values, groups, roots, content, how, old=old)


def prefix_file(a, b, hash_name="xxh128"):
    return data_file(data_request(checksum_file(a, None, hash_name), checksum_file(b, None, hash_name)), b, "prefix", a)


def one_frame(a, b, stored):
    """As prefix_file, of one frame that is compressed already, whatever it was compressed over."""
    header, trailer, (group,) = groups_of(data_request(checksum_file(a), checksum_file(b)))
    values = {key: value for key, value in header.values.items() if key != "forward"}
    roots = {key: trailer[key] for key in ("base_root", "target_root")}
    size = sum(Geometry(len(b), BLOCK).bytes_of(each.first, each.count) for each in group if each.new == DATA)
    extra = [{"kind": CONTENT, "payload": stored, "codec": codec.PREFIX, "raw_length": size}]
    return write_request("dtf", values | {"frame_size": FRAME, "!prefix": 1}, [group], roots, None, extra=extra)


def copying(a, b, *runs, sha256=None, how="none", ranges=None, kind="dtf"):
    """`runs`: first block, count and source, and SHIFT where that is a byte; no source where the content is sent."""
    operations = []
    for first, count, source, *new in runs:
        content = b[first * BLOCK:(first + count) * BLOCK]
        old, old_kind = (hashes(a, first, count), HASHED) if first * BLOCK < len(a) else (b"", ABSENT)
        digest = b"" if source is None else sha256 or hashlib.sha256(content).digest()
        new_kind = DATA if source is None else new[0] if new else COPY
        operations.append(Operation(
            first, count, old_kind, new_kind, source, 0, old, hashes(b, first, count), digest))
    roots = {f"{name}_root": read(checksum_file(side, ranges)).trailer["root"] for name, side in (("base", a), ("target", b))}
    header = {"base_size": len(a), "block_size": BLOCK, "hash": "xxh128", "target_size": len(b)}
    header |= {"frame_size": FRAME} if kind == "dtf" else {}
    header |= {"ranges": read(checksum_file(max(a, b, key=len), ranges)).header.values["ranges"]} if ranges else {}
    header |= {"!prefix": 1} if how == "prefix" else {}
    header |= {"!shift": 1} if any(each.new == SHIFT for each in operations) else {}
    return write_request(kind, header, [operations], roots, b, how, old=a)


def changed(content, step=BLOCK, short=0):
    """One byte in each step is another one; as many bytes at the end are left out."""
    out = bytearray(content)
    for at in range(step // 2, len(out), step):
        out[at] ^= 0x55
    return bytes(out[:len(out) - short])


def hashes(content, first, count):
    return b"".join(XXH128.of(content[at * BLOCK:(at + 1) * BLOCK]) for at in range(first, first + count))


def block(content, number):
    return content[number * BLOCK:(number + 1) * BLOCK]


def compared(a, b, ranges):
    """The compared coverage of 9.1 as a set of blocks, None where there is nothing in common."""
    counts = [-(-len(content) // BLOCK) for content in (a, b)]
    blocks, sides = set(range(max(counts))), []
    for count, asked in zip(counts, ranges):
        side = {n for n in range(count) if asked is None or any(first <= n < first + of for first, of in asked)}
        if not count or count - 1 in side:
            side |= set(range(count, 100))
        sides.append(side)
    out = blocks & sides[0] & sides[1]
    tail = set(range(min(len(a), len(b)) // BLOCK, max(counts))) if len(a) != len(b) else set()
    if not tail <= out:
        out -= tail
    return None if blocks and not out else out


def target(blocks, seed, zeros=(), short=0):
    """Random content with stretches of zeros."""
    content = bytearray(random.Random(seed).randbytes(blocks * BLOCK - short))
    for first, count in zeros:
        size = len(content[first * BLOCK:(first + count) * BLOCK])
        content[first * BLOCK:first * BLOCK + size] = bytes(size)
    return bytes(content)


def applied(base, file):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "base").write_bytes(base)
        (place / "file.dtf").write_bytes(file)
        with open(place / "out", "w+b") as out:
            apply(place / "base", place / "file.dtf", out)
        return (place / "out").read_bytes()


def damaged(data, chance):
    """One to three bytes of header or payloads changed, and the checksums over them and the digest made right again."""
    out, pieces, position = io.BytesIO(), [], 16 + int.from_bytes(data[12:16], "little")
    head, position = bytearray(data[:position]), position + 8
    while position < len(data) - 16:
        stored = int.from_bytes(data[position + 4:position + 8], "little")
        pieces.append((bytearray(data[position:position + 12]), bytearray(data[position + 20:position + 20 + stored])))
        position += 20 + stored
    for _ in range(chance.randint(1, 3)):
        frame, payload = chance.choice(pieces)
        place = chance.choice((memoryview(head)[16:], frame, payload, payload))
        place[chance.randrange(len(place))] = chance.choice((0, 1, 2, 127, 128, 255, chance.randrange(256)))
    out.write(head + checksum(head))
    for frame, payload in pieces:
        if frame[0] == TRAILER:
            mark = payload.find(b"\xa6digest\xc4\x10")
            if mark >= 0:
                payload[mark + 9:mark + 25] = XXH128.of(out.getvalue())
        out.write(frame + checksum(frame + payload) + payload)
    return out.getvalue() + data[-16:]


class RefusingTest(unittest.TestCase):
    def refuse(self, data, text=None):
        with self.assertRaises(MessageError) as caught:
            read(data)
        if text:
            self.assertIn(text, str(caught.exception))
        return caught.exception


class SmallFiles(RefusingTest):
    """One of each kind, small enough to be damaged at every byte."""

    def files(self):
        a = target(6, 1, [(1, 2)])
        b = target(7, 1, [(2, 2)], short=100)
        request = data_request(checksum_file(a), checksum_file(b))
        out = io.BytesIO()
        header = {"block_size": 4096, "hash": "sha256", "label": "é", "ranges": [3, 2, 1, 0]}
        MessageWriter(out, "ckr", header).finish({})
        yield out.getvalue()
        yield checksum_file(b, [(0, 1), (3, 9)])
        yield request
        yield data_file(request, b, "lz4")
        if codec.zstandard:
            b = b[:BLOCK] + b"abcdefg" * 400
            yield data_file(data_request(checksum_file(a), checksum_file(b)), b, "zstandard")
            yield prefix_file(a, changed(a))
        for kind in ("dtr", "dtf"):
            yield copying(a[3 * BLOCK:], a[4 * BLOCK - 9:], (0, 3, BLOCK - 9, SHIFT), kind=kind)

    def test_each_is_read(self):
        kinds = [read(data).header.kind for data in self.files()]
        self.assertEqual(kinds, ["ckr", "ckf", "dtr", "dtf"] + ["dtf", "dtf"] * bool(codec.zstandard) + ["dtr", "dtf"])

    def test_each_truncation_is_refused(self):
        for data in self.files():
            for length in range(len(data)):
                self.refuse(data[:length])
            self.refuse(data + b"\0", "follow")

    def test_each_flipped_byte_is_refused(self):
        for data in self.files():
            for position in range(len(data)):
                for bits in (0x01, 0x80, 0xFF):
                    damaged = bytearray(data)
                    damaged[position] ^= bits
                    self.refuse(bytes(damaged))

    def test_damage_behind_right_checksums_is_refused_or_read_but_never_a_surprise(self):
        chance, read_anyway, files = random.Random(40), 0, list(self.files())
        for data in files:
            for _ in range(1500):
                try:
                    read(damaged(data, chance))
                    read_anyway += 1
                except MessageError:
                    pass
        # What no rule can see: a letter of the label, a hash in a request, a root that only its maker knows.
        self.assertLess(read_anyway, len(files) * 1500 // 2)

    def test_preamble(self):
        data = next(self.files())
        self.refuse(data.replace(b"\r\n", b"\n"), "text mode")
        self.refuse(b"PK" + data, "not a BinarySync")
        self.refuse(data[:8] + b"\2" + data[9:], "newer version")


class Targets(unittest.TestCase):
    """Checksum files, requests and data files of whole targets."""

    def test_runs_and_hashes(self):
        content = target(10, 2, [(0, 3), (9, 1)], short=3)
        summary = read(checksum_file(content)).summary()
        self.assertEqual(summary["runs"], [[0, 3, "zero"], [3, 6, "data"], [9, 1, "zero"]])
        self.assertEqual(summary["hashes"], XXH128.of(hashes(content, 3, 6)).hex())
        self.assertNotIn("ranges", summary["header"])

    def test_empty(self):
        summary = read(checksum_file(b"")).summary()
        self.assertEqual((summary["runs"], summary["trailer"]["sections"]), ([], 0))

    def test_ranges_are_clipped_merged_and_left_out_where_they_are_the_whole(self):
        content = target(10, 3)
        header = read(checksum_file(content, [(8, 100), (1, 2), (2, 2)])).header
        self.assertEqual(header.values["ranges"], [1, 3, 4, 2])
        self.assertEqual(read(checksum_file(content, [(50, 1)])).header.values["ranges"], [])
        self.assertEqual(checksum_file(content, [(0, 5), (5, 5)]), checksum_file(content))

    def test_sections_end_at_slots_but_not_in_zeros(self):
        content = target(32_768 * 3 + 5, 4, [(32_700, 40_000), (98_304, 5)])
        message = read(checksum_file(content, hash_name="xxh3"))
        # 0: data, zeros over the first boundary; 72,700: data to the next; then zeros, begun on the boundary.
        self.assertEqual(message.trailer["sections"], 3)
        self.assertEqual([run[:2] for run in message.summary()["runs"]],
                         [[0, 32_700], [32_700, 40_000], [72_700, 25_604], [98_304, 5]])

    def round_trip(self, a, b, how="none", hash_name="xxh128", ranges=None):
        request = data_request(checksum_file(a, ranges, hash_name), checksum_file(b, ranges, hash_name))
        file = data_file(request, b, how)
        self.assertEqual(read(request).summary()["operations"], read(file).summary()["operations"])
        return request, file, applied(a, file)

    def test_round_trips(self):
        sizes = (0, 1, 511, 512, 513, 2048, 2049, 2300, 5000)
        for hash_name in HASHES:
            for a_size in sizes:
                for b_size in sizes:
                    seed = a_size * 7 + b_size
                    a = target(10, seed, [(2, 2)])[:a_size]
                    b = target(10, seed + seed % 2, [(1, 3), (8, 1)])[:b_size]
                    with self.subTest(hash=hash_name, a=a_size, b=b_size):
                        self.assertEqual(self.round_trip(a, b, hash_name=hash_name)[2], b)

    def test_codecs(self):
        a, b = bytes(400 * BLOCK), b"".join(bytes([n % 7, n % 3 + 1]) * 250 for n in range(400))
        for how, number in (
                ("none", codec.NONE), ("lz4", codec.LZ4), ("brotli", codec.BROTLI), ("zstandard", codec.ZSTANDARD)):
            if not getattr(codec, how, True):
                continue
            with self.subTest(how):
                _, file, out = self.round_trip(a, b, how)
                self.assertEqual(out, b)
                sections = Container(io.BytesIO(file)).sections()
                self.assertEqual({section.codec for section in sections if section.type == CONTENT}, {number})
                self.assertEqual(read(file).version, "1.1" if how == "zstandard" else "1.0")
                if how in ("brotli", "zstandard"):
                    with patch.object(codec, how, None):
                        content = read(file).summary()["content"]
                        self.assertEqual((content["xxh128"], content["not_decoded"]), (None, content["frames"]))
                        with self.assertRaises(Mismatch) as caught:
                            applied(a, file)
                        self.assertIn("no module", str(caught.exception))

    def test_repeats(self):
        a = target(400, 90)
        first = target(128, 91)
        b = first + block(first, 7) + target(127, 92) + block(first, 127) + target(3, 93)
        _, file, out = self.round_trip(a, b, "repeats")
        self.assertEqual(out, b)
        self.assertIn(codec.REPEATS, [section.codec for section in Container(io.BytesIO(file)).sections()])

    def test_an_applied_file_applies_again(self):
        for a_blocks, b_blocks in ((9, 5), (5, 9), (7, 7)):
            a, b = target(a_blocks, 5, short=9), target(b_blocks, 6, [(1, 2)], short=100)
            _, file, out = self.round_trip(a, b)
            self.assertEqual(applied(out, file), b)
            grown = a + bytes(max(0, len(b) - len(a)))
            if len(grown) == len(b):
                self.assertEqual(applied(grown, file), b)
            with self.assertRaises(Mismatch):
                applied(target(a_blocks, 7, short=9), file)

    def test_a_tail_that_is_not_covered_leaves_the_size(self):
        a, b = target(4, 8), target(8, 9)
        request, file, out = self.round_trip(a, b, ranges=[(1, 2)])
        self.assertEqual(read(request).header.values["ranges"], [1, 2])
        self.assertEqual(out, a[:BLOCK] + b[BLOCK:3 * BLOCK] + a[3 * BLOCK:])
        # Reaches in A and covers all of B's end: the size changes.
        self.assertEqual(self.round_trip(a, b, ranges=[(3, 5)])[2], a[:3 * BLOCK] + b[3 * BLOCK:])

    def test_what_cannot_be_compared(self):
        a = target(4, 10)
        others = checksum_file(a, block_size=1024), checksum_file(a, hash_name="xxh3"), checksum_file(a, [(0, 1)])
        for other in others:
            with self.assertRaises(Mismatch):
                data_request(checksum_file(a, [(2, 1)]), other)

    def test_compared_coverage_block_by_block(self):
        """9.1 in its own words: what is asked of each block, and the roots of 9.2."""
        chance = random.Random(70)
        for turn in range(300):
            a = target(12, turn, [(chance.randrange(12), 2)])[:chance.randrange(12 * BLOCK)]
            b = target(12, turn, [(chance.randrange(12), 2)])[:chance.choice((len(a), chance.randrange(12 * BLOCK)))]
            asked = [[(chance.randrange(8), chance.randrange(1, 9)) for _ in range(2)] for _ in "ab"]
            ranges = [chance.choice((None, each)) for each in asked]
            files = [checksum_file(content, ranges[side]) for side, content in enumerate((a, b))]
            expected = compared(a, b, ranges)
            if expected is None:
                with self.assertRaises(Mismatch):
                    data_request(*files)
                continue
            message = read(data_request(*files))
            covered = {first + n for first, count in message.header.coverage.ranges for n in range(count)}
            self.assertEqual(covered, expected)
            operations = [first + n for first, count, *_ in message.summary()["operations"] for n in range(count)]
            differing = [n for n in sorted(covered) if n * BLOCK < len(b) and block(a, n) != block(b, n)]
            self.assertEqual(operations, differing)
            for content, key in ((a, "base_root"), (b, "target_root")):
                root = read(checksum_file(content, [(n, 1) for n in covered])).trailer["root"]
                self.assertEqual(message.trailer[key], root)

    def test_a_request_repeats_the_parent(self):
        parent = {"base_root": bytes(16), "base_size": 1024, "block_size": 1024, "hash": "xxh3",
                  "target_root": bytes(16), "target_size": 1024}
        a, b = (checksum_file(target(2, seed), extra={"parent": parent}) for seed in (80, 81))
        self.assertEqual(read(data_request(a, b)).header.values["parent"], parent)
        with self.assertRaises(Mismatch):
            data_request(a, checksum_file(target(2, 81)))

    def test_what_is_not_applied(self):
        a, b = target(4, 82), target(4, 83)
        request, file, _ = self.round_trip(a, b)
        header, _, groups = groups_of(request)
        roots = {"base_root": bytes(16), "target_root": bytes(16)}
        wrong_root = write_request("dtf", header.values | {"frame_size": FRAME}, groups, roots, b)
        for base, message, text in (
            (a, request, "is not applied"), (a[1:], file, "2047 bytes"), (a, wrong_root, "target root"),
        ):
            with self.assertRaises(Mismatch) as caught:
                applied(base, message)
            self.assertIn(text, str(caught.exception))

    def test_groups_end_where_they_have_to(self):
        blocks = 20_000
        a, b = target(blocks, 11), target(blocks, 12, [(n, 1) for n in range(100, 1000, 3)])
        _, trailer, groups = groups_of(data_request(checksum_file(a), checksum_file(b)))
        self.assertEqual(trailer["groups"], 2)
        self.assertEqual(sum(each.count for each in groups[0] if each.new == DATA), (8 << 20) // BLOCK)
        a = target(40_000, 13)
        _, trailer, groups = groups_of(data_request(checksum_file(a), checksum_file(bytes(len(a)))))
        self.assertEqual([group[0].count for group in groups], [40_000])
        every_other = bytearray(bytes(BLOCK) * 70_000)
        every_other[::2 * BLOCK] = b"\1" * 35_000
        empty = checksum_file(bytes(len(every_other)), hash_name="xxh3")
        _, trailer, groups = groups_of(data_request(checksum_file(bytes(every_other), hash_name="xxh3"), empty))
        self.assertEqual([len(group) for group in groups], [32_768, 35_000 - 32_768])


class Groups(unittest.TestCase):
    """The arithmetic of where groups end, against the rule of section 7 block by block, in its own words."""

    def by_the_rule(self, operations, geometry, length):
        groups, last = [], None
        for each in operations:
            for block in range(each.first, each.end):
                kinds = (each.old, each.new)
                data = geometry.length(block) if each.new == DATA else 0
                hashed = length * ((each.old == HASHED) + (each.new == DATA))
                begins = last != (block - 1, kinds)
                if groups and (groups[-1][1] + data > 8_388_608 or groups[-1][2] + hashed > 1_048_576
                               or begins and groups[-1][3] == 32_768):
                    groups.append([0, 0, 0, 0])
                    begins = True
                groups = groups or [[0, 0, 0, 0]]
                # A group begins with an operation, also where that one only goes on.
                begins = begins or not groups[-1][0]
                for index, value in enumerate((1, data, hashed, begins)):
                    groups[-1][index] += value
                last = (block, kinds)
        return groups

    def test_against_the_rule(self):
        chance = random.Random(60)
        for block_size in (512, 4096, 1 << 20, 1 << 22, 1 << 23, 1 << 24, 1 << 26):
            for length in (8, 32):
                operations, first = [], 0
                for _ in range(40):
                    first += chance.choice((0, 0, 1, 5))
                    count = chance.choice((1, 2, 3, chance.randrange(1, 9000)))
                    old, new = chance.choice(((HASHED, DATA), (HASHED, ZERO), (OLD_ZERO, DATA)))
                    operations.append(Operation(
                        first, count, old, new, None, 0, bytes(length * count) if old == HASHED else b"",
                        bytes(length * count) if new == DATA else b""))
                    first += count
                geometry = Geometry(first * block_size, block_size)
                expected = self.by_the_rule(operations, geometry, length)
                sections = _CountsOfSections()
                writer = GroupWriter(sections, geometry, length)
                for each in operations:
                    writer.add(each)
                writer.close()
                self.assertEqual(sections, [group[3] for group in expected])
                self.assertEqual(writer.trailer["data_bytes"], sum(group[1] for group in expected))


class _CountsOfSections(list):
    """Stands in for a writer: keeps the operation count of each section."""

    def section(self, kind, payload):
        self.append(int.from_bytes(payload[:4], "little"))


class Requests(RefusingTest):
    """Operations one by one."""

    a, b = target(8, 20, [(6, 2)]), target(8, 21, [(0, 1)])
    ROOTS = {"base_root": bytes(16), "target_root": bytes(16)}

    def header(self, **changes):
        header = {"base_size": len(self.a), "block_size": BLOCK, "hash": "xxh128", "target_size": len(self.b)}
        return {key: value for key, value in (header | changes).items() if value is not None}

    def operation(self, first, count, old=HASHED, new=DATA, source=None):
        return Operation(
            first, count, old, new, source, 0, hashes(self.a, first, count) if old == HASHED else b"",
            hashes(self.b, first, count) if new != ZERO else b"", bytes(32) if new in COPIES else b"")

    def request(self, *groups, kind="dtr", trailer=None, minor=0, extra=None, **changes):
        if kind == "dtf":
            changes = {"frame_size": FRAME} | changes
        header = self.header(**changes)
        return write_request(kind, header, groups, trailer or self.ROOTS, self.b, minor=minor, extra=extra)

    def test_good_ones(self):
        op = self.operation
        read(self.request([op(0, 1, new=ZERO), op(1, 2), op(6, 2, OLD_ZERO)]))
        read(self.request([op(0, 3, new=COPY, source=2), op(3, 1, new=COPY, source=3)], kind="dtf"))

    def test_bad_ones(self):
        op = self.operation
        for text, groups in (
            ("continues", [[op(1, 1), op(2, 1)]]),
            ("continues", [[op(1, 1, new=COPY, source=4), op(2, 1, new=COPY, source=5)]]),
            ("zeros become zeros", [[op(6, 1, OLD_ZERO, ZERO)]]),
            ("outside the 8 blocks", [[op(7, 2)]]),
            ("absent", [[op(2, 1, ABSENT)]]),
            ("elsewhere", [[op(2, 1, ELSEWHERE)]]),
            ("no blocks", [[op(2, 0)]]),
            ("is unknown", [[op(2, 1, 5)]]),
            ("source 7", [[op(1, 2, new=COPY, source=7)]]),
            ("in a circle", [[op(1, 1, new=COPY, source=2), op(2, 1, new=COPY, source=1)]]),
            ("before it", [[op(1, 1)], [op(3, 1)]]),
            ("where the one before it ended", [[op(3, 1)], [op(2, 1)]]),
        ):
            with self.subTest(text):
                self.refuse(self.request(*groups), text)

    def test_too_much_in_a_group(self):
        size = (1 << 14) * BLOCK + BLOCK
        old = Operation(0, (1 << 14) + 1, OLD_ZERO, DATA, None, 0, b"", bytes(16 * ((1 << 14) + 1)))
        self.refuse(self.request([old], base_size=size, target_size=size), "holds more")

    def test_lengths_of_copies(self):
        op = self.operation
        sizes = {"base_size": 8 * BLOCK - 5, "target_size": 8 * BLOCK - 5}
        read(self.request([op(7, 1, new=COPY, source=7)], **sizes))
        for group in ([op(7, 1, new=COPY, source=6)], [op(6, 1, new=COPY, source=7)]):
            self.refuse(self.request(group, **sizes), "differ in length")

    def test_tail(self):
        op = self.operation
        grown = {"base_size": 4 * BLOCK + 9}
        read(self.request([op(4, 1), op(5, 3, ABSENT)], **grown))
        read(self.request([op(4, 1, OLD_ZERO, ZERO), op(5, 3, ABSENT)], **grown))
        read(self.request([op(1, 1)], ranges=[1, 2], **grown))
        self.refuse(self.request([op(5, 3, ABSENT)], **grown), "tail")
        self.refuse(self.request([op(1, 1)], ranges=[1, 5], **grown), "part of the tail")
        self.refuse(self.request([op(3, 1)], ranges=[1, 2], **grown), "outside the ranges")

    def test_bases(self):
        op = self.operation
        bases = [{"root": bytes(16), "size": 4096}, {"root": bytes(16), "size": 0}]
        whole = [op(0, 8, ELSEWHERE)]
        roots = {"target_root": bytes(16)}
        read(self.request(whole, base_size=None, bases=bases, trailer=roots))
        self.refuse(self.request(whole, bases=bases, trailer=roots), "either this")
        self.refuse(self.request(whole, base_size=None, bases=bases), "trailer.base_root")
        self.refuse(self.request([op(0, 8)], base_size=None, bases=bases, trailer=roots), "elsewhere")
        copy = [op(0, 1, ELSEWHERE, COPY, 1)]
        self.refuse(self.request(copy, base_size=None, bases=bases, trailer=roots), "a copy")
        self.refuse(self.request([op(0, 1, ELSEWHERE)], base_size=None, bases=bases, trailer=roots), "tail")
        self.refuse(self.request(whole, base_size=None, bases=[], trailer=roots), "0 elements")
        parent = {"base_root": bytes(16), "base_size": 4096, "block_size": 1024, "hash": "xxh3",
                  "target_root": bytes(16), "target_size": 4096}
        self.refuse(self.request(whole, base_size=None, bases=bases, parent=parent, trailer=roots), "stands beside")

    def test_set(self):
        identity = set_id(1 << 30, [bytes(16)], bytes(16))
        part = {"first_group": 3, "group_count": 1, "id": identity, "part": 2, "parts": 2, "split_size": 1 << 30}
        group = [self.operation(1, 1)]
        read(self.request(group, kind="dtf", set=part))
        for change, text in (({"part": 3}, "1 to 2"), ({"group_count": 2}, "found 1"), ({"id": bytes(16)}, "roots"),
                             ({"part": 1}, "group 0"), ({"parts": 65_536}, "65535")):
            self.refuse(self.request(group, kind="dtf", set=part | change), text)
        self.refuse(self.request(group, set=part), "does not belong in a .dtr")
        self.refuse(self.request(group, kind="dtf", set=part | {"id": b"x"}), "16")
        bases = [{"root": bytes([n]) * 16, "size": len(self.b)} for n in range(2)]
        part["id"] = set_id(1 << 30, [base["root"] for base in bases], bytes(16))
        group = [self.operation(1, 1, ELSEWHERE)]
        roots = {"target_root": bytes(16)}
        read(self.request(group, kind="dtf", set=part, base_size=None, bases=bases, trailer=roots))

    def test_parent(self):
        parent = {"base_root": bytes(32), "base_size": 4096, "block_size": 1024, "hash": "sha256",
                  "ranges": [1, 2], "target_root": bytes(32), "target_size": 4096}
        read(self.request([self.operation(2, 1)], parent=parent))
        for change, text in (({"block_size": 512}, "not larger"), ({"base_size": 4095}, "not that of the message"),
                             ({"base_root": bytes(16)}, "bytes long"), ({"ranges": [0, 4]}, "absent"),
                             ({"x": 1}, "unknown key")):
            self.refuse(self.request(parent=parent | change), text)
        del parent["hash"]
        self.refuse(self.request(parent=parent), "missing")

    def test_counts_are_compared(self):
        group = [self.operation(1, 2)]
        for key in ("copy_blocks", "data_blocks", "data_bytes", "groups", "operations", "zero_blocks"):
            self.refuse(self.request(group, trailer=self.ROOTS | {key: 77}), f"trailer.{key}")

    def test_content(self):
        group = [self.operation(1, 2)]
        data = self.b[BLOCK:3 * BLOCK]
        for text, sections in (
            ("are missing", []), ("new hash", [bytes(1024)]), ("no data block", [data, b"x"]),
            ("where the frame has", [data[:512], data[512:]]),
        ):
            extra = [{"kind": CONTENT, "payload": payload} for payload in sections]
            made = write_request("dtf", self.header(frame_size=FRAME), [group], self.ROOTS, None, extra=extra)
            self.refuse(made, text)

    def frames(self, *sections, group=None, minor=1, trailer=None, **changes):
        """A data file of one group, whose content is in given frames."""
        made = self.header(**{"frame_size": FRAME, "!zstd": 1} | changes)
        extra = [{"kind": CONTENT, **section} for section in sections]
        group = group or [self.operation(1, 2)]
        return write_request("dtf", made, [group], trailer or self.ROOTS, None, minor=minor, extra=extra)

    def test_the_key_of_zstandard(self):
        group = [self.operation(1, 1)]
        for values in ({}, {"forward": 1}):
            message = read(self.request(group, kind="dtf", minor=1, **{"!zstd": 1}, **values))
            self.assertEqual(message.summary()["header"]["zstd"], 1)
        read(self.request(group, kind="dtf", minor=2, **{"!zstd": 1}))
        self.assertEqual(read(self.request(group, kind="dtf", minor=None, **{"!zstd": 1})).version, "1.1")
        self.refuse(self.request(group, kind="dtf", minor=0, **{"!zstd": 1}), "!zstd: unknown key")
        self.refuse(self.request(group, minor=1, **{"!zstd": 1}), "does not belong in a .dtr")
        for value, text in ((0, "is 1 where"), (2, "is 1 where"), ("1", "not an integer")):
            self.refuse(self.request(group, kind="dtf", minor=1, **{"!zstd": value}), text)
        for kind, more in (("ckr", {}), ("ckf", {"size": 5000})):
            out = io.BytesIO()
            MessageWriter(out, kind, {"block_size": BLOCK, "hash": "xxh3", "!zstd": 1, **more}).finish({})
            self.refuse(out.getvalue(), f"does not belong in a .{kind}")
        parent = {"base_root": bytes(16), "base_size": 4096, "block_size": 1024, "hash": "xxh3",
                  "target_root": bytes(16), "target_size": 4096, "!zstd": 1}
        self.refuse(self.request(group, kind="dtf", minor=1, parent=parent), "parent.!zstd: this key")

    def test_where_zstandard_may_be(self):
        stored = zstd_frame(2 * BLOCK, zstd_block(codec.RLE_BLOCK, 2 * BLOCK, b"a"))
        content = b"a" * 2 * BLOCK
        group = [Operation(1, 2, HASHED, DATA, None, 0, hashes(self.a, 1, 2), XXH128.of(content[:BLOCK]) * 2)]
        frame = {"payload": stored, "codec": codec.ZSTANDARD, "raw_length": 2 * BLOCK}
        for minor in (1, 2):
            read(self.frames(frame, group=group, minor=minor))
            without = self.frames(frame, group=group, minor=minor, **{"!zstd": None})
            self.refuse(without, "newer version: unknown codec 4")
            for number in (codec.PREFIX, 6):
                made = self.frames(frame | {"codec": number}, group=group, minor=minor)
                self.refuse(made, f"newer version: unknown codec {number}")
        for number in (codec.ZSTANDARD, codec.PREFIX, 6):
            error = self.refuse(self.frames(frame | {"codec": number}, minor=0, **{"!zstd": None}), "unknown codec")
            self.assertNotIn("newer", str(error))
        self.refuse(self.frames(frame | {"payload": content}, group=group), "not less than the raw length")
        self.refuse(self.frames(frame | {"raw_length": 2 * BLOCK - 1}, group=group), "where the frame has")
        if codec.zstandard:
            self.refuse(self.frames(frame | {"payload": stored[:-1] + b"b"}, group=group), "new hash")
        operations = {"kind": OPERATIONS, "payload": stored, "codec": codec.ZSTANDARD, "raw_length": 2 * BLOCK}
        plain = {"payload": content}
        self.refuse(self.frames(plain, operations, group=group), "not a codec of this section")
        # What is skipped may have any codec.
        skipped = {"kind": 9, "payload": b"?", "codec": codec.ZSTANDARD, "raw_length": 9, "flags": 1}
        read(self.frames(plain, skipped, group=group, **{"!zstd": None}))

    def test_the_key_of_old_content(self):
        group = [self.operation(1, 1)]
        for values in ({}, {"!zstd": 1}, {"block_size": BLOCK}):
            message = read(self.request(group, kind="dtf", minor=1, **{"!prefix": 1}, **values))
            self.assertEqual(message.summary()["header"]["prefix"], 1)
        read(self.request(group, kind="dtf", minor=2, **{"!prefix": 1}))
        self.assertEqual(read(self.request(group, kind="dtf", minor=None, **{"!prefix": 1})).version, "1.1")
        self.refuse(self.request(group, kind="dtf", minor=0, **{"!prefix": 1}), "!prefix: unknown key")
        self.refuse(self.request(group, minor=1, **{"!prefix": 1}), "does not belong in a .dtr")
        for value, text in ((0, "is 1 where"), (2, "is 1 where"), ("1", "not an integer")):
            self.refuse(self.request(group, kind="dtf", minor=1, **{"!prefix": value}), text)
        for kind, more in (("ckr", {}), ("ckf", {"size": 5000})):
            out = io.BytesIO()
            MessageWriter(out, kind, {"block_size": BLOCK, "hash": "xxh3", "!prefix": 1, **more}).finish({})
            self.refuse(out.getvalue(), f"does not belong in a .{kind}")
        parent = {"base_root": bytes(16), "base_size": 4096, "block_size": 1024, "hash": "xxh3",
                  "target_root": bytes(16), "target_size": 4096, "!prefix": 1}
        self.refuse(self.request(group, kind="dtf", minor=1, parent=parent), "parent.!prefix: this key")

    def test_what_old_content_is_not_together_with(self):
        group = [self.operation(1, 1)]
        error = self.refuse(self.request(group, kind="dtf", minor=1, forward=1, **{"!prefix": 1}), "header.forward")
        self.assertEqual(error.field, "header.!prefix")
        bases = {"base_size": None, "bases": [{"root": bytes(16), "size": len(self.b)}]}
        merged = [self.operation(1, 1, ELSEWHERE)]
        read(self.request(merged, kind="dtf", minor=1, trailer={"target_root": bytes(16)}, **bases))
        made = self.request(merged, kind="dtf", minor=1, trailer={"target_root": bytes(16)}, **bases, **{"!prefix": 1})
        self.assertEqual(self.refuse(made, "header.bases").field, "header.!prefix")
        # No operations: the blocks of this writer are of one size.
        for block_size, text in ((FRAME // 2, None), (FRAME, None), (FRAME * 2, "above the frame size")):
            made = self.request(kind="dtf", minor=1, block_size=block_size, **{"!prefix": 1})
            self.refuse(made, text) if text else read(made)
        read(self.request(kind="dtf", minor=1, block_size=FRAME * 2))
        part = {"first_group": 0, "group_count": 1, "id": set_id(9, [bytes(16)], bytes(16)), "part": 1, "parts": 1,
                "split_size": 9}
        read(self.request(group, kind="dtf", minor=1, set=part, **{"!prefix": 1}))

    def over_old(self, *sections, group=None, **changes):
        return self.frames(*sections, group=group, **{"!zstd": None, "!prefix": 1} | changes)

    def test_where_old_content_may_be(self):
        """Nothing of it is decoded, with the module or without."""
        stored = zstd_frame(2 * BLOCK, zstd_block(codec.COMPRESSED_BLOCK, 20, b"\xff" * 20))
        frame = {"payload": stored, "codec": codec.PREFIX, "raw_length": 2 * BLOCK}
        for minor, module in ((1, codec.zstandard), (2, codec.zstandard), (1, None)):
            with patch.object(codec, "zstandard", module):
                content = read(self.over_old(frame, minor=minor)).summary()["content"]
            self.assertEqual(content, {
                "frames": 1, "over_old_content": 1, "raw_bytes": 2 * BLOCK, "stored_bytes": len(stored), "xxh128": None})
        # Each key is for its own codec.
        self.refuse(self.over_old(frame | {"codec": codec.ZSTANDARD}), "newer version: unknown codec 4")
        self.refuse(self.over_old(frame | {"codec": 6}), "newer version: unknown codec 6")
        self.refuse(self.over_old(frame | {"payload": bytes(2 * BLOCK)}), "not less than the raw length")
        self.refuse(self.over_old(frame | {"raw_length": 2 * BLOCK - 1}), "where the frame has")
        # The form is checked all the same.
        self.refuse(self.over_old(frame | {"payload": stored + b"\0"}), "follow the frame")
        self.refuse(self.over_old(frame | {"payload": b"\x37\xa4\x30\xec" + stored[4:]}), "not a frame")
        plain = {"payload": self.b[BLOCK:3 * BLOCK]}
        operations = {"kind": OPERATIONS, "payload": stored, "codec": codec.PREFIX, "raw_length": 2 * BLOCK}
        self.refuse(self.over_old(plain, operations), "not a codec of this section")
        skipped = {"kind": 9, "payload": b"?", "codec": codec.PREFIX, "raw_length": 9, "flags": 1}
        read(self.over_old(plain, skipped, **{"!prefix": None}))
        self.assertNotIn("over_old_content", read(self.over_old(plain)).summary()["content"])

    def test_frames_beside_those_over_old_content(self):
        """Two frames, of which one or the other cannot be decoded: the other one's hashes are compared."""
        content = bytes(FRAME) + b"a" * BLOCK
        group = [Operation(0, 128, ABSENT, DATA, None, 0, b"", hashes(content, 0, 128)),
                 Operation(128, 1, ABSENT, DATA, None, 0, b"", hashes(content, 128, 1))]
        operation = Operation(0, 129, ABSENT, DATA, None, 0, b"", b"".join(each.new_hashes for each in group))
        values = {"base_size": 0, "target_size": len(content), "group": [operation]}
        for at, length in ((0, FRAME), (FRAME, BLOCK)):
            over = {"payload": zstd_frame(length, zstd_block(codec.RLE_BLOCK, length, b"x")), "codec": codec.PREFIX,
                    "raw_length": length}
            rest = content[FRAME:] if at == 0 else content[:FRAME]
            for other, text in ((rest, None), (changed(rest), "new hash")):
                frames = [over, {"payload": other}] if at == 0 else [{"payload": other}, over]
                made = self.over_old(*frames, **values)
                if text:
                    self.refuse(made, text)
                    continue
                found = read(made).summary()["content"]
                self.assertEqual((found["frames"], found["over_old_content"], found["xxh128"]), (2, 1, None))
                self.assertNotIn("not_decoded", found)

    def test_repeats_beside_frames_over_old_content(self):
        """Three frames: 512 bytes of the first one or of the second one, which is over old content, in the third."""
        first = bytes(range(256)) * 256
        content = first + bytes(FRAME) + first[:BLOCK] + b"b" * BLOCK
        count = len(content) // BLOCK
        group = [Operation(0, count, ABSENT, DATA, None, 0, b"", hashes(content, 0, count))]
        values = {"base_size": 0, "target_size": len(content), "group": group}
        over = {"payload": zstd_frame(FRAME, zstd_block(codec.RLE_BLOCK, FRAME, b"\0")), "codec": codec.PREFIX,
                "raw_length": FRAME}

        def file(distance, literal_codec=codec.NONE, literals=b"b" * BLOCK, **changes):
            payload = bytes([literal_codec, 1]) + varint(distance) + varint(BLOCK * 2 + 1) + b"\0" + varint(0)
            payload += varint(BLOCK * 2) + literals
            third = {"payload": payload, "codec": codec.REPEATS, "raw_length": 2 * BLOCK}
            return self.over_old({"payload": first}, over, third, **values, **changes)

        for module in (codec.zstandard, None):
            with patch.object(codec, "zstandard", module):
                # The frame over old content counts in the distance.
                found = read(file(2)).summary()["content"]
                self.assertEqual((found["over_old_content"], found.get("not_decoded")), (1, None))
                self.refuse(file(1), "refers to a frame over old content")
                literals = zstd_frame(BLOCK, zstd_block(codec.RLE_BLOCK, BLOCK, b"b"))
                for key, known in ((None, "(0, 1, 2)"), (1, "(0, 1, 2, 4)")):
                    made = file(2, codec.PREFIX, literals, **{"!zstd": key})
                    error = self.refuse(made, f"literal codec: 5 is not one of {known}")
                    self.assertNotIn("newer", str(error))
                self.refuse(file(2, codec.ZSTANDARD, literals), "literal codec: 4 is not one of (0, 1, 2)")

    def test_literals_in_zstandard(self):
        """A second frame: 600 literals, and 512 bytes of the first frame."""
        first, rest = bytes(range(256)) * 256, 600
        content = first + b"b" * rest + first[:BLOCK]
        content += bytes(-len(content) % BLOCK)
        count, more = len(content) // BLOCK, len(content) - FRAME - rest - BLOCK
        group = [Operation(0, count, ELSEWHERE, DATA, None, 0, b"", hashes(content, 0, count))]
        values = {"base_size": None, "bases": [{"root": bytes(16), "size": 0}], "target_size": len(content)}
        roots = {"target_root": bytes(16)}

        def file(literal_codec, literals, **changes):
            payload = bytes([literal_codec, 1]) + varint(1) + varint(rest * 2)
            payload += varint(BLOCK * 2 + 1) + b"\0" + varint(0) + varint(more * 2) + literals
            second = {"payload": payload, "codec": codec.REPEATS, "raw_length": len(content) - FRAME}
            return self.frames({"payload": first}, second, group=group, trailer=roots, **values, **changes)

        blocks = zstd_block(codec.RLE_BLOCK, rest, b"b", last=False), zstd_block(codec.RLE_BLOCK, more, b"\0")
        good = zstd_frame(rest + more, *blocks)
        for changes in ({}, {"minor": 2}):
            message = read(file(codec.ZSTANDARD, good, **changes))
            self.assertEqual(message.not_decoded, 0 if codec.zstandard else 1)
        with patch.object(codec, "zstandard", None):
            self.assertEqual(read(file(codec.ZSTANDARD, good)).not_decoded, 1)
        for minor in (0, 1):
            without = {"!zstd": None, "minor": minor}
            read(file(codec.NONE, content[FRAME:FRAME + rest] + bytes(more), **without))
            error = self.refuse(file(codec.ZSTANDARD, good, **without), "literal codec: 4 is not one of (0, 1, 2)")
            self.assertNotIn("newer", str(error))
        for number in (codec.REPEATS, 5):
            self.refuse(file(number, good), f"literal codec: {number} is not one of (0, 1, 2, 4)")
        # The content is that of the literals, not of the frame with repeats.
        self.refuse(file(codec.ZSTANDARD, zstd_frame(len(content) - FRAME, *blocks)), "content size")
        self.refuse(file(codec.ZSTANDARD, good + b"\0"), "follow the frame")

    def shifting(self, *group, kind="dtr", minor=1, **changes):
        return self.request(list(group), kind=kind, minor=minor, **{"!shift": 1} | changes)

    def test_the_key_of_shifted_copies(self):
        op = self.operation
        group = [op(1, 1)]
        for kind in ("dtr", "dtf"):
            for minor in (1, 2):
                message = read(self.shifting(*group, kind=kind, minor=minor))
                self.assertEqual(message.summary()["header"]["shift"], 1)
            self.assertEqual(read(self.shifting(*group, kind=kind, minor=None)).version, "1.1")
            self.refuse(self.shifting(*group, kind=kind, minor=0), "!shift: unknown key")
            for value, text in ((0, "is 1 where"), (2, "is 1 where"), ("1", "not an integer")):
                self.refuse(self.shifting(*group, kind=kind, **{"!shift": value}), text)
            error = self.refuse(self.shifting(*group, kind=kind, forward=1), "header.forward")
            self.assertEqual(error.field, "header.!shift")
            bases = {"base_size": None, "bases": [{"root": bytes(16), "size": len(self.b)}]}
            made = self.shifting(op(1, 1, ELSEWHERE), kind=kind, trailer={"target_root": bytes(16)}, **bases)
            self.assertEqual(self.refuse(made, "header.bases").field, "header.!shift")
        read(self.shifting(*group, kind="dtf", **{"!prefix": 1, "!zstd": 1}))
        part = {"first_group": 0, "group_count": 1, "id": set_id(9, [bytes(16)], bytes(16)), "part": 1, "parts": 1,
                "split_size": 9}
        read(self.shifting(*group, kind="dtf", set=part))
        for kind, more in (("ckr", {}), ("ckf", {"size": 5000})):
            out = io.BytesIO()
            MessageWriter(out, kind, {"block_size": BLOCK, "hash": "xxh3", "!shift": 1, **more}).finish({})
            self.refuse(out.getvalue(), f"does not belong in a .{kind}")
        parent = {"base_root": bytes(16), "base_size": 4096, "block_size": 1024, "hash": "xxh3",
                  "target_root": bytes(16), "target_size": 4096, "!shift": 1}
        self.refuse(self.shifting(*group, parent=parent), "parent.!shift: this key")

    def test_where_shifted_copies_may_be(self):
        op = self.operation
        shifted = op(1, 2, new=SHIFT, source=7)
        for kind in ("dtr", "dtf"):
            message = read(self.shifting(shifted, op(3, 1, new=COPY, source=3), kind=kind))
            self.assertEqual(message.trailer["copy_blocks"], 3)
            self.assertEqual(message.summary()["operations"], [[1, 2, "shifted copy", "hashed"], [3, 1, "copy", "hashed"]])
            # Without the key it is of a kind that is not known, and in 1.0 too.
            self.refuse(self.shifting(shifted, kind=kind, **{"!shift": None}), "newer version: 0x34 is unknown")
            error = self.refuse(self.shifting(shifted, kind=kind, minor=0, **{"!shift": None}), "0x34 is unknown")
            self.assertNotIn("newer", str(error))
        for minor in (1, 2):
            self.refuse(self.shifting(op(1, 1, 5), minor=minor), "newer version: 0x51 is unknown")
        without = op(1, 2, new=SHIFT, source=7)
        without.sha256 = b""
        self.refuse(self.shifting(without, kind="dtf"), "SHA-256")

    def test_bad_shifted_copies(self):
        size, most = len(self.a), (1 << 63) - 1

        def op(first, count, source):
            return self.operation(first, count, new=SHIFT, source=source)

        for text, group in (
            ("where a block begins", [op(1, 1, 0)]), ("where a block begins", [op(1, 1, 3 * BLOCK)]),
            (f"outside the {size} bytes", [op(1, 2, size - 2 * BLOCK + 1)]), (f"outside the {size}", [op(1, 1, size + 1)]),
            (f"outside the {size}", [op(1, 1, most)]),
            ("continues", [op(1, 1, 7), op(2, 1, BLOCK + 7)]),
            ("no blocks", [op(1, 0, 7)]),
            ("in a circle", [op(0, 1, BLOCK + 9), op(1, 1, 9)]),
            # Either of them needs one byte of the other one's block.
            ("in a circle", [op(0, 1, 2 * BLOCK + 1), op(3, 1, BLOCK - 1)]),
            ("in a circle", [op(0, 1, 2 * BLOCK + 1), self.operation(3, 1, new=COPY, source=0)]),
        ):
            with self.subTest(text):
                self.refuse(self.shifting(*group), text)
        for group in (
            [op(1, 2, size - 2 * BLOCK - 1)], [op(0, 7, 1)], [op(1, 7, BLOCK - 1)],
            [op(1, 1, 7), op(2, 1, BLOCK + 8)], [op(1, 1, 7), self.operation(2, 1, new=COPY, source=1)],
            # The first one reads a byte of what the second one overwrites, and not the other way round.
            [op(0, 1, 2 * BLOCK + 1), op(3, 1, 5 * BLOCK - 1)],
        ):
            read(self.shifting(*group))

    def test_sources_of_shifted_copies_in_ranges(self):
        def op(first, count, source):
            return self.operation(first, count, new=SHIFT, source=source)

        for source, good in (
            (2 * BLOCK - 1, False), (2 * BLOCK + 1, True), (4 * BLOCK - 1, True), (4 * BLOCK + 1, False), (7, False),
            (6 * BLOCK + 1, False),
        ):
            made = self.shifting(op(2, 1, source), ranges=[2, 3])
            read(made) if good else self.refuse(made, "not all of its blocks are in the ranges")
        # The bytes between two ranges.
        self.refuse(self.shifting(op(0, 2, BLOCK + 1), ranges=[0, 2, 1, 5]), "in the ranges")
        read(self.shifting(op(3, 3, 4 * BLOCK + 1), ranges=[0, 2, 1, 5]))

    def test_lengths_of_shifted_copies(self):
        """As many bytes as the blocks of B have: a short last block may come from within a longer one."""
        for base_size, target_size, count, source, good in (
            (4096, 4091, 8, 5, True), (4096, 4091, 8, 6, False), (4096, 3585, 8, 511, True), (4096, 3585, 8, 513, False),
            (4091, 4091, 7, 507, True), (4091, 4091, 7, 508, False),
        ):
            operation = self.operation(0, count, new=SHIFT, source=source)
            made = self.shifting(operation, base_size=base_size, target_size=target_size)
            read(made) if good else self.refuse(made, "outside the")

    def test_blocks_that_are_only_shared(self):
        """Block 2 becomes the short last one. What is behind its end is not overwritten, and still it is ordered."""
        def op(first, source):
            return self.operation(first, 1, new=SHIFT, source=source)

        sizes = {"base_size": 4 * BLOCK, "target_size": 3 * BLOCK - 100}
        first, second = op(0, 3 * BLOCK - 50), op(2, 9)
        read(self.shifting(first, op(2, BLOCK + 9), **sizes))
        self.refuse(self.shifting(first, second, **sizes), "in a circle")

    def test_shifted_copies_in_groups(self):
        """Their hashes count, and the SHA-256 does not; the next group goes on where the source does."""
        count = (1 << 20) // 32

        def op(first, count, source):
            return Operation(first, count, HASHED, SHIFT, source, 0, bytes(16 * count), bytes(16 * count), bytes(32))

        size = (count + 2) * BLOCK
        sizes = {"base_size": size, "target_size": size, "kind": "dtf"}

        def file(*groups):
            return self.request(*groups, minor=1, **{"!shift": 1}, **sizes)

        read(file([op(0, count, 1)], [op(count, 1, count * BLOCK + 1)]))
        self.refuse(file([op(0, count + 1, 1)]), "holds more")
        self.refuse(file([op(0, count - 1, 1)], [op(count - 1, 2, (count - 1) * BLOCK + 1)]), "group before it")
        # A group of 32,768 operations takes no other one, but more of the last one.
        alike = [op(2 * n, 1, 2 * n * BLOCK + 1) for n in range(32_768)]
        for each in alike:
            each.old, each.old_hashes = OLD_ZERO, b""
        sizes["base_size"] = sizes["target_size"] = 70_000 * BLOCK
        for source, good in ((1, False), (2, True)):
            last = Operation(65_535, 1, OLD_ZERO, SHIFT, 65_535 * BLOCK + source, 0, b"", bytes(16), bytes(32))
            made = file(alike, [last])
            read(made) if good else self.refuse(made, "group before it")

    def test_newer_minor(self):
        group = [self.operation(1, 1)]
        for minor, changes, text in (
            (0, {"zeta": 1}, "unknown key"), (1, {"zeta": {"a": [None, -1, 2.5]}}, None), (1, {"!zeta": 1}, "!zeta"),
            (1, {"zeta": EVERY_TYPE}, None), (1, {"zeta": nested(16)}, None), (1, {"zeta": nested(17)}, "nested"),
        ):
            made = self.request(group, minor=minor, **changes)
            self.refuse(made, text) if text else read(made)
        for minor, flags, text in ((0, 1, "unknown"), (1, 0, "understood"), (1, 1, None), (1, 3, "flags")):
            made = self.request(group, minor=minor, extra=[{"kind": 9, "payload": b"?", "flags": flags}])
            self.refuse(made, text) if text else self.assertEqual(read(made).trailer["sections"], 2)


EVERY_TYPE = [
    None, True, False, -1, -200, -(1 << 14), -(1 << 30), -(1 << 60), 1, 200, 1 << 14, 1 << 30, 1 << 60, 0.5, "a",
    "a" * 40, "a" * 300, "a" * 70_000, b"", bytes(300), bytes(70_000), [0] * 16, [0] * 70_000, {},
    {str(n): n for n in range(20)},
    {str(n): 0 for n in range(70_000)}, *(msgpack.ExtType(5, bytes(n)) for n in (0, 1, 2, 4, 8, 16, 17, 300, 70_000)),
]


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def raw_message(kind, header):
    """The start of a message, around header bytes that no writer would make."""
    start = MAGIC + bytes([1, 0, kind, 0]) + u32(len(header)) + header
    return start + checksum(start)


class Headers(RefusingTest):
    def test_forms(self):
        good = {"block_size": 512, "hash": "xxh3"}
        key, rest = b"\xaablock_size", b"\xa4hash\xa4xxh3"
        self.assertEqual(b"\x82" + key + b"\xcd\x02\x00" + rest, encode_map(good))
        for text, header in (
            ("shortest", b"\xde\x00\x02" + key + b"\xcd\x02\x00" + rest),
            ("shortest", b"\x82" + key + b"\xce\x00\x00\x02\x00" + rest),
            ("shortest", b"\x82" + key + b"\xcd\x02\x00\xd9\x04hash\xa4xxh3"),
            ("not an integer", b"\x82" + key + b"\xd1\x02\x00" + rest),
            ("ascending", b"\x82" + rest + key + b"\xcd\x02\x00"),
            ("ascending", b"\x83" + key + b"\xcd\x02\x00" + rest + rest),
            ("follow", b"\x82" + key + b"\xcd\x02\x00" + rest + b"\xc0"),
            ("UTF-8", b"\x83" + key + b"\xcd\x02\x00" + rest + b"\xa5label\xa2\xc3("),
            ("not a map", b"\x92\x01\x02"),
            ("not a string", b"\x82" + key + b"\xcd\x02\x00\xa4hash\xc4\x04xxh3"),
            ("are left", b"\x82" + key + b"\xcd\x02\x00" + rest[:-1]),
            ("elements", b"\x83" + key + b"\xcd\x02\x00" + rest + b"\xa6ranges\xdd\xff\xff\xff\xff"),
        ):
            with self.subTest(header):
                self.refuse(raw_message(1, header), text)

    def test_values(self):
        request = {"block_size": 512, "hash": "xxh3"}
        file = request | {"size": 5000}
        for kind, header, change, text in (
            (1, request, {"block_size": 256}, "power of two"), (1, request, {"block_size": 513}, "power of two"),
            (1, request, {"block_size": 1 << 27}, "power of two"), (1, request, {"hash": "md5"}, "unknown hash"),
            (1, request, {"label": ""}, "1 to 1024"), (1, request, {"label": "é" * 513}, "1 to 1024"),
            (1, request, {"label": "a\x85"}, "control"), (1, request, {"size": 1}, "does not belong"),
            (1, request, {"ranges": [1]}, "without a count"), (1, request, {"ranges": [1, 0, 1, 1]}, "0 blocks"),
            (1, request, {"ranges": [1, 1, 0, 1]}, "touch"), (1, request, {"ranges": [1 << 62, 1]}, "not one of"),
            (2, file, {"ranges": [1, 0]}, "0 blocks"), (2, file, {"ranges": [0, 10]}, "covers the whole"),
            (2, file, {"ranges": [9, 2]}, "2 blocks"), (2, file, {"ranges": [10, 1]}, "not one of"),
            (2, file, {"size": (1 << 62) + 1}, "2^62"), (2, request, {}, "missing"),
            (2, file, {"size": 0, "ranges": []}, "covers the whole"),
            (1, request, {"ranges": [0, 1] + [1, 1] * 65_536}, "more than"),
        ):
            with self.subTest(change):
                self.refuse(raw_message(kind, encode_map(header | change)), text)


class Sections(RefusingTest):
    def file(self, *payloads, size=8 * BLOCK, **form):
        out = io.BytesIO()
        writer = MessageWriter(out, "ckf", {"block_size": BLOCK, "hash": "xxh3", "size": size})
        for payload in payloads:
            writer.section(CHECKSUMS, payload, **form)
        writer.finish({"data_blocks": 0, "root": bytes(16), "zero_blocks": size // BLOCK})
        return out.getvalue()

    def payload(self, first, *runs, tail=b""):
        return u64(first) + u32(len(runs)) + b"".join(varint(n * 2 + (kind == "z")) for kind, n in runs) + tail

    def test_payloads(self):
        pay = self.payload
        for text, payloads in (
            ("trailer.root", [pay(0, ("z", 8))]), ("first", [pay(1, ("z", 7))]), ("9 blocks", [pay(0, ("z", 9))]),
            ("same kind", [pay(0, ("z", 4), ("z", 4))]), ("0 runs", [pay(0)]), ("0 blocks", [pay(0, ("z", 0))]),
            ("not covered", [pay(0, ("z", 7))]), ("where nothing", [pay(0, ("z", 8)), pay(0, ("z", 1))]),
            ("follow", [pay(0, ("z", 8), tail=b"x")]), ("left", [pay(0, ("d", 8))]),
            ("belongs in the section before", [pay(0, ("z", 4)), pay(4, ("z", 4))]),
            ("belongs in the section before", [pay(0, ("z", 4)), pay(4, ("d", 4), tail=bytes(32))]),
        ):
            with self.subTest(text):
                self.refuse(self.file(*payloads), text)

    def test_cutting(self):
        pay, slot = self.payload, 32_768
        size = (slot + 4) * BLOCK
        late = [pay(0, ("d", slot + 4), tail=bytes(8 * slot + 32))]
        zeros_begin_there = [pay(0, ("d", slot), ("z", 4), tail=bytes(8 * slot))]
        data_after = [pay(0, ("z", slot + 2), ("d", 2), tail=bytes(16))]
        cut_zeros = [pay(0, ("z", slot)), pay(slot, ("z", 4))]
        for payloads in (late, zeros_begin_there, data_after):
            self.refuse(self.file(*payloads, size=size), "has to end")
        self.refuse(self.file(*cut_zeros, size=size), "section before")
        self.refuse(self.file(pay(0, ("z", slot + 4)), size=size), "trailer.root")

    def test_frames(self):
        good = self.payload(0, ("z", 8))
        self.refuse(self.file(good, codec=1, raw_length=99), "codec of this section")
        self.refuse(self.file(good, raw_length=99), "stored length")
        self.refuse(self.file(good, flags=1), "flags")


class RollingSums(RefusingTest):
    KEY = {"rolling_sums": 1}

    def file(self, *sections, size=4 * BLOCK, minor=None, header=KEY, data_blocks=2):
        """`sections`: (type, payload, form)."""
        out = io.BytesIO()
        writer = MessageWriter(out, "ckf", {"block_size": BLOCK, "hash": "xxh3", "size": size} | header, minor=minor)
        root = Root(Geometry(size, BLOCK), HASHES["xxh3"], Coverage.whole(size // BLOCK))
        zeros = size // BLOCK - data_blocks
        if data_blocks:
            root.add(DATA_KIND, 0, data_blocks, bytes(8 * data_blocks))
        if zeros:
            root.add(ZERO_KIND, data_blocks, zeros, b"")
        for kind, payload, form in sections:
            writer.section(kind, payload, **form)
        writer.finish({"data_blocks": data_blocks, "root": root.digest(), "zero_blocks": zeros})
        return out.getvalue()

    CHECKSUMS_OF_TWO = (CHECKSUMS, u64(0) + u32(2) + varint(4) + varint(5) + bytes(16), {})
    OF_ZEROS = (CHECKSUMS, u64(0) + u32(1) + varint(9), {})

    @staticmethod
    def sums(length, kind=ROLLING_SUMS, **form):
        return kind, bytes(length), {"flags": 1} | form

    def test_values(self):
        for data, value in ((b"", 1), (b"a", 0x08104286), (b"abc", 0x66298923)):
            self.assertEqual(value, rolling_sum(data))

    def test_what_is_written_is_read(self):
        for content, ranges in (
            (target(70, 1, zeros=((3, 2), (69, 1))), None), (target(70, 1, short=100), None), (bytes(BLOCK), None), (b"", None),
            (target(70, 1, zeros=((3, 2),)), [(1, 2), (4, 1), (9, None)]),
        ):
            plain, file = checksum_file(content, ranges), checksum_file(content, ranges, shift=True)
            found = {}

            class Sums(Visitor):
                blocks = []

                def run(self, kind, first, count, hashes):
                    if kind == DATA_KIND:
                        self.blocks += range(first, first + count)

                def sums(self, sums):
                    for i, block in enumerate(self.blocks):
                        found[block] = int.from_bytes(sums[4 * i:4 * i + 4], "little")
                    self.blocks.clear()

            message = read_message(io.BytesIO(file), Sums())
            self.assertEqual("1.1", message.version)
            self.assertEqual(read(plain).trailer["root"], message.trailer["root"])
            self.assertEqual(message.trailer["data_blocks"], len(found))
            for number, value in found.items():
                self.assertEqual(rolling_sum(block(content, number)), value)

    def test_where_they_are_and_how_long(self):
        two, zeros, sums = self.CHECKSUMS_OF_TWO, self.OF_ZEROS, self.sums
        read(self.file(two, sums(8)))
        read(self.file(two, sums(3, kind=0x42), sums(8)))
        read(self.file(zeros, data_blocks=0))
        for text, sections, data_blocks in (
            ("are missing", [two], 2), ("none are due", [sums(8), two], 2), ("none are due", [two, sums(8), sums(8)], 2),
            ("none are due", [zeros, sums(8)], 0), ("4 bytes of rolling sums for 2", [two, sums(4)], 2),
            ("12 bytes", [two, sums(12)], 2), ("7 bytes", [two, sums(7)], 2), ("may not be skipped", [two, sums(8, flags=0)], 2),
            ("not a codec of this", [two, sums(8, codec=1, raw_length=99)], 2),
        ):
            with self.subTest(text):
                self.refuse(self.file(*sections, data_blocks=data_blocks), text)

    def test_the_key(self):
        both = self.CHECKSUMS_OF_TWO, self.sums(8)
        self.refuse(self.file(*both, header={}, minor=1), "none are due")
        self.refuse(self.file(*both, header={}, minor=0), "unknown")
        self.refuse(self.file(*both, minor=0), "rolling_sums")
        self.refuse(self.file(*both, header={"rolling_sums": 0}), "is 1 where it is there")
        self.refuse(checksum_file(b"", extra={"rolling_sums": 2}), "is 1 where it is there")


class Primitives(unittest.TestCase):
    def test_varints(self):
        for value in (0, 1, 127, 128, 16_383, 16_384, (1 << 63) - 1):
            cursor = Cursor(varint(value), 0)
            self.assertEqual((cursor.varint("x"), cursor.remaining), (value, 0))
        for bad in (b"", b"\x80", b"\x80\x00", b"\xff" * 9, b"\xff" * 9 + b"\x01"):
            with self.assertRaises(MessageError):
                Cursor(bad, 0).varint("x")

    def lz4(self, stored, raw_length):
        section = type("S", (), {"codec": codec.LZ4, "payload": stored, "raw_length": raw_length, "payload_offset": 0})
        return codec.decode(section)

    def test_lz4(self):
        self.assertEqual(self.lz4(b"\x1fa\x01\x00\x00\x50bcdef", 25), b"a" * 20 + b"bcdef")
        for stored, length in (
            (b"", 1), (b"\x1fa\x01\x00\x00\x50bcdef", 24), (b"\x1fa\x01\x00\x00\x50bcdef", 26),
            (b"\x1fa\x02\x00\x00\x50bcdef", 25), (b"\x1fa\x00\x00\x00\x50bcdef", 25), (b"\x1fa\x01\x00\x00", 20),
            (b"\x1fa\x01\x00\x00\x50bcde", 25), (b"\x1fa\x01", 25), (b"\xf0\xff", 25),
        ):
            with self.assertRaises(MessageError):
                self.lz4(stored, length)

    @unittest.skipUnless(codec.brotli, "no brotli module")
    def test_brotli(self):
        raw = bytes(range(200)) * 50
        stored = codec.brotli.compress(raw)
        section = type("S", (), {"codec": codec.BROTLI, "payload": stored, "raw_length": len(raw), "payload_offset": 0})
        self.assertEqual(codec.decode(section), raw)
        for bad, length in (
            (stored, len(raw) - 1), (stored, len(raw) + 1), (stored + b"\0", len(raw)), (stored + bytes(200), len(raw)),
            (stored[:-1], len(raw)), (b"\xff" * 20, 99), (codec.brotli.compress(bytes(1 << 26)), 1000),
        ):
            section.payload, section.raw_length = bad, length
            with self.assertRaises(MessageError):
                codec.decode(section)

    def zstandard(self, stored, raw_length, number=codec.ZSTANDARD):
        section = type("S", (), {"codec": number, "payload": stored, "raw_length": raw_length, "payload_offset": 0})
        return codec.decode(section)

    @unittest.skipUnless(codec.zstandard, "no zstandard module")
    def test_zstandard(self):
        for raw in (b"a" * 99, bytes(range(200)) * 2, bytes(range(200)) * 500, random.Random(1).randbytes(300_000)):
            for level in (-5, 3, 19):
                stored = codec.zstandard.ZstdCompressor(level=level).compress(raw)
                self.assertEqual(self.zstandard(stored, len(raw)), raw)
        most = codec.MOST_OF_A_BLOCK
        for raw_length, stored in self.good_frames():
            self.assertEqual(len(self.zstandard(stored, raw_length)), raw_length)
        blocks = zstd_block(codec.RLE_BLOCK, most, b"a", last=False), zstd_block(codec.RAW_BLOCK, 1, b"b")
        self.assertEqual(self.zstandard(zstd_frame(most + 1, *blocks), most + 1), b"a" * most + b"b")
        # What only a decoder sees. No call gives more than the raw length.
        for raw_length, blocks in (
            (100, [zstd_block(codec.RLE_BLOCK, 99, b"a")]),
            (100, [zstd_block(codec.RLE_BLOCK, 99, b"a", last=False), zstd_block(codec.RLE_BLOCK, 2, b"a")]),
            (100, [zstd_block(codec.COMPRESSED_BLOCK, 20, b"\xff" * 20)]),
            (most, [zstd_block(codec.RLE_BLOCK, most, b"a", last=False)] * 9 + [zstd_block(codec.RAW_BLOCK, 0, b"")]),
        ):
            with self.assertRaises(MessageError):
                self.zstandard(zstd_frame(raw_length, *blocks), raw_length)

    @staticmethod
    def good_frames():
        """(raw length, frame). Each length of the content size; it need not be the shortest."""
        for size, size_bytes, form in ((255, 1, 0x20), (256 + 44, 2, 0x60), (300, 4, 0xA0), (300, 8, 0xE0)):
            said = size - 256 if size_bytes == 2 else size
            yield size, zstd_frame(said, zstd_block(codec.RLE_BLOCK, size, b"a"), form=form, size_bytes=size_bytes)

    def test_the_form_of_frames_of_zstandard(self):
        """Without the module too, and over old content too."""
        def run(length, kind=codec.RLE_BLOCK, **form):
            return zstd_block(kind, length, b"a" if kind == codec.RLE_BLOCK else bytes(length), **form)

        good, most = zstd_frame(300, run(300)), codec.MOST_OF_A_BLOCK
        skippable = b"\x50\x2a\x4d\x18\1\0\0\0x"
        with patch.object(codec, "zstandard", None):
            for raw_length, stored in self.good_frames():
                self.assertIsNone(self.zstandard(stored, raw_length))
                self.assertIsNone(self.zstandard(stored, raw_length, codec.PREFIX))
            for raw_length, stored, text in (
                (300, b"\x29" + good[1:], "not a frame"), (300, skippable + good, "not a frame"),
                (300, good + good, "follow the frame"), (300, good + skippable, "follow the frame"),
                (300, good + b"\0", "follow the frame"), (300, good[:-1], "are left"), (300, good[:9], "are left"),
                (300, good[:6], "are left"), (300, good[:3], "are left"),
                (300, zstd_frame(300, run(300, last=False)), "are left"),
                (299, good, "content size 300"), (301, good, "content size 300"),
                (300, zstd_frame(1 << 40, run(300), form=0xE0, size_bytes=8), f"content size {1 << 40}"),
                (44, zstd_frame(44, run(44), form=0x60, size_bytes=2), "content size 300"),
                # A window, with and without a content size; a checksum, a dictionary; the bits that mean nothing.
                (300, zstd_frame(300 << 8, run(300), form=0x80, size_bytes=5), "descriptor 0x80"),
                (300, zstd_frame(0, run(300), form=0x00, size_bytes=1), "descriptor 0x00"),
                (300, zstd_frame(300, run(300), b"abcd", form=0xA4), "descriptor 0xA4"),
                (300, zstd_frame(300 << 8, run(300), form=0xA1, size_bytes=5), "descriptor 0xA1"),
                (300, zstd_frame(300 << 32, run(300), form=0xA3, size_bytes=8), "descriptor 0xA3"),
                (300, zstd_frame(300, run(300), form=0xB0), "descriptor 0xB0"),
                (300, zstd_frame(300, run(300), form=0xA8), "descriptor 0xA8"),
                (300, zstd_frame(300, run(300, 3)), "block type 3"),
                (300, zstd_frame(300, run(301)), "a block of 301 bytes"),
                (300, zstd_frame(300, run(301, codec.RAW_BLOCK)), "a block of 301 bytes"),
                (most + 1, zstd_frame(most + 1, run(most + 1)), f"a block of {most + 1} bytes"),
                (most + 1, zstd_frame(most + 1, run(most + 1, codec.RAW_BLOCK)), f"a block of {most + 1} bytes"),
            ):
                for number in (codec.ZSTANDARD, codec.PREFIX):
                    with self.subTest(text=text, stored=stored[:30], codec=number):
                        with self.assertRaises(MessageError) as caught:
                            self.zstandard(stored, raw_length, number)
                        self.assertIn(text, str(caught.exception))

    def test_cycles(self):
        def copies(*runs):
            return [Operation(first, count, HASHED, *new or [COPY], source) for first, count, source, *new in sorted(runs)]

        target = Geometry(50 * BLOCK, BLOCK)
        check_acyclic(copies((0, 5, 2), (5, 5, 7), (20, 1, 0)), target)
        check_acyclic(copies((0, 5, 2 * BLOCK + 1, SHIFT), (5, 5, 7), (20, 1, 0)), target)
        check_acyclic(copies((0, 2, 10), (12, 2, 1, SHIFT)), target)
        for runs in (
            ((0, 2, 10), (10, 2, 0)), ((0, 3, 11), (10, 3, 21), (20, 3, 0)),
            ((0, 2, 10), (11, 2, 2 * BLOCK - 1, SHIFT)),
            ((0, 3, 8 * BLOCK - 1, SHIFT), (10, 3, 18 * BLOCK - 1, SHIFT), (20, 3, 2 * BLOCK + 511, SHIFT)),
        ):
            with self.assertRaises(MessageError):
                check_acyclic(copies(*runs), target)


class Command(unittest.TestCase):
    """The command line, from two targets to the second one again."""

    def run_command(self, *arguments, stdin=None):
        command = [sys.executable, str(Path(__file__).with_name("read_messages.py")), *map(str, arguments)]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=False)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def test_from_end_to_end(self):
        a, b = target(9, 50), target(12, 51, [(3, 2)])
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            for name, content in (("a", a), ("b", b)):
                (place / name).write_bytes(content)
                form = ("--block-size", BLOCK, "--hash", "xxh128", "--out", place / f"{name}.ckf", "--range", "0-1")
                self.assertEqual(self.run_command("--checksum", place / name, *form, "--range", "2-")[0], 0)
            request = place / "ab.dtr"
            self.assertEqual(self.run_command("--compare", place / "a.ckf", place / "b.ckf", "--out", request)[0], 0)
            file, out = place / "ab.dtf", place / "out"
            file.write_bytes(data_file(request.read_bytes(), b, "lz4"))
            self.assertEqual(self.run_command("--apply", place / "a", file, out)[0], 0)
            self.assertEqual(out.read_bytes(), b)
            (place / "c").write_bytes(a[1:] + b"?")
            self.assertEqual(self.run_command("--apply", place / "c", file, out)[0], 4)
            self.assertFalse(out.exists())
            code, lines = self.run_command(place / "a.ckf", "-", file, place / "a", stdin=request.read_bytes())
            self.assertEqual(code, 3)
            self.assertEqual([line.get("kind") for line in lines], ["ckf", "dtr", "dtf", None])
            self.assertEqual(lines[3]["offset"], 0)


class Copies(unittest.TestCase):
    def test_copies_are_applied(self):
        a = target(8, 30)
        b = a[2 * BLOCK:6 * BLOCK] + a[4 * BLOCK:]
        b = b[:8 * BLOCK]
        run = b[:4 * BLOCK]
        operation = Operation(0, 4, HASHED, COPY, 2, 0, hashes(a, 0, 4), hashes(b, 0, 4), hashlib.sha256(run).digest())
        base_root, target_root = (read(checksum_file(content)).trailer["root"] for content in (a, b))
        roots = {"base_root": base_root, "target_root": target_root}
        header = {
            "base_size": len(a), "block_size": BLOCK, "frame_size": FRAME, "hash": "xxh128", "target_size": len(b)}
        self.assertEqual(applied(a, write_request("dtf", header, [[operation]], roots, b)), b)
        operation.sha256 = bytes(32)
        with self.assertRaises(Mismatch):
            applied(a, write_request("dtf", header, [[operation]], roots, b))


class ShiftedCopies(unittest.TestCase):
    """Copies from any byte of A, applied (4.9, 13.3). More of it is in tests/Vectors/Applying."""

    def refuse(self, base, file, text):
        with self.assertRaises(Mismatch) as caught:
            applied(base, file)
        self.assertIn(text, str(caught.exception))

    def test_put_in_and_taken_out(self):
        a = target(9, 120, short=77)
        for shift in (1, 100, 511, 513, 1000):
            for base in (a, a + bytes(shift)):
                b = target(2, 121)[:shift] + a
                sent = -(-shift // BLOCK)
                runs = [(0, sent, None), (sent, 9 - sent, sent * BLOCK - shift, SHIFT)]
                if len(b) > 9 * BLOCK:
                    runs.append((9, -(-len(b) // BLOCK) - 9, 9 * BLOCK - shift, SHIFT))
                file = copying(a, b, *runs)
                self.assertEqual(applied(base, file), b)
                self.assertEqual(applied(b, file), b)
            b = a[shift:]
            file = copying(a, b, (0, -(-len(b) // BLOCK), shift, SHIFT))
            for base in (a, b):
                self.assertEqual(applied(base, file), b)

    def test_states_of_the_target(self):
        a = target(8, 122)
        b = a[:5 * BLOCK] + a[100:100 + 3 * BLOCK]
        file = copying(a, b, (5, 3, 100, SHIFT))
        for new in range(8):
            blocks = [block(b if at >= 5 and new >> at - 5 & 1 else a, at) for at in range(8)]
            self.assertEqual(applied(b"".join(blocks), file), b)
        for at in (100, 1636 - 1):
            other = bytearray(a)
            other[at] ^= 1
            self.refuse(bytes(other), file, "has not the new hash")
            # Where it has been done, nobody reads the source; but the root is that of the whole.
            self.refuse(bytes(other[:5 * BLOCK]) + b[5 * BLOCK:], file, "target root")
        self.refuse(a[:-1] + bytes([a[-1] ^ 1]), file, "neither")
        self.refuse(a, copying(a, b, (5, 3, 100, SHIFT), sha256=bytes(32)), "SHA-256")
        self.refuse(a, copying(a, b, (5, 3, 101, SHIFT)), "has not the new hash")

    def in_place(self, content, target, copies):
        """13.3 in its own words: the order, and each run in one direction, a few bytes at a time."""
        out, left = bytearray(content), list(copies)
        while left:
            def overwrites(other, each):
                first, end = each.source_blocks(target)
                return other is not each and other.first < end and first < other.end

            ready = [each for each in left if not any(overwrites(each, other) for other in left)]
            if not ready:
                return None
            each = ready[0]
            left.remove(each)
            source, to = each.source_byte(BLOCK), each.first * BLOCK
            size, step = target.bytes_of(each.first, each.count), 37
            places = range(0, size, step)
            for at in places if source > to else reversed(places):
                length = min(step, size - at)
                piece = out[source + at:source + at + length]
                out[to + at:to + at + length] = piece
        return bytes(out)

    def test_any_order_that_the_rule_gives_is_right_in_place(self):
        chance, good = random.Random(42), 0
        for _ in range(1000):
            size = chance.randrange(8 * BLOCK, 12 * BLOCK)
            a, geometry = target(12, chance.randrange(1000))[:size], Geometry(size, BLOCK)
            copies, first, b = [], 0, bytearray(a)
            while (first := first + chance.choice((0, 1, 3))) < geometry.blocks:
                count = chance.randrange(1, min(6, geometry.blocks - first) + 1)
                length = geometry.bytes_of(first, count)
                source = chance.randrange(size - length + 1)
                kind = SHIFT if source % BLOCK else COPY
                copies.append(Operation(first, count, HASHED, kind, source if kind == SHIFT else source // BLOCK))
                b[first * BLOCK:first * BLOCK + length] = a[source:source + length]
                first += count
            out = self.in_place(a, geometry, copies)
            if out is None:
                with self.assertRaises(MessageError):
                    check_acyclic(copies, geometry)
                continue
            check_acyclic(copies, geometry)
            self.assertEqual(out, bytes(b))
            good += len(copies) > 1
        self.assertGreater(good, 100)

    def test_damage_is_refused_or_does_no_harm(self):
        a = target(6, 123, short=200)
        b = target(1, 124)[:90] + a
        file = copying(a, b, (0, 1, None), (1, 5, BLOCK - 90, SHIFT))
        chance, refused = random.Random(43), 0
        for _ in range(400):
            try:
                self.assertEqual(applied(a, damaged(file, chance)), b)
            except (MessageError, Mismatch):
                refused += 1
        self.assertGreater(refused, 300)


@unittest.skipUnless(codec.zstandard, "no zstandard module")
class OldContent(unittest.TestCase):
    """Frames over old content, applied (4.8, 13.6)."""

    def codecs(self, file):
        return [section.codec for section in Container(io.BytesIO(file)).sections() if section.type == CONTENT]

    def refuse(self, base, file, kind, text):
        with self.assertRaises(kind) as caught:
            applied(base, file)
        self.assertIn(text, str(caught.exception))

    def test_round_trips(self):
        used = 0
        for hash_name in ("xxh3", "blake3"):
            for a_size in (0, 1, 3, 511, 512, 700, 2048, 2300, 5000):
                for b_size in (0, 1, 511, 512, 700, 1200, 2049, 2300, 5000):
                    # Zeros in A that B has not, and the other way round.
                    a = target(10, a_size, [(2, 2)])[:a_size]
                    b = (changed(a) + target(10, b_size, [(1, 2)]))[:b_size]
                    file = prefix_file(a, b, hash_name)
                    used += self.codecs(file) == [codec.PREFIX]
                    with self.subTest(hash=hash_name, a=a_size, b=b_size):
                        self.assertEqual(applied(a, file), b)
                        self.assertEqual(applied(b, file), b)
        # Where A has next to nothing, the content does not shrink.
        self.assertGreater(used, 60)

    def test_several_frames_in_several_groups(self):
        a = target(300, 100) + bytes(17_000 * BLOCK)
        b = changed(a, 3 * BLOCK)
        b = b[:301 * BLOCK] + b"".join(random.Random(n).randbytes(9) + bytes(BLOCK - 9) for n in range(16_600))
        b += bytes(len(a) - len(b))
        file = prefix_file(a, b)
        self.assertEqual(set(self.codecs(file)), {codec.PREFIX})
        message = read(file)
        self.assertEqual((message.trailer["groups"], message.version), (2, "1.1"))
        self.assertEqual(message.over_old_content, len(self.codecs(file)))
        self.assertEqual(applied(a, file), b)

    def test_every_byte_of_the_prefix_is_there(self):
        """The last block is the first of the prefix, farther back than the window is long."""
        a, b = target(128, 101), target(127, 102)
        b += block(a, 0)
        # Lower levels do not look so closely at what is random.
        stored = compress_over(b, a, level=19)
        self.assertLess(len(stored), len(b) - BLOCK // 2)
        self.assertEqual(applied(a, one_frame(a, b, stored)), b)

    def test_a_prefix_that_looks_like_a_dictionary(self):
        for a in (target(3, 103), codec.zstandard.train_dictionary(1024, [b"%d" % n * 9 for n in range(2000)]).as_bytes()):
            a = b"\x37\xa4\x30\xec" + a[4:]
            file = prefix_file(a, changed(a))
            self.assertEqual(self.codecs(file), [codec.PREFIX])
            self.assertEqual(applied(a, file), changed(a))

    def test_a_prefix_of_few_bytes(self):
        """Of which an encoder makes no use, but a frame may."""
        a = b"\x37\xa4\x30\xec" + bytes(range(9, 18))
        for length in range(1, len(a)):
            old = a[:length]
            b = (old * 700)[:700]
            self.assertEqual(applied(old, one_frame(old, b, zstd_match(len(b), length))), b)
            self.refuse(old, one_frame(old, b, zstd_match(len(b), length + 1)), MessageError, "Zstandard")
        # Zeros do not give nothing.
        b = bytes(7) + b"a" * 500
        self.assertEqual(applied(bytes(7), prefix_file(bytes(7), b)), b)

    def test_an_empty_prefix(self):
        a, b = target(2, 105), target(2, 105) + b"abcde" * 300
        self.assertEqual(applied(a, one_frame(a, b, compress_over(b[2 * BLOCK:], b""))), b)
        # It is known without the target, so what is decoded over nothing has to be right.
        over_more = one_frame(a, b, compress_over(b[2 * BLOCK:], b"abcde" * 100))
        self.refuse(a, over_more, MessageError, "Zstandard")
        self.refuse(b, over_more, MessageError, "Zstandard")

    def test_states_of_the_target(self):
        a = target(5, 106, [(3, 1)], short=400)
        b = changed(a + bytes(400) + b"q" * 700)
        file = prefix_file(a, b)
        self.assertEqual(self.codecs(file), [codec.PREFIX])
        self.assertEqual([run[3] for run in read(file).summary()["operations"]], ["hashed", "zero", "hashed", "absent"])
        self.assertEqual(applied(a, file), b)
        self.assertEqual(applied(a + bytes(len(b) - len(a)), file), b)
        self.assertEqual(applied(b, file), b)
        grown = bytearray(a + bytes(len(b) - len(a)))

        def with_new(*numbers):
            out = bytearray(grown)
            for number in numbers:
                out[number * BLOCK:(number + 1) * BLOCK] = block(b, number)
            return bytes(out)

        # Absent blocks give nothing, so they may be new.
        self.assertEqual(applied(with_new(5, 6), file), b)
        for numbers in ((0,), (3,), (1, 2), (0, 1, 2, 3), (0, 1, 2, 3, 4), (1, 2, 3, 4, 5, 6)):
            self.refuse(with_new(*numbers), file, Mismatch, "is gone")
        self.assertEqual(applied(with_new(0, 1, 2, 3, 4, 5, 6), file), b)
        for at in (0, 3 * BLOCK, 4 * BLOCK, 5 * BLOCK - 1, 6 * BLOCK):
            neither = bytearray(grown)
            neither[at] ^= 1
            self.refuse(bytes(neither), file, Mismatch, "neither")
        self.refuse(a[:-1], file, Mismatch, "bytes, not")

    def test_a_last_block_that_is_new_and_begins_as_the_old_one_did(self):
        """It gives the prefix what it did: what is beyond A's end does not count."""
        a = target(2, 107, short=100)
        b = changed(a[:BLOCK]) + a[BLOCK:] + b"z" * 100
        file = prefix_file(a, b)
        self.assertEqual(self.codecs(file), [codec.PREFIX])
        self.assertEqual(applied(block(a, 0) + block(b, 1), file), b)
        self.refuse(block(b, 0) + a[BLOCK:] + bytes(100), file, Mismatch, "is gone")

    def test_a_last_block_that_becomes_shorter(self):
        """All of the old block has to be there, what is behind B's end gives nothing."""
        a, b = target(3, 108), changed(target(3, 108), 200, short=300)
        file = prefix_file(a, b)
        self.assertEqual(self.codecs(file), [codec.PREFIX])
        self.assertEqual(applied(a, file), b)
        # Made over all of A, it does not fit.
        self.refuse(a, one_frame(a, b, compress_over(b, a)), MessageError, "")
        self.refuse(b[:2 * BLOCK] + a[2 * BLOCK:], file, Mismatch, "is gone")
        # Cut already, and so no more what it was.
        self.refuse(a[:len(b)], file, Mismatch, "neither")
        zeros = a[:2 * BLOCK] + bytes(BLOCK)
        self.refuse(zeros[:len(b)], prefix_file(zeros, b), Mismatch, "neither")

    def test_content_that_is_not_what_the_message_says(self):
        a, b = target(3, 109), changed(target(3, 109))
        good = compress_over(b, a)
        other, wrong = target(3, 110), changed(b, 700)
        for stored, text in (
            (compress_over(b, other + a[:BLOCK]), ""), (compress_over(wrong, a), "new hash"),
            (compress_over(b[:-1] + b"?", a), "block 2 has not the new hash"),
            (good[:-6] + bytes(6), ""),
            # Farther back than the prefix is long.
            (compress_over(b, a[:2 * BLOCK] + other + a[2 * BLOCK:]), ""),
        ):
            file = one_frame(a, b, stored)
            self.assertEqual(read(file).over_old_content, 1)
            self.refuse(a, file, MessageError, text)
            # Where it has been done, nobody decodes it.
            self.assertEqual(applied(b, file), b)
        self.assertEqual(applied(a, one_frame(a, b, good)), b)

    def test_without_the_module(self):
        a = target(3, 111)
        file = prefix_file(a, changed(a))
        with patch.object(codec, "zstandard", None):
            self.refuse(a, file, Mismatch, "no module")

    def test_copies_whose_source_is_overwritten(self):
        a = target(6, 112)
        b = changed(a[:2 * BLOCK]) + a[2 * BLOCK:4 * BLOCK] + a[:2 * BLOCK]
        operations = [
            Operation(0, 2, HASHED, DATA, None, 0, hashes(a, 0, 2), hashes(b, 0, 2)),
            Operation(4, 2, HASHED, COPY, 0, 0, hashes(a, 4, 2), hashes(b, 4, 2), hashlib.sha256(a[:2 * BLOCK]).digest())]
        roots = {name: read(checksum_file(side)).trailer["root"] for name, side in (("base_root", a), ("target_root", b))}
        header = {"base_size": len(a), "block_size": BLOCK, "frame_size": FRAME, "hash": "xxh128", "!prefix": 1,
                  "target_size": len(b)}
        file = write_request("dtf", header, [operations], roots, b, "prefix", old=a)
        self.assertEqual(self.codecs(file), [codec.PREFIX])
        self.assertEqual(applied(a, file), b)
        self.assertEqual(applied(a[:4 * BLOCK] + b[4 * BLOCK:], file), b)
        self.refuse(block(b, 0) + a[BLOCK:4 * BLOCK] + b[4 * BLOCK:], file, Mismatch, "is gone")

    def test_damage_is_refused_or_does_no_harm(self):
        a = target(6, 113, [(1, 2)], short=200)
        b = changed(a) + b"abc" * 300
        file, chance, refused = prefix_file(a, b), random.Random(41), 0
        self.assertEqual(self.codecs(file), [codec.PREFIX])
        for _ in range(400):
            try:
                self.assertEqual(applied(a, damaged(file, chance)), b)
            except (MessageError, Mismatch):
                refused += 1
        self.assertGreater(refused, 300)


if __name__ == "__main__":
    unittest.main()
