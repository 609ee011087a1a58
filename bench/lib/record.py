"""Every single run as JSON."""

from __future__ import annotations

import json

from .contest import Standing


def write(path: str, record: dict[str, object]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.write("\n")


def runs(group: str, standing: Standing) -> list[dict[str, object]]:
    """The runs of a contestant, step by step: where it has several commands there is an entry for each, up to one that failed. Round 0 is the warm-up."""
    return [
        {
            "group": group,
            "name": standing.contestant.name,
            "command": str(step),
            "step": number,
            "round": run.number,
            "wall_s": round(usage.wall, 6) if usage else None,
            "user_s": round(usage.user, 6) if usage else None,
            "system_s": round(usage.system, 6) if usage else None,
            "max_rss_bytes": usage.peak if usage else None,
            "result": run.failure or "right",
            "sizes": standing.sizes,
        }
        for run in standing.rounds
        for number, (step, usage) in enumerate(zip(standing.contestant.steps, (*run.steps, *([None] if run.failure else []))), 1)
    ]
