"""Draw the pictures of docs/REAPER.md: `python -m tests.daw.drawings [--check]`.

The panel is drawn from what it really shows in the fake ReaImGui, so the words in the picture are those of the scripts.
Nobody here has seen it in a real REAPER: colours and sizes are the drawing's own.
"""

import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bridge_server.protocol.values import Capabilities
from daw_scripts.reaper.python.texts import say
from tests.daw.conftest import write_wav
from tests.daw.desk import Desk
from tests.daw.panel import IMGUI, Panel
from tests.daw.studio import BUNDLES, Studio, items_of, landed

DOCS = Path(__file__).parent.parent.parent / "docs"
WIDTH, MARGIN, LINE, GAP = 460, 14, 20, 5
BACK, FIELD, BUTTON, CHOSEN, INK, FAINT, ACCENT = (
    "#2b2b2e",
    "#3d3d42",
    "#4a5568",
    "#3f8f7a",
    "#ececec",
    "#8d8d92",
    "#e0a040",
)
LETTERS = 68
FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="13"'
CALLOUTS = (
    ("Text", "The engine is ready.", "The engine; “Start” where no bridge runs"),
    ("Button", say("verb_repaint"), "The verbs; what no backend can do is grey, the reason is its tooltip"),
    ("Field", "Style", "The form of the chosen verb; what you typed is there the next time"),
    ("Header", "Advanced", "Backend, sampling and LoRAs"),
    ("Go", "", "Hands the job in, for what is selected on the timeline"),
    ("Progress", "42 %", "Jobs: how far they are, Cancel; Retry when one has failed"),
    ("Radio", "Variant 1", "Variants of the selected result: a click lets one be heard in place of the others"),
    ("Button", "Keep", "Keep marks it; Discard takes the others away; both are one undo step"),
)


SKETCH = Capabilities(
    backend="sketch",
    model="sketch",
    about="",
    sample_rate=48_000,
    tasks=("repaint", "extend", "generate", "retake", "layer", "again"),
)


def scene(folder: Path) -> list[Any]:
    """What the panel shows while one job runs and the result of another is selected."""
    desk = Desk(folder / "home", lambda name, samples, rate: write_wav(folder / "takes" / name, samples, rate))
    desk.open()
    desk.abilities = {"backends": (SKETCH,)}
    studio = Studio(folder, desk.home, imgui=IMGUI)
    project = studio.project()
    track = studio.track(project, P_NAME="Voice", is_selected=True)
    item = studio.item(track, write_wav(folder / "voice.wav", 480_000), D_POSITION=2.0, B_LOOPSRC=0)
    studio.select(project, 4.0, 8.0)
    studio.run(BUNDLES["Dawbridge_Panel.lua"])
    panel = Panel(studio)
    studio.until(lambda: desk.read() or desk.greetings)
    studio.wait(0.5)
    panel.type("Style", "lofi, warm rhodes, brushed drums")
    for stage in ("landed", "running"):
        panel.press(say("verb_repaint"), at="Dawbridge")
        request = studio.until(desk.next_job)
        desk.accept(request.job)
        desk.start(request.job)
        if stage == "landed":
            desk.done(request)
            studio.until(lambda: landed(project) == 2)
            studio.wait(1)
    desk.progress(request.job, 0.42, "rendering 1 of 2")
    item.is_selected = False
    items_of(project.tracks[2])[0].is_selected = True
    studio.until(lambda: "rendering 1 of 2" in panel.text)
    studio.wait(1)
    return [one for one in studio.world.imgui.shown.values() if one.kind != "Tooltip"]


class Sheet:
    """SVG from top to bottom; `x` and `y` are where the next thing goes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.x, self.y, self.height = float(MARGIN), float(MARGIN), 0.0
        self.marks: list[tuple[float, str]] = []
        self.called: set[str] = set()

    def box(self, left: float, width: float, height: float, fill: str) -> None:
        self.parts.append(
            f'<rect x="{left:.0f}" y="{self.y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="3" fill="{fill}"/>'
        )

    def write(self, left: float, line: str, fill: str = INK, down: float = 14, weight: str = "normal") -> None:
        at = f'x="{left:.0f}" y="{self.y + down:.0f}"'
        self.parts.append(f'<text {at} {FONT} fill="{fill}" font-weight="{weight}">{escape(line)}</text>')

    def next_line(self, height: float) -> None:
        self.y += height + GAP

    def call(self, thing: Any, is_go: bool) -> None:
        for kind, label, note in CALLOUTS:
            fits = (kind == "Go" and is_go) or (thing.kind == kind and thing.label == label and not is_go)
            if fits and note not in self.called:
                self.called.add(note)
                self.marks.append((self.y, note))


def place_of(sheet: Sheet, thing: Any, last_width: float) -> float:
    """Where the thing begins; a thing beside another one stays on its line."""
    if thing.is_beside:
        sheet.y -= LINE + GAP
        return sheet.x + last_width + 8
    return float(MARGIN)


def button(sheet: Sheet, thing: Any, left: float, width: float) -> None:
    fill = CHOSEN if thing.look == "coloured" else BUTTON
    sheet.box(left, width, LINE, fill if not thing.is_disabled else FIELD)
    sheet.write(left + 8, thing.label, FAINT if thing.is_disabled else INK)


def text(sheet: Sheet, thing: Any) -> None:
    if thing.look == "heading":
        sheet.next_line(2)
        sheet.write(MARGIN, thing.label, INK, weight="bold")
        start, y = MARGIN + 10 + 8 * len(thing.label), f"{sheet.y + 10:.0f}"
        sheet.parts.append(f'<line x1="{start}" y1="{y}" x2="{WIDTH - MARGIN}" y2="{y}" stroke="{FIELD}"/>')
        return sheet.next_line(LINE - 2)
    for line in textwrap.wrap(thing.label, LETTERS):
        sheet.write(MARGIN, line, FAINT if thing.look == "faint" else INK)
        sheet.next_line(LINE - 6)
    return None


def widget(sheet: Sheet, thing: Any, left: float) -> float:
    """Draws what is neither text nor in a table; returns its width."""
    value = "" if thing["value"] is None else thing["value"]
    if thing.kind == "Button":
        width = (
            WIDTH - 2 * MARGIN
            if thing.path == "Dawbridge" and thing.label == say("verb_repaint")
            else 30 + 7 * len(thing.label)
        )
        button(sheet, thing, left, width)
    elif thing.kind == "Progress":
        width = WIDTH - 2 * MARGIN - 90
        sheet.box(left, width, LINE, FIELD)
        sheet.box(left, width * value, LINE, CHOSEN)
        sheet.write(left + 8, thing.label)
    elif thing.kind in ("Radio", "Check"):
        width = LINE + 8 + 7 * len(thing.label)
        shape = f'cx="{left + 9:.0f}" cy="{sheet.y + 10:.0f}"'
        if thing.kind == "Radio":
            sheet.parts.append(f'<circle {shape} r="8" fill="{FIELD}"/>')
            sheet.parts.append(f'<circle {shape} r="4" fill="{CHOSEN if value else FIELD}"/>')
        else:
            sheet.box(left, 16, 16, FIELD)
        sheet.write(left + LINE + 4, thing.label)
    elif thing.kind == "Area":
        width = WIDTH - 2 * MARGIN
        sheet.box(left, width, 64, FIELD)
        sheet.write(left + 8, str(value), down=18)
        sheet.next_line(64 - LINE - GAP)
    elif thing.kind == "Header":
        width = WIDTH - 2 * MARGIN
        sheet.box(left, width, LINE, FIELD)
        sheet.write(left + 8, "▸ " + thing.label)
    else:
        width = WIDTH - 2 * MARGIN - 110
        sheet.box(left, width, LINE, FIELD)
        shown = f"{value:.2f}" if isinstance(value, float) else str(value)
        sheet.write(left + 8, shown, FAINT if thing.kind == "Field" and not shown else INK)
        sheet.write(left + width + 8, thing.label)
    return width


def panel(things: list[Any]) -> str:
    sheet, last_width = Sheet(), 0.0
    for thing in things:
        column = thing.column
        is_go = (
            thing.kind == "Button"
            and thing.path == "Dawbridge"
            and column is None
            and thing.label == say("verb_repaint")
        )
        if thing.kind == "Text":
            sheet.call(thing, is_go)
            text(sheet, thing)
        elif column is not None:
            width = (WIDTH - 2 * MARGIN - GAP) / column.count
            at = (column.index - 1) % column.count
            sheet.call(thing, is_go)
            button(sheet, thing, MARGIN + at * (width + GAP), width - GAP / 2)
            if at == column.count - 1:
                sheet.next_line(LINE)
        else:
            left = place_of(sheet, thing, last_width)
            sheet.call(thing, is_go)
            last_width, sheet.x = widget(sheet, thing, left), left
            sheet.next_line(LINE)
    return framed(sheet, WIDTH, say("title"))


def framed(sheet: Sheet, width: int, title: str) -> str:
    """The sheet on its background, with its notes at the right."""
    notes = []
    for number, (y, note) in enumerate(sheet.marks, 1):
        lines = textwrap.wrap(note, 46)
        notes.append(
            f'<line x1="{width - 4}" y1="{y + 10:.0f}" x2="{width + 18}" y2="{y + 10:.0f}" stroke="{ACCENT}"/>'
            f'<circle cx="{width + 28}" cy="{y + 10:.0f}" r="10" fill="{ACCENT}"/>'
            f'<text x="{width + 28}" y="{y + 15:.0f}" {FONT} text-anchor="middle" fill="#1d1d1f">{number}</text>'
        )
        notes += [
            f'<text x="{width + 46}" y="{y + 15 + 17 * index:.0f}" {FONT} fill="#333">{escape(line)}</text>'
            for index, line in enumerate(lines)
        ]
    full, height = width + 360, sheet.y + 40
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -30 {full} {height:.0f}" role="img">',
            f"<title>{escape(title)}: a drawing, not a photograph of the screen</title>",
            f'<rect x="0" y="-30" width="{full}" height="{height:.0f}" fill="#f6f6f4"/>',
            f'<rect x="0" y="-26" width="{width}" height="{sheet.y + 26:.0f}" rx="5" fill="{BACK}"/>',
            f'<text x="{MARGIN}" y="-8" {FONT} fill="{FAINT}">{escape(title)} (drawing)</text>',
            *sheet.parts,
            *notes,
            "</svg>",
            "",
        ]
    )


def wave(left: float, top: float, width: float, height: float, colour: str, seed: int) -> Iterator[str]:
    """Something like a waveform: a bar every four pixels, always the same."""
    state = seed
    for at in range(4, int(width) - 3, 4):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        size = height * (0.25 + 0.65 * (state / 2**31))
        y = top + (height - size) / 2
        yield f'<rect x="{left + at:.0f}" y="{y:.1f}" width="2" height="{size:.1f}" fill="{colour}"/>'


def lanes() -> str:
    """The original, and below it the track of ours with three lanes of which one plays."""
    sheet, width = Sheet(), 620
    first, last, start = 150, 600, 280
    variants = say("variants_track", track="Voice")
    rows = [("Voice", "", first, last, BUTTON)]
    rows += [
        (variants if n == 1 else "", say("lane", number=n), start, 440, CHOSEN if n == 1 else FIELD) for n in (1, 2, 3)
    ]
    notes = {
        0: "The original. It is never changed",
        1: "A track of ours right below it, a lane for each variant; the green one plays",
        2: "Click a lane's button to hear it, or use the panel or “Choose next variant”",
        3: "Exactly as long as the selection, at its sample",
    }
    for index, (track, lane, left, right, fill) in enumerate(rows):
        height = 54 if index == 0 else 34
        sheet.box(MARGIN, 126, height, FIELD)
        sheet.write(MARGIN + 6, track or lane, INK, 16)
        if track and lane:
            sheet.write(MARGIN + 6, lane, FAINT, 30)
        sheet.box(left, right - left, height, fill)
        sheet.parts += wave(left, sheet.y, right - left, height, INK if index < 2 else FAINT, 7 + index)
        sheet.marks.append((sheet.y + height / 2 - 10, notes[index]))
        sheet.next_line(height)
    sheet.parts.insert(
        0,
        f'<rect x="{start}" y="0" width="160" height="{sheet.y - GAP:.0f}" fill="#ffffff" opacity="0.12"/>',
    )
    sheet.next_line(4)
    return framed(sheet, width, "REAPER 7")


def drawings() -> dict[str, str]:
    """File name → SVG."""
    with tempfile.TemporaryDirectory() as folder:
        things = scene(Path(folder))
    return {"reaper-panel.svg": panel(things), "reaper-lanes.svg": lanes()}


def main(arguments: list[str]) -> int:
    found = drawings()
    if "--check" in arguments:
        return sum((DOCS / name).read_text(encoding="utf-8") != svg for name, svg in found.items())
    for name, svg in found.items():
        (DOCS / name).write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
