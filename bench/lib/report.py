"""Tables as Markdown, to be read as they are and to be pasted."""

from __future__ import annotations

from collections.abc import Sequence

from .contest import Standing

MIB = 1 << 20


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell does not end it."""
    lines = [line(head), line(["---"] * len(head))]
    lines += [line(row) for row in rows]
    return "\n".join(lines)


def line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def ratio(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def mebibytes(value: int | None) -> str:
    if value is None:
        return ""
    return f"{value / MIB:.1f}" if value >= MIB else f"{value / MIB:.2g}"


def iec(value: float) -> str:
    """A size in the largest unit that leaves a number above 1: 4 GiB, 81.3 MiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"


def standings_table(standings: Sequence[Standing], yardstick: str) -> str:
    """One row for each contestant, with its median and its processor time as multiples of those of the yardstick."""
    reference = next((standing for standing in standings if standing.contestant.name == yardstick), None)
    columns = list(dict.fromkeys(column for standing in standings for column in standing.contestant.sizes))
    head = ["what", "command", "median s", "from – to", f"of {yardstick}", "processor s", "of it", *(f"{column} MiB" for column in columns), "peak MiB"]
    return table(head, [standing_row(standing, reference, columns) for standing in standings])


def multiple(value: float | None, of: float | None) -> str:
    return ratio(value / of) if value is not None and of else ""


def standing_row(standing: Standing, reference: Standing | None, columns: Sequence[str]) -> list[str]:
    contestant = standing.contestant
    shown = "<br>".join(f"`{step}`" for step in contestant.steps)
    if standing.failure:
        return [contestant.name, shown, f"**failed**: {standing.failure}", *[""] * (len(columns) + 5)]
    fastest, slowest = min(standing.walls), max(standing.walls)
    return [
        contestant.name,
        shown,
        seconds(standing.median),
        f"{seconds(fastest)} – {seconds(slowest)}",
        multiple(standing.median, reference.median if reference else None),
        seconds(standing.processor),
        multiple(standing.processor, reference.processor if reference else None),
        *(mebibytes(standing.sizes.get(column)) for column in columns),
        mebibytes(standing.peak),
    ]
