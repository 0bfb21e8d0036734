"""A drawing of where results lie in Live, for docs/ABLETON.md. Not a screenshot."""

from html import escape

FILE = "ableton-landing.svg"
WIDTH, HEIGHT = 860, 330
LEFT, RIGHT = 215, 850
FIRST_BAR, LAST_BAR = 5, 22
GROUND, ROW, EDGE, TEXT, FAINT = "#363636", "#444444", "#222222", "#dcdcdc", "#9a9a9a"
YOURS, OURS, QUIET, INK = "#8fb4d9", "#ffb532", "#b98a3c", "#1b1b1b"
FONT = "Ableton Sans, Helvetica, Arial, sans-serif"
ROWS: list[tuple[str, list[tuple[float, float, str, str]]]] = [
    ("3 Vocals (yours)", [(5, 21, "vocals.wav", YOURS)]),
    ("Repaint of 3 Vocals · 3f2a9c", [(9, 17, "Repaint 1: this one sounds", OURS)]),
    ("   take lane: Variant 1", [(9, 17, "Repaint 1", QUIET)]),
    ("   take lane: Variant 2", [(9, 17, "Repaint 2", QUIET)]),
    ("4 Bass (yours)", [(5, 13, "bass.wav", YOURS), (13, 21, "bass.wav", YOURS)]),
]
NOTE = (
    "A drawing, not a screenshot. Live 12.2 and later; before, each variant has a track of its own, all but one mute."
)


def landing_drawing() -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" font-size="13">',
        "<title>Drawing of Live's Arrangement with a result below the original (not a screenshot)</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect x="10" y="10" width="{WIDTH - 20}" height="282" rx="5" fill="{GROUND}"/>',
    ]
    for bar in range(FIRST_BAR, LAST_BAR, 4):
        parts.append(_text(_x(bar), 30, str(bar), FAINT))
    parts.append(f'<rect x="{_x(9):g}" y="36" width="{_x(17) - _x(9):g}" height="9" rx="3" fill="{OURS}"/>')
    parts.append(_text(20, 45, "loop brace: bars 9–17", TEXT))
    for index, (name, clips) in enumerate(ROWS):
        top = 54 + index * 46
        parts.append(f'<rect x="14" y="{top}" width="{WIDTH - 28}" height="42" fill="{ROW}" stroke="{EDGE}"/>')
        parts.append(_text(20, top + 26, name, TEXT))
        for start, end, label, colour in clips:
            wide = _x(end) - _x(start) - 2
            parts.append(f'<rect x="{_x(start):g}" y="{top + 4}" width="{wide:g}" height="34" rx="2" fill="{colour}"/>')
            parts.append(_text(_x(start) + 6, top + 26, label, INK))
    parts.append(_text(14, 314, NOTE, "#1769aa"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(bar: float) -> float:
    return LEFT + (RIGHT - LEFT - 10) * (bar - FIRST_BAR) / (LAST_BAR - FIRST_BAR)


def _text(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}">{escape(text)}</text>'
