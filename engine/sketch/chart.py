"""Chart: chords that the user wrote, read strictly and followed exactly.

`Am F C G` is a bar for each chord. With bar lines, `Am | F G | C . . G7 | %`, the chords of a bar share its pulses:
a dot holds the chord for another share, `%` repeats the bar before. The chart starts over when it has run through.
"""

from __future__ import annotations

import re

from bridge_server.protocol.errors import BadRequest
from engine.sketch.grid import Grid
from engine.sketch.score import Chord
from engine.sketch.theory import LETTERS, QUALITIES, Chart, Key, Named

_CHORD = re.compile(r"([A-G])([#b♯♭]?)([^/\s|]*)(?:/([A-G])([#b♯♭]?))?")
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "maj": ("", "M", "maj", "major"),
    "min": ("m", "min", "minor", "-"),
    "dim": ("dim", "°", "o"),
    "aug": ("aug", "+"),
    "5": ("5",),
    "6": ("6", "M6", "maj6"),
    "min6": ("m6", "min6", "-6"),
    "sus2": ("sus2",),
    "sus4": ("sus4", "sus"),
    "7sus4": ("7sus4", "7sus"),
    "add9": ("add9", "(add9)", "2"),
    "madd9": ("madd9", "m(add9)"),
    "maj7": ("maj7", "M7", "Δ", "Δ7", "j7"),
    "min7": ("m7", "min7", "-7"),
    "7": ("7", "dom7"),
    "dim7": ("dim7", "°7", "o7"),
    "m7b5": ("m7b5", "ø", "ø7", "min7b5", "-7b5"),
    "mmaj7": ("mmaj7", "mM7", "m(maj7)", "minmaj7", "mΔ"),
    "maj9": ("maj9", "M9", "Δ9"),
    "min9": ("m9", "min9", "-9"),
    "9": ("9",),
    "13": ("13",),
}
_QUALITY = {spelling: quality for quality, spellings in _SPELLINGS.items() for spelling in spellings}
MOST_IN_BAR = 16
_HINT = "Write chords like Am F C G, or with bar lines: Am | F G | C . . G7 | %. Basses after a slash: C/E."


def read_chart(text: str) -> Chart:
    """Raises BadRequest, with the word that is no chord."""
    if not text.strip():
        return ()
    if "|" not in text:
        bars = [[word] for word in text.replace(",", " ").split()]
    else:
        bars = [bar.replace(",", " ").split() for bar in text.strip().strip("|").replace("||", "|").split("|")]
    found: list[tuple[Named, ...]] = []
    for number, words in enumerate(bars, start=1):
        if words in (["%"], ["."], []):
            if not found:
                raise BadRequest(f"Bar {number} of the chords repeats a bar that is not there.", _HINT)
            found.append(found[-1])
        else:
            found.append(_bar(words, found[-1][-1] if found else None))
    return tuple(found)


def _bar(words: list[str], before: Named | None) -> tuple[Named, ...]:
    if len(words) > MOST_IN_BAR:
        raise BadRequest(f"A bar has {len(words)} chords; {MOST_IN_BAR} can be played.", _HINT)
    chords: list[Named] = []
    for word in words:
        held = chords[-1] if chords else before
        if word in (".", "%", "/"):
            if held is None:
                raise BadRequest(f"The chords begin with {word!r}, but there is nothing to hold.", _HINT)
            chords.append(held)
        else:
            chords.append(_chord(word))
    return tuple(chords)


def _chord(word: str) -> Named:
    found = _CHORD.fullmatch(word)
    quality = _QUALITY.get(found[3]) if found else None
    if not found or quality is None:
        raise BadRequest(f"{word!r} is not a chord.", _HINT)
    bass = _pitch(found[4], found[5]) if found[4] else -1
    return Named(_pitch(found[1], found[2]), quality, bass)


def _pitch(letter: str, accidental: str | None) -> int:
    return (LETTERS[letter] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(accidental or "", 0)) % 12


def lay_chart(chart: Chart, grid: Grid, bars: range) -> tuple[Chord, ...]:
    """The chords of `bars`, the chart's first bar on the first of them."""
    chords: list[Chord] = []
    for bar in bars:
        named = chart[(bar - bars.start) % len(chart)]
        for name, (start, length) in zip(named, _shares(grid, bar, len(named)), strict=True):
            last = chords[-1] if chords else None
            if last and start > grid.line(bar) and Named(last.root, last.quality, last.bass) == name:
                chords[-1] = Chord(last.start, last.length + length, last.root, last.quality, last.bass)
            else:
                chords.append(Chord(start, length, name.root, name.quality, name.bass))
    return tuple(chords)


def _shares(grid: Grid, bar: int, count: int) -> list[tuple[float, float]]:
    """A bar cut into `count`: at its pulses where there are enough of them, evenly otherwise."""
    line, beats = grid.line(bar), grid.beats_of(bar)
    starts = [start for start, _ in grid.meter_of(bar).pulses() if start < beats - 1e-6]
    if count == 1:
        cuts = [0.0]
    elif count == 2:
        cuts = [0.0, min(grid.meter_of(bar).half, beats / 2 if len(starts) < 2 else beats)]
    elif count == len(starts):
        cuts = starts
    else:
        cuts = [share * beats / count for share in range(count)]
    if len(cuts) > 1 and cuts[-1] >= beats:
        cuts = [share * beats / count for share in range(count)]
    return [(line + cut, after - cut) for cut, after in zip(cuts, [*cuts[1:], beats], strict=True)]


def key_of_chart(chart: Chart) -> Key:
    """The key that holds most of its chords; the first and last chord tell the tonic from its relatives."""
    chords = [name for bar in chart for name in bar]

    def fit(key: Key) -> float:
        inside = sum(key.diatonic(name.root, name.quality) for name in chords)
        minor = "min" if key.mode == "minor" else "maj"
        home = [0.6 * (name.root == key.tonic and _third(name.quality) == minor) for name in (chords[0], chords[-1])]
        dominant = any(name.root == (key.tonic + 7) % 12 and name.quality in ("maj", "7", "9") for name in chords)
        return inside + sum(home) + 0.3 * dominant + 0.1 * (key.mode == "major")

    return max((Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")), key=fit)


def _third(quality: str) -> str:
    return "min" if 3 in QUALITIES[quality] else "maj"
