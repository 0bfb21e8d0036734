"""Piece: one stretch of new audio, brought home: the file's rate, its channels, its loudness, its seams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.values import Fade, Loudness
from bridge_server.region.bed import Bed, make_bed
from bridge_server.region.channels import convert, usual_layout
from bridge_server.region.encoding import Encoding
from bridge_server.region.excerpt import Excerpt, Samples
from bridge_server.region.loudness import integrated, listen
from bridge_server.region.prepared import Prepared, Section
from bridge_server.region.resample import TO_FILE, resample
from bridge_server.region.splice import shape, underlay

_SHORT_SECONDS = 2.4
"""Up to here the fades are a hundredth of the span, and the old audio below them counts in its loudness."""

_ROUNDING = 2.0**-23
"""How much one stem, rounded to 24 bits, may add to a peak."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """New audio as it goes to disk.

    audio  (C, T) float32: the sum of the stems and, below the fades, the old audio
    stems  role → (C, T) float32 with the take's gain and fades, on the grid of their sample format; none where the
           backend made only a mix
    """

    section: Section
    audio: Samples
    stems: Mapping[str, Samples]
    fade: Fade
    loudness: Loudness
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Formats:
    """Sample formats of a take's file and of its stems."""

    main: Encoding
    stems: Encoding


def make_piece(prepared: Prepared, number: int, hull: Mapping[str, Samples], formats: Formats) -> Piece:
    """Bring section `number` of a rendering home.

    hull  role → (C, T) float32 over the hull of the targets, at the backend's rate
    """
    section = prepared.sections[number]
    bed = make_bed(prepared, section)
    stems = {role: shape(_at_home(prepared, section, audio), bed.fade) for role, audio in hull.items()}
    wet = _sum(stems)
    heard = listen(wet, prepared.rate, prepared.layout)
    levels = prepared.levels[number]
    is_short = section.length < _SHORT_SECONDS * prepared.rate
    wanted = heard.gain_to(levels.target)
    if is_short:
        wanted = _corrected(wanted, levels.target, wet, bed, prepared)
    gain_db = min(wanted, _highest_gain(stems, wet, formats))
    stems, audio = _spliced(stems, gain_db, bed, formats, _keeps_some(prepared))
    after = integrated(audio, prepared.rate, prepared.layout) if is_short else heard.loudness(gain_db)
    return Piece(
        section=section,
        audio=audio,
        stems=stems,
        fade=bed.fade,
        loudness=Loudness(before=levels.before, surroundings=levels.surroundings, after=after, gain_db=gain_db),
        notes=_notes(wanted, gain_db),
    )


def _keeps_some(prepared: Prepared) -> bool:
    """Whether what was there goes on sounding in what is new."""
    return isinstance(prepared.request, Repaint) and prepared.request.strength < 1


def _at_home(prepared: Prepared, section: Section, hull: Samples) -> Samples:
    """A section of what the engine rendered, exactly as many samples as it has at home, in the result's channels.

    Returns an array of its own, never a view of `hull`.
    """
    layout, rate = usual_layout(prepared.capabilities.channels), prepared.capabilities.sample_rate
    audio = np.asarray(hull, np.float32)
    if len(prepared.layout) < len(layout):
        audio, layout = convert(audio, layout, prepared.layout), prepared.layout
    start = section.start - prepared.sections[0].start
    end = start + section.length
    if rate == prepared.rate:
        return convert(audio[:, start:end].copy(), layout, prepared.layout)
    audio = resample(Excerpt(audio, 0, rate), prepared.rate, start, end, TO_FILE, mirror=True)
    return convert(audio, layout, prepared.layout)


def _sum(stems: Mapping[str, Samples]) -> Samples:
    """All stems together; a single one is handed back itself."""
    first, *others = stems.values()
    if not others:
        return first
    total = first.astype(np.float64)
    for stem in others:
        total += stem
    return total.astype(np.float32)


def _corrected(gain_db: float, target: float | None, wet: Samples, bed: Bed, prepared: Prepared) -> float:
    """The gain with which new audio and what is left of the old are as loud as they should be."""
    for _ in range(3):
        trial = wet * np.float32(10 ** (gain_db / 20))
        underlay(trial, bed.dry, bed.fade)
        loudness = integrated(trial, prepared.rate, prepared.layout)
        if target is None or loudness is None:
            break
        # Old audio that is louder than everything around it must not silence the new: a few decibels are the rest.
        gain_db += float(np.clip(target - loudness, -2.0, 2.0))
    return gain_db


def _highest_gain(stems: Mapping[str, Samples], wet: Samples, formats: Formats) -> float:
    """Decibels at which the new audio and each of its stems are just not clipped; infinite for floats."""
    limits = [np.inf]
    if formats.stems.highest is not None and len(stems) > 1:
        limits += [formats.stems.highest / peak for stem in stems.values() if (peak := _peak(stem))]
    if formats.main.highest is not None and (peak := _peak(wet)):
        limits.append((formats.main.highest - _ROUNDING * len(stems)) / peak)
    return float(20 * np.log10(min(limits)))


def _spliced(
    stems: dict[str, Samples], gain_db: float, bed: Bed, formats: Formats, is_alike: bool
) -> tuple[dict[str, Samples], Samples]:
    """Stems with their gain, and the take that they and the old audio make; no stems where there is only one.

    is_alike  the new audio holds some of the old: equal power would make a bump of up to 3 dB at the seams
    """
    for stem in stems.values():
        np.multiply(stem, np.float32(10 ** (gain_db / 20)), out=stem)
    audio = _rounded_sum(stems, formats)
    clips = formats.main.highest is not None and _overshoots(audio, bed, formats.main.highest)
    is_gentle = clips or is_alike
    if is_gentle:
        for stem in stems.values():
            shape(stem, bed.fade)
        audio = _rounded_sum(stems, formats)
    underlay(audio, bed.dry, bed.fade, equal_gain=is_gentle)
    return (stems if len(stems) > 1 else {}), audio


def _rounded_sum(stems: dict[str, Samples], formats: Formats) -> Samples:
    """Several stems are rounded, in place, before they are added: so they are the take to the last bit."""
    if len(stems) > 1:
        for stem in stems.values():
            stem[...] = formats.stems.rounded(stem)
    return _sum(stems)


def _overshoots(audio: Samples, bed: Bed, highest: float) -> bool:
    """Whether old and new together, where they overlap, would clip."""
    tail = audio.shape[1] - bed.fade.out_samples
    edges = np.concatenate([audio[:, : bed.fade.in_samples], audio[:, tail:]], axis=1)
    beneath = np.concatenate([bed.dry[:, : bed.fade.in_samples], bed.dry[:, tail:]], axis=1)
    underlay(edges, beneath, bed.fade)
    return bool(_peak(edges) > highest)


def _peak(audio: Samples) -> float:
    return float(max(audio.max(initial=0.0), -audio.min(initial=0.0)))


def _notes(wanted_db: float, gain_db: float) -> tuple[str, ...]:
    if wanted_db - gain_db < 0.05:
        return ()
    return (f"{wanted_db - gain_db:.1f} dB quieter than it should be, so that it does not clip.",)
