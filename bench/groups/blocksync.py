"""The command lines of blocksync-fast: a digest of the old image, a delta of the new one, the delta applied. Its own default hash has 32 bits; this is the one it is
compared with. It brings a digest that is there already up to date, so each run begins without one. With --mmap it is faster on some machines."""

from lib.process import Command, command

NAME = "blocksync-fast"
HASH = "-b 4096 -a XXH128"
HEADER = 512  # of both files, with the time


def make_digest(image: str, digest: str, *options: str) -> Command:
    return command(f"{NAME} --silent --make-digest -s {image} -f {digest} {HASH} {' '.join(options)}")


def make_delta(image: str, digest: str, delta: str, *options: str) -> Command:
    return command(f"{NAME} --silent --make-delta -s {image} -f {digest} -D {delta} {HASH} --dont-write-digest {' '.join(options)}")


def apply_delta(target: str, delta: str) -> tuple[Command, Command]:
    """Both commands together make it durable. Without --no-compare it reads what it is going to overwrite."""
    return command(f"{NAME} --silent --apply-delta -d {target} -D {delta} --no-compare"), command(f"sync {target}")
