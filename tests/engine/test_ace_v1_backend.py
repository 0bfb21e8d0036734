"""ace-step-v1 as the engine sees it: every task at tiny width, exact lengths, seeds, progress, cancel, odd input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bridge_server.protocol.errors import BadAudio, BadRequest, BadSpan, BridgeError, TooLong, Unsupported
from bridge_server.protocol.requests import Layer
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Sampling
from engine.backends.ace_v1.backend import AceStepV1
from engine.backends.ace_v1.checkpoint import Place
from engine.backends.ace_v1.options import Options
from engine.backends.ace_v1.studio import Studio
from engine.backends.ace_v1.words import Sung, read, with_music
from engine.watch import Cancelled, Watch
from engine.work import Work
from tests.engine.ace_v1_work import (
    JOB,
    QUICK,
    RATE,
    SOURCE,
    backend,
    edit,
    extend,
    generate,
    kept,
    mix,
    music,
    origin,
    render,
    renders,
    repaint,
    silence,
)  # fmt: skip


@pytest.fixture(scope="module")
def model(noise_checkpoint: Path, vocabulary: Path) -> AceStepV1:
    return backend(noise_checkpoint, vocabulary)


WORKS: dict[str, Work] = {
    "generate": generate(RATE + 7, music=Music(bpm=105, key="D major")),
    "an instant": generate(4_800),
    "with lyrics": generate(RATE, lyrics="[verse]\nhello there\n", language="en"),
    "after a reference": generate(RATE, reference=SOURCE, context=music(1)),
    "repaint": repaint(music(3), 47_123, 80_001),
    "repaint all": repaint(music(1), 0, RATE),
    "repaint a little": repaint(music(2), 40_000, 60_000, strength=0.4),
    "edit": edit(music(2), 10_001, 60_000, tags="rock"),
    "remix": edit(music(2), 10_001, 60_000, mode="remix", lyrics="[verse]\nother words\n"),
    "extend left": extend(music(1), 30_001, 0),
    "extend right": extend(music(1), 0, 30_001),
    "extend both": extend(music(1), 20_000, 100_001),
    "extend an instant": extend(music(1)[:, :100], 0, 9_000),
    "retake": generate(RATE, origin=origin(3, 0.5)),
    "retake a repaint": repaint(music(1), 10_000, 20_000, origin=origin(3, 0.5)),
    "silence": repaint(silence(RATE), 10_000, 20_000),
    "no tags": generate(RATE, tags=""),
}


@pytest.mark.parametrize("name", list(WORKS))
def test_every_task_fills_its_hull_to_the_sample(model: AceStepV1, name: str) -> None:
    work = WORKS[name]
    take = render(model, work)
    assert mix(take).shape == (2, work.hull.length)
    assert mix(take).dtype == np.float32
    assert np.isfinite(mix(take)).all()
    assert mix(take).std() > 0
    latents = take.latents["latents"]
    assert latents.shape[:2] == (8, 16)
    assert np.isfinite(latents).all()
    assert set(take.stems) == {"mix"}


@pytest.mark.parametrize("name", ["generate", "repaint", "extend both", "edit"])
def test_the_same_seed_is_the_same_audio(model: AceStepV1, name: str) -> None:
    first, other = renders(model, WORKS[name], [5, 6])
    assert np.array_equal(mix(render(model, WORKS[name], 6)), mix(other))
    assert not np.array_equal(mix(first), mix(other))


@pytest.mark.parametrize("name", ["generate", "repaint", "extend both", "edit"])
def test_a_variant_in_a_batch_is_the_same_seed_alone(model: AceStepV1, name: str) -> None:
    import msgspec

    work = WORKS[name]
    sampling = msgspec.structs.replace(QUICK, batch=True)
    request: Any = msgspec.structs.replace(work.request, sampling=sampling)  # type: ignore[type-var]
    together = renders(model, Work(request=request, context=work.context, targets=work.targets), [5, 6, 7])
    for seed, take in zip([5, 6, 7], together, strict=True):
        alone = render(model, work, seed)
        np.testing.assert_allclose(take.latents["latents"], alone.latents["latents"], atol=2e-3)
        np.testing.assert_allclose(mix(take), mix(alone), atol=2e-3)


@pytest.mark.parametrize("name", ["generate", "after a reference", "repaint a little", "extend both", "remix"])
def test_a_retake_of_variance_0_is_the_take(model: AceStepV1, name: str) -> None:
    work = WORKS[name]
    take = render(model, work, 11)
    arrays = kept(take, work.hull.start)
    still, moved = (
        Work(request=work.request, context=work.context, targets=work.targets, latents=arrays, origin=origin(11, v))
        for v in (0.0, 0.3)
    )
    assert np.array_equal(mix(render(model, still, 12)), mix(take))
    assert not np.array_equal(mix(render(model, moved, 12)), mix(take))


def test_strength_0_and_a_reference_of_strength_1_are_what_was_there(model: AceStepV1) -> None:
    context = music(2)
    take = render(model, repaint(context, 10_000, 50_000, strength=0.0))
    assert np.array_equal(mix(take), context[:, 10_000:50_000])
    take = render(model, generate(2 * RATE, context=context, reference=SOURCE, reference_strength=1.0))
    assert np.array_equal(mix(take), context)


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(infer_step=3, scheduler_type="heun"),
        Sampling(infer_step=3, scheduler_type="pingpong"),
        Sampling(infer_step=3, cfg_type="cfg_star", guidance_interval=1.0),
        Sampling(infer_step=4, guidance_scale_text=5.0, guidance_scale_lyric=1.5),
        Sampling(oss_steps=(2, 5, 7)),
        Sampling(infer_step=3, guidance_scale=1.0),
        Sampling(infer_step=3, use_erg_tag=False, use_erg_lyric=False, use_erg_diffusion=False),
    ],
    ids=str,
)
def test_every_setting_reaches_the_model(model: AceStepV1, sampling: Sampling) -> None:
    plain = mix(render(model, generate(RATE // 2)))
    take = render(model, generate(RATE // 2, sampling=sampling))
    assert np.isfinite(mix(take)).all()
    assert not np.array_equal(mix(take), plain)


def test_compatible_is_the_reference_with_its_oddities(model: AceStepV1) -> None:
    whole = repaint(music(1), 0, RATE, sampling=Sampling(infer_step=3, compatible=True))
    silent = repaint(silence(RATE), 0, RATE, sampling=Sampling(infer_step=3, compatible=True))
    assert np.array_equal(mix(render(model, whole)), mix(render(model, silent))), "it does not listen to the source"
    assert not np.array_equal(mix(render(model, WORKS["repaint all"])), mix(render(model, whole)))


def test_progress_only_rises_and_names_what_is_done(model: AceStepV1) -> None:
    told: list[tuple[float, str]] = []
    work = extend(music(1), 20_000, 20_000)
    renders(model, work, [1, 2], Watch(lambda fraction, stage: told.append((fraction, stage))))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    stages = {stage.split(",")[0] for _, stage in told}
    assert {"loading", "reading the words", "listening", "composing", "decoding"} <= stages


@pytest.mark.parametrize("stage", ["loading", "reading the words", "listening", "composing, step 2", "decoding"])
def test_cancel_is_heard_at_every_stage(model: AceStepV1, stage: str) -> None:
    watch = Watch(lambda fraction, at: watch.cancel() if at.startswith(stage) else None)
    with pytest.raises(Cancelled):
        renders(model, WORKS["repaint"], [1], watch)
    assert render(model, WORKS["an instant"]), "and the model works on"


def test_a_preview_comes_half_way_and_changes_nothing(model: AceStepV1) -> None:
    shown: list[tuple[int, tuple[int, ...]]] = []
    at: list[float] = []
    watch = Watch(
        lambda fraction, stage: at.append(fraction), lambda number, audio: shown.append((number, audio.shape))
    )
    work = repaint(music(2), 10_000, 40_000, preview=True)
    takes = renders(model, work, [1, 2], watch)
    assert shown == [(1, (2, 30_000)), (2, (2, 30_000))]
    plain = repaint(music(2), 10_000, 40_000)
    assert np.array_equal(mix(takes[1]), mix(render(model, plain, 2)))


BAD: dict[str, tuple[Work, type[BridgeError], str]] = {
    "too long": (generate(int(241 * RATE)), TooLong, "240"),
    "a little too long": (generate(int(240.05 * RATE)), TooLong, "240"),
    "NaN": (repaint(np.full((2, RATE), np.nan, np.float32), 0, RATE), BadAudio, "not numbers"),
    "a language": (generate(RATE, lyrics="ave", language="la"), Unsupported, "la"),
    "oss with heun": (
        generate(RATE, sampling=Sampling(oss_steps=(1, 2), scheduler_type="heun")), BadRequest, "oss_steps"
    ),
    "falling oss": (generate(RATE, sampling=Sampling(oss_steps=(3, 2))), BadRequest, "oss_steps"),
    "edit range": (edit(music(1), 0, RATE, sampling=Sampling(edit_n_min=0.9, edit_n_max=0.1)), BadRequest, "edit_n"),
    "a layer": (
        Work(
            request=Layer(job=JOB, span=Span(0, RATE, RATE), sources=(SOURCE,)),
            context=silence(RATE), targets=(Span(0, RATE, RATE),),
        ), Unsupported, "layer",
    ),
    "another rate": (
        Work(request=WORKS["generate"].request, context=silence(RATE), targets=(Span(0, 44_100, 44_100),)),
        BadSpan, "48000",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_bad_input_is_refused_in_a_sentence(model: AceStepV1, name: str) -> None:
    work, kind, word = BAD[name]
    with pytest.raises(kind) as refusal:
        render(model, work)
    assert word in refusal.value.message
    assert refusal.value.hint


def test_of_ten_thousand_lines_as_much_is_sung_as_the_model_can(noise_checkpoint: Path, vocabulary: Path) -> None:
    studio = Studio.open(Place(noise_checkpoint, vocabulary), Options(torch.device("cpu"), torch.float32))
    found = read(Sung("", "la\n" * 10_000, "en"), studio, compatible=False)
    assert found.lyric_ids.shape[1] <= 4_096
    assert any("tokens" in note for note in found.notes)
    with pytest.raises(TooLong, match="lyrics"):
        read(Sung("", "la\n" * 10_000, "en"), studio, compatible=True)


def test_lyrics_need_their_vocabulary(noise_checkpoint: Path) -> None:
    silent = backend(noise_checkpoint)
    assert not silent.capabilities.lyrics
    assert not silent.capabilities.languages
    with pytest.raises(Unsupported) as refusal:
        render(silent, generate(RATE, lyrics="hello"))
    assert "models pull" in refusal.value.hint
    assert render(silent, generate(RATE // 2))


def test_tempo_and_key_of_the_project_go_in() -> None:
    assert with_music("funk, bass", Music(bpm=105, key="D major")) == "funk, bass, 105 BPM, D major"
    assert with_music("funk, 90 bpm, in F# minor", Music(bpm=105, key="D")) == "funk, 90 bpm, in F# minor"
    assert with_music("", Music(meter="7/8", key="Bb")) == "7/8, Bb major"
    assert with_music("", Music()) == "music"


def test_long_tags_are_cut_and_said_to_be(model: AceStepV1) -> None:
    take = render(model, generate(RATE // 2, tags="drums, " * 200))
    assert any("256" in note for note in take.notes)
