#!/usr/bin/env python3
"""Builds the programs of release 1.0.0 and lets them read what today's programs write, and the other way round.

eng/test-older.py       needs the history of the repository and the .NET SDK; takes some minutes

- Every vector that 1.0.0 came with is accepted by both, or refused today.
- Every vector of version 1.1 is refused by 1.0.0 with exit 3, as something that needs a newer program, and the key or value is named.
- A checksum file with rolling sums, which a reader of 1.0 may skip, is to 1.0.0 one without.
- What today's programs write as 1.0, the ones of 1.0.0 read and apply; and today's read and apply theirs.

Exits with 0 only if nothing failed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
RELEASE = "3f0f90b9f4e19ef310b096a3241c5de77b1c6423"  # "Freeze version 1.0 of the format with release 1.0.0"
TOOLS = ("ckreq", "ckfile", "dtreq", "dtfile")
TOOL_OF = {"ckr": "ckreq", "ckf": "ckfile", "dtr": "dtreq", "dtf": "dtfile"}
ENVIRONMENT = os.environ | {
    "LC_ALL": "C.UTF-8", "DOTNET_CLI_UI_LANGUAGE": "en", "MSBUILDTERMINALLOGGER": "off", "DOTNET_NOLOGO": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
}

failed = 0


def say(name: str, fault: str | None) -> None:
    global failed
    if fault is None:
        print(f"ok       {name}")
    else:
        print(f"FAILED   {name}\n{fault}")
        failed += 1


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, errors="replace")


def demand(*command: str | Path, cwd: Path | None = None) -> None:
    done = run(*command, cwd=cwd)
    if done.returncode:
        raise SystemExit(f"test-older.py: error: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}{done.stderr}")


def build(top: Path, into: Path, artifacts: Path) -> None:
    for tool in TOOLS:
        demand(
            "dotnet", "publish", top / "tools" / tool, "-c", "Release", "--nologo", "--artifacts-path", artifacts, "-o", into,
            "-p:PublishAot=false", "-p:PublishReadyToRun=false", "-p:RunAnalyzers=false",
        )


def vectors(folder: Path) -> Iterator[tuple[str, dict[str, str], bytes]]:
    for path in sorted(folder.glob("*.vector")):
        head, _, body = path.read_text().partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        yield path.stem, fields, bytes.fromhex("".join(line.partition("#")[0] for line in body.splitlines()))


def judge(bin: Path, work: Path, kind: str, message: bytes) -> tuple[int, str]:
    (work / f"m.{kind}").write_bytes(message)
    done = run(bin / TOOL_OF[kind], "info", f"m.{kind}", cwd=work)
    return done.returncode, done.stderr


def old_vectors_are_judged_as_then(old: Path, new: Path, then: Path, work: Path) -> str | None:
    faults = []
    for name, fields, message in vectors(then):
        # `dtfile info` of 1.0.0 did not decode content: what is wrong with that, it found when the file was applied.
        before, after = (judge(bin, work, fields["read-as"], message)[0] for bin in (old, new))
        is_right = fields["expect"] == "ok"
        if (after == 0) != is_right or after not in (0, 3) or (is_right and before != 0):
            faults.append(f"{name}: 1.0.0 ended with {before}, today's with {after}; expected {fields['expect']}")
    return "\n".join(faults) or None


def new_vectors_are_refused_by_name(old: Path, work: Path) -> str | None:
    faults, count = [], 0
    for name, fields, message in vectors(TOP / "tests" / "Vectors"):
        is_newer = message[:9] == bytes.fromhex("8F4253594E0D0A1A01") and message[9:10] == b"\x01"
        if not is_newer or fields["expect"] != "ok":
            continue
        code, words = judge(old, work, fields["read-as"], message)
        keys = [key for key in ("!hash", "!prefix", "!shift", "!zstd") if key.encode() in message]
        if keys:
            count += 1
            if code != 3 or not any(key in words for key in keys) or "newer" not in words:
                faults.append(f"{name}: ended with {code}: {words.strip()}")
    return "\n".join(faults) or (None if count > 5 else f"only {count} vectors of 1.1 were tried")


def pair(work: Path) -> None:
    chance = random.Random(5)
    a = bytearray(chance.randbytes(3_000_000))
    b = a[:1_000_000] + chance.randbytes(50_000) + a[1_200_000:] + bytes(70_000)
    for at in range(0, 900_000, 30_000):
        b[at : at + 9] = b"different"
    (work / "a").write_bytes(a)
    (work / "b").write_bytes(b)


def cycle(makes: Path, applies: Path, *options: str) -> Callable[[Path], str | None]:
    def go(work: Path) -> str | None:
        pair(work)
        shutil.copy(work / "a", work / "t")
        for line in ("ckfile a -q -o a.ckf", "ckfile b -q -o b.ckf", "dtreq -q --remote a.ckf --master b.ckf -o p.dtr"):
            tool, *words = line.split()
            demand(makes / tool, *words, cwd=work)
        demand(makes / "dtfile", "b", "-r", "p.dtr", "-q", "-o", "p.dtf", *options, cwd=work)
        done = run(applies / "dtfile", "apply", "p.dtf", "t", "--undo", "u.dtf", "--verify", "full", cwd=work)
        if done.returncode or (work / "t").read_bytes() != (work / "b").read_bytes():
            return f"applying ended with {done.returncode}\n{done.stderr}"
        done = run(makes / "dtfile", "apply", "u.dtf", "t", cwd=work)
        return None if done.returncode == 0 and (work / "t").read_bytes() == (work / "a").read_bytes() else f"the way back ended with {done.returncode}\n{done.stderr}"

    return go


def is_refused(new: Path, old: Path, key: str, *options: str) -> Callable[[Path], str | None]:
    def go(work: Path) -> str | None:
        pair(work)
        demand(new / "ckfile", "a", "-q", "-o", "a.ckf", *(option for option in options if option == "--shift"), cwd=work)
        demand(new / "dtfile", "b", "--remote", "a.ckf", "-q", "-o", "p.dtf", *options, cwd=work)
        before = (work / "a").read_bytes()
        done = run(old / "dtfile", "apply", "p.dtf", "a", cwd=work)
        is_right = done.returncode == 3 and key in done.stderr and (work / "a").read_bytes() == before
        return None if is_right else f"ended with {done.returncode}: {done.stderr}"

    return go


def sums_are_skipped(new: Path, old: Path) -> Callable[[Path], str | None]:
    """Rolling sums are for those who know them: to 1.0.0, a checksum file with them is one without."""

    def go(work: Path) -> str | None:
        pair(work)
        demand(new / "ckreq", "--shift", "-o", "r.ckr", cwd=work)
        demand(new / "ckfile", "a", "-q", "-r", "r.ckr", "-o", "a.ckf", cwd=work)
        demand(new / "ckfile", "a", "-q", "-o", "plain.ckf", cwd=work)
        if b"rolling_sums" not in (work / "a.ckf").read_bytes():
            return "a.ckf has no rolling sums"
        demand(old / "ckfile", "info", "a.ckf", cwd=work)
        demand(old / "ckfile", "check", "a", "a.ckf", cwd=work)
        demand(old / "ckfile", "b", "-q", "-r", "r.ckr", "-o", "b.ckf", cwd=work)
        demand(old / "dtreq", "-q", "--remote", "a.ckf", "--master", "b.ckf", "-o", "p.dtr", cwd=work)
        demand(old / "dtreq", "-q", "--remote", "plain.ckf", "--master", "b.ckf", "-o", "q.dtr", cwd=work)
        return None if (work / "p.dtr").read_bytes() == (work / "q.dtr").read_bytes() else "the request is another one with rolling sums"

    return go


def main() -> int:
    scratch = Path(tempfile.mkdtemp())
    try:
        then, old, new = scratch / "then", scratch / "old", scratch / "new"
        demand("git", "clone", "-q", "--no-checkout", TOP, then)
        demand("git", "-C", then, "checkout", "-q", RELEASE)
        print("building 1.0.0 and today's programs ...", flush=True)
        build(then, old, scratch / "artifacts-then")
        build(TOP, new, scratch / "artifacts-now")
        tests: list[tuple[str, Callable[[Path], str | None]]] = [
            ("the vectors of 1.0.0 are judged as then", lambda work: old_vectors_are_judged_as_then(old, new, then / "tests" / "Vectors", work)),
            ("1.0.0 refuses the vectors of 1.1, and says why", lambda work: new_vectors_are_refused_by_name(old, work)),
            ("today's files in lz4, applied by 1.0.0", cycle(new, old, "-c", "lz4")),
            ("today's files without compression, applied by 1.0.0", cycle(new, old, "-c", "none")),
            ("files of 1.0.0, applied today", cycle(old, new)),
            ("1.0.0 refuses zstd", is_refused(new, old, "!zstd")),
            ("1.0.0 skips rolling sums", sums_are_skipped(new, old)),
            ("1.0.0 refuses content over old content", is_refused(new, old, "!prefix", "--base", "a")),
            ("1.0.0 refuses copies from any byte", is_refused(new, old, "!shift", "--shift", "-c", "lz4")),
        ]
        for number, (name, test) in enumerate(tests):
            work = scratch / str(number)
            work.mkdir()
            say(name, test(work))
    finally:
        shutil.rmtree(scratch)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
