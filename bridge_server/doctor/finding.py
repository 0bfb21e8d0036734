"""Finding: one line of `doctor`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """`advice` says what to do; a note without a need to act has none."""

    what: str
    state: Literal["ok", "note", "problem"]
    found: str
    advice: str = ""

    def plain(self) -> dict[str, Any]:
        return {"event": "check", **asdict(self)}
