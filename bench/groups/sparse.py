"""ckfile on a file that is mostly holes, against the same bytes without them."""

from lib import checks, files, inputs
from lib.bench import Bench, Group
from lib.contest import Contestant
from lib.process import command
from lib.report import iec

DENSE, SPARSE = "dense.img", "sparse.img"


def measure(bench: Bench) -> None:
    data = bench.size // 4
    inputs.write_corpus(DENSE, data)
    inputs.write_sparse(SPARSE, DENSE, bench.size * 16)
    bench.say(f"{SPARSE} has {iec(bench.size * 16)}, in it {iec(data)} of data in pieces of 1 MiB; {DENSE} has the same bytes in one piece.")
    bench.warm(DENSE)
    bench.make(command(f"ckfile {SPARSE} -q -f -o sparse.ckf"))  # brings its data into the cache, and no holes
    standings = bench.compare([contestant(SPARSE, "sparse.ckf"), contestant(DENSE, "dense.ckf")], yardstick=DENSE)
    bench.judge("ckfile, sparse / dense", bench.ratio(standings, SPARSE, DENSE))
    files.remove(DENSE, SPARSE, "sparse.ckf", "dense.ckf")


def contestant(image: str, output: str) -> Contestant:
    def examine(path: str) -> None:
        checks.succeeds("ckfile", "check", image, path)

    return Contestant(image, (command(f"ckfile {image} -q -f -o {output}"),), check=checks.all_the_same(output, examine), sizes={"file": (output,)})


GROUP = Group("sparse", "Checksums of a sparse file in the page cache.", measure)
