"""The suite `model`: ACE-Step v1 beside the plain implementation, and each idea beside its absence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from benchmarks.ace_v1 import full_size
from benchmarks.ace_v1.cases import (
    MIDDLE,
    NARROW,
    SLICE,
    OurStep,
    Place,
    PlainStep,
    Song,
    our_song,
    plain_song,
    transformer,
)
from benchmarks.ace_v1.ideas import IDEAS, Forgetful, WithoutIdea
from benchmarks.ace_v1.timing import Pairs, in_turn, timed
from benchmarks.table import Row
from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig

FLOAT, HALF = Place(), Place(dtype=torch.bfloat16)
WIDTHS: tuple[tuple[str, TransformerConfig, tuple[tuple[Place, tuple[float, ...]], ...]], ...] = (
    ("256 × 20", NARROW, ((FLOAT, (10, 60)), (HALF, (60,)))),
    ("1024 × 8", MIDDLE, ((FLOAT, (10, 60)),)),
    ("2560 × 2", SLICE, ((FLOAT, (10, 60)), (HALF, (10, 60, 240)))),
)
"""Width × blocks, and for each precision the seconds of music."""

GOAL = "0.70 × plain"
CODEC_SECONDS = 3


@contextmanager
def one_thread() -> Iterator[None]:
    """On a CPU one thread is timed by its own clock, so that other work on the machine does not count."""
    before = torch.get_num_threads()
    if not torch.cuda.is_available():
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def rows() -> list[Row]:
    """All rows, printed as they come, for they take ten minutes; the full size only where there is a GPU."""
    found = []
    with one_thread(), torch.no_grad():
        for measured in measurements():
            print(f"  {measured.what}: {measured.figure}", flush=True)
            found.append(measured)
    return found


def measurements() -> Iterator[Row]:
    """Steps and runs, ideas, codec, full size."""
    for name, config, places in WIDTHS:
        for place, lengths in places:
            yield from width_rows(name, config, place, lengths)
    yield from idea_rows(FLOAT, (10,))
    yield from idea_rows(HALF, (10, 60))
    yield from codec_rows()
    yield from full_size.rows()


def settings(config: TransformerConfig, steps: int = 4) -> Settings:
    """The defaults; ERG in the transformer only where there are blocks for it."""
    return Settings(compatible=True, infer_step=steps, use_erg_diffusion=config.num_layers >= 20)


def width_rows(name: str, config: TransformerConfig, place: Place, lengths: tuple[float, ...]) -> Iterator[Row]:
    """One width in one precision."""
    model = transformer(config, place)
    for seconds in lengths:
        song = Song(model, seconds, place, settings(config))
        where = f"{name}, {place.words}, {seconds:g} s"
        yield row(f"{where}: one evaluation", in_turn(*evaluations(song)))
        ours = OurStep(song)
        yield row(f"{where}: guided step", in_turn(ours, PlainStep(song, encodes_every_call=True)), GOAL)
        yield row(f"{where}: guided step, plain encodes once", in_turn(ours, PlainStep(song, encodes_every_call=False)))
        if seconds == lengths[0]:
            yield row(f"{where}: whole run of 4 steps", in_turn(*runs(song), seconds=4, least=2))


def evaluations(song: Song) -> tuple[Callable[[], Tensor], Callable[[], Tensor]]:
    """One condition, one step: ours with what it has prepared, the plain one with encoded words."""
    words, model = song.words, song.model
    speaker = words.text.new_zeros(1, model.config.speaker_embedding_dim)
    states, mask = model.encode(words.text, words.text_mask, speaker, words.lyric_ids, words.lyric_mask)
    conditions, timestep = model.prepare(states, mask), torch.full((1,), 500.0, device=song.place.device)
    latents = song.latents.to(song.place.dtype)
    return (
        lambda: model(latents, timestep, conditions),
        lambda: song.plain_model.velocity(latents, timestep, states, mask),
    )


def runs(song: Song) -> tuple[Callable[[], Tensor], Callable[[], Tensor]]:
    return lambda: our_song(song), lambda: plain_song(song, encodes_every_call=True)


def row(what: str, pairs: Pairs, budget: str = "") -> Row:
    mine, plain = pairs.seconds
    return Row(what, f"{mine:.3f} s against {plain:.3f} s: **{pairs.ratio:.2f}** × plain", budget)


def idea_rows(place: Place, lengths: tuple[float, ...]) -> Iterator[Row]:
    """What a guided step takes without an idea, as a multiple of what it takes with it."""
    model: Transformer = transformer(SLICE, place)
    for seconds in lengths:
        step, where = OurStep(Song(model, seconds, place, settings(SLICE))), f"2560 × 2, {place.words}, {seconds:g} s"
        yield gain(f"{where}, without: conditions computed once", in_turn(step, Forgetful(step), seconds=4))
        for idea in IDEAS:
            yield gain(f"{where}, without: {idea.name}", in_turn(step, WithoutIdea(step, idea), seconds=4))


def gain(what: str, pairs: Pairs) -> Row:
    return Row(what, f"{1 / pairs.ratio:.2f} × the time")


def codec_rows() -> Iterator[Row]:
    """Encode and decode at the published sizes; the DCAE is diffusers' in any case, so there is nothing plain."""
    torch.manual_seed(0)
    codec = Codec(build_dcae({}), Vocoder(VocoderConfig()))
    audio = torch.rand(1, 2, CODEC_SECONDS * 48_000) - 0.5
    latents, _ = codec.encode(audio)
    for what, work in (("encode", lambda: codec.encode(audio)), ("decode with vocoder", lambda: codec.decode(latents))):
        yield Row(f"codec, full size, cpu, float32: {what}", f"{timed(work) / CODEC_SECONDS:.2f} s a second of music")
