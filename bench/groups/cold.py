"""ckfile where nothing is in the page cache: how well it keeps the disk busy."""

from lib import checks
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command


def measure(bench: Bench) -> None:
    image = bench.pair.old
    standings = bench.compare(
        [
            Contestant("ckfile", (command(f"ckfile {image} -q -f -o cold.ckf"),), prepare=drop_caches, check=checks.all_the_same("cold.ckf")),
            Contestant("dd", (command(f"dd if={image} of=/dev/null bs=1M"),), prepare=drop_caches),
        ],
        yardstick="dd",
    )
    bench.judge("ckfile / dd, nothing cached", bench.ratio(standings, "ckfile", "dd"))


def drop_caches() -> None:
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
        file.write("3")


GROUP = Group("cold", "Checksums of an image on the disk; all caches are dropped before each run.", measure, needs_root=True)
