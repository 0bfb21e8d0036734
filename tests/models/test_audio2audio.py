"""New music after a reference."""

import pytest
import torch

from engine.models.ace_v1.schedule import Schedule, shift, sigma_range
from engine.models.ace_v1.tasks.audio2audio import audio2audio
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import Calls, run, song


def test_full_strength_is_the_reference(transformer: Transformer) -> None:
    with Calls(transformer) as calls:
        assert torch.equal(audio2audio(run(transformer, ref_audio_strength=1.0), song(6)), song(6))
    assert not calls.rows


def test_strength_that_leaves_no_step(transformer: Transformer) -> None:
    """0.95 of 10 steps: the reference returns what it would have begun with, noise and all."""
    chosen = {"ref_audio_strength": 0.95, "infer_step": 10}
    with Calls(transformer) as calls:
        assert torch.equal(audio2audio(run(transformer, **chosen), song(6)), song(6))
        noisy = audio2audio(run(transformer, compatible=True, **chosen), song(6))
    assert not calls.rows
    task = run(transformer, compatible=True, **chosen)
    torch.testing.assert_close(noisy, (1 - shift(0.05)) * song(6) + shift(0.05) * task.draw(6))


def test_no_strength_is_generation(transformer: Transformer) -> None:
    made = audio2audio(run(transformer, ref_audio_strength=0.0), song(6))
    torch.testing.assert_close(made, generate(run(transformer), 6), atol=1e-4, rtol=1e-4)


def test_more_strength_is_nearer(transformer: Transformer) -> None:
    made = [audio2audio(run(transformer, infer_step=12, ref_audio_strength=q), song(6)) for q in (0.2, 0.5, 0.9)]
    distances = [float((one - song(6)).abs().mean()) for one in made]
    assert distances[0] > distances[1] > distances[2]


def test_the_first_call_knows_how_much_noise_there_is(transformer: Transformer) -> None:
    """The reference mixes noise of one level and tells the model another."""
    level, _ = sigma_range(0.6)
    assert Schedule.even(6, 0.6, compatible=False).sigmas[0] == pytest.approx(level)
    timesteps: list[float] = []
    hook = transformer.register_forward_pre_hook(lambda _, given: timesteps.append(float(given[1][0])))
    try:
        audio2audio(run(transformer, ref_audio_strength=0.4, infer_step=10), song(6))
        ours = timesteps[0]
        timesteps.clear()
        audio2audio(run(transformer, ref_audio_strength=0.4, infer_step=10, compatible=True), song(6))
    finally:
        hook.remove()
    assert ours == pytest.approx(1000 * shift(0.6), rel=1e-5)
    assert timesteps[0] == pytest.approx(1000 * shift(shift(0.6)), rel=1e-5)


@pytest.mark.parametrize(("scheduler", "calls"), [("euler", 5), ("heun", 9), ("pingpong", 5)])
def test_every_sampler(transformer: Transformer, scheduler: str, calls: int) -> None:
    task = run(transformer, scheduler_type=scheduler, infer_step=10, guidance_scale=1.0)
    with Calls(transformer) as counted:
        made = audio2audio(task, song(6))
    assert len(counted.rows) == calls
    assert torch.isfinite(made).all()


def test_variants(transformer: Transformer) -> None:
    made = audio2audio(run(transformer, seeds=(1, 2)), song(6))
    alone = audio2audio(run(transformer, seeds=(2,)), song(6))
    torch.testing.assert_close(made[1:], alone, atol=2e-4, rtol=2e-4)


def test_a_reference_that_is_too_long(transformer: Transformer) -> None:
    with pytest.raises(ValueError, match="max_frames"):
        audio2audio(run(transformer, max_frames=5), song(6))
