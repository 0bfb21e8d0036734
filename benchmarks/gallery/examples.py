"""The examples of docs/SKETCH_BY_EXAMPLE.md: a name, what is asked for, and what to listen to."""

from __future__ import annotations

from dataclasses import dataclass

from bridge_server.protocol.values import Change, Music

RATE = 48_000


@dataclass(frozen=True, kw_only=True)
class Example:
    """`seed` is part of the request: the same one makes the same sound."""

    name: str
    tags: str
    music: Music
    says: str
    lyrics: str = ""
    seed: int = 7
    seconds: float = 8.0


EXAMPLES = (
    Example(
        name="lofi",
        tags="lofi, rhodes",
        music=Music(bpm=82.0, key="D major", section="Verse"),
        says="Late, soft drums; sevenths and ninths on the rhodes; the bass leaves holes.",
    ),
    Example(
        name="lofi-half-time",
        tags="lofi, rhodes, half-time",
        music=Music(bpm=82.0, key="D major", section="Verse"),
        says="The same seed, one word more: the backbeat moves to three, chords and bass go half as fast.",
    ),
    Example(
        name="rock",
        tags="rock",
        music=Music(bpm=124.0, key="E minor", section="Chorus"),
        says="A crash on one, straight eighths, power chords on the guitar.",
    ),
    Example(
        name="jazz-swing",
        tags="jazz",
        music=Music(bpm=132.0, key="F major", section="Verse"),
        says="Ride and walking bass; off-beats fall on the last third of the beat.",
    ),
    Example(
        name="techno",
        tags="techno, dark",
        music=Music(bpm=132.0, key="A minor", section="Drop"),
        says="Four on the floor, an acid line, everything exactly on the grid.",
    ),
    Example(
        name="seven",
        tags="funk, clavinet",
        music=Music(bpm=104.0, meter="7/8", key="G minor", section="Verse"),
        says="7/8 as 2 + 2 + 3, with a groove of its own.",
    ),
    Example(
        name="typed-chords",
        tags="pop, piano",
        music=Music(bpm=96.0, section="Verse", chords="Am/C | F G | E7 | Dm7 . . G7"),
        says="Chords as typed: `Am/C | F G | E7 | Dm7 . . G7`. The bass stands on the C of the first bar.",
    ),
    Example(
        name="ritardando",
        tags="ballad, strings, piano",
        music=Music(
            bpm=90.0,
            key="C major",
            section="Verse",
            changes=(Change(at=3 * RATE, ramp=True), Change(at=7 * RATE, bpm=50.0)),
        ),
        says="The project slows down from 90 to 50 between seconds 3 and 7, and every bar line with it.",
    ),
    Example(
        name="guide-vocal",
        tags="ballad, piano",
        music=Music(bpm=72.0, key="G major", section="Verse"),
        lyrics="[verse]\nThe lamps go out along the quay\nand nobody is calling me",
        says="Sung by espeak-ng on a melody that is written for the words' stresses: a robot, a guide for a singer.",
    ),
)
