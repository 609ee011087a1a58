"""What is measured on: an image of a file system and its later self, or, without root, real files one after another. The same machine gives the same inputs, but for
the times of the files in the image, and where the kernel puts what is new."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

from . import files, report
from .files import BLOCK
from .workspace import Unusable, mounted, system

REAL_FILES = "/usr"
HEADER = 512  # a line with the name before each file, and zeros behind it up to the next multiple: much like tar


@dataclass(frozen=True)
class Pair:
    """Two versions of one image, and how they differ."""

    old: str
    new: str
    size: int
    runs: list[files.Run]
    description: str

    @property
    def data_blocks(self) -> int:
        return sum(run.count for run in self.runs if not run.zero)

    @property
    def zero_blocks(self) -> int:
        return sum(run.count for run in self.runs if run.zero)

    @property
    def differing_bytes(self) -> int:
        return (self.data_blocks + self.zero_blocks) * BLOCK


def make_pair(size: int, share: float, plain: bool) -> Pair:
    """Makes base.img and master.img in the current directory; plain ones need neither root nor mkfs."""
    description = None if plain else make_aged_image(size, share)
    if description is None:
        write_corpus("base.img", size)
        files.copy("base.img", "master.img")
        rewrite("master.img", share)
        description = f"real files of {REAL_FILES} one after another, then pieces of 4 to 256 KiB rewritten"
    return describe("base.img", "master.img", description)


def describe(old: str, new: str, description: str) -> Pair:
    runs = files.differing(old, new)
    files.write_extents("forth.json", runs, files.size_of(new))
    os.sync()
    return Pair(old, new, files.size_of(old), runs, description)


def make_aged_image(size: int, share: float) -> str | None:
    """An ext4 image full of real files, and a copy that was mounted and worked with. None where this cannot be done here."""
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("mkfs.ext4", "mount", "umount")):
        return None
    try:
        make_file_system("base.img", size)
        with mounted("base.img") as point:
            others = fill(point, size * 7 // 10)
        files.copy("base.img", "sparse.img")
        os.replace("sparse.img", "base.img")
        files.copy("base.img", "master.img")
        with mounted("master.img") as point:
            age(point, others, int(size * share))
    except Unusable:
        return None  # an image that cannot be made or mounted in this container, say
    return f"ext4 with files of {REAL_FILES}, then mounted: files deleted, added, appended to and rewritten in places"


def make_file_system(path: str, size: int) -> None:
    with open(path, "wb") as file:
        file.truncate(size)
    identity = "6d0c8b5c-62b8-4b4e-9d3e-20b1a5e1c0de"
    ready = f"lazy_itable_init=0,lazy_journal_init=0,hash_seed={identity}"  # or the kernel goes on with them in the background
    system("mkfs.ext4", "-q", "-F", "-b", str(BLOCK), "-U", identity, "-E", ready, path)


def fill(point: str, room: int) -> list[str]:
    """Copies real files with their directories into a mounted image, until they take so much of it. Gives some that did not go in."""
    others: list[str] = []
    for path, length in real_files(REAL_FILES, room * 2):
        taken = -(-length // BLOCK) * BLOCK
        if taken > room:
            others.append(path)
            continue
        room -= taken
        copied = point + path
        os.makedirs(os.path.dirname(copied), exist_ok=True)
        shutil.copyfile(path, copied)
    return others


def age(point: str, others: list[str], budget: int) -> None:
    """Lives in a mounted image until so many bytes are new: deletes, adds, appends, rewrites. What is new comes from files that the image does not hold."""
    chance = random.Random(20)
    inside = [path for path, _ in real_files(point)]
    news = contents(others or inside, chance)
    while budget > 0 and inside:
        path = inside[chance.randrange(len(inside))]
        deed = chance.random()
        if deed < 0.25:
            os.unlink(path)
            inside.remove(path)
        elif deed < 0.55:
            budget -= write_at(os.path.join(os.path.dirname(path), f"added-{budget}"), 0, next(news)[: 1 << chance.randrange(12, 22)])
        elif deed < 0.8:
            budget -= write_at(path, os.path.getsize(path), next(news)[: chance.randrange(1 << 10, 1 << 17)])
        else:
            within = chance.randrange(os.path.getsize(path)) // BLOCK * BLOCK
            budget -= write_at(path, within, next(news)[: BLOCK * chance.randrange(1, 33)])


def write_at(path: str, offset: int, data: bytes) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        return os.pwrite(descriptor, data, offset)
    finally:
        os.close(descriptor)


def contents(paths: list[str], chance: random.Random) -> Iterator[bytes]:
    """Contents of files taken at random, up to 4 MiB of each."""
    while True:
        with open(paths[chance.randrange(len(paths))], "rb") as file:
            yield file.read(1 << 22)


def real_files(top: str, enough: int | None = None) -> Iterator[tuple[str, int]]:
    """Readable regular files below a directory with their sizes, none empty, always in the same order, until there are enough bytes."""
    for directory, names, entries in os.walk(top):
        names[:] = sorted(names)
        for name in sorted(entries):
            path = os.path.join(directory, name)
            if os.path.islink(path) or not os.path.isfile(path) or not os.access(path, os.R_OK):
                continue
            size = os.path.getsize(path)
            if size == 0:
                continue
            yield path, size
            if enough is not None:
                enough -= size
                if enough <= 0:
                    return


def write_corpus(path: str, size: int) -> None:
    """Real files one after another, from the first again when they do not suffice."""
    with open(path, "wb") as output:
        while output.tell() < size:
            before = output.tell()
            for name, length in real_files(REAL_FILES, size - before):
                output.write(f"{name} {length}\n".encode().ljust(HEADER, b"\0"))
                with open(name, "rb") as file:
                    shutil.copyfileobj(file, output, 1 << 20)
                output.write(bytes(-output.tell() % HEADER))
            if output.tell() == before:
                raise Unusable(f"{REAL_FILES} has no files to make an input of")
        output.truncate(size)


def rewrite(path: str, share: float) -> None:
    """Rewrites a share of the blocks of a file: pieces of 1 to 64 blocks, scattered over all of it, each block now surely another one; every block where the share is 1.
    What is written comes from elsewhere in the same file, so that it looks and compresses like the rest."""
    chance = random.Random(20)
    with open(path, "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        for offset, length in pieces(size, share, chance):
            content = bytearray(os.pread(file.fileno(), length, max(0, (offset + size // 2) % size - length)).ljust(length, b"\1"))
            for at in range(0, length, BLOCK):
                mark = ((offset + at) // BLOCK + 1).to_bytes(8, "little")
                old = os.pread(file.fileno(), 8, offset + at)
                content[at : at + 8] = bytes(a ^ b for a, b in zip(mark, old))[: length - at]
            os.pwrite(file.fileno(), content, offset)


def pieces(size: int, share: float, chance: random.Random) -> Iterator[tuple[int, int]]:
    """Offsets and lengths of pieces that make up a share of a file, one in each of equal stretches of it."""
    longest = 64
    mean = (1 + longest) / 2
    stretch = max(int(mean / share), 1) * BLOCK
    for begin in range(0, size, stretch):
        room = min(stretch, size - begin)
        if share >= 1:
            yield begin, room
            continue
        length = min(chance.randint(1, longest) * BLOCK, room)
        yield begin + chance.randint(0, (room - length) // BLOCK) * BLOCK, length


def write_sparse(path: str, dense: str, size: int, piece: int = 1 << 20) -> None:
    """Spreads the bytes of a dense file over a sparse one of another size: pieces in their order, each somewhere in its part of the file."""
    chance = random.Random(20)
    count = -(-files.size_of(dense) // piece)
    stretch = size // count // BLOCK * BLOCK
    with open(dense, "rb", buffering=0) as reader, open(path, "wb", buffering=0) as writer:
        writer.truncate(size)
        for number in range(count):
            offset = number * stretch + chance.randint(0, (stretch - piece) // BLOCK) * BLOCK
            os.pwrite(writer.fileno(), os.pread(reader.fileno(), piece, number * piece), offset)


def write_random(path: str, size: int) -> None:
    """Bytes without any pattern, the same ones each time."""
    chance = random.Random(size)
    with open(path, "wb") as file:
        for _ in range(size >> 20):
            file.write(chance.randbytes(1 << 20))


def write_behind(path: str, source: str, length: int) -> None:
    """A file behind some random bytes: everything in it has moved by so many."""
    with open(source, "rb") as reader, open(path, "wb") as writer:
        writer.write(random.Random(length).randbytes(length))
        shutil.copyfileobj(reader, writer, 1 << 20)
    os.sync()


def make_tars(old: str, new: str, size: int, share: float) -> str:
    """A tar of real files, of this size at most, and its later self. This share of the files is another: a third of them removed, a third added, and a third with a piece
    cut out, put in or replaced somewhere. The same machine gives the same tars. Says what was done."""
    chance = random.Random(11)
    counts = {"kept": 0, "removed": 0, "added": 0, "changed": 0}
    with tarfile.open(old, "w", format=tarfile.GNU_FORMAT) as before, tarfile.open(new, "w", format=tarfile.GNU_FORMAT) as after:
        for path in files_that_fit(size):
            with open(path, "rb") as file:
                content = file.read()
            deed = chance.choice(("removed", "added", "changed")) if content and chance.random() < share else "kept"
            counts[deed] += 1
            if deed != "added":
                add_to_tar(before, path, content, 0)
            if deed == "changed":
                add_to_tar(after, path, edited(content, chance), 1)
            elif deed != "removed":
                add_to_tar(after, path, content, 0)
    os.sync()
    return (
        f"Tars of files of {REAL_FILES}, {report.iec(files.size_of(old))} and later {report.iec(files.size_of(new))}: {counts['removed']:,} files removed,"
        f" {counts['added']:,} added, {counts['changed']:,} with a piece of up to 4 KiB cut out, put in or replaced, {counts['kept']:,} as they were."
    )


def files_that_fit(room: int) -> Iterator[str]:
    """Real files whose tar is no larger than this, but for its end. A large file that does not fit is left out, and smaller ones behind it are taken."""
    for path, length in real_files(REAL_FILES):
        taken = tarfile.BLOCKSIZE + -(-length // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        if taken <= room:
            room -= taken
            yield path


def edited(content: bytes, chance: random.Random) -> bytes:
    """A piece cut out, put in or replaced."""
    at = chance.randrange(len(content))
    cut, put = chance.choice(((1, 0), (0, 1), (1, 1)))
    length = chance.randint(1, 4096)
    return content[:at] + chance.randbytes(length * put) + content[at + length * cut :]


def add_to_tar(tar: tarfile.TarFile, path: str, content: bytes, time: int) -> None:
    """With the same owner and mode for all: what is looked at are the contents."""
    info = tarfile.TarInfo(path.lstrip("/"))
    info.size = len(content)
    info.mtime = time
    tar.addfile(info, io.BytesIO(content))


def make_databases(old: str, new: str, size: int, share: float) -> None:
    """An SQLite file of about this size, with an index beside its rows, and its later self: so many of its rows updated, inserted and deleted. Always the same."""
    files.remove(old, new)
    chance = random.Random(7)
    words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 11))).decode() for _ in range(4000)]

    def row() -> tuple[str, int, str]:
        return (f"{chance.choice(words)} {chance.choice(words)}", chance.randrange(1 << 40), " ".join(chance.choices(words, k=chance.randint(5, 90))))

    with contextlib.closing(sqlite3.connect(old)) as base:
        base.executescript("pragma journal_mode = off; pragma synchronous = off; create table rows (id integer primary key, name text, number int, note text);")
        while os.path.getsize(old) < size:
            base.executemany("insert into rows (name, number, note) values (?, ?, ?)", (row() for _ in range(20_000)))
            base.commit()
        base.execute("create index by_name on rows (name)")
        base.commit()
        (count,) = base.execute("select count(*) from rows").fetchone()
    files.copy(old, new)
    changed = chance.sample(range(1, count + 1), int(count * share))
    third = len(changed) // 3
    with contextlib.closing(sqlite3.connect(new)) as later:
        later.executescript("pragma journal_mode = off; pragma synchronous = off;")
        later.executemany("update rows set number = ? where id = ?", ((chance.randrange(1 << 40), key) for key in changed[:third]))
        later.executemany("delete from rows where id = ?", ((key,) for key in changed[third : 2 * third]))
        later.executemany("insert into rows (name, number, note) values (?, ?, ?)", (row() for _ in range(third)))
        later.commit()
    os.sync()
