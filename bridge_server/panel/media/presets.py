"""Presets: words to begin with. Ten genres, an arrangement of tags, and songs that show what tags and lyrics can say.

The genres' names, the default tags and what the buttons do are those of ACE-Step v1's own screen; all other words here
were written for Dawbridge.
"""

from __future__ import annotations

import msgspec

from bridge_server.panel.media.examples import EXAMPLES, Example


class Preset(msgspec.Struct, frozen=True):
    """A genre and the tags that it fills in."""

    name: str
    tags: str


class Beginning(msgspec.Struct, frozen=True):
    """What the fields hold before anybody wrote in them. -1 `seconds`: a random length within `random_seconds`."""

    tags: str
    lyrics: str
    seconds: float
    random_seconds: tuple[float, float]


class Presets(msgspec.Struct, frozen=True):
    presets: tuple[Preset, ...]
    examples: tuple[Example, ...]
    defaults: Beginning


GENRES = (
    Preset(
        "Modern Pop",
        "pop, synth, polished drums, electric guitar, bright vocals, 120 BPM, catchy, radio-ready, warm low end",
    ),
    Preset(
        "Rock",
        "rock, overdriven electric guitar, live drums, bass guitar, raspy vocals, 130 BPM, driving, anthemic, gritty",
    ),
    Preset(
        "Hip Hop",
        "hip hop, 808 bass, crisp hi-hats, sampled keys, rap vocals, 90 BPM, laid-back, punchy, head-nodding groove",
    ),
    Preset(
        "Country",
        "country, acoustic guitar, pedal steel, fiddle, brushed drums, storytelling vocals, 100 BPM, warm, heartfelt",
    ),
    Preset(
        "EDM",
        "edm, sidechained synths, four-on-the-floor kick, build-up, drop, 128 BPM, euphoric, wide, festival energy",
    ),
    Preset(
        "Reggae",
        "reggae, offbeat guitar skank, round bass, one drop drums, organ bubble, 80 BPM, relaxed, sunny, soulful voice",
    ),
    Preset(
        "Classical",
        "classical, string orchestra, piano, woodwinds, rubato, 90 BPM, wide dynamics, concert hall, instrumental",
    ),
    Preset(
        "Jazz", "jazz, upright bass, brushed drums, piano comping, tenor saxophone, 110 BPM, swing, smoky, improvised"
    ),
    Preset(
        "Metal",
        "metal, distorted guitars, double kick drums, growling bass, powerful vocals, 160 BPM, aggressive, dark, tight",
    ),
    Preset("R&B", "r&b, silky vocals, rhodes, deep bass, finger snaps, 85 BPM, smooth, intimate, late-night groove"),
)

BEGINNING = Beginning(
    tags=(
        "funk, pop, soul, rock, melodic, guitar, drums, bass, keyboard, percussion, 105 BPM, energetic, upbeat, groovy,"
        " vibrant, dynamic"
    ),
    lyrics="""[verse]
Streetlights flicker on the avenue
Every window keeps a different view
I've been walking with my collar high
Counting trains that never say goodbye

[verse]
There's a radio on the second floor
Playing something I have heard before
And the rhythm comes in through the rain
Like a friend who never knew my name

[chorus]
Turn it up until the morning finds us
Leave the weight of yesterday behind us
We're alive in every spark and siren
Turn it up, we're made of sound and wire

[verse]
Now the corner store is lifting its blinds
Coffee steam is drawing silver lines
All the strangers move in double time
And the city learns to keep the rhyme

[bridge]
Slow it down, hear the pavement hum
Hold your breath and let the low notes come

[chorus]
Turn it up until the morning finds us
Leave the weight of yesterday behind us
We're alive in every spark and siren
Turn it up, we're made of sound and wire
""",
    seconds=-1.0,
    random_seconds=(30.0, 240.0),
)

PRESETS = Presets(GENRES, EXAMPLES, BEGINNING)
