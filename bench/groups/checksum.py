"""ckfile against programs that read and hash the same image."""

from lib import checks, files
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command

from . import blocksync

DIGEST = "blocksync-fast --make-digest"
DIGEST_MMAP = f"{DIGEST} --mmap"


def measure(bench: Bench) -> None:
    image = bench.pair.old
    bench.warm(image)
    standings = bench.compare([*ours(image), *peers(image)], yardstick="xxhsum -H2")
    bench.judge("ckfile / xxhsum -H2", bench.ratio(standings, "ckfile", "xxhsum -H2"))
    bench.judge("ckfile / ckfile --version", bench.ratio(standings, "ckfile", "ckfile --version"))
    bench.judge("ckfile / blocksync-fast", bench.ratio(standings, "ckfile", DIGEST, DIGEST_MMAP))
    for name in ("ckfile", "ckfile -t 1"):
        bench.judge(f"{name} / xxhsum -H2, processor time", bench.processor_ratio(standings, name, "xxhsum -H2"))
        bench.judge(f"{name} / blocksync-fast, processor time", bench.processor_ratio(standings, name, DIGEST, DIGEST_MMAP))
    bench.judge("ckfile -a sha256 / openssl", bench.ratio(standings, "ckfile -a sha256", "openssl dgst -sha256"))


def ours(image: str) -> list[Contestant]:
    def examine(path: str) -> None:
        checks.succeeds("ckfile", "check", image, path)

    def examine_sha256(path: str) -> None:
        checks.has_sha256_of(image, path)

    whole = checks.AlwaysTheSame(examine)  # the bytes do not depend on the number of threads
    return [
        Contestant(
            "ckfile", (command(f"ckfile {image} -q -f -o image.ckf"),), check=lambda: whole("image.ckf"), sizes={"file": ("image.ckf",)}, quick=True
        ),
        Contestant(
            "ckfile -t 1", (command(f"ckfile {image} -t 1 -q -f -o single.ckf"),), check=lambda: whole("single.ckf"), sizes={"file": ("single.ckf",)}
        ),
        Contestant(
            "ckfile -a xxh3",
            (command(f"ckfile {image} -a xxh3 -q -f -o xxh3.ckf"),),
            check=checks.all_the_same("xxh3.ckf", examine),
            sizes={"file": ("xxh3.ckf",)},
        ),
        Contestant(
            "ckfile -a sha256",
            (command(f"ckfile {image} -a sha256 -q -f -o sha256.ckf"),),
            check=checks.all_the_same("sha256.ckf", examine_sha256),
            sizes={"file": ("sha256.ckf",)},
        ),
        Contestant("ckfile --version", (command("ckfile --version"),), quick=True),
    ]


def peers(image: str) -> list[Contestant]:
    expected: list[str] = []

    def sha256_is_right() -> None:
        if not expected:
            expected.append(checks.sha256_of(image))
        checks.contains(expected[0])

    return [
        Contestant("xxhsum -H2", (command(f"xxhsum -H2 {image}", captured=True),), check=checks.all_the_same(), quick=True),
        Contestant("openssl dgst -sha256", (command(f"openssl dgst -sha256 {image}", captured=True),), check=sha256_is_right),
        Contestant("sha256sum", (command(f"sha256sum {image}", captured=True),), check=sha256_is_right),
        Contestant("b3sum", (command(f"b3sum --num-threads 2 {image}", captured=True),), check=checks.all_the_same()),
        Contestant("b3sum --no-mmap", (command(f"b3sum --no-mmap {image}", captured=True),), check=checks.all_the_same()),
        Contestant("dd", (command(f"dd if={image} of=/dev/null bs=1M"),), quick=True),
        Contestant("cat", (command(f"cat {image}"),)),
        blocksync_fast(image, DIGEST),
        blocksync_fast(image, DIGEST_MMAP, "--mmap"),
        Contestant(
            "rdiff signature", (command(f"rdiff -f -b 4096 signature {image} image.sig"),), check=checks.all_the_same("image.sig"), sizes={"file": ("image.sig",)}
        ),
        Contestant(
            "rdiff signature, md4",
            (command(f"rdiff -f -b 4096 -H md4 -R rollsum signature {image} md4.sig"),),
            check=checks.all_the_same("md4.sig"),
            sizes={"file": ("md4.sig",)},
        ),
    ]


def blocksync_fast(image: str, name: str, *options: str) -> Contestant:
    output = "image.digest"
    return Contestant(
        name,
        (blocksync.make_digest(image, output, *options),),
        prepare=lambda: files.remove(output),
        check=checks.all_the_same(output, header=blocksync.HEADER),
        sizes={"file": (output,)},
    )


GROUP = Group("checksum", "Checksums of an image in the page cache.", measure, quick=True)
