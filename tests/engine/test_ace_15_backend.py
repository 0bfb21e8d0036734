"""ace-step-1.5 at tiny width: lengths, seeds, what stays, cancelling, and the pipeline's habits that we do not take on.

The weights are random, so nothing here says anything about music.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bridge_server.protocol.values import Music, Sampling, Source
from engine.backends.ace_15 import codec
from engine.backends.ace_15.backend import AceStep15
from engine.backends.ace_15.performance import schedule
from engine.backends.ace_15.pipeline import SongPipeline
from engine.backends.ace_15.variant import Defaults
from engine.watch import Cancelled, Watch
from engine.work import Work
from tests.engine.ace_15_work import HOP, accompany, backend, layer, render, separate
from tests.engine.ace_v1_work import (
    RATE,
    extend,
    generate,
    kept,
    mix,
    music,
    origin,
    repaint,
    silence,
)


@pytest.fixture(scope="module")
def model(noise_pipeline: Path) -> AceStep15:
    return backend(noise_pipeline)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the pipeline was asked for, call by call."""
    told: list[dict[str, Any]] = []
    real = SongPipeline.__call__

    def listen(self: SongPipeline, **asked: Any) -> Any:
        told.append(asked)
        return real(self, **asked)

    monkeypatch.setattr(SongPipeline, "__call__", listen)
    return told


def pipeline_of(model: AceStep15) -> Any:
    assert model._studio is not None
    return model._studio._pipeline


WORKS: dict[str, Callable[[], Work]] = {
    "generate": lambda: generate(50_001),
    "repaint": lambda: repaint(music(3.0), 30_003, 77_778),
    "extend left": lambda: extend(music(1.0), 20_001, 0),
    "extend right": lambda: extend(music(1.0), 0, 20_001),
    "extend both": lambda: extend(music(1.0), 20_001, 9_999),
    "layer": lambda: layer(music(3.0), 30_003, 77_778),
    "accompany": lambda: accompany(music(3.0), 0, 77_777),
    "separate": lambda: separate(music(3.0), 1, 77_777),
    "cover": lambda: generate(50_001, context=music(50_001 / RATE), reference=Source(path="/r.wav")),
}


@pytest.mark.parametrize("task", list(WORKS))
def test_a_take_is_as_long_as_the_span_and_its_seed_makes_it(model: AceStep15, task: str) -> None:
    work = WORKS[task]()
    first, same, other = (render(model, work, seed) for seed in (1, 1, 2))
    [(role, audio)] = first.stems.items()
    assert audio.shape == (2, work.hull.length)
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert np.array_equal(audio, same.stems[role])
    assert not np.array_equal(audio, other.stems[role])
    assert {"latents", "first_sample"} <= first.latents.keys()
    assert len(first.latents["latents"]) % 2 == 0


def test_variants_are_what_they_are_alone(model: AceStep15) -> None:
    model.load(Watch())
    three = list(model.render(generate(48_000), [5, 6, 7], Watch()))
    assert [take.seed for take in three] == [5, 6, 7]
    assert np.array_equal(mix(three[1]), mix(render(model, generate(48_000), 6)))


def test_latents_outside_the_span_are_those_of_the_source(model: AceStep15) -> None:
    work = repaint(music(4.0), RATE, 2 * RATE)
    take = render(model, work)
    made, before = take.latents["latents"], take.latents["source"]
    first = round(float(-take.latents["first_sample"][0]) / HOP)
    assert np.array_equal(made[:first], before[:first])
    assert np.array_equal(made[first + 25 :], before[first + 25 :])
    assert not np.array_equal(made[first : first + 25], before[first : first + 25])


def test_they_are_put_back_at_every_step(
    model: AceStep15, calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    render(model, repaint(music(4.0), RATE, 2 * RATE))
    callback = calls[0]["callback_on_step_end"]
    region, noise, source = callback._of.region, callback._of.noise, callback._of.source
    sigmas = [*calls[0]["timesteps"], 0.0]
    for step, sigma in enumerate(sigmas[1:]):
        free = torch.full_like(noise, 9.0)[None]
        seen.append(callback(None, step, 0.0, {"latents": free})["latents"][0])
        expected = sigma * noise + (1 - sigma) * source
        assert torch.equal(seen[-1][: region.start], expected[: region.start])
        assert torch.equal(seen[-1][region.end :], expected[region.end :])
        assert (seen[-1][region.start : region.end] == 9.0).all()
    assert torch.equal(seen[-1][: region.start], source[: region.start]), "the last step too"


def test_a_take_is_as_loud_as_the_model_made_it(model: AceStep15) -> None:
    take = render(model, generate(96_000))
    pipeline = pipeline_of(model)
    latents = torch.from_numpy(np.asarray(take.latents["latents"]))
    with torch.no_grad():
        plain = pipeline.vae.decode(latents.T[None]).sample[0].numpy()
    assert np.allclose(mix(take), plain[:, :96_000], atol=1e-5)
    assert abs(np.abs(mix(take)).max() - 0.8913) > 0.01, "no -1 dBFS of its own"


def test_the_bare_pipeline_makes_the_same_but_for_its_gain(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    take = mix(render(model, generate(96_000, tags="funk")))
    told = {name: value for name, value in calls[0].items() if name not in ("callback_on_step_end", "output_type")}
    bare = pipeline_of(model)(**told).audios[0].numpy()
    gain = np.abs(bare).max() / np.abs(take).max()
    assert np.allclose(bare, take * gain, atol=1e-4)


def test_pieces_of_sound_meet_without_a_trace(model: AceStep15, monkeypatch: pytest.MonkeyPatch) -> None:
    render(model, generate(48_000))
    vae, audio = pipeline_of(model).vae, np.random.default_rng(0).normal(0, 0.1, (2, 120 * HOP)).astype(np.float32)
    whole = codec.encode(vae, audio, lambda *_: None)
    sound = codec.decode(vae, whole, lambda *_: None)
    monkeypatch.setattr(codec, "PIECE", 50)
    assert torch.allclose(codec.encode(vae, audio, lambda *_: None), whole, atol=1e-5)
    assert np.allclose(codec.decode(vae, whole, lambda *_: None), sound, atol=1e-5)


def test_the_next_repaint_starts_from_kept_latents(model: AceStep15) -> None:
    context = music(4.0)
    first = render(model, repaint(context, RATE, 2 * RATE))
    heard = context.copy()
    heard[:, RATE : 2 * RATE] = mix(first)
    second = render(model, repaint(heard, RATE + 9_600, RATE + 19_200, latents=kept(first, RATE)), 2)
    assert any("latents that the take kept" in note for note in second.notes)
    assert np.array_equal(second.latents["source"], first.latents["latents"])


def test_what_kept_latents_do_not_cover_is_heard(model: AceStep15) -> None:
    context = music(4.0)
    first = render(model, repaint(context, RATE, 2 * RATE))
    latents = kept(first, RATE)
    for part in latents.values():
        part.flags.writeable = False  # as they come from their file
    longer = np.pad(context, ((0, 0), (0, 4 * RATE)), mode="wrap")
    second = render(model, repaint(longer, 3 * RATE, 5 * RATE, latents=latents), 2)
    assert any("and from the audio around them" in note for note in second.notes)
    count = len(first.latents["latents"]) - 1  # the last of them was heard with silence in it
    assert np.array_equal(second.latents["source"][:count], first.latents["latents"][:count])


def test_a_retake_of_variance_0_is_the_take(model: AceStep15) -> None:
    work = repaint(music(3.0), RATE, 2 * RATE)
    first = render(model, work, 4)
    again = {"latents": kept(first, RATE)}
    same, other = (
        mix(render(model, repaint(music(3.0), RATE, 2 * RATE, origin=origin(4, variance), **again), 9))
        for variance in (0.0, 0.5)
    )
    assert np.array_equal(same, mix(first))
    assert not np.array_equal(other, mix(first))


def test_strength(model: AceStep15) -> None:
    context = music(3.0)
    asked = {strength: repaint(context, RATE, 2 * RATE, strength=strength) for strength in (0.0, 0.4, 1.0)}
    made = {strength: mix(render(model, work)) for strength, work in asked.items()}
    assert np.array_equal(made[0.0], context[:, RATE : 2 * RATE])
    assert not np.array_equal(made[0.4], made[1.0])
    assert schedule(Defaults(50, 7.0, 1.0), 0.4)[0] == pytest.approx(0.4)


def test_cancelling_stops_within_one_step_and_frees_the_pipeline(
    model: AceStep15, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed: list[int] = []
    monkeypatch.setattr(SongPipeline, "maybe_free_model_hooks", lambda self: freed.append(1))
    stages: list[str] = []
    watch = Watch(lambda fraction, stage: (stages.append(stage), "step 2" in stage and watch.cancel())[0])
    with pytest.raises(Cancelled):
        render(model, generate(48_000, sampling=Sampling(infer_step=50)), watch=watch)
    assert stages[-1] == "composing, step 2 of 50"
    assert freed
    assert pipeline_of(model).source is None
    assert mix(render(model, generate(48_000))).shape == (2, 48_000), "it is well afterwards"


def test_progress_rises_to_the_end(model: AceStep15) -> None:
    told: list[float] = []
    render(model, extend(music(1.0), 9_600, 9_600), watch=Watch(lambda fraction, stage: told.append(fraction)))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_the_prompt_knows_the_project(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    project = Music(bpm=96.4, meter="6/8", key="Bb")
    render(model, repaint(music(3.0), RATE, 2 * RATE, music=project, lyrics="la la", language="de"))
    told = calls[0]
    assert (told["bpm"], told["timesignature"], told["keyscale"]) == (96, "6", "Bb major")
    assert (told["lyrics"], told["vocal_language"], told["audio_duration"]) == ("la la", "de", None)
    assert told["src_audio"].shape[-1] % (2 * HOP) == 0
    render(model, generate(3 * 48_000))
    assert (calls[1]["lyrics"], calls[1]["vocal_language"]) == ("[Instrumental]", "unknown")
    assert int(calls[1]["audio_duration"]) == 3


def test_what_the_model_was_not_trained_with_is_left_out_and_said(model: AceStep15) -> None:
    take = render(model, generate(24_000, music=Music(bpm=20, meter="7/8"), sampling=Sampling(omega_scale=3)))
    notes = " ".join(take.notes)
    assert "7/8 was left out" in notes
    assert "20 was left out" in notes
    assert "omega_scale" in notes


def test_a_draft_takes_few_steps_with_the_same_noise(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    draft = render(model, generate(24_000, sampling=Sampling(), draft=True), 7)
    render(model, generate(24_000, sampling=Sampling()), 7)
    first, full = calls
    assert (len(first["timesteps"]), len(full["timesteps"])) == (8, 50)
    assert torch.equal(first["latents"], full["latents"])
    assert "a draft in 8 of 50 steps" in " ".join(draft.notes)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("layer", {"task_type": "lego", "track_name": "drums", "guidance_scale": 1.0}),
        ("separate", {"task_type": "extract", "track_name": "vocals", "num_inference_steps": 50}),
        ("accompany", {"task_type": "complete", "complete_track_classes": None, "guidance_scale": 7.0}),
        ("cover", {"task_type": "cover", "audio_cover_strength": 0.5, "shift": 1.0}),
        ("repaint", {"task_type": "repaint", "guidance_scale": 1.0}),
    ],
)
def test_requests_are_tasks_of_the_pipeline(
    model: AceStep15, calls: list[dict[str, Any]], task: str, expected: dict[str, Any]
) -> None:
    render(model, WORKS[task]())
    assert {name: calls[0].get(name) for name in expected} == expected


def test_both_sides_are_made_one_after_the_other(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    render(model, extend(music(1.0), 19_200, 19_200))
    starts = [call["repainting_start"] for call in calls]
    assert len(starts) == 2
    assert starts[0] > starts[1], "the right side first"


def test_a_stem_is_called_by_its_role(model: AceStep15) -> None:
    assert list(render(model, layer(music(3.0), 0, RATE, role="Electric_Guitar")).stems) == ["guitar"]
    assert list(render(model, separate(music(3.0), 0, RATE, "backing vocals")).stems) == ["backing vocals"]


def test_a_short_context_is_heard_in_a_loop(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    take = render(model, layer(music(2.0), 0, 2 * RATE))
    assert calls[0]["src_audio"].shape[-1] >= 10 * RATE
    assert take.stems["drums"].shape == (2, 2 * RATE)
    assert any("in a loop" in note for note in take.notes)


def test_the_timbre_of_a_reference_is_the_same_every_time(model: AceStep15, calls: list[dict[str, Any]]) -> None:
    wish = {"reference": Source(path="/r.wav"), "reference_use": "timbre", "context": music(1.0)}
    first, second = (mix(render(model, generate(48_000, **wish))) for _ in range(2))
    assert calls[0]["task_type"] == "text2music"
    assert calls[0]["reference_audio"].shape == (2, 48_000)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, mix(render(model, generate(48_000))))


def test_a_preview_is_played_half_way(model: AceStep15) -> None:
    shown: list[tuple[int, tuple[int, ...]]] = []
    watch = Watch(None, lambda number, audio: shown.append((number, audio.shape)))
    render(model, generate(48_000, preview=True, sampling=Sampling(infer_step=4)), watch=watch)
    assert shown == [(1, (2, 48_000))]


def test_almost_silence_is_said(model: AceStep15, monkeypatch: pytest.MonkeyPatch) -> None:
    real = codec.decode
    monkeypatch.setattr(codec, "decode", lambda *given: real(*given) * 1e-6)
    assert any("almost nothing is to be heard" in note for note in render(model, generate(48_000)).notes)


def test_a_long_context_is_cut_to_what_the_model_can_compose(model: AceStep15) -> None:
    from engine.backends.ace_15.listening import WINDOW_FRAMES, Passage

    work = repaint(silence(650 * RATE), 100 * RATE, 500 * RATE)
    passage = Passage.of(work, 8)
    assert passage.frames.count == WINDOW_FRAMES
    assert passage.frames.covers(passage.grid.over(work.hull))
