"""What a checkpoint of ACE-Step 1.5 can do, known without loading anything."""

from __future__ import annotations

from bridge_server.protocol.values import Capabilities
from engine.backends.ace_15.checkpoint import Place
from engine.backends.ace_15.roles import ROLES
from engine.backends.ace_15.variant import STEMS, Variant

RATE, CHANNELS, HOP = 48_000, 2, 1_920
"""What the model works at; a latent frame is 40 ms."""

_CODES = (
    "ar az bg bn ca cs da de el en es fa fi fr he hi hr ht hu id is it ja ko la lt ms ne nl no pa pl pt ro ru sa sk sr "
    "sv sw ta te th tl tr uk ur vi zh"
)
LANGUAGES = tuple(_CODES.split())
"""Those of its 50 that have a code of two letters; only Cantonese has none."""

WINDOW_SECONDS = 600.0
"""Longest stretch that the model composes at once, its context included: as much silence as the checkpoint holds."""

CONTEXT_SECONDS = 30.0
SETTINGS = ("infer_step", "guidance_scale", "loras", "reference", "preview", "language", "draft", "timbre")
ABOUT = "ACE-Step 1.5, a music model that runs on this computer: songs, stems that hear the song; this is AI."
NOISE = "Random weights for tests, not a music model: everything it renders is noise."


def capabilities(place: Place) -> Capabilities:
    """Stems only where the checkpoint was trained for them."""
    return Capabilities(
        backend=place.name,
        model="random weights (noise)" if place.is_noise else f"ACE-Step 1.5 {place.variant.value}",
        about=NOISE if place.is_noise else ABOUT,
        tasks=place.variant.tasks,
        sample_rate=RATE,
        channels=CHANNELS,
        loads=True,
        lyrics=True,
        languages=LANGUAGES,
        roles=("mix", *ROLES) if place.variant is Variant.BASE else ("mix",),
        context_seconds=CONTEXT_SECONDS,
        min_seconds=0.1,
        max_seconds=WINDOW_SECONDS,
        settings=SETTINGS,
    )


def tasks() -> tuple[str, ...]:
    """What the family can do, for a checkpoint that is not there."""
    return (*STEMS, *Variant.TURBO.tasks)
