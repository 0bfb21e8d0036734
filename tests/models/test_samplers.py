"""Samplers on fields whose answer is known, and on batches."""

import math

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.noise import RecordedNoise
from engine.models.ace_v1.samplers import Euler, Heun, Inpainting, PingPong, Sampler, granularity, rescale
from engine.models.ace_v1.schedule import Schedule
from tests.models.sampling_cases import normal


def walk(sampler: Sampler, schedule: Schedule, noise: Tensor, music: Tensor) -> Tensor:
    """A whole run with a model that knows the answer: noise − music, whatever it is shown."""
    latents = noise
    for index in range(schedule.calls):
        latents = sampler.step(index, noise - music, latents)
    return latents


def test_every_sampler_arrives_at_the_music() -> None:
    noise, music = normal(2, 8, 16, 5, seed=1), normal(2, 8, 16, 5, seed=2)
    plain = Schedule.even(6)
    torch.testing.assert_close(walk(Euler(plain), plain, noise, music), music, atol=1e-5, rtol=0)
    doubled = plain.doubled()
    torch.testing.assert_close(walk(Heun(doubled), doubled, noise, music), music, atol=1e-5, rtol=0)


def test_ping_pong_arrives_at_the_music() -> None:
    """Here the model guesses the velocity from what it is shown: fresh noise at every level."""
    music, schedule = normal(1, 8, 16, 5, seed=2), Schedule.even(6)
    sampler = PingPong(schedule, RecordedNoise(normal(6, 1, 8, 16, 5, seed=3)))
    latents = normal(1, 8, 16, 5, seed=1)
    for index in range(schedule.calls):
        latents = sampler.step(index, (latents - music) / schedule.sigmas[index], latents)
    torch.testing.assert_close(latents, music, atol=1e-5, rtol=0)


def test_heun_is_more_exact_than_euler_on_a_bent_path() -> None:
    """dx/dσ = x from σ = 1 to 0 ends at x/e."""
    start, plain = torch.ones(1, 8, 16, 2), Schedule.even(20)
    results = []
    for sampler, schedule in ((Euler(plain), plain), (Heun(plain.doubled()), plain.doubled())):
        latents = start
        for index in range(schedule.calls):
            latents = sampler.step(index, latents, latents)
        results.append(abs(float(latents.mean()) - math.exp(-1)))
    assert results[1] < results[0] / 5


def test_omega() -> None:
    assert granularity(0.0) == 1.0
    assert granularity(10.0) == pytest.approx(1.0462117)
    update = normal(2, 8, 16, 4)
    for whole_batch in (True, False):
        torch.testing.assert_close(rescale(update, 1.0, whole_batch=whole_batch), update)


@pytest.mark.parametrize("kind", [Euler, Heun])
def test_a_variant_does_not_depend_on_its_neighbours(kind: type[Euler] | type[Heun]) -> None:
    """The reference's omega takes one mean over the batch; that is kept for compatible mode."""
    schedule = Schedule.even(3).doubled()
    offset = torch.tensor([3.0, -2.0]).view(2, 1, 1, 1)
    latents, velocity = normal(2, 8, 16, 5, seed=1), normal(2, 8, 16, 5, seed=2) + offset
    together = kind(schedule, -20.0).step(0, velocity, latents)
    alone = kind(schedule, -20.0).step(0, velocity[1:], latents[1:])
    assert torch.equal(together[1:], alone)
    compatible = kind(schedule, -20.0, compatible=True).step(0, velocity, latents)
    assert (compatible[1:] - alone).abs().max() > 1e-3


def test_inpainting_keeps_the_source_at_every_level() -> None:
    schedule = Schedule.even(4)
    source, noise, velocity = (normal(1, 8, 16, 6, seed=seed) for seed in (1, 2, 3))
    mask = torch.tensor([False, False, True, True, False, False])
    sampler = Inpainting(schedule, source, noise, mask)
    latents = sampler.noised(schedule.sigmas[0])
    assert torch.equal(latents, noise)
    for index in range(schedule.calls):
        latents = sampler.step(index, velocity, latents)
        sigma = schedule.sigmas[index + 1]
        torch.testing.assert_close(latents[..., ~mask], ((1 - sigma) * source + sigma * noise)[..., ~mask])
    assert torch.equal(latents[..., ~mask], source[..., ~mask])
    torch.testing.assert_close(latents[..., mask], (noise - velocity)[..., mask])


def test_sums_are_done_in_float32() -> None:
    """A bfloat16 model's velocity must not round the latents to bfloat16 on the way in."""
    schedule = Schedule.even(2)
    latents = torch.full((1, 8, 16, 2), 1 + 2**-12)
    moved = Euler(schedule).step(0, torch.zeros(1, 8, 16, 2), latents)
    assert torch.equal(moved, latents)
