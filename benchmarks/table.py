"""One measured figure, and the table that they make."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

import psutil

from bridge_server.protocol.release import release


@dataclass(frozen=True)
class Row:
    """What was measured, the figure with its unit, and the budget of the design; empty where there is none."""

    what: str
    figure: str
    budget: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def markdown(rows: Sequence[Row]) -> str:
    lines = ["| what | measured | budget |", "|---|---|---|"]
    lines += [f"| {row.what} | {row.figure} | {row.budget} |" for row in rows]
    return "\n".join(lines)


def machine() -> str:
    """The machine, in words: a figure without it means nothing."""
    memory = psutil.virtual_memory().total / 2**30
    processor = platform.processor() or platform.machine()
    return (
        f"{cpu_count()} × {_model() or processor}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, Dawbridge {release()}, {datetime.now(UTC):%Y-%m-%d}"
    )


def _model() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        return ""
    return names[0] if names else ""
