"""P10: repeated edits do not wear the sound out. Takes keep their latents, and the next edit starts from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from bridge_server.protocol.requests import Edit, Extend, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.prepare import prepare
from engine.backends.ace_v1.backend import AceStepV1
from engine.backends.ace_v1.listening import HOP, Kept, Passage
from engine.backends.ace_v1.studio import Studio
from engine.watch import Watch
from engine.work import Work
from tests.conftest import make_tone
from tests.engine.ace_v1_work import JOB, QUICK, RATE, backend, extend, kept, mix, music, render, repaint

FILE_RATE = 44_100
BAR = Span(87_000, 131_101, FILE_RATE)


@pytest.fixture(scope="module")
def model(noise_checkpoint: Path) -> AceStepV1:
    return backend(noise_checkpoint)


def studio_of(model: AceStepV1) -> Studio:
    model.load(Watch())
    return model._opened()


def through_the_bridge(model: AceStepV1, request: Any, folder: Path, seed: int) -> tuple[Take, Work, dict[str, Any]]:
    """What bridge and engine do with a request, in one process; also the work, and the latents that the take keeps."""
    prepared = prepare(request, model.capabilities)
    work = Work(
        request=request, context=prepared.context, targets=prepared.targets, latents=prepared.latents,
        bar_phase_seconds=prepared.bar_phase_seconds,
    )  # fmt: skip
    made = render(model, work, seed)
    folder.mkdir()
    rendered = Rendered(number=1, seed=seed, stems=made.stems, latents=made.latents, notes=made.notes)
    return deliver(prepared, rendered, folder), work, dict(made.latents)


def far_from(work: Work, latents: dict[str, Any]) -> Any:
    """Latents outside the frames that the bar touches."""
    grid = Passage.of(Work(request=work.request, context=work.context, targets=work.targets)).grid
    if (found := Kept.of(work)) is not None:
        grid = found.grid
    bar = grid.over(work.hull)
    array = latents["latents"]
    return np.concatenate([array[..., : bar.start], array[..., bar.end :]], axis=-1)


def test_ten_repaints_of_a_bar_leave_the_rest_of_the_song_untouched(model: AceStepV1, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, make_tone(seconds=4, rate=FILE_RATE).T, FILE_RATE, subtype="PCM_24")
    path, first, bars = str(song), None, []
    for number in range(10):
        request = Repaint(job=JOB, source=Source(path=path), span=BAR, form="whole", sampling=QUICK)
        take, work, latents = through_the_bridge(model, request, tmp_path / f"take{number}", seed=number)
        outside = far_from(work, latents)
        first = outside if first is None else first
        assert np.array_equal(outside, first), f"repaint {number + 1} changed latents outside the bar"
        bars.append(latents["latents"])
        path = take.path
    assert first is not None
    assert first.shape[-1] > 25
    assert not np.array_equal(bars[0], bars[9]), "the bar itself is new each time"
    before, after = (soundfile.read(file, dtype="int32")[0] for file in (song, path))
    assert np.array_equal(before[: BAR.start], after[: BAR.start])
    assert np.array_equal(before[BAR.end :], after[BAR.end :])


def test_ten_rounds_through_the_codec_do_wear_it_out(model: AceStepV1) -> None:
    studio = studio_of(model)
    render(model, repaint(music(2), 0, RATE))
    codec = studio._parts["codec"].model
    latents, _ = codec.encode(torch.from_numpy(music(2))[None], RATE)
    worn = latents
    for _ in range(10):
        worn, _ = codec.encode(codec.decode(worn, RATE), RATE)
        worn = worn[..., : latents.shape[-1]]
    assert float((worn - latents).abs().mean()) > 0.01


def test_an_edit_and_an_extension_of_a_take_start_from_its_latents(model: AceStepV1, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    soundfile.write(song, make_tone(seconds=3, rate=FILE_RATE).T, FILE_RATE, subtype="PCM_24")
    repainted = Repaint(job=JOB, source=Source(path=str(song)), span=BAR, form="whole", sampling=QUICK)
    take, _, earlier = through_the_bridge(model, repainted, tmp_path / "one", seed=1)
    source, later = Source(path=take.path), Span(20_000, 60_000, FILE_RATE)
    edited = Edit(job=JOB, source=source, span=later, form="whole", sampling=QUICK, tags="rock")
    _, work, latents = through_the_bridge(model, edited, tmp_path / "two", seed=2)
    grid = Kept.of(work).grid  # type: ignore[union-attr]
    untouched = grid.over(work.hull).end
    assert np.array_equal(latents["latents"][..., untouched:], earlier["latents"][..., untouched:])
    assert not np.array_equal(latents["latents"], earlier["latents"])
    longer = Extend(
        job=JOB, source=source, span=Span(0, 3 * FILE_RATE, FILE_RATE), left=10_000, right=30_000, sampling=QUICK
    )
    _, work, latents = through_the_bridge(model, longer, tmp_path / "three", seed=3)
    clip = Passage.of(work).frames
    left = clip.start - Kept.of(work).grid.over(work.hull).start  # type: ignore[union-attr]
    there = latents["latents"][..., left : left + clip.count]
    assert np.array_equal(there, earlier["latents"][..., clip.start : clip.end])


def test_latents_go_where_the_take_lies_even_between_two_samples(model: AceStepV1) -> None:
    context = music(3)
    work = repaint(context, 50_000, 90_000)
    arrays = kept(render(model, work), 50_000.4)
    again = repaint(context, 60_000, 80_000, latents=arrays)
    found = Kept.of(again)
    assert found is not None
    assert float(found.grid.origin) == pytest.approx(50_000.4 + float(arrays["first_sample"][0]))
    second = render(model, again)
    assert any("latents that the take kept" in note for note in second.notes)
    assert mix(second).shape == (2, 20_000)


def test_what_was_not_kept_is_encoded_on_the_same_grid(model: AceStepV1) -> None:
    """The take is a region; its surroundings in the new file are longer than what it kept."""
    arrays = kept(render(model, repaint(music(1), 10_000, 30_000)), 10_000 + 2 * RATE)
    again = repaint(music(5), 2 * RATE + 15_000, 2 * RATE + 20_000, latents=arrays)
    take = render(model, again)
    assert any("around" in note for note in take.notes)
    grid = Kept.of(again).grid  # type: ignore[union-attr]
    frames, bar = Passage.of(again).frames, grid.over(again.hull)
    assert frames.start < 0
    old = arrays["latents"][..., : bar.start]
    assert np.array_equal(take.latents["latents"][..., -frames.start : -frames.start + bar.start], old)


@pytest.mark.parametrize("spoil", ["shape", "NaN", "names"])
def test_latents_that_cannot_be_right_are_left_alone(model: AceStepV1, spoil: str) -> None:
    arrays = kept(render(model, repaint(music(1), 10_000, 30_000)), 10_000)
    if spoil == "shape":
        arrays["latents"] = arrays["latents"][:4]
    elif spoil == "NaN":
        arrays["latents"] = np.full_like(arrays["latents"], np.nan)
    else:
        arrays.pop("first_sample")
    take = render(model, repaint(music(1), 10_000, 30_000, latents=arrays))
    plain = render(model, repaint(music(1), 10_000, 30_000))
    assert np.array_equal(mix(take), mix(plain))


def test_a_seam_is_the_edge_of_a_frame(model: AceStepV1) -> None:
    right, left = extend(music(2), 0, RATE), extend(music(2), RATE, 0)
    for work, seam in ((right, 2 * RATE), (left, RATE)):
        passage = Passage.of(work)
        edges = [passage.grid.position(frame) for frame in (passage.frames.start, passage.frames.end)]
        assert seam in edges
    work = repaint(music(2), 31_111, 50_000)
    passage = Passage.of(work)
    assert (31_111 - passage.grid.origin) % HOP == 0
    assert passage.frames.start == 0
