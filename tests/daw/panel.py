"""The panel's window as a test uses it: press, type, hover, and look at the last frame."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMGUI = str(Path(__file__).parent / "fake_imgui")


@dataclass(frozen=True)
class Thing:
    """Something that was drawn: kind (Button, Field, Text, …), what it is called, its value, and where."""

    kind: str
    label: str
    value: Any
    is_disabled: bool
    path: str


class Panel:
    """ReaImGui's side of a studio that has it."""

    def __init__(self, studio: Any) -> None:
        self.studio = studio
        self.gui = studio.world.imgui

    def add(self, to: str, **wish: Any) -> None:
        list_of_wishes = self.gui[to]
        list_of_wishes[len(list_of_wishes) + 1] = self.studio.table(**wish)

    def press(self, label: str, at: str | None = None, ticks: int = 1) -> None:
        """Click on what is called `label` (in the part whose path ends with `at`), and let `ticks` pass."""
        self.add("press", label=label, path=at)
        self.studio.tick(ticks)
        assert len(self.gui.press) == 0, f"nothing to press is called {label!r}: {self.labels}"

    def type(self, label: str, text: Any, at: str | None = None) -> None:
        self.add("typed", label=label, text=text, path=at)
        self.studio.tick()
        assert len(self.gui.typed) == 0, f"nothing to type into is called {label!r}: {self.labels}"

    def key(self, name: str) -> None:
        self.gui["keys"][len(self.gui["keys"]) + 1] = name
        self.studio.tick()

    def tooltip(self, label: str) -> str | None:
        """What appears when the mouse rests on `label`."""
        self.gui.hovered = label
        self.studio.tick()
        self.gui.hovered = None
        return next((thing.label for thing in self.things if thing.kind == "Tooltip"), None)

    @property
    def things(self) -> list[Thing]:
        return [
            Thing(one.kind, one.label, one["value"], bool(one.is_disabled), one.path) for one in self.gui.shown.values()
        ]

    def thing(self, label: str, kind: str | None = None) -> Thing:
        found = [one for one in self.things if one.label == label and kind in (None, one.kind)]
        assert found, f"{label!r} is not shown: {self.labels}"
        return found[0]

    @property
    def labels(self) -> list[str]:
        return [f"{thing.kind} {thing.label}" for thing in self.things]

    @property
    def text(self) -> str:
        """Everything that can be read."""
        return "\n".join(thing.label for thing in self.things if thing.kind == "Text")
