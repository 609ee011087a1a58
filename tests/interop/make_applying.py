#!/usr/bin/python3
"""Makes the vectors of tests/Vectors/Applying (Format.md 13): a base, a message, and what the target is then.

make_applying.py DIRECTORY

By hand only. Tests apply what is committed with both programs.
"""

import hashlib
import sys
from pathlib import Path

from messages.operations import ABSENT, COPY, DATA, HASHED, Operation
from selftest import BLOCK, FRAME, checksum_file, data_file, data_request, groups_of, hashes, read, write_request

LINE = 32
OK, REFUSED = "ok", "refused"


def blocks(text, short=0):
    """One letter a block, `.` for zeros; the last may be short."""
    content = b"".join(bytes(BLOCK) if letter == "." else letter.encode() * BLOCK for letter in text)
    return content[:len(content) - short]


def message(a, b, hash_name="xxh128", how="none", ranges=None):
    return data_file(data_request(checksum_file(a, ranges, hash_name), checksum_file(b, ranges, hash_name)), b, how)


def repeating(b):
    header, trailer, groups = groups_of(data_request(checksum_file(b""), checksum_file(b)))
    values = {key: value for key, value in header.values.items() if key != "forward"} | {"frame_size": FRAME}
    return write_request("dtf", values, groups, {key: trailer[key] for key in ("base_root", "target_root")}, b, "repeats")


def copying(a, b, *runs, sha256=None):
    """`runs`: first block, count and source; no source where the content is sent."""
    operations = []
    for first, count, source in runs:
        content = b[first * BLOCK:(first + count) * BLOCK]
        old, kind = (hashes(a, first, count), HASHED) if first * BLOCK < len(a) else (b"", ABSENT)
        digest = b"" if source is None else sha256 or hashlib.sha256(content).digest()
        operations.append(Operation(
            first, count, kind, DATA if source is None else COPY, source, 0, old, hashes(b, first, count), digest))
    roots = {name: read(checksum_file(side)).trailer["root"] for name, side in (("base_root", a), ("target_root", b))}
    header = {"base_size": len(a), "block_size": BLOCK, "frame_size": FRAME, "hash": "xxh128", "target_size": len(b)}
    return write_request("dtf", header, [operations], roots, b)


def plain_vectors():
    a, b = blocks("abcd"), blocks("ab.de", 100)
    plain = message(a, b)
    yield "grows", "Zeros, and a block that A has not.", a, plain, b
    yield "in-place-already", "The target is B: nothing is left to do.", b, plain, b
    yield "half-in-place", "Block 2 is new already, the file has not grown.", blocks("ab.d"), plain, b
    yield "grown-already", "The file has B's size; what has grown reads as zeros.", a + bytes(BLOCK - 100), plain, b
    yield "neither", "Block 2 is neither old nor new.", blocks("abxd"), plain, None
    yield "another-size", "The size is neither A's nor B's.", blocks("abcd", 1), plain, None
    yield "lz4", "Content in LZ4.", a, message(a, b, how="lz4"), b
    for name in ("xxh3", "sha256", "blake3"):
        yield name, f"The same with {name}.", a, message(a, b, name), b
    for name, comment, old, new in (
        ("shrinks", "Blocks behind B's end are cut.", blocks("abcdef"), blocks("abxd", 10)),
        ("shrinks-in-a-block", "The last block becomes shorter.", blocks("abc"), blocks("abc", 7)),
        ("grows-in-a-block", "The last block becomes longer.", blocks("abc", 7), blocks("abc")),
        ("zeros-grow-in-a-block", "Zeros become more zeros.", blocks("ab.", 7), blocks("ab.")),
        ("from-nothing", "A is empty.", b"", b),
        ("nothing-differs", "No operations.", a, a),
    ):
        yield name, comment, old, message(old, new), new
    ranged = message(a, blocks("xy.de", 100), ranges=[(0, 2)])
    yield "size-is-left", "Ranges without the tail: the size stays A's.", a, ranged, blocks("xycd")
    twice = blocks(("m" * 64 + "n" * 64) * 2)
    yield "repeats", "The second frame repeats 512 bytes of the first.", b"", repeating(twice), twice


def copy_vectors():
    a = blocks("abcdefgh")
    for name, comment, text, runs in (
        ("copy-upwards", "A copy that overlaps its source: from the end on.", "ababcdef", [(0, 2, None), (2, 6, 0)]),
        ("copy-downwards", "A copy that overlaps its source: from the beginning on.", "cdefghgh", [(0, 6, 2)]),
        ("copies-in-order", "A copy has its source overwritten by the next one, and that by data.", "bdcxefgh",
         [(0, 1, 1), (1, 1, 3), (3, 1, None)]),
        ("copies-against-the-order", "The second copy's source is where the first one goes: the second comes first.",
         "ebadefgh", [(0, 1, 4), (2, 1, 0)]),
        ("copy-behind-the-end", "A copy to what A has not.", "abcdefghab", [(8, 2, 0)]),
    ):
        yield name, comment, a, copying(a, blocks(text), *runs), blocks(text)
    moved = blocks("cdefefgh")
    yield "copy-half-done", "A run has died: what block 0 was is gone, and what it becomes stands there.", blocks("cbcdefgh"), \
        copying(a, blocks("cdcdefgh"), (0, 2, 2)), blocks("cdcdefgh")
    yield "copy-source-gone", "The source has other content.", blocks("abxdefgh"), copying(a, moved, (0, 4, 2)), None
    yield "copy-of-another-sha256", "The run has not the SHA-256 that the message gives.", a, \
        copying(a, moved, (0, 4, 2), sha256=bytes(32)), None


def lines(data):
    """Hex digits; a line that comes again is counted."""
    out, times = [], 0
    for at in range(0, len(data), LINE):
        line = data[at:at + LINE].hex().upper()
        if out and line == out[-1].split(" ")[0]:
            times += 1
            out[-1] = f"{line} x{times + 1}"
        else:
            out.append(line)
            times = 0
    return "".join(f"{line}\n" for line in out)


def main(folder):
    for make, rule in ((plain_vectors, "13.2 writing"), (copy_vectors, "13.3 copies")):
        for name, comment, base, file, result in make():
            expect = OK if result is not None else REFUSED
            text = f"expect: {expect}\nrule: {rule if result is not None else '13.1 before the first write'}\ncomment: {comment}\n"
            text += f"\nbase:\n{lines(base)}\nmessage:\n{lines(file)}"
            if result is not None:
                text += f"\nresult:\n{lines(result)}"
            (Path(folder) / f"{name}.vector").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
