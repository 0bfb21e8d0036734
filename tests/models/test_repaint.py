"""A part of a song made anew; the rest untouched."""

import pytest
import torch

from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.repaint import repaint, window
from engine.models.ace_v1.tasks.retake import retake
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import Calls, run, song


@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
@pytest.mark.parametrize("span", [(0, 3), (4, 7), (9, 12)])
def test_outside_the_span_nothing_changes(transformer: Transformer, scheduler: str, span: tuple[int, int]) -> None:
    source = song(12)
    made = repaint(run(transformer, scheduler_type=scheduler), source, *span)
    assert torch.equal(made[..., : span[0]], source[..., : span[0]])
    assert torch.equal(made[..., span[1] :], source[..., span[1] :])
    assert (made - source)[..., span[0] : span[1]].abs().amax(dim=(0, 1, 2)).min() > 0.1


def test_ten_repaints_of_one_bar_leave_the_rest_alone(transformer: Transformer) -> None:
    source = latents = song(12)
    for seed in range(10):
        before = latents
        latents = repaint(run(transformer, seeds=(seed,), infer_step=3), latents, 5, 8)
        assert not torch.equal(latents[..., 5:8], before[..., 5:8])
    kept = [*range(5), *range(8, 12)]
    assert torch.equal(latents[..., kept], source[..., kept])


def test_negative_zeros_stay_negative(transformer: Transformer) -> None:
    """Equal bit for bit, not only in value."""
    source = song(6)
    source[..., 0] = -0.0
    made = repaint(run(transformer, infer_step=2), source, 3, 5)
    assert torch.equal(made[..., :3].view(torch.int32), source[..., :3].contiguous().view(torch.int32))


def test_variance_0_is_the_source(transformer: Transformer) -> None:
    source = song(9)
    with Calls(transformer) as calls:
        assert torch.equal(repaint(run(transformer, retake_variance=0.0), source, 2, 5), source)
        assert torch.equal(repaint(run(transformer, retake_variance=0.0), source, 0, 9), source)
    assert not calls.rows


def test_variance_0_in_compatible_mode_is_noise(transformer: Transformer) -> None:
    task = run(transformer, retake_variance=0.0, compatible=True)
    made = repaint(task, song(9), 2, 5)
    assert (made - song(9)).abs().max() > 1


def test_a_repaint_of_the_whole_song_listens_to_it(transformer: Transformer) -> None:
    chosen = {"infer_step": 10, "retake_variance": 0.3}
    one = repaint(run(transformer, **chosen), song(8, seed=1), 0, 8)
    two = repaint(run(transformer, **chosen), song(8, seed=2), 0, 8)
    assert (one - two).abs().mean() > 0.1


def test_a_repaint_of_the_whole_song_in_compatible_mode_is_a_retake(transformer: Transformer) -> None:
    one = repaint(run(transformer, compatible=True), song(8, seed=1), 0, 8)
    assert torch.equal(one, retake(run(transformer, compatible=True), 8))


def test_less_variance_keeps_more_of_the_old_music(transformer: Transformer) -> None:
    source = song(10)
    made = [repaint(run(transformer, infer_step=12, retake_variance=v), source, 3, 7) for v in (0.1, 0.5, 1.0)]
    distances = [float((one - source)[..., 3:7].abs().mean()) for one in made]
    assert distances[0] < distances[1] < distances[2]


def test_heun_wastes_no_calls_here(transformer: Transformer) -> None:
    with Calls(transformer) as ours:
        repaint(run(transformer, scheduler_type="heun", retake_variance=1.0, guidance_scale=1.0), song(8), 2, 4)
    with Calls(transformer) as theirs:
        task = run(transformer, scheduler_type="heun", retake_variance=1.0, guidance_scale=1.0, compatible=True)
        repaint(task, song(8), 2, 4)
    assert (len(ours.rows), len(theirs.rows)) == (4, 7)


def test_oss_steps_are_skipped_by_their_own_number(transformer: Transformer) -> None:
    """The reference counts in steps of the longer schedule and so skips too many or all."""
    with Calls(transformer) as calls:
        repaint(run(transformer, oss_steps=(4, 10, 16, 20), guidance_scale=1.0), song(8), 2, 4)
    assert len(calls.rows) == 2


def test_several_variants_of_one_source(transformer: Transformer) -> None:
    made = repaint(run(transformer, seeds=(1, 2, 3)), song(8), 2, 5)
    assert made.shape == (3, 8, 16, 8)
    assert torch.equal(made[..., 5:], song(8)[..., 5:].expand(3, -1, -1, -1))
    alone = repaint(run(transformer, seeds=(2,)), song(8), 2, 5)
    torch.testing.assert_close(made[1:2], alone, atol=2e-4, rtol=2e-4)


def test_a_long_song_is_heard_in_a_window(transformer: Transformer) -> None:
    source = song(30)
    with Calls(transformer) as calls:
        made = repaint(run(transformer, max_frames=12), source, 20, 24)
    assert set(calls.frames) == {12}
    kept = [*range(20), *range(24, 30)]
    assert torch.equal(made[..., kept], source[..., kept])


@pytest.mark.parametrize(
    ("span", "expected"), [((0, 4), (0, 12)), ((28, 30), (18, 30)), ((14, 16), (9, 21)), ((5, 25), (5, 25))]
)
def test_the_window_stays_within_the_song(span: tuple[int, int], expected: tuple[int, int]) -> None:
    assert window(*span, 30, Settings(max_frames=12)) == expected


@pytest.mark.parametrize("span", [(3, 3), (5, 4), (-1, 4), (4, 10)])
def test_spans_that_cannot_be(transformer: Transformer, span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is empty or not within the song's 9 frames"):
        repaint(run(transformer), song(9), *span)


def test_sources_that_cannot_be(transformer: Transformer) -> None:
    with pytest.raises(ValueError, match="not finite"):
        repaint(run(transformer), torch.full((1, 8, 16, 9), torch.nan), 2, 5)
    with pytest.raises(ValueError, match="must be"):
        repaint(run(transformer), song(9)[0], 2, 5)
    with pytest.raises(ValueError, match="There are 2 sources, but 3 variants"):
        repaint(run(transformer, seeds=(1, 2, 3)), song(9, batch=2), 2, 5)
