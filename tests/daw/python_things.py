"""What lies in the project of the REAPER with Python: see fake_reaper_python.py."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Thing:
    """A project, track, item, take or source; `values` by REAPER's names, `texts` likewise."""

    kind: str
    pointer: str
    values: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    children: list["Thing"] = field(default_factory=list)
    parent: "Thing | None" = None
    is_selected: bool = False
    path: str = ""
    is_midi: bool = False
    source: "Thing | None" = None
    lanes: dict[int, int] = field(default_factory=dict)
