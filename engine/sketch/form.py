"""Form: which bars are intro, verse, lift and ending, and how much energy each has."""

from __future__ import annotations

from engine.sketch.score import Plan, Section
from engine.sketch.styles import STYLES

LEAST_FOR_ENDING, LEAST_FOR_INTRO, LEAST_FOR_EIGHTS = 8, 12, 24


def bars_of(plan: Plan) -> range:
    """Every bar that has a part inside the music; the first may have begun before it."""
    last = plan.grid.bar_of(plan.grid.beat(plan.samples - 1))
    return range(plan.grid.bar_of(plan.grid.beat(0)), last + 1)


def sections(plan: Plan) -> tuple[Section, ...]:
    """Whole pieces get intro, verse, lift and ending as their length allows; everything else is one even stretch."""
    bars = bars_of(plan)
    count = len(bars)
    energy = min(1.0, max(0.05, STYLES[plan.style].energy + 0.4 * plan.feel.energy))
    names: list[tuple[str, int, float]] = []
    last = 1 if plan.ending and (count >= LEAST_FOR_ENDING or not plan.whole) and count > 1 else 0
    first = 0
    if plan.intro and (count >= LEAST_FOR_INTRO or not plan.whole) and count > 2:
        first = 2 if count < LEAST_FOR_EIGHTS else 4
        first = min(first, count - last - 1)
        names.append(("intro", first, 0.45 * energy))
    size = 8 if count >= LEAST_FOR_EIGHTS else 4
    cycle = (
        [("verse", 0.85), ("lift", 1.15), ("verse", 0.85), ("lift", 1.15), ("break", 0.55)]
        if plan.whole
        else [("verse", 1.0)]
    )
    left, turn = count - first - last, 0
    while left > 0:
        name, factor = cycle[turn % len(cycle)]
        length = min(size if name != "break" else 4, left)
        if left - length < 2:
            length = left
        names.append((name, length, min(1.0, factor * energy)))
        left, turn = left - length, turn + 1
    if last:
        names.append(("ending", 1, energy))
    found, at = [], bars.start
    for name, length, how_much in names:
        found.append(Section(name, at, length, round(how_much, 3)))
        at += length
    return tuple(found)
