"""A drawing of the device for docs/ABLETON.md, made from its description: `python -m daw_scripts.max.drawing docs`.

It shows where things are and what they are called, in the colours of a dark theme of Live. It is no screenshot.
"""

import sys
import textwrap
from collections.abc import Callable
from html import escape
from pathlib import Path

from daw_scripts.max import landing_drawing
from daw_scripts.max.description import HEIGHT, Control, Description, read_description

FILE = "ableton-device.svg"
SCALE = 2.0
MARGIN = 24
LEGEND_LINE, LEGEND_COLUMNS, LEGEND_CHARACTERS = 17, 2, 74
FONT = "Ableton Sans, Helvetica, Arial, sans-serif"
GROUND, FIELD, EDGE, TEXT, FAINT, ACCENT = "#363636", "#1e1e1e", "#5a5a5a", "#dcdcdc", "#9a9a9a", "#ffb532"
PAGE, INK, BADGE = "#ffffff", "#222222", "#1769aa"
# What the strip says while a job runs; every other text is that of the description.
SHOWN = {
    "status": "The engine is ready.",
    "subject": "Source: 3 Vocals, bars 9–17",
    "message": "Repaint 3 Vocals, bars 9–17: 40 % rendering 1 of 2",
    "tags": "lofi, rhodes, brushes",
    "words": "[verse]\nThe lamps go out along the quay",
    "seed": "",
}
VALUES = {"progress": 40, "strength": 80, "bars": 4}
CHOSEN = {"variants": 1}
Rect = tuple[float, float, float, float]
Point = tuple[float, float]


def drawing(description: Description) -> str:
    """The strip, the window behind it, and a legend with the text of each control's Info View."""
    shown = [control for control in description.controls if control.kind != "live.comment" or control.id in SHOWN]
    (window,) = description.windows
    width = MARGIN * 2 + description.width * SCALE + MARGIN + window.size[0]
    below = MARGIN + 22 + max(HEIGHT * SCALE, window.size[1]) + MARGIN
    parts: list[str] = []
    numbered = {control.id: number for number, control in enumerate((*shown, *window.controls), start=1)}
    strip = _Pane(MARGIN, MARGIN + 22, SCALE, parts)
    strip.frame(description.name, (0, 0, description.width, HEIGHT))
    for control in shown:
        strip.control(control, numbered[control.id])
    pane = _Pane(MARGIN * 2 + description.width * SCALE, MARGIN + 22, 1.0, parts)
    pane.frame(window.title, (0, 0, *window.size))
    for control in window.controls:
        pane.control(control, numbered[control.id])
    _text(parts, (MARGIN, below - 8), "A drawing, made from the device's description. Not a screenshot.", 13, BADGE)
    below += 14
    height = _legend(parts, [*shown, *window.controls], below, width)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="{FONT}">'
    title = "<title>Drawing of the Dawbridge device in Ableton Live, with numbers (not a screenshot)</title>"
    ground = f'<rect width="{width:g}" height="{height:g}" fill="{PAGE}"/>'
    return "\n".join([head, title, ground, *parts, "</svg>"]) + "\n"


def _legend(parts: list[str], controls: list[Control], top: float, width: float) -> float:
    """Two columns of number, name and note; returns where they end."""
    entries = [textwrap.wrap(f"{control.title}: {control.note}", LEGEND_CHARACTERS) for control in controls]
    half = sum(len(lines) + 0.4 for lines in entries) / LEGEND_COLUMNS
    column_width = (width - MARGIN * 2) / LEGEND_COLUMNS
    line, lowest, column = 0.0, 0.0, 0
    for number, lines in enumerate(entries, start=1):
        if line >= half and column + 1 < LEGEND_COLUMNS:
            line, column = 0.0, column + 1
        left = MARGIN + column * column_width
        _badge(parts, left + 9, top + line * LEGEND_LINE + 9, number)
        for text in lines:
            _text(parts, (left + 26, top + line * LEGEND_LINE + 13), text, 13, INK)
            line += 1
        line += 0.4
        lowest = max(lowest, line)
    return top + lowest * LEGEND_LINE + MARGIN


def _badge(parts: list[str], x: float, y: float, number: int) -> None:
    parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="8.5" fill="{BADGE}" stroke="{PAGE}" stroke-width="1"/>')
    _text(parts, (x, y + 3.8), str(number), 10.5, PAGE, anchor="middle")


def _text(parts: list[str], at: Point, text: str, size: float, colour: str, anchor: str = "start") -> None:
    x, y = at
    parts.append(
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
    )


class _Pane:
    """A part of Live's window: pixels of its own, drawn at a scale."""

    def __init__(self, left: float, top: float, scale: float, parts: list[str]) -> None:
        self._left, self._top, self._scale, self._parts = left, top, scale, parts

    def frame(self, title: str, rect: Rect) -> None:
        x, y, width, height = self._place(rect)
        self._parts.append(
            f'<rect x="{x:g}" y="{y - 22:g}" width="{width:g}" height="{height + 22:g}" rx="5" fill="{EDGE}"/>'
        )
        _text(self._parts, (x + 10, y - 7), title, 13, TEXT)
        self._parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{GROUND}"/>')

    def control(self, control: Control, number: int) -> None:
        if control.label:
            x, y, width, height = self._place(control.label_place)
            lines = textwrap.wrap(control.label, max(6, int(width / 6.2)))
            for index, line in enumerate(lines):
                at = x + 4, y + height / 2 + 4 + index * 14
                _text(self._parts, at, line, 9.5 * min(self._scale, 1.35), FAINT)
        DRAWERS[control.kind](self, control)
        x, y, _, height = self._place(control.rect)
        _badge(self._parts, x - 1, y + (height / 2 if control.kind == "live.comment" else 1), number)

    def _place(self, rect: Rect) -> Rect:
        left, top, width, height = (number * self._scale for number in rect)
        return (self._left + left, self._top + top, width, height)

    def box(self, rect: Rect, fill: str) -> Rect:
        x, y, width, height = self._place(rect)
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" fill="{fill}" stroke="{EDGE}"/>'
        )
        return (x, y, width, height)

    def words(self, rect: Rect, text: str, colour: str = TEXT, *, centred: bool = True) -> None:
        x, y, width, height = rect
        size = 9.5 * min(self._scale, 1.75) if self._scale > 1 else 12
        if centred:
            _text(self._parts, (x + width / 2, y + height / 2 + size * 0.35), text, size, colour, anchor="middle")
            return
        for index, line in enumerate(text.split("\n")):
            _text(self._parts, (x + 12, y + size * 1.4 + index * size * 1.3), line, size, colour)

    def button(self, control: Control) -> None:
        is_lamp = control.mode == "lamp"
        text = control.texts[1] if is_lamp else control.texts[0]
        rect = self._place(control.rect) if is_lamp else self.box(control.rect, FIELD)
        self.words(rect, text, ACCENT if is_lamp else TEXT)

    def comment(self, control: Control) -> None:
        self.words(self._place(control.rect), SHOWN.get(control.id, control.text), centred=False)

    def menu(self, control: Control) -> None:
        x, y, width, height = self.box(control.rect, FIELD)
        self.words((x, y, width, height), control.items[control.initial])
        self._parts.append(f'<path d="M{x + width - 16:g} {y + height / 2 - 3:g} h9 l-4.5 6 z" fill="{FAINT}"/>')

    def tab(self, control: Control) -> None:
        left, top, width, height = control.rect
        columns = len(control.items) // control.rows
        chosen = CHOSEN.get(control.id, control.initial)
        for index, item in enumerate(control.items):
            row, column = divmod(index, columns)
            cell = (left + column * width / columns, top + row * height / control.rows)
            size = (width / columns, height / control.rows)
            rect = self.box((*cell, *size), ACCENT if index == chosen else FIELD)
            self.words(rect, item, FIELD if index == chosen else TEXT)

    def number(self, control: Control) -> None:
        rect = self.box(control.rect, FIELD)
        self.words(rect, f"{VALUES.get(control.id, control.initial)} {control.unit}")

    def dial(self, control: Control) -> None:
        x, y, width, height = self._place(control.rect)
        radius = width * 0.26
        middle = x + width / 2, y + height * 0.5
        self.words((x, y, width, height * 0.2), control.title)
        circle = f'cx="{middle[0]:g}" cy="{middle[1]:g}" r="{radius:g}" fill="none"'
        self._parts.append(f'<circle {circle} stroke="{FIELD}" stroke-width="6"/>')
        share = VALUES[control.id] / control.range[1] * 0.75 * 6.2832 * radius
        turn = f"rotate(135 {middle[0]:g} {middle[1]:g})"
        look = f'stroke="{ACCENT}" stroke-width="6" stroke-dasharray="{share:.1f} 999" transform="{turn}"'
        self._parts.append(f"<circle {circle} {look}/>")
        self.words((x, y + height * 0.8, width, height * 0.2), f"{VALUES[control.id]} %")

    def slider(self, control: Control) -> None:
        left, top, width, height = control.rect
        bar = (left, top + height / 2 - 4, width, 8)
        x, y, wide, high = self.box(bar, FIELD)
        share = VALUES[control.id] / control.range[1]
        self._parts.append(f'<rect x="{x:g}" y="{y:g}" width="{wide * share:g}" height="{high:g}" fill="{ACCENT}"/>')

    def field(self, control: Control) -> None:
        rect = self.box(control.rect, FIELD)
        self.words(rect, SHOWN.get(control.id, ""), centred=False)


DRAWERS: dict[str, Callable[[_Pane, Control], None]] = {
    "live.text": _Pane.button,
    "live.comment": _Pane.comment,
    "live.menu": _Pane.menu,
    "live.tab": _Pane.tab,
    "live.numbox": _Pane.number,
    "live.dial": _Pane.dial,
    "live.slider": _Pane.slider,
    "textedit": _Pane.field,
}


def drawings() -> dict[str, str]:
    """Every drawing of docs/ABLETON.md by its file's name."""
    return {FILE: drawing(read_description()), landing_drawing.FILE: landing_drawing.landing_drawing()}


if __name__ == "__main__":
    for name, svg in drawings().items():
        Path(sys.argv[1], name).write_text(svg, encoding="utf-8")
