"""ckfile on a block device, against the file behind it."""

import os

from lib import checks
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command
from lib.report import ratio
from lib.workspace import loop_device


def measure(bench: Bench) -> None:
    image = bench.pair.old
    bench.warm(image)
    with loop_device(os.path.abspath(image)) as device:
        compare(bench, image, device)


def compare(bench: Bench, image: str, device: str) -> None:
    same = checks.AlwaysTheSame()  # a device and a file of the same content have the same checksum file
    standings = bench.compare(
        [
            Contestant("ckfile, file", (command(f"ckfile {image} -q -f -o file.ckf"),), check=lambda: same("file.ckf")),
            Contestant("ckfile, loop", (command(f"ckfile {device} -q -f -o loop.ckf"),), check=lambda: same("loop.ckf")),
            Contestant("dd, file", (command(f"dd if={image} of=/dev/null bs=1M"),)),
            Contestant("dd, loop", (command(f"dd if={device} of=/dev/null bs=1M"),)),
        ],
        yardstick="dd, file",
    )
    pairs = (("ckfile, file", "dd, file"), ("ckfile, loop", "dd, loop"), ("ckfile, loop", "ckfile, file"), ("dd, loop", "dd, file"))
    bench.say("\n".join(f"- {one} / {other}: {ratio(bench.ratio(standings, one, other))}" for one, other in pairs))
    ours, theirs = bench.ratio(standings, "ckfile, loop", "ckfile, file"), bench.ratio(standings, "dd, loop", "dd, file")
    bench.judge("ckfile, loop / file, over dd, loop / file", ours / theirs if ours and theirs else None)


GROUP = Group("loop", "Checksums of a loop device over the image, in the page cache.", measure, needs_root=True)
