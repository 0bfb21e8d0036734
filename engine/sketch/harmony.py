"""Harmony: the chord of every bar, from what was heard, from what came before, or from the style."""

from __future__ import annotations

from engine.sketch.chart import lay_chart
from engine.sketch.dice import Dice
from engine.sketch.form import bars_of
from engine.sketch.score import Chord, Plan, Section
from engine.sketch.styles import PROGRESSIONS, STYLES
from engine.sketch.theory import SCALES, Key, coloured, triad_on

PLAGAL = frozenset({"rock", "blues", "folk", "reggae", "soul"})
MODAL = frozenset({"modal", "ambient"})
"""Progressions that do not know a dominant."""
_PROGRESSION_OF = {"chorus": 1, "drop": 1, "lift": 2, "bridge": 3}
"""Sections with a progression of their own; the others share that of the verse."""


def choose_key(plan: Plan, dice: Dice) -> Key:
    """The plan's key, or one thrown by the dice in the mode that style or mood ask for."""
    if plan.key:
        return plan.key
    roll = dice.roll("key")
    mode = plan.mode or str(roll.choice(["major", "minor"]))
    return Key(int(roll.integers(12)), mode)


def harmonise(plan: Plan, key: Key, form: tuple[Section, ...], dice: Dice) -> tuple[Chord, ...]:
    """A chart is followed to the letter. Otherwise one or two chords a bar.

    Where chords were heard they are followed; next to them their pattern goes on; elsewhere the style has its own.
    """
    if plan.chart:
        return lay_chart(plan.chart, plan.grid, bars_of(plan))
    style = STYLES[plan.style]
    grid, pattern = plan.grid, _Pattern(plan)
    chords: list[Chord] = []
    for section in form:
        tokens = _progression(plan, key, section, dice)
        for bar in range(section.bar, section.bar + section.bars):
            own = _degrees(key, tokens[(bar - section.bar) % len(tokens)])
            if plan.whole and not plan.heard:
                own = _cadence(plan, key, form, bar, own)
            line, whole, half = grid.line(bar), grid.beats_of(bar), grid.meter_of(bar).half
            first = pattern.at(bar, 0) or own[0]
            second = pattern.at(bar, 1) or (first if pattern.at(bar, 0) else own[-1])
            if half >= whole or first == second:
                chords.append(Chord(line, whole, *first))
            else:
                chords += [Chord(line, half, *first), Chord(line + half, whole - half, *second)]
    return tuple(
        Chord(each.start, each.length, each.root, coloured(key, each.root, each.quality, style.colour))
        for each in chords
    )


class _Pattern:
    """Chords that were heard, and their repetition every four (or two) bars beyond."""

    def __init__(self, plan: Plan) -> None:
        grid = plan.grid
        self._known = {grid.half_of(chord.start): (chord.root, chord.quality) for chord in plan.heard}
        heard_bars = len(self._known) / (2 if grid.meter.half < grid.meter.beats else 1)
        self._period = 4 if heard_bars >= 3 else 2 if heard_bars >= 2 else 0
        self._reach = len(bars_of(plan)) // self._period + 4 if self._period else 0

    def at(self, bar: int, half: int) -> tuple[int, str] | None:
        if not self._known:
            return None
        if found := self._known.get((bar, half)):
            return found
        for turn in range(1, self._reach):
            for away in (-turn, turn):
                if found := self._known.get((bar + away * self._period, half)):
                    return found
        return None


def _progression(plan: Plan, key: Key, section: Section, dice: Dice) -> list[str]:
    choices = PROGRESSIONS[STYLES[plan.style].progressions][key.mode]
    if section.name == "ending":
        return ["1"]
    kind = _PROGRESSION_OF.get(section.name, 0)
    dice = Dice(plan.ground) if plan.ground else dice
    return str(dice.roll("progression", kind).choice(choices)).split()


def _cadence(
    plan: Plan, key: Key, form: tuple[Section, ...], bar: int, own: list[tuple[int, str]]
) -> list[tuple[int, str]]:
    """A dominant leads into the ending and from a lift into its chorus; where blues or rock come to rest, a fourth."""
    following = next((each for each in form if each.bar == bar + 1), None)
    if following is None:
        return own
    dominant = triad_on(key, 5) if key.mode == "major" else ((key.tonic + 7) % 12, "maj")
    if following.name == "ending":
        return [own[0], triad_on(key, 4) if plan.style in PLAGAL and key.mode == "major" else dominant]
    is_lift = any(each.name == "lift" and each.bar + each.bars == following.bar for each in form)
    return [own[0], dominant] if is_lift and STYLES[plan.style].progressions not in MODAL else own


def chord_after(plan: Plan, key: Key) -> tuple[Chord, ...]:
    """The chord of the bar after the music, if it goes on there and anything tells what it is; else nothing."""
    bars = bars_of(plan)
    if not plan.onward:
        return ()
    line = plan.grid.line(bars.stop)
    if plan.chart:
        laid = lay_chart(plan.chart, plan.grid, range(bars.start, bars.stop + 1))
        return tuple(each for each in laid if each.start >= line - 1e-6)[:1]
    named = _Pattern(plan).at(bars.stop, 0) or triad_on(key, 1)
    return (Chord(line, plan.grid.beats_of(bars.stop), *named),)


def _degrees(key: Key, token: str) -> list[tuple[int, str]]:
    """'2,5M' → the chords of one bar; M makes a chord major whatever the key says."""
    found = []
    for each in token.split(","):
        root, quality = triad_on(key, int(each[0]))
        found.append(((key.tonic + SCALES[key.mode][4]) % 12, "maj") if each.endswith("M") else (root, quality))
    return found
