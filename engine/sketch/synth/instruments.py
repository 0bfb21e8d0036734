"""Instruments: name → role, range, tone, place in the stereo picture. The names are the words that tags may use."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sketch.synth import tones
from engine.sketch.synth.tones import Tone


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One way to sound.

    low, high  range in MIDI keys; notes outside are moved by octaves
    held       sounds for as long as the key is down (else it rings out by itself within `ring` s)
    release    seconds from key up to silence
    pan        −1 left … 1 right, for mono tones
    room       share sent into the room
    drive      0 clean … 1 an amplifier that gives all it has
    """

    role: str
    tone: Tone
    low: int
    high: int
    held: bool = True
    ring: float = 4.0
    release: float = 0.08
    pan: float = 0.0
    room: float = 0.15
    drive: float = 0.0


_BAR = ((1.0, 1.0, 1.6), (4.0, 0.25, 0.5), (10.1, 0.1, 0.12))
_WOOD = ((1.0, 1.0, 0.45), (3.93, 0.3, 0.12), (9.24, 0.12, 0.05))
_GLASS = ((1.0, 1.0, 1.5), (2.76, 0.5, 0.7), (5.4, 0.3, 0.35), (8.93, 0.12, 0.15))
_TINE = ((1.0, 1.0, 0.8), (2.0, 0.12, 0.5), (5.4, 0.2, 0.08), (8.2, 0.1, 0.05))
_BELL = ((0.5, 0.4, 2.6), (1.0, 0.9, 2.2), (1.19, 0.5, 1.6), (1.5, 0.3, 1.2), (2.0, 0.6, 1.0), (2.74, 0.3, 0.6))
_AH = ((680.0, 160.0, 1.0), (1120.0, 200.0, 0.6), (2500.0, 350.0, 0.25))
_sub, _pluck = tones.subtractive, tones.plucked


def _ring(role: str, tone: Tone, low: int, high: int, **how: float) -> Instrument:
    return Instrument(role=role, tone=tone, low=low, high=high, held=False, **how)


def _hold(role: str, tone: Tone, low: int, high: int, **how: float) -> Instrument:
    return Instrument(role=role, tone=tone, low=low, high=high, **how)  # type: ignore[arg-type]


PITCHED: dict[str, Instrument] = {
    # bass
    "finger bass": _ring("bass", _pluck(sustain=0.75, bright=0.6, place=0.28, pick=0.03), 28, 55, room=0.02, ring=3.0),
    "picked bass": _ring("bass", _pluck(sustain=0.8, bright=1.0, place=0.12, pick=0.1), 28, 55, room=0.02, ring=3.0),
    "slap bass": _ring("bass", _pluck(sustain=0.65, bright=1.5, place=0.06, pick=0.16), 28, 57, room=0.02, ring=2.5),
    "upright bass": _ring("bass", _pluck(sustain=0.4, bright=0.45, place=0.33, pick=0.05, body=0.5), 28, 55, room=0.06,
                          ring=2.0),
    "sub bass": _hold("bass", _sub("triangle", cutoff=(700, 330, 0.2), rise=0.006, fade=2.5), 26, 50, room=0.0),
    "808 bass": _ring("bass", tones.slide_sub(), 24, 48, room=0.0, ring=3.5),
    "synth bass": _hold("bass", _sub("saw", cutoff=(1800, 420, 0.16), resonance=1.4, voices=(-4, 4), sub=0.3), 28, 55,
                        room=0.02),
    "acid bass": _hold("bass", _sub("saw", cutoff=(2400, 320, 0.11), resonance=5.0, rise=0.002, fade=1.2), 28, 57,
                       room=0.05, release=0.04),
    "reese bass": _hold("bass", _sub("saw", cutoff=(900, 650, 0.5), voices=(-14, 13), sub=0.35, rise=0.01), 26, 50,
                        room=0.03),
    "fm bass": _hold("bass", tones.fm_tone(1.0, (3.0, 0.7, 0.18), fade=1.6), 28, 55, room=0.02),
    # keys
    "piano": _ring("keys", tones.piano(), 36, 91, room=0.16, release=0.16, ring=6.0),
    "house piano": _ring("keys", tones.piano(bright=2.2), 41, 91, room=0.16, release=0.1, ring=4.0),
    "rhodes": _ring("keys", tones.electric_piano(), 38, 88, room=0.14, release=0.12, ring=5.0),
    "wurlitzer": _ring("keys", tones.electric_piano(tine=0.15, bark=2.0, ring=1.1, tremolo=0.25), 38, 84, room=0.12,
                       release=0.1),
    "electric piano": _ring("keys", tones.electric_piano(tine=0.9, bark=0.6, ring=2.2, tremolo=0.05), 40, 91, room=0.2,
                            release=0.15, ring=5.0),
    "organ": _hold("keys", tones.organ(), 40, 84, room=0.14, release=0.05),
    "clavinet": _ring("keys", _pluck(sustain=0.8, bright=1.6, place=0.08, pick=0.05), 40, 84, room=0.05, release=0.03,
                      pan=0.2, ring=2.0),
    "harpsichord": _ring("keys", _pluck(sustain=1.1, bright=2.0, place=0.1, pick=0.12), 41, 89, room=0.2, ring=3.0),
    "pluck": _hold("keys", _sub("saw", cutoff=(7000, 500, 0.12), voices=(-7, 7, -3, 4), wide=True, fade=0.45), 48, 91,
                   room=0.25, release=0.12),
    "marimba": _ring("keys", tones.mallet(_WOOD, knock=0.05), 45, 91, room=0.2, ring=2.0, pan=-0.15),
    "kalimba": _ring("keys", tones.mallet(_TINE, knock=0.08), 52, 88, room=0.25, ring=3.0, pan=0.15),
    "bells": _ring("keys", tones.mallet(_BELL), 60, 91, room=0.3, ring=6.0),
    "glockenspiel": _ring("keys", tones.mallet(_GLASS, knock=0.03), 67, 98, room=0.25, ring=4.0, pan=0.25),
    "vibraphone": _ring("lead", tones.mallet(_BAR, motor=0.3), 53, 89, room=0.22, ring=5.0, pan=0.15),
    # guitars
    "acoustic guitar": _ring("guitar", _pluck(sustain=1.3, bright=1.2, place=0.17, pick=0.08, body=0.5), 40, 79,
                             room=0.12, pan=-0.3),
    "nylon guitar": _ring("guitar", _pluck(sustain=1.0, bright=0.9, place=0.2, pick=0.04, body=0.6), 40, 79, room=0.14,
                          pan=-0.25),
    "electric guitar": _ring("guitar", _pluck(sustain=1.8, bright=0.8, place=0.14, pick=0.05), 40, 81, room=0.12,
                             pan=0.3, drive=0.12),
    "jazz guitar": _ring("guitar", _pluck(sustain=1.3, bright=0.35, place=0.3, pick=0.03), 40, 79, room=0.14, pan=0.25),
    "muted guitar": _ring("guitar", _pluck(sustain=0.22, bright=0.7, place=0.15, pick=0.08), 40, 79, room=0.12,
                          pan=0.3),
    "distorted guitar": _ring("guitar", _pluck(sustain=2.8, bright=1.0, place=0.12, pick=0.08), 38, 76, room=0.1,
                              drive=1.0, ring=5.0),
    "harp": _ring("guitar", _pluck(sustain=1.8, bright=0.8, place=0.4, pick=0.01), 36, 91, room=0.25, pan=-0.2,
                  ring=5.0),
    # pads and strings
    "warm pad": _hold("pad", _sub("saw", cutoff=(700, 1300, 0.8), resonance=0.8, voices=(-9, 8, 3, -4), rise=0.25,
                                  wide=True), 45, 84, room=0.3, release=0.5),
    "saw pad": _hold("pad", _sub("saw", cutoff=(2500, 4200, 0.8), voices=(-12, 11, 5, -6), rise=0.12, wide=True), 45,
                     84, room=0.28, release=0.4),
    "glass pad": _hold("pad", _sub("triangle", cutoff=(2500, 5000, 1.2), voices=(-6, 6, 1207, 1194), rise=0.4,
                                    wide=True), 48, 86, room=0.4, release=0.8),
    "choir pad": _hold("pad", _sub("saw", cutoff=(3000, 3600, 0.5), voices=(-8, 9, 4, -5), rise=0.22, vibrato=10,
                                   wide=True, formants=_AH), 45, 81, room=0.35, release=0.4),
    "strings": _hold("strings", _sub("saw", cutoff=(2200, 3200, 0.4), voices=(-7, 8, 3, -3), rise=0.09, vibrato=9,
                                     wide=True), 43, 88, room=0.3, release=0.25),
    "pizzicato": _ring("strings", _pluck(sustain=0.35, bright=0.5, place=0.3, pick=0.03, body=0.5), 43, 88, room=0.3,
                       ring=1.5),
    # brass
    "brass section": _hold("brass", _sub("saw", cutoff=(900, 3800, 0.07), voices=(-5, 6, 2, -3), rise=0.03,
                                         wide=True), 46, 82, room=0.2, release=0.08),
    "trumpet": _hold("brass", _sub("saw", cutoff=(1300, 4200, 0.05), resonance=1.1, rise=0.02, vibrato=12), 54, 82,
                     room=0.22, release=0.07, pan=0.15),
    "french horn": _hold("brass", _sub("saw", cutoff=(500, 1300, 0.1), rise=0.05, vibrato=6), 41, 74, room=0.35,
                         release=0.15, pan=-0.15),
    # leads
    "synth lead": _hold("lead", _sub("saw", cutoff=(5200, 2600, 0.25), resonance=1.3, voices=(-6, 6), rise=0.006,
                                     vibrato=14), 55, 88, room=0.22, release=0.1),
    "square lead": _hold("lead", _sub("square", cutoff=(5000, 2600, 0.3), rise=0.004, vibrato=10), 55, 90, room=0.2,
                         release=0.08),
    "lead guitar": _ring("lead", _pluck(sustain=3.5, bright=0.9, place=0.15, pick=0.06), 52, 86, room=0.2, drive=0.7,
                         ring=5.0),
    "flute": _hold("lead", tones.blown((1.0, 0.35, 0.15, 0.05), breath=0.05), 60, 93, room=0.28, release=0.09, pan=0.1),
    "whistle": _hold("lead", tones.blown((1.0, 0.08, 0.03), breath=0.03, rise=0.03, vibrato=20), 67, 98, room=0.28,
                     release=0.07),
    "fiddle": _hold("lead", _sub("saw", cutoff=(3800, 3000, 0.3), resonance=1.0, rise=0.05, vibrato=18), 55, 91,
                    room=0.25, release=0.1, pan=-0.1),
    "saxophone": _hold("lead", _sub("pulse", cutoff=(1500, 3000, 0.08), resonance=1.2, rise=0.025, vibrato=16,
                                    formants=((500, 250, 1.0), (1300, 400, 0.7), (2600, 600, 0.4))), 49, 82, room=0.22,
                       release=0.08),
}  # fmt: skip
