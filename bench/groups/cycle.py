"""The whole way from two images to two equal ones, by each program's own steps, and what travels between the two sides."""

from __future__ import annotations

from lib import checks, files
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import Command, command

from . import blocksync
from .apply import TARGET, Target

OURS, STEPS, RDIFF, BDSYNC = "BinarySync", "BinarySync, with a request", "rdiff", "bdsync"
RESULT = "result.img"  # of programs that write a second file
TO_MASTER, TO_REMOTE = "to the master", "to the remote"


def measure(bench: Bench) -> None:
    pair = bench.pair
    bench.need("forth.dtf")
    target = Target(pair)
    bench.warm(pair.old, pair.new)
    contestants = [ours(target), with_request(target), rdiff(target), blocksync_fast(target), bdsync(target), rsync(target), xdelta(target)]
    standings = bench.compare(contestants, yardstick=OURS)
    bench.say(
        "rdiff and xdelta3 write a second image, and flush nothing. rsync, bdsync and xdelta3 have both sides at hand:"
        " what they send to the master is a conversation, or the whole image."
    )
    for peer in (blocksync.NAME, RDIFF, BDSYNC):
        bench.judge(f"cycle / {peer}", bench.ratio(standings, OURS, peer))
    files.remove(TARGET, RESULT, "old.sig", "new.delta", "old.digest", "new.bdsync", "batch", "batch.sh", "new.vcdiff")


def in_place(name: str, target: Target, steps: list[Command], sizes: dict[str, tuple[str, ...]]) -> Contestant:
    def prepare() -> None:
        warm(target)
        target.restore()

    return Contestant(name, tuple(steps), prepare=prepare, check=target.is_new, sizes=sizes)


def warm(target: Target) -> None:
    """Before every run: bdsync takes out of the page cache what it has read."""
    files.read_once(target.pair.old)
    files.read_once(target.pair.new)


def beside(name: str, target: Target, steps: list[Command], sizes: dict[str, tuple[str, ...]]) -> Contestant:
    def prepare() -> None:
        warm(target)
        files.remove(RESULT)

    return Contestant(name, tuple(steps), prepare=prepare, check=checks.patched(RESULT, target.pair.new), sizes=sizes)


def ours(target: Target) -> Contestant:
    """By three commands, the way that the documents begin with."""
    steps = [
        command(f"ckfile {TARGET} -q -f -o remote.ckf"),
        command(f"dtfile {target.pair.new} --remote remote.ckf -q -f -o update.dtf"),
        command(f"dtfile apply update.dtf {TARGET} -q"),
    ]
    return in_place(OURS, target, steps, {TO_MASTER: ("remote.ckf",), TO_REMOTE: ("update.dtf",)})


def with_request(target: Target) -> Contestant:
    """By five: the master has a checksum file of its own, and reads no more of itself than what is asked for."""
    new = target.pair.new
    steps = [
        command(f"ckfile {TARGET} -q -f -o remote.ckf"),
        command(f"ckfile {new} -q -f -o update.ckf"),
        command("dtreq --remote remote.ckf --master update.ckf -q -f -o update.dtr"),
        command(f"dtfile {new} -r update.dtr -q -f -o update.dtf"),
        command(f"dtfile apply update.dtf {TARGET} -q"),
    ]
    return in_place(STEPS, target, steps, {TO_MASTER: ("remote.ckf",), TO_REMOTE: ("update.dtf",)})


def rdiff(target: Target) -> Contestant:
    old, new = target.pair.old, target.pair.new
    steps = [
        command(f"rdiff -f -b 4096 signature {old} old.sig"),
        command(f"rdiff -f delta old.sig {new} new.delta"),
        command(f"rdiff -f patch {old} new.delta {RESULT}"),
    ]
    return beside(RDIFF, target, steps, {TO_MASTER: ("old.sig",), TO_REMOTE: ("new.delta",)})


def blocksync_fast(target: Target) -> Contestant:
    digest, delta = "old.digest", "new.delta"
    steps = (blocksync.make_digest(TARGET, digest), blocksync.make_delta(target.pair.new, digest, delta), *blocksync.apply_delta(TARGET, delta))

    def prepare() -> None:
        warm(target)
        files.remove(digest, delta)
        target.restore()

    return Contestant(blocksync.NAME, steps, prepare=prepare, check=target.is_new, sizes={TO_MASTER: (digest,), TO_REMOTE: (delta,)})


def bdsync(target: Target) -> Contestant:
    fastest = ("--blocksize=4096", "--hash=sha1", "--twopass")
    make = Command(("bdsync", *fastest, "bdsync --server", target.pair.new, TARGET), stdout="new.bdsync")
    steps = [make, command(f"bdsync --patch={TARGET}", stdin="new.bdsync"), command(f"sync {TARGET}")]
    return in_place(BDSYNC, target, steps, {TO_REMOTE: ("new.bdsync",)})


def rsync(target: Target) -> Contestant:
    steps = [
        command(f"rsync --inplace --no-whole-file --ignore-times --only-write-batch=batch {target.pair.new} {TARGET}"),
        command(f"rsync --inplace --ignore-times --read-batch=batch {TARGET}"),
        command(f"sync {TARGET}"),
    ]
    return in_place("rsync, by a batch", target, steps, {TO_REMOTE: ("batch",)})


def xdelta(target: Target) -> Contestant:
    """Without its second compression, which takes more time than it saves; its usual window is enough, because what is equal stands where it stood."""
    old, new = target.pair.old, target.pair.new
    steps = [command(f"xdelta3 -e -1 -S none -f -s {old} {new} new.vcdiff"), command(f"xdelta3 -d -f -s {old} new.vcdiff {RESULT}")]
    return beside("xdelta3", target, steps, {TO_MASTER: (old,), TO_REMOTE: ("new.vcdiff",)})


GROUP = Group("cycle", "The whole cycle.", measure)
