"""The device in words: `device.toml`, read and checked, for the build, the drawings and the tests."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from daw_scripts.bundle import BrokenSource

SOURCE = Path(__file__).with_name("device.toml")
HEIGHT = 169
"""Of every device in Live, in pixels."""


@dataclass(frozen=True)
class Control:
    """One thing on the strip or in a window. device.toml says what the fields mean."""

    id: str
    kind: str
    rect: tuple[int, int, int, int]
    title: str
    note: str
    keep: str = ""
    sends: str = ""
    takes: tuple[str, ...] = ()
    text: str = ""
    texts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    range: tuple[int, int] = (0, 1)
    initial: int = 0
    rows: int = 1
    unit: str = ""
    mode: str = ""
    label: str = ""
    label_rect: tuple[int, int, int, int] | None = None
    hint: str = ""
    opens: str = ""

    @property
    def label_place(self) -> tuple[int, int, int, int]:
        """Where the label stands: in the margin to the left of the control, unless it says otherwise."""
        left, top, _, _ = self.rect
        return self.label_rect or (4, top - 2, left - 4, 18)

    @property
    def is_parameter(self) -> bool:
        return bool(self.keep)


@dataclass(frozen=True)
class Signal:
    """What the script hears that is not a control."""

    sends: str
    meaning: str
    values: str = ""


@dataclass(frozen=True)
class Build:
    """One of the devices made from the description."""

    file: str
    script_class: str
    live: str
    max: tuple[int, int, int]


@dataclass(frozen=True)
class Window:
    name: str
    title: str
    size: tuple[int, int]
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Description:
    name: str
    about: str
    width: int
    kind: str
    written: datetime
    script: str
    outlets: tuple[str, ...]
    builds: tuple[Build, ...]
    signals: tuple[Signal, ...]
    controls: tuple[Control, ...]
    windows: tuple[Window, ...] = field(default=())

    @property
    def all_controls(self) -> tuple[Control, ...]:
        return (*self.controls, *(control for window in self.windows for control in window.controls))

    @property
    def to_script(self) -> frozenset[str]:
        """First word of every message that the script may get."""
        return frozenset({signal.sends for signal in self.signals} | {c.sends for c in self.all_controls if c.sends})

    @property
    def from_script(self) -> dict[str, tuple[str, ...]]:
        """name of a control → first words of the messages that the script may send it."""
        return {control.id: control.takes for control in self.all_controls if control.takes}


def read_description(path: Path = SOURCE) -> Description:
    """The description in the file. Raises BrokenSource, with what is wrong and where."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _description(data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BrokenSource(f"{path.name}: {fault}") from fault


def _description(data: dict[str, Any]) -> Description:
    device, script = data["device"], data["script"]
    if device["height"] != HEIGHT:
        raise ValueError(f"a device in Live is {HEIGHT} pixels high")
    return Description(
        name=device["name"],
        about=device["about"],
        width=device["width"],
        kind=device["kind"],
        written=device["written"],
        script=script["file"],
        outlets=tuple(script["outlets"]),
        builds=tuple(_build(entry) for entry in data["build"]),
        signals=tuple(Signal(**entry) for entry in data["signal"]),
        controls=tuple(_control(entry) for entry in data["control"]),
        windows=tuple(_window(name, entry) for name, entry in data.get("window", {}).items()),
    )


def _build(entry: dict[str, Any]) -> Build:
    numbers = entry["max"]
    return Build(
        entry["file"], entry["script_class"], entry["live"], (numbers["major"], numbers["minor"], numbers["revision"])
    )


def _window(name: str, entry: dict[str, Any]) -> Window:
    width, height = entry["size"]
    return Window(name, entry["title"], (width, height), tuple(_control(control) for control in entry["control"]))


def _control(entry: dict[str, Any]) -> Control:
    fields = {"kind" if key == "class" else key: value for key, value in entry.items()}
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    return Control(**fields)
