"""Form: which bars are intro, verse, lift, chorus, break, drop and ending, and how much energy each has."""

from __future__ import annotations

from typing import NamedTuple

from engine.sketch.score import Plan, Section
from engine.sketch.styles import STYLES

LEAST_FOR_ENDING, LEAST_FOR_INTRO, LEAST_FOR_EIGHTS = 8, 12, 24
BARS_TO_A_LINE = 2
"""How long a line of lyrics is taken to be before the sections are fitted to the length that there is."""


class Shape(NamedTuple):
    """Energy as a factor of the piece's, and how much more of it the last bar of the section has than the first."""

    energy: float
    rise: float = 0.0


SHAPES: dict[str, Shape] = {
    "intro": Shape(0.45, 0.08),
    "verse": Shape(0.85),
    "lift": Shape(0.95, 0.12),
    "chorus": Shape(1.15),
    "bridge": Shape(0.75, 0.1),
    "break": Shape(0.5, 0.15),
    "drop": Shape(1.35),
    "solo": Shape(1.05, 0.05),
    "outro": Shape(0.75, -0.2),
    "ending": Shape(1.0),
}
PEAKS = frozenset({"chorus", "drop"})
CLUB = frozenset({"house", "techno", "trap", "drum and bass"})
"""Styles whose peak is a drop after a break, not a chorus after a lift."""
_BAND = (
    *(("verse", 8), ("lift", 4), ("chorus", 8), ("verse", 8), ("lift", 4), ("chorus", 8)),
    *(("bridge", 8), ("chorus", 8)),
)
_BAND_SHORT = (("verse", 4), ("chorus", 4), ("verse", 4), ("chorus", 4), ("bridge", 4), ("chorus", 4))
_FLOOR = (("verse", 8), ("break", 4), ("drop", 8), ("verse", 8), ("break", 4), ("drop", 8))
_FLOOR_SHORT = (("verse", 4), ("break", 2), ("drop", 4), ("verse", 4), ("break", 2), ("drop", 4))


def bars_of(plan: Plan) -> range:
    """Every bar that has a part inside the music; the first may have begun before it."""
    last = plan.grid.bar_of(plan.grid.beat(plan.samples - 1))
    return range(plan.grid.bar_of(plan.grid.beat(0)), last + 1)


def sections(plan: Plan) -> tuple[Section, ...]:
    """Where an earlier score or the lyrics name sections they are followed; whole pieces get a form of their own.

    Everything else is one even stretch of the kind that the project names.
    """
    bars = bars_of(plan)
    if plan.known:
        return _known(plan, bars)
    count = len(bars)
    last = 1 if plan.ending and (count >= LEAST_FOR_ENDING or not plan.whole) and count > 1 else 0
    named = [block.kind for block in plan.blocks]
    first = 0
    if plan.intro and (count >= LEAST_FOR_INTRO or not plan.whole) and count > 2 and named[:1] != ["intro"]:
        first = min(2 if count < LEAST_FOR_EIGHTS else 4, count - last - 1)
    found = [_section(plan, "intro", bars.start, first)] if first else []
    at, left = bars.start + first, count - first - last
    found += _by_words(plan, at, left) if plan.blocks else _body(plan, at, left, count)
    if last:
        found.append(_section(plan, "ending", bars.stop - 1, 1))
    return tuple(found)


def _energy(plan: Plan) -> float:
    return min(1.0, max(0.05, STYLES[plan.style].energy + 0.4 * plan.feel.energy))


def _section(plan: Plan, kind: str, bar: int, bars: int, *, number: int = 0, block: int = -1) -> Section:
    shape = SHAPES[kind]
    more = 0.05 * min(2, max(0, number - 1))
    energy = round(min(1.0, (shape.energy + more) * _energy(plan)), 3)
    return Section(kind, bar, bars, energy, shape.rise, block)


def _body(plan: Plan, at: int, left: int, count: int) -> list[Section]:
    if not plan.whole:
        kind = plan.section or "verse"
        alone = _section(plan, kind, at, left, number=plan.number)
        # A stretch that nobody names plays at the full energy of its style.
        return [alone if plan.section else Section(kind, at, left, round(_energy(plan), 3))]
    is_club, is_long = plan.style in CLUB or plan.section == "drop", count >= LEAST_FOR_EIGHTS
    cycle = (_FLOOR if is_club else _BAND) if is_long else (_FLOOR_SHORT if is_club else _BAND_SHORT)
    peak = "drop" if is_club else "chorus"
    found: list[Section] = []
    turn = 0
    while left > 0:
        kind, length = cycle[turn % len(cycle)]
        leads_up = kind in ("lift", "break")
        if (leads_up and left < length + 4) or (kind == "verse" and turn and left < 2 * length):
            kind, length = peak, left if leads_up else length
        length = min(length, left)
        if left - length < (4 if is_long else 2):
            length = left
        found.append(_section(plan, kind, at, length, number=1 + turn // len(cycle)))
        at, left, turn = at + length, left - length, turn + 1
    return found


def _by_words(plan: Plan, at: int, left: int) -> list[Section]:
    """The sections of the lyrics, each as long as its lines ask for, all together as long as there is room."""
    wanted = [max(2, BARS_TO_A_LINE * block.lines) if block.lines else 4 for block in plan.blocks]
    kept = plan.blocks[:left]
    edges = [round(left * sum(wanted[:number]) / sum(wanted[: len(kept)])) for number in range(len(kept) + 1)]
    # Where there is room to spare, sections begin on even bars.
    edges = [edge if edge in (0, left) or left < 4 * len(kept) else 2 * round(edge / 2) for edge in edges]
    return [
        _section(plan, block.kind or "verse", at + start, end - start, number=block.number, block=number)
        for number, (block, start, end) in enumerate(zip(kept, edges, edges[1:], strict=False))
        if end > start
    ]


def _known(plan: Plan, bars: range) -> tuple[Section, ...]:
    """The sections of an earlier score; bars that it did not have go on like the last one before them that played."""
    found: list[Section] = []
    for bar in bars:
        section = next((each for each in plan.known if each.bar <= bar < each.bar + each.bars), None)
        if section is None:
            kind = plan.section or "verse"
            section = Section(kind, bar, 1, round(_energy(plan), 3))
        if plan.ending and bar == bars.stop - 1 and len(bars) > 1:
            section = _section(plan, "ending", bar, 1)
        last = found[-1] if found else None
        if last and last.name == section.name:
            found[-1] = Section(last.name, last.bar, last.bars + 1, last.energy, last.rise, last.block)
        else:
            found.append(Section(section.name, bar, 1, section.energy, section.rise, section.block))
    return tuple(found)
