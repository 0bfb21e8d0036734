"""What is measured: widths, lengths, and the words of a song."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from benchmarks.ace_v1.plain_sampling import PlainRun
from benchmarks.ace_v1.plain_transformer import PlainTransformer
from engine.models.ace_v1.config import ACE_STEP_3_5B, LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.noise import Noise
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.samplers import sampler_for, schedule_for
from engine.models.ace_v1.sampling import GuidedModel, Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.frames import frames_of
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.transformer import Transformer

TAG_TOKENS = 20
LYRIC_TOKENS_A_SECOND = 5
"""An English verse, structure and line ends included."""

NARROW = replace(
    ACE_STEP_3_5B,
    num_layers=20,
    num_attention_heads=4,
    attention_head_dim=64,
    lyric_hidden_size=256,
    lyric_encoder=LyricEncoderConfig(256, 4, 1024),
)
"""Width 256, with the 20 blocks that ERG needs."""

MIDDLE = replace(
    ACE_STEP_3_5B,
    num_layers=8,
    num_attention_heads=8,
    lyric_hidden_size=512,
    lyric_encoder=LyricEncoderConfig(512, 8, 2048),
)
"""Width 1024."""

SLICE = replace(ACE_STEP_3_5B, num_layers=2)
"""The released model's width and lyric encoder, two of its 24 blocks."""


@dataclass(frozen=True)
class Place:
    """Where and in what precision a model runs."""

    device: str = "cpu"
    dtype: torch.dtype = torch.float32

    @property
    def words(self) -> str:
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


def transformer(config: TransformerConfig, place: Place) -> Transformer:
    """Random weights, without those that nothing computes with."""
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(place.dtype)
    try:
        with torch.device(place.device):
            return Transformer(config).eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(before)


def prompt(config: TransformerConfig, seconds: float, place: Place) -> Prompt:
    """Tags and lyrics as long as a song of `seconds` has them."""
    generator = torch.Generator().manual_seed(1)
    text, weak = torch.randn(2, 1, TAG_TOKENS, config.text_embedding_dim, generator=generator).to(
        place.device, place.dtype
    )
    tokens = max(1, int(LYRIC_TOKENS_A_SECOND * seconds))
    ids = torch.randint(config.lyric_encoder_vocab_size, (1, tokens), generator=generator).to(place.device)
    return Prompt(text, torch.ones_like(text[..., 0], dtype=torch.int64), ids, torch.ones_like(ids), text_weak=weak)


class Song:
    """One song on one model, to be made by us and by the plain implementation, from the same weights and noise."""

    def __init__(self, model: Transformer, seconds: float, place: Place, settings: Settings, batch: int = 1) -> None:
        self.model, self.settings, self.place = model, settings, place
        self.frames = frames_of(seconds)
        self.words = prompt(model.config, seconds, place)
        self.latents = self._noise(batch)
        self.batch = batch
        self.plain_model = PlainTransformer(model.config, dict(model.state_dict()))

    def _noise(self, batch: int) -> Tensor:
        return Noise(range(batch), compatible=True).draw(self.frames).to(self.place.device)

    def run(self) -> Run:
        """The request, for us."""
        return Run(self.model, self.words, self.settings, Noise(range(self.batch), compatible=True))

    def plain(self, *, encodes_every_call: bool = False) -> PlainRun:
        """The request, for the plain implementation."""
        return PlainRun(self.plain_model, self.words, self.settings, self._draws(), encodes_every_call)

    def _draws(self) -> Iterator[Tensor]:
        while True:
            yield self._noise(self.batch)

    @property
    def guided_call(self) -> int:
        """A model call in the middle of the run."""
        return self.settings.infer_step // 2


class OurStep:
    """A guided step in the middle of a run: two predictions, guidance, sampler. What comes before is prepared."""

    def __init__(self, song: Song) -> None:
        run = song.run()
        schedule = schedule_for(song.settings)
        self.song, self.model = song, GuidedModel(run, schedule)
        self.sampler = sampler_for(song.settings, schedule, run.noise)

    @torch.no_grad()
    def __call__(self) -> Tensor:
        index = self.song.guided_call
        velocity = self.model.velocity(index, self.song.latents)
        return self.sampler.step(index, velocity, self.song.latents)


class PlainStep:
    """The same step in the plain implementation."""

    def __init__(self, song: Song, *, encodes_every_call: bool) -> None:
        self.song, self.run = song, song.plain(encodes_every_call=encodes_every_call)

    @torch.no_grad()
    def __call__(self) -> Tensor:
        return self.run.step(self.song.guided_call, self.song.latents)


@torch.no_grad()
def our_song(song: Song) -> Tensor:
    """A whole run, words included."""
    return generate(song.run(), song.frames)


@torch.no_grad()
def plain_song(song: Song, *, encodes_every_call: bool) -> Tensor:
    """The same run in the plain implementation."""
    return song.plain(encodes_every_call=encodes_every_call).text2music()
