"""Whether what was promised is true of the files that were made. Everything here is measured, nothing is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bridge_server.demo import measure
from bridge_server.demo.measure import Samples
from bridge_server.demo.plan import Errand
from bridge_server.demo.stage import Cancelling, Outcome
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.values import Take
from bridge_server.region.wav import read_recipe

LOUDNESS_LU = 0.5
AROUND_SECONDS = 8.0
ANSWER_SECONDS = 0.1
FREE_SECONDS = 1.0
GRID_SECONDS = 0.03


@dataclass(frozen=True)
class Promise:
    """One promise of docs, and what was found. `number` is that of design: P1, P4 …"""

    number: str
    words: str
    is_kept: bool
    found: str


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A take as a track holds it, beside what the track held before.

    before, after  (T, C) of the whole track; `after` of an extended clip is the clip and what was added
    start, end     the new audio in `after`
    """

    take: Take
    before: Samples
    after: Samples
    start: int
    end: int
    rate: int

    @property
    def new(self) -> Samples:
        return self.after[self.start : self.end]

    @property
    def loudness_around(self) -> float:
        """Of up to 8 s of the old audio on either side."""
        around = measure.surroundings(self.after, self.start, self.end, round(AROUND_SECONDS * self.rate))
        return measure.loudness(around, self.rate)

    @property
    def null_test(self) -> float:
        """The largest difference of any sample that nobody asked to change."""
        if len(self.before) < len(self.after):
            return measure.difference(self.before, self.after[: len(self.before)])
        return measure.difference_outside(self.before, self.after, self.start, self.end)


def sound_of(errand: Errand, take: Take) -> Sound:
    """Read the files of a take that belongs to a track. Raises RuntimeError (soundfile's) for what cannot be read."""
    assert errand.track is not None
    source, rate = measure.read_samples(errand.track)
    audio, _ = measure.read_samples(take.path)
    span = errand.span
    if errand.task == "extend":
        clip = source[span.start : span.end]
        return Sound(take=take, before=clip, after=audio, start=span.length, end=len(audio), rate=rate)
    after = audio if len(audio) == len(source) else measure.pasted(source, audio, take.parts[0].timeline)
    return Sound(take=take, before=source, after=after, start=span.start, end=span.end, rate=rate)


def null_test(sounds: Sequence[Sound]) -> Promise:
    worst = max(sound.null_test for sound in sounds)
    return Promise("P1", "Nothing changed outside the selection", worst == 0.0, f"differs by {worst:g}")


def inside_is_new(sounds: Sequence[Sound]) -> Promise:
    same = sum(
        len(sound.before) == len(sound.after)
        and measure.difference(sound.before[sound.start : sound.end], sound.new) == 0.0
        for sound in sounds
    )
    return Promise("P1", "Something new is inside it", same == 0, f"{len(sounds) - same} of {len(sounds)}")


def exact_lengths(outcomes: Sequence[Outcome]) -> Promise:
    wrong = [
        f"{Path(take.path).name} has {len(measure.read_samples(take.path)[0]):,}, not {outcome.errand.samples:,}"
        for outcome in outcomes
        for take in outcome.takes
        if len(measure.read_samples(take.path)[0]) != outcome.errand.samples
    ]
    count = sum(len(outcome.takes) for outcome in outcomes)
    return Promise(
        "P1",
        "Lengths are exact to the sample",
        not wrong,
        "; ".join(wrong) or f"{count} of {count}",
    )


def same_again(first: Samples, again: Samples) -> Promise:
    worst = measure.difference(first, again)
    return Promise("P4", "Same recipe, same samples", worst == 0.0, f"differs by {worst:g}")


def variants_differ(variants: Sequence[Samples]) -> Promise:
    smallest = min(measure.difference(one, other) for one, other in combinations(variants, 2))
    return Promise("P4", "Other seeds, other music", smallest > 0.01, f"differ by {smallest:.2f} or more")


def originals_unchanged(tracks: Mapping[str, Path], hashes: Mapping[str, str]) -> Promise:
    """`hashes` were taken before the first job."""
    changed = [role for role, path in tracks.items() if file_hash(path) != hashes[role]]
    return Promise(
        "P5", "The song's own files are as before", not changed, ", ".join(changed) or f"{len(tracks)} of {len(tracks)}"
    )


def loudness_kept(sounds: Sequence[Sound]) -> Promise:
    off = [abs(measure.loudness(sound.new, sound.rate) - sound.loudness_around) for sound in sounds]
    worst = max(off)
    return Promise(
        "P6",
        "As loud as its surroundings, ±0.5 LU",
        worst <= LOUDNESS_LU,
        f"{worst:.2f} LU off at most",
    )


def no_clicks(sounds: Sequence[Sound]) -> Promise:
    """At both ends of the new audio, where there is old audio beside it."""
    seams = [(sound, seam) for sound in sounds for seam in (sound.start, sound.end) if 0 < seam < len(sound.after)]
    worst = max(measure.clicks(sound.after, seam, sound.rate) for sound, seam in seams)
    return Promise(
        "P6",
        "The seams do not click",
        worst < measure.CLICK_RATIO,
        f"{len(seams)} seams, at most {worst:.2f}",
    )


def layer_on_the_grid(layer: Samples, beat_samples: float, rate: int) -> Promise:
    """Sixteenths count as grid: a bass may begin with an upbeat."""
    onset = measure.first_onset(layer)
    off = float("inf") if onset is None else measure.off_grid_seconds(onset, beat_samples / 4, rate)
    return Promise("P6", "The layer begins on the song's grid", off <= GRID_SECONDS, f"{1000 * off:.0f} ms off")


def cancel_is_quick(cancelling: Cancelling) -> Promise:
    answered, free = 1000 * cancelling.answer_seconds, 1000 * cancelling.free_seconds
    kept = cancelling.was_cancelled and cancelling.answer_seconds < ANSWER_SECONDS
    found = f"{answered:.1f} ms, engine free in {free:.0f} ms"
    return Promise(
        "P7",
        "Cancel is answered within 100 ms",
        kept and cancelling.free_seconds < FREE_SECONDS,
        found if cancelling.was_cancelled else "the job ended before it could be cancelled",
    )


def nothing_half_written(folder: Path) -> Promise:
    """`folder` is that of the cancelled job, whose only take was not finished."""
    left = [path.name for path in folder.rglob("*") if path.is_file() and path.name != "request.json"]
    return Promise("P3", "A cancelled job leaves no audio behind", not left, ", ".join(left) or "no take, no stem")


def recipes_are_inside(outcomes: Sequence[Outcome]) -> Promise:
    takes = [(outcome, take) for outcome in outcomes for take in outcome.takes]
    wrong = [Path(take.path).name for outcome, take in takes if not has_recipe(outcome.errand, take)]
    return Promise(
        "P9", "Every take carries its recipe", not wrong, ", ".join(wrong) or f"{len(takes)} of {len(takes)}"
    )


def has_recipe(errand: Errand, take: Take) -> bool:
    """Whether the WAV says how it was made, and says the truth."""
    try:
        recipe = read_recipe(Path(take.path))
    except BridgeError:
        return False
    request = recipe.request
    is_ours = request.job == errand.job and getattr(request, "span", None) == errand.span
    return is_ours and (recipe.seed, recipe.number) == (take.seed, take.number)


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
