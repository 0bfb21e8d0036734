"""The released model's size with random weights on a GPU: how many seconds of music a second makes."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.ace_v1.cases import Place, Song, our_song, transformer
from benchmarks.ace_v1.timing import timed
from benchmarks.table import Row
from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.config import ACE_STEP_3_5B, TransformerConfig
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig

PUBLISHED = {27: "27.27 × on an A100", 60: "12.27 × on an A100"}
"""Steps and real-time factor, as the project's page gives them for a minute of music."""


def rows() -> Iterator[Row]:
    """One row for each length and number of steps; a sentence where there is no GPU."""
    if not torch.cuda.is_available():
        yield Row("full size on a GPU", "not measured: this machine has none")
        return
    place = Place("cuda", torch.bfloat16)
    codec = Codec(build_dcae({}), Vocoder(VocoderConfig())).to(place.device)
    yield from song_rows(ACE_STEP_3_5B, codec, place, ((60, 27), (60, 60), (240, 27), (240, 60)))


def song_rows(
    config: TransformerConfig, codec: Codec, place: Place, songs: tuple[tuple[float, int], ...]
) -> Iterator[Row]:
    """Whole songs: words, sampling with the defaults, decode. The text encoder, 30 ms, is not in it."""
    model = transformer(config, place)
    for seconds, steps in songs:
        song = Song(model, seconds, place, Settings(infer_step=steps))
        our_song(Song(model, seconds, place, Settings(infer_step=2)))  # warms up kernels of this length
        if place.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        sampled = timed(lambda song=song: our_song(song))  # type: ignore[misc]
        latents = our_song(Song(model, seconds, place, Settings(infer_step=1)))
        decoded = timed(lambda latents=latents: codec.decode(latents))  # type: ignore[misc]
        figure = f"{seconds / (sampled + decoded):.2f} × real time; sampling {sampled:.2f} s, decode {decoded:.2f} s"
        if place.device == "cuda":
            figure += f"; peak {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB"
        yield Row(
            f"full size, {place.words}, {seconds:g} s of music in {steps} steps", figure, PUBLISHED.get(steps, "")
        )
