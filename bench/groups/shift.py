"""dtfile --shift: content that the target has at any byte. Random bytes behind a few new ones, and a tar and its later self, beside rdiff and rsync; and an image, where
there is nothing to find."""

from __future__ import annotations

from lib import checks, files, inputs
from lib.bench import Bench, Group
from lib.contest import Contestant, Standing
from lib.process import Command, command
from lib.report import iec, mebibytes, seconds, table

SHIFT, PLAIN, APPLY = "dtfile --shift", "dtfile --remote", "dtfile apply"
RDIFF, PATCH, RSYNC = "rdiff", "rdiff patch", "rsync"
LARGE = "-b 256K -a xxh3"
NEW_BYTES = 1000
RANDOM = ("random.bin", "random-later.bin")
TAR = ("files.tar", "files-later.tar")
CHECKSUMS, UPDATE, SIGNATURE, DELTA, BATCH = "shift.ckf", "shift.dtf", "shift.sig", "shift.delta", "shift.batch"
TARGET, RESULT = "shift-target.bin", "shift-result.bin"  # in place, and of a program that writes a second file
BLOCK_SIZES = {SHIFT: [f"-b {512 << power}" for power in range(8)], RDIFF: [f"-b {512 << power}" for power in range(4)]}
BY_DEFAULT = ("", "-b 4096")
Cycles = dict[tuple[str, str], Standing]  # by what they ran on, and the options


def measure(bench: Bench) -> None:
    cycles: Cycles = {}
    measure_image(bench, cycles)
    bench.progress("making random content")
    inputs.write_random(RANDOM[0], bench.size)
    inputs.write_behind(RANDOM[1], RANDOM[0], NEW_BYTES)
    measure_random(bench, cycles)
    files.remove(*RANDOM)
    bench.progress("making the tars")
    bench.say(inputs.make_tars(*TAR, size=bench.size // 2, share=0.02))
    measure_tar(bench, cycles)
    files.remove(*TAR, CHECKSUMS, UPDATE, SIGNATURE, DELTA, BATCH, f"{BATCH}.sh")
    show_peaks(bench, cycles)


def measure_image(bench: Bench, cycles: Cycles) -> None:
    old, new = bench.pair.old, bench.pair.new
    bench.warm(old, new)
    shift, plain = f"{SHIFT}, image", f"{PLAIN}, image"
    standings = bench.compare([ours(shift, old, new), ours(plain, old, new, shift="")], yardstick=plain)
    bench.judge(f"{SHIFT} / {PLAIN}, image", bench.ratio(standings, shift, plain))
    run_cycle(bench, cycles, "the image", old, new)


def measure_random(bench: Bench, cycles: Cycles) -> None:
    old, new = RANDOM
    bench.warm(old, new)
    bench.say(f"{iec(bench.size)} of random bytes behind {NEW_BYTES:,} others:")
    large = f"{SHIFT}, {LARGE}"
    standings = bench.compare([ours(SHIFT, old, new), ours(large, old, new, LARGE), rdiff(RDIFF, old, new)], yardstick=RDIFF)
    bench.judge(f"{SHIFT} / {RDIFF}, random", bench.ratio(standings, SHIFT, RDIFF))
    size = size_of(standings.get(SHIFT))
    bench.judge(f"{SHIFT}, random, size KiB", float(size) if size else None)
    for step in (*our_steps(old, new), *rdiff_steps(old, new)):
        bench.make(step)
    bench.say("In place and durably, with all that makes it safe, beside a second file and a flush:")
    standings = bench.compare([our_apply(old, new), rdiff_patch(old, new)], yardstick=PATCH)
    bench.judge(f"{APPLY} / {PATCH}, random", bench.ratio(standings, APPLY, PATCH))
    files.remove(TARGET, RESULT)
    for options in ("", LARGE):
        run_cycle(bench, cycles, "random", old, new, options)


def measure_tar(bench: Bench, cycles: Cycles) -> None:
    """Each at the block size at which its file is the smallest."""
    old, new = TAR
    bench.warm(old, new)
    by_size: dict[str, dict[str, Standing]] = {SHIFT: {}, RDIFF: {}}
    for options in BLOCK_SIZES[SHIFT]:
        by_size[SHIFT][options] = run_cycle(bench, cycles, "tar", old, new, options)
    for contestant in bench.present([rdiff(f"{RDIFF} {options}, tar", old, new, f"{options} ") for options in BLOCK_SIZES[RDIFF]]):
        by_size[RDIFF][contestant.name[len(RDIFF) + 1 : -len(", tar")]] = bench.once(contestant)
    bench.say(sizes_table(by_size))
    ours_best, peers_best = smallest(by_size[SHIFT]), smallest(by_size[RDIFF])
    shift, peer = f"{SHIFT} {ours_best}, tar", f"{RDIFF} {peers_best}, tar"
    standings = bench.compare([ours(shift, old, new, ours_best), rdiff(peer, old, new, f"{peers_best} "), rsync(f"{RSYNC}, tar", old, new)], yardstick=peer)
    size, peers_size = size_of(standings.get(shift)), size_of(standings.get(peer))
    bench.judge(f"{SHIFT} / {RDIFF}, tar, size", size / peers_size if size and peers_size else None)
    bench.judge(f"{SHIFT} / {RDIFF}, tar", bench.ratio(standings, shift, peer))
    bench.judge(f"{SHIFT} / {RSYNC}, tar", bench.ratio(standings, shift, f"{RSYNC}, tar"))


def size_of(standing: Standing | None) -> int | None:
    return None if standing is None or standing.failure else standing.sizes.get("file")


def smallest(standings: dict[str, Standing]) -> str:
    """The options of the smallest file."""
    sizes = {options: size for options, standing in standings.items() if (size := size_of(standing))}
    return min(sizes, key=sizes.__getitem__, default="-b 4096")


def sizes_table(by_size: dict[str, dict[str, Standing]]) -> str:
    rows = []
    for name, standings in by_size.items():
        for options, standing in standings.items():
            # Without the third step of ours, which applies.
            wall = None if standing.failure else sum(step.wall for step in standing.rounds[0].steps[:2])
            rows.append([f"{name} {options}", mebibytes(standing.sizes.get("to the master")), mebibytes(size_of(standing)), standing.failure or seconds(wall)])
    return table(["the tar, by block size", "to the master MiB", "file MiB", "seconds, one run"], rows)


def our_steps(old: str, new: str, options: str = "", shift: str = "--shift") -> tuple[Command, ...]:
    return (
        command(f"ckfile {old} {shift} {options} -q -f -o {CHECKSUMS}"),
        command(f"dtfile {new} --remote {CHECKSUMS} {shift} -q -f -o {UPDATE}"),
    )


def ours(name: str, old: str, new: str, options: str = "", shift: str = "--shift") -> Contestant:
    def examine(path: str) -> None:
        checks.succeeds("dtfile", "apply", path, old, "--dry-run", "-q")  # every frame and every new hash is verified

    return Contestant(
        name, our_steps(old, new, options, shift), check=checks.all_the_same(UPDATE, examine), sizes={"to the master": (CHECKSUMS,), "file": (UPDATE,)}
    )


def our_apply(old: str, new: str) -> Contestant:
    def prepare() -> None:
        files.remove(RESULT)
        files.copy(old, TARGET)
        files.read_once(TARGET)

    return Contestant(APPLY, (command(f"dtfile apply {UPDATE} {TARGET} -q"),), prepare=prepare, check=checks.patched(TARGET, new))


def run_cycle(bench: Bench, cycles: Cycles, what: str, old: str, new: str, options: str = "") -> Standing:
    """All three steps once, for their peaks, and for what comes out."""

    def prepare() -> None:
        files.copy(old, TARGET)

    steps = (*our_steps(old, new, options), command(f"dtfile apply {UPDATE} {TARGET} -q"))
    sizes = {"to the master": (CHECKSUMS,), "file": (UPDATE,)}
    name = f"cycle with --shift: {what} {options}".rstrip()
    standing = bench.once(Contestant(name, steps, prepare=prepare, check=checks.patched(TARGET, new), sizes=sizes))
    files.remove(TARGET)
    cycles[what, options] = standing
    return standing


def show_peaks(bench: Bench, cycles: Cycles) -> None:
    peaks = {which: [usage.peak for usage in standing.rounds[0].steps] for which, standing in cycles.items() if not standing.failure}
    rows = [[f"{what} {options}".rstrip(), *map(mebibytes, found)] for (what, options), found in peaks.items()]
    bench.say(table(["peak MiB of one cycle", "ckfile --shift", SHIFT, APPLY], rows))
    by_default = [peak for (_, options), found in peaks.items() if options in BY_DEFAULT for peak in found if peak is not None]
    bench.judge("largest peak with --shift, MiB", max(by_default, default=None))


def rdiff_steps(old: str, new: str, options: str = "") -> tuple[Command, ...]:
    return command(f"rdiff -f {options}signature {old} {SIGNATURE}"), command(f"rdiff -f delta {SIGNATURE} {new} {DELTA}")


def rdiff(name: str, old: str, new: str, options: str = "") -> Contestant:
    def examine(path: str) -> None:
        checks.succeeds("rdiff", "-f", "patch", old, path, RESULT)
        checks.patched(RESULT, new)()
        files.remove(RESULT)

    return Contestant(
        name, rdiff_steps(old, new, options), check=checks.all_the_same(DELTA, examine), sizes={"to the master": (SIGNATURE,), "file": (DELTA,)}
    )


def rdiff_patch(old: str, new: str) -> Contestant:
    def prepare() -> None:
        files.remove(TARGET, RESULT)
        files.read_once(old)

    steps = (command(f"rdiff -f patch {old} {DELTA} {RESULT}"), command(f"sync {RESULT}"))
    return Contestant(PATCH, steps, prepare=prepare, check=checks.patched(RESULT, new))


def rsync(name: str, old: str, new: str) -> Contestant:
    """Not in place: so it may use all of the old file, at any time."""

    def examine(path: str) -> None:
        files.copy(old, RESULT)
        checks.succeeds("rsync", "--ignore-times", f"--read-batch={path}", RESULT)
        checks.patched(RESULT, new)()
        files.remove(RESULT)

    line = f"rsync --no-whole-file --ignore-times --checksum-seed=1 --only-write-batch={BATCH} {new} {old}"
    return Contestant(name, (command(line),), check=checks.all_the_same(BATCH, examine), sizes={"file": (BATCH,)})


GROUP = Group("shift", "Content that the target has at any byte, beside rdiff and rsync; and an image without such content, with and without looking for it.", measure)
