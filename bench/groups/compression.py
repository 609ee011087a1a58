"""What compression buys: sizes of the data file at each level, with and without repeats, beside the same bytes in lz4 and zstd; and what it costs."""

from lib import checks, files
from lib.bench import Bench, Group
from lib.contest import Contestant, Standing
from lib.process import command

from .collect import GATHER, gathering

LEVELS = ("none", "lz4", "lz4:3", "lz4:9", "lz4:12", "zstd:1", "zstd:2", "zstd:3", "zstd:6", "zstd:9", "zstd:12", "zstd:19", "brotli:1", "brotli:5", "brotli:9", "brotli:11")
FAST = "lz4 -1"
PEERS = (FAST, "lz4 -9", "zstd -3", "zstd -9", "zstd -19")
NO_REPEATS = " --no-repeats"


def measure(bench: Bench) -> None:
    bench.need("forth.dtr")
    bench.warm(bench.pair.old, bench.pair.new)
    raw = gathering(bench)
    # The raw bytes first: lz4 and zstd read them.
    standings = bench.compare([raw, *map(peer, PEERS), *(level(bench, codec, option) for option in ("", NO_REPEATS) for codec in LEVELS)], yardstick=FAST)
    size = {name: standing.sizes["file"] for name, standing in standings.items() if standing.sizes and not standing.failure}
    if GATHER in size:
        bench.say(
            "| what | of the raw bytes | time / lz4 -1 |\n| --- | --- | --- |\n"
            + "\n".join(f"| {name} | {size[name] / size[GATHER]:.3f} | {ratio(bench, standings, name)} |" for name in size)
        )
        for codec in ("lz4", "lz4" + NO_REPEATS):
            bench.judge(f"dtfile -c {codec} / raw, size", size[f"dtfile -c {codec}"] / size[GATHER])
    if "zstd -3" in size:
        for codec in ("brotli:5", "zstd:3"):
            bench.judge(f"dtfile -c {codec} / zstd -3, size", size[f"dtfile -c {codec}"] / size["zstd -3"])
    files.remove("raw.bin", *map(output_of, PEERS), *(output_of(codec + option) for option in ("", NO_REPEATS) for codec in LEVELS))


def ratio(bench: Bench, standings: dict[str, Standing], name: str) -> str:
    found = bench.ratio(standings, name, FAST)
    return "" if found is None else f"{found:.2f}"


def output_of(name: str) -> str:
    return "compressed." + "".join(letter if letter.isalnum() else "-" for letter in name)


def peer(name: str) -> Contestant:
    target = output_of(name)
    line = f"{name} -f -q raw.bin -o {target}" if name.startswith("zstd") else f"{name} -f -q raw.bin {target}"
    return Contestant(name, (command(line),), check=checks.all_the_same(target), sizes={"file": (target,)})


def level(bench: Bench, codec: str, option: str) -> Contestant:
    target = output_of(codec + option)

    def examine(path: str) -> None:
        checks.succeeds("dtfile", "apply", path, bench.pair.old, "--dry-run", "-q")  # every frame and every new hash is verified

    return Contestant(
        f"dtfile -c {codec}{option}",
        (command(f"dtfile {bench.pair.new} -r forth.dtr -c {codec}{option} -q -f -o {target}"),),
        check=checks.all_the_same(target, examine),
        sizes={"file": (target,)},
    )


GROUP = Group("compression", "The differing blocks at every level, beside the same bytes in lz4 and zstd.", measure)
