"""Piece: one stretch of new audio, brought home: the file's rate, its channels, its loudness, its seams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bridge_server.protocol.requests import Edit, Extend, Generate, Repaint
from bridge_server.protocol.values import Fade, Loudness
from bridge_server.region.channels import convert, usual_layout
from bridge_server.region.encoding import Encoding
from bridge_server.region.excerpt import Excerpt, Samples
from bridge_server.region.loudness import gain_to, integrated
from bridge_server.region.prepared import Levels, Prepared, Section
from bridge_server.region.resample import MARGIN, TO_FILE, resample
from bridge_server.region.splice import fade_for, mirrored, shape, underlay

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
    section, levels = prepared.sections[number], prepared.levels[number]
    fade = _fade(prepared, section)
    dry = _dry(prepared, section, fade)
    stems = {role: shape(_at_home(prepared, section, audio), fade) for role, audio in hull.items()}
    wet = _sum(stems)
    wanted = _matching_gain(prepared, levels, wet, dry, fade)
    gain_db = min(wanted, _highest_gain(stems, wet, formats))
    stems, audio = _spliced(stems, gain_db, dry, fade, formats)
    return Piece(
        section=section,
        audio=audio,
        stems=stems,
        fade=fade,
        loudness=Loudness(
            before=levels.before,
            surroundings=levels.surroundings,
            after=integrated(audio, prepared.rate, prepared.layout),
            gain_db=gain_db,
        ),
        notes=_notes(wanted, gain_db),
    )


def _at_home(prepared: Prepared, section: Section, hull: Samples) -> Samples:
    """A section of what the engine rendered, exactly as many samples as it has at home, in the result's channels."""
    layout, rate = usual_layout(prepared.capabilities.channels), prepared.capabilities.sample_rate
    audio = np.asarray(hull, np.float32)
    if len(prepared.layout) < len(layout):
        audio, layout = convert(audio, layout, prepared.layout), prepared.layout
    # The filter sees the hull's ends mirrored, not cut off: a cut would ring into the seams.
    margin = 0 if rate == prepared.rate else MARGIN * max(1, -(-rate // prepared.rate))
    rendered = Excerpt(np.pad(audio, ((0, 0), (margin, margin)), mode="symmetric"), -margin, rate)
    start = section.start - prepared.sections[0].start
    return convert(resample(rendered, prepared.rate, start, start + section.length, TO_FILE), layout, prepared.layout)


def _fade(prepared: Prepared, section: Section) -> Fade:
    match prepared.request:
        case Generate():
            return Fade()
        case Repaint() | Edit():
            return fade_for(section.length, prepared.rate, from_silence=False)
        case Extend():
            return fade_for(section.length, prepared.rate, from_silence=section.side == "left")
        case _:
            return fade_for(section.length, prepared.rate, from_silence=True)


def _dry(prepared: Prepared, section: Section, fade: Fade) -> Samples:
    """The old audio below new audio: that of the file, or silence where there is none.

    Beside a clip that is extended lies no old audio. There it is the file's own continuation where the clip was cut
    out of a longer file, or else the clip's end mirrored, which goes on from the same value.
    """
    if prepared.heard is None or prepared.source is None:
        return np.zeros((len(prepared.layout), section.length), np.float32)
    if isinstance(prepared.request, Repaint | Edit):
        audio = prepared.heard.between(section.start, section.end)
        return convert(audio, prepared.source.layout, prepared.layout)
    dry = np.zeros((len(prepared.layout), section.length), np.float32)
    if isinstance(prepared.request, Extend):
        clip = prepared.heard.within(prepared.request.span.start, prepared.request.span.end)
        if section.side == "right":
            going_on = _going_on(prepared.heard, clip.audio, section.start, fade.in_samples)
            dry[:, : fade.in_samples] = convert(going_on, prepared.source.layout, prepared.layout)
        else:
            backwards = Excerpt(prepared.heard.audio[:, ::-1], -prepared.heard.end, prepared.rate)
            going_on = _going_on(backwards, clip.audio[:, ::-1], -section.end, fade.out_samples)[:, ::-1]
            dry[:, section.length - fade.out_samples :] = convert(going_on, prepared.source.layout, prepared.layout)
    return dry


def _going_on(heard: Excerpt, clip: Samples, seam: int, length: int) -> Samples:
    """What follows the clip at its seam, for `length` samples."""
    follows = heard.within(seam, seam + length).audio
    return follows if follows.shape[1] == length else mirrored(clip, length)


def _sum(stems: Mapping[str, Samples]) -> Samples:
    """All stems together; a single one is handed back itself."""
    first, *others = stems.values()
    if not others:
        return first
    total = first.astype(np.float64)
    for stem in others:
        total += stem
    return total.astype(np.float32)


def _matching_gain(prepared: Prepared, levels: Levels, wet: Samples, dry: Samples, fade: Fade) -> float:
    """Decibels that make the spliced result as loud as it should be."""
    if levels.target is None:
        return 0.0
    gain_db = gain_to(levels.target, integrated(wet, prepared.rate, prepared.layout))
    if gain_db and wet.shape[1] < _SHORT_SECONDS * prepared.rate:
        for _ in range(2):
            trial = wet * np.float32(10 ** (gain_db / 20))
            underlay(trial, dry, fade)
            # Loud old audio below the fades must not silence the new: three decibels a try are enough for the rest.
            off = gain_to(levels.target, integrated(trial, prepared.rate, prepared.layout))
            gain_db += float(np.clip(off, -3.0, 3.0))
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
    stems: Mapping[str, Samples], gain_db: float, dry: Samples, fade: Fade, formats: Formats
) -> tuple[dict[str, Samples], Samples]:
    """Stems with their gain, and with the old audio the take that they make; no stems where there is only one."""
    gain = np.float32(10 ** (gain_db / 20))
    # Rounded before they are added up, the stems of a take are the take to the last bit.
    loud = {role: formats.stems.rounded(stem * gain) if len(stems) > 1 else stem * gain for role, stem in stems.items()}
    audio = _sum(loud)
    spliced = audio.copy()
    underlay(spliced, dry, fade)
    if formats.main.highest is not None and _peak(spliced) > formats.main.highest >= _peak(audio):
        loud = {role: formats.stems.rounded(shape(stem, fade)) for role, stem in loud.items()}
        spliced = _sum(loud).copy()
        underlay(spliced, dry, fade, equal_gain=True)
    return loud if len(loud) > 1 else {}, spliced


def _peak(audio: Samples) -> float:
    return float(max(audio.max(initial=0.0), -audio.min(initial=0.0)))


def _notes(wanted_db: float, gain_db: float) -> tuple[str, ...]:
    if wanted_db - gain_db < 0.05:
        return ()
    return (f"{wanted_db - gain_db:.1f} dB quieter than it should be, so that it does not clip.",)
