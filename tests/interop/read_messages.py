#!/usr/bin/python3
"""Reads BinarySync messages by docs/Format.md alone, and says what is in them, one line of JSON a file.

read_messages.py FILE...                           "-" is standard input
read_messages.py --apply BASE FILE.dtf OUT         OUT becomes BASE with the data file applied
read_messages.py --checksum FILE --block-size N --hash NAME --out X.ckf [--range FIRST-LAST]...
read_messages.py --compare A.ckf B.ckf --out X.dtr

`operations` are [first, count, new kind, old kind]; neighbours of equal kinds are one, wherever groups or copies end.
Where frames of Brotli or Zstandard could not be decoded, `content` counts them under `not_decoded` and has no hash.
Frames over old content are decoded only to be applied; it counts them under `over_old_content`, and has no hash either.

Exit codes: 0 fine, 2 wrong use or a file that cannot be opened, 3 a message was refused, 4 things do not belong
together.
"""

import argparse
import json
import os
import sys
from contextlib import contextmanager

from messages.apply import apply
from messages.checksum_file import write_checksum_file
from messages.compare import write_data_request
from messages.errors import MessageError, Mismatch
from messages.hashes import HASHES
from messages.header import MAX_BLOCK, MIN_BLOCK
from messages.message import read_message

FINE, USAGE, REFUSED, MISMATCH = 0, 2, 3, 4


def say(values):
    print(json.dumps(values, sort_keys=True))


def refusal(name, error):
    return {"file": name, "error": str(error), "offset": error.offset}


def read(names):
    code = FINE
    for name in names:
        try:
            if name == "-":
                message = read_message(sys.stdin.buffer)
            else:
                with open(name, "rb") as stream:
                    message = read_message(stream)
            say({"file": name, **message.summary()})
        except MessageError as error:
            say(refusal(name, error))
            code = REFUSED
    return code


def block_range(text):
    """FIRST-LAST, both in it; FIRST- is to the end."""
    first, dash, last = text.partition("-")
    if not dash or not first.isdecimal() or last and not last.isdecimal() or last and int(last) < int(first):
        raise argparse.ArgumentTypeError(f"{text!r} is not FIRST-LAST")
    return int(first), int(last) - int(first) + 1 if last else None


@contextmanager
def made(path, *sources):
    """A new file, which does not stay if its making fails: what is half done looks like something that is done."""
    if any(os.path.exists(path) and os.path.samefile(path, source) for source in sources):
        raise FileExistsError(f"{path} is what is read")
    with open(path, "w+b") as out:
        try:
            yield out
        except (MessageError, Mismatch):
            os.remove(path)
            raise


def block_size(text):
    value = int(text)
    if not MIN_BLOCK <= value <= MAX_BLOCK or value & value - 1:
        raise argparse.ArgumentTypeError(f"{text} is not a power of two from {MIN_BLOCK} to {MAX_BLOCK}")
    return value


def checksum(arguments):
    with open(arguments.checksum, "rb") as source, made(arguments.out, arguments.checksum) as out:
        write_checksum_file(
            source, out, arguments.block_size, arguments.hash, arguments.range, shift=arguments.shift)


def compare(arguments):
    first, second = arguments.compare
    with open(first, "rb") as a, open(second, "rb") as b, made(arguments.out, first, second) as out:
        write_data_request(a, b, out)


def patch(arguments):
    base, message, path = arguments.apply
    with made(path, base, message) as out:
        apply(base, message, out)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    work = parser.add_mutually_exclusive_group()
    work.add_argument("--apply", nargs=3, metavar=("BASE", "FILE.dtf", "OUT"))
    work.add_argument("--checksum", metavar="FILE")
    work.add_argument("--compare", nargs=2, metavar=("A.ckf", "B.ckf"))
    parser.add_argument("--block-size", type=block_size, default=4096)
    parser.add_argument("--hash", choices=sorted(HASHES), default="xxh128")
    parser.add_argument("--range", type=block_range, action="append", metavar="FIRST-LAST")
    parser.add_argument("--shift", action="store_true")
    parser.add_argument("--out", metavar="FILE")
    arguments = parser.parse_args()
    if bool(arguments.files) == bool(arguments.apply or arguments.checksum or arguments.compare):
        parser.error("either files to read, or one of --apply, --checksum, --compare")
    if (arguments.checksum or arguments.compare) and not arguments.out:
        parser.error("--out is missing")
    return arguments


def main():
    arguments = parse()
    if arguments.files:
        return read(arguments.files)
    if arguments.apply:
        work, name = patch, arguments.apply[1]
    elif arguments.checksum:
        work, name = checksum, arguments.checksum
    else:
        work, name = compare, arguments.compare[0]
    try:
        work(arguments)
        return FINE
    except MessageError as error:
        say(refusal(name, error))
        return REFUSED
    except Mismatch as error:
        say({"file": name, "error": str(error), "offset": None})
        return MISMATCH


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        print(f"read_messages: error: {error}", file=sys.stderr)
        sys.exit(USAGE)
