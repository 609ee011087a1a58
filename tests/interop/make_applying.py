#!/usr/bin/python3
"""Makes the vectors of tests/Vectors/Applying (Format.md 13): a base, a message, and what the target is then.

make_applying.py DIRECTORY

By hand only. Tests apply what is committed with both programs. Another version of Zstandard may compress otherwise, so
of the vectors with frames over old content only new ones are taken over.
"""

import sys
from pathlib import Path

from messages.operations import COPY, SHIFT
from selftest import (
    BLOCK, FRAME, block, changed, checksum_file, copying, data_file, data_request, groups_of, one_frame, prefix_file,
    read, target, write_request, zstd_match)

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


def over_old(a, b):
    """As prefix_file, and every frame is over old content indeed."""
    file = prefix_file(a, b)
    content = read(file).summary()["content"]
    assert content["frames"] == content["over_old_content"] > 0
    return file


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


def shift_vectors():
    a, x = blocks("abcdefgh"), b"x" * 1000
    size, short = len(a), a[:-96]
    # What copying() takes: A, B and the runs.
    moved = a, (x[:100] + a)[:size], (0, 1, None), (1, 7, BLOCK - 100, SHIFT)
    farther = a, (x[:300] + a)[:size], (0, 1, None), (1, 7, BLOCK - 300, SHIFT)
    taken = a, a[100:], (0, 8, 100, SHIFT)
    grows = short, x[:100] + short, (0, 1, None), (1, 7, BLOCK - 100, SHIFT), (8, 1, 8 * BLOCK - 100, SHIFT)
    apart = a, a[:5 * BLOCK] + a[100:100 + 3 * BLOCK], (5, 3, 100, SHIFT)
    for name, comment, base, sides in (
        ("shift-upwards", "Put in front: a copy that overlaps its source, from the end on.", a, moved),
        ("shift-downwards", "Taken out: a copy that overlaps its source, from the beginning on. The last block becomes "
         "shorter.", a, taken),
        ("shift-of-several-blocks", "Put in front: more than a block.", a,
         (a, (x + a)[:size], (0, 2, None), (2, 6, 2 * BLOCK - 1000, SHIFT))),
        ("shift-by-one-byte", "Put in front: one byte. The last one of A is gone.", a,
         (a, (x[:1] + a)[:size], (0, 1, None), (1, 7, BLOCK - 1, SHIFT))),
        ("shift-behind-the-end", "Put in front, and the file grows: to the end of A's short last block.", short, grows),
        ("shift-grown-already", "As shift-behind-the-end. The file has B's size; what has grown reads as zeros.",
         short + bytes(100), grows),
        ("shift-from-behind-the-end", "The source is behind B's end, which is cut last.", a,
         (a, a[3001:3001 + 2 * BLOCK] + a[2 * BLOCK:4 * BLOCK], (0, 2, 3001, SHIFT))),
        ("shift-to-the-short-last-block", "Bytes from within a longer block become the last block.", a,
         (a, a[:7 * BLOCK] + a[1030:1030 + 412], (7, 1, 1030, SHIFT))),
        ("shifts-in-order", "The second copy overwrites a block of which the first one reads a byte: the first comes "
         "first.", a,
         (a, a[BLOCK + 1:2 * BLOCK + 1] + a[BLOCK:2 * BLOCK] + a[3000:3000 + BLOCK] + a[3 * BLOCK:],
          (0, 1, BLOCK + 1, SHIFT), (2, 1, 3000, SHIFT))),
        ("shifts-against-the-order", "The second copy's source is where the first one goes: the second comes first.", a,
         (a, a[2055:2055 + BLOCK] + a[BLOCK:2 * BLOCK] + a[511:511 + BLOCK] + a[3 * BLOCK:],
          (0, 1, 2055, SHIFT), (2, 1, 511, SHIFT))),
        ("shift-beside-copies", "Whole blocks overwrite a source of bytes, and bytes a source of whole blocks: from the "
         "last to the first.", a,
         (a, blocks("fgc") + a[100:100 + 2 * BLOCK] + blocks("fgd"),
          (0, 2, 5, COPY), (3, 2, 100, SHIFT), (7, 1, 3, COPY))),
        ("shift-in-place-already", "The target is B: nothing is left to do.", moved[1], moved),
        ("shift-half-done", "A run has died: what blocks 4 to 7 were is gone, and what they become stands there.",
         a[:4 * BLOCK] + moved[1][4 * BLOCK:], moved),
        ("shift-half-done-downwards", "A run has died: what blocks 0 to 2 were is gone. The file is not cut yet.",
         taken[1][:3 * BLOCK] + a[3 * BLOCK:], taken),
        ("shift-half-in-place", "Blocks 5 and 6 are new already, and their source is still there.",
         apart[1][:7 * BLOCK] + block(a, 7), apart),
        ("shift-source-new-but-alike", "Block 0 is new already. The bytes of it that are copied are what they were.",
         x[:100] + a[100:], (a, x[:100] + apart[1][100:], (0, 1, None), apart[2])),
    ):
        yield name, comment, base, copying(*sides), sides[1]
    for name, comment, base, file in (
        ("shift-source-gone", "A byte of the source is another one.", a[:700] + b"x" + a[701:], copying(*apart)),
        ("shift-source-overwritten", "Block 2 is old, but what it becomes is gone: block 1 is new.",
         block(a, 0) + block(farther[1], 1) + a[2 * BLOCK:], copying(*farther)),
        ("shift-neither", "Block 7 is neither old nor new. Its source is still there.", a[:-1] + b"x", copying(*apart)),
        ("shift-of-another-sha256", "The run has not the SHA-256 that the message gives.", a,
         copying(*moved, sha256=bytes(32))),
    ):
        yield name, comment, base, file, None
    ranged = blocks("x") + a[1541:1541 + 2 * BLOCK] + blocks("defxxij")
    yield "shift-in-ranges", "Ranges without the tail: the size stays A's.", a, \
        copying(a, ranged, (1, 2, 1541, SHIFT), ranges=[(1, 5)]), block(a, 0) + ranged[BLOCK:3 * BLOCK] + a[3 * BLOCK:]
    text = target(5, 1)
    over = changed(text[:2 * BLOCK]) + block(text, 2) + text[9:9 + 2 * BLOCK]
    yield "shift-prefix-source-overwritten", "Blocks 3 and 4 are bytes of blocks 0 to 2, of which the frame overwrites " \
        "two.", text, copying(text, over, (0, 2, None), (3, 2, 9, SHIFT), how="prefix"), over


def prefix_vectors():
    a = target(5, 1, [(2, 1)])
    b = changed(a)
    several = over_old(a, b)
    yield "prefix-same-length", "A byte of each block is another one. Block 2 was zeros.", a, several, b
    yield "prefix-in-place-already", "All blocks are new: nothing is decoded.", b, several, b
    yield "prefix-half-in-place", "Block 1 is new, so what its frame was compressed over is gone.", \
        block(a, 0) + block(b, 1) + a[2 * BLOCK:], several, None
    yield "prefix-neither", "Block 4 is neither old nor new.", a[:-1] + bytes([a[-1] ^ 1]), several, None
    grown = b + blocks("abc", 100)
    grows = over_old(a, grown)
    yield "prefix-grows", "Of one frame, block 2 was zeros, and blocks 5 to 7 were absent and give nothing.", a, grows, grown
    yield "prefix-grown-already", "The file has B's size; the blocks that were absent are zeros.", \
        a + bytes(len(grown) - len(a)), grows, grown
    yield "prefix-absent-in-place", "Block 6 is new. It gives nothing, so the frame can be decoded still.", \
        a + bytes(BLOCK) + block(grown, 6) + bytes(BLOCK - 100), grows, grown
    shorter = changed(a, 200, short=300)
    yield "prefix-last-block-shorter", "The last block gives only as many bytes as B has of it.", a, over_old(a, shorter), shorter
    cut = a[:-300]
    longer = changed(cut) + target(1, 2, short=212)
    assert len(longer) == len(a)
    yield "prefix-last-block-longer", "The last block gives only the bytes that A has of it.", cut, over_old(cut, longer), longer
    # By hand: the encoder makes no use of so short a prefix.
    few, text = a[:3], (a[:3] * BLOCK)[:2 * BLOCK]
    yield "prefix-of-three-bytes", "All of A is three bytes. The frame is one match, which begins there.", few, \
        one_frame(few, text, zstd_match(2 * BLOCK, 3)), text
    yield "prefix-empty", "All blocks of the frame were absent.", a, over_old(a, a + blocks("xy")), a + blocks("xy")
    yield "prefix-from-nothing", "A is empty.", b"", over_old(b"", blocks("xy", 7)), blocks("xy", 7)
    magic = b"\x37\xa4\x30\xec" + a[4:]
    yield "prefix-like-a-dictionary", "The prefix begins with the magic number of a dictionary of Zstandard.", magic, \
        over_old(magic, changed(magic)), changed(magic)
    large = a + blocks("m" * 60 + "." * 60) + target(9, 4)
    yield "prefix-two-frames", "Each frame has the prefix of its own blocks.", large, over_old(large, changed(large)), \
        changed(large)
    half = changed(large)[:FRAME] + large[FRAME:]
    yield "prefix-one-of-two-frames-in-place", "The first frame's blocks are new, the second one's are old.", half, \
        over_old(large, changed(large)), changed(large)
    moved = changed(a[:2 * BLOCK]) + a[2 * BLOCK:3 * BLOCK] + a[:2 * BLOCK]
    yield "prefix-copy-source-overwritten", "Blocks 3 and 4 are copies of blocks 0 and 1, which the frame overwrites.", a, \
        copying(a, moved, (0, 2, None), (3, 2, 0), how="prefix"), moved


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
    before, over = "13.1 before the first write", "13.6 content over old content"
    for make, rule, refused in (
        (plain_vectors, "13.2 writing", before), (copy_vectors, "13.3 copies", before),
        (shift_vectors, "13.3 copies", before), (prefix_vectors, over, over),
    ):
        for name, comment, base, file, result in make():
            expect = OK if result is not None else REFUSED
            text = f"expect: {expect}\nrule: {rule if result is not None else refused}\ncomment: {comment}\n"
            text += f"\nbase:\n{lines(base)}\nmessage:\n{lines(file)}"
            if result is not None:
                text += f"\nresult:\n{lines(result)}"
            (Path(folder) / f"{name}.vector").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
