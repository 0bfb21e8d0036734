"""What ACE-Step v1 can do, known without loading anything."""

from __future__ import annotations

from bridge_server.protocol.values import Capabilities, Sampling
from engine.backends.ace_v1.checkpoint import NAME, Place

RATE, CHANNELS = 48_000, 2
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "cs", "nl", "ar", "zh", "ja", "hu", "ko", "hi")
"""The 17 that its lyric vocabulary has words for."""

WINDOW_SECONDS = 240.0
"""Longest stretch that the model composes at once, its context included: as long as the songs it was trained on."""

CONTEXT_SECONDS = 30.0
MAX_SECONDS = 600.0
"""Longest extension, which is made in several passes."""

TASKS = ("generate", "repaint", "extend", "edit", "retake", "again")
SETTINGS = (*Sampling.__struct_fields__, "loras", "reference", "preview", "language")
ABOUT = "ACE-Step v1, a music model with a singing voice that runs on this computer; this is AI."
NOISE = "Random weights for tests, not a music model: everything it renders is noise."


def capabilities(place: Place) -> Capabilities:
    """Without the lyric vocabulary it makes instrumental music only."""
    sings = place.vocabulary is not None
    return Capabilities(
        backend=NAME,
        model="random weights (noise)" if place.is_noise else "ACE-Step v1 3.5B",
        about=NOISE if place.is_noise else ABOUT,
        tasks=TASKS,
        sample_rate=RATE,
        channels=CHANNELS,
        loads=True,
        lyrics=sings,
        languages=LANGUAGES if sings else (),
        roles=("mix",),
        context_seconds=CONTEXT_SECONDS,
        min_seconds=0.1,
        max_seconds=MAX_SECONDS,
        settings=SETTINGS,
    )
