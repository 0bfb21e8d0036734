"""Schedules, and what the samplers do with recorded velocities."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from engine.models.ace_v1.noise import RecordedNoise
from engine.models.ace_v1.samplers import Euler, Heun, PingPong, Sampler
from engine.models.ace_v1.schedule import Schedule, sigma_range, training_timesteps
from tests.parity.case import Case
from tests.parity.comparison import Claim


def run(case: Case) -> Iterator[Claim]:
    """Schedules by the names of their tensors, then the steps."""
    for name in case.tensors:
        if found := re.fullmatch(r"(\w+)\.max([\d.]+)\.n(\d+)\.timesteps", name):
            yield from schedule_claims(name, schedule_of(found[1], int(found[3]), float(found[2])))
        elif found := re.fullmatch(r"\w+\.max([\d.]+)\.train_timesteps", name):
            yield Claim(name, training_timesteps(float(found[1])))
        elif found := re.fullmatch(r"\w+\.max([\d.]+)\.sigma_max_min", name):
            yield Claim(name, torch.tensor(sigma_range(float(found[1]))))
        elif found := re.fullmatch(r"(\w+\.custom)\.timesteps", name):
            yield from schedule_claims(name, Schedule.custom(case.take(f"{found[1]}.sigmas_in").tolist()))
        elif found := re.fullmatch(r"((\w+)\.steps\.omega(-?[\d.]+))\.x", name):
            yield steps(case, found[1], found[2], float(found[3]))


def schedule_of(kind: str, steps: int, sigma_max: float = 1.0) -> Schedule:
    """The schedule of a sampler."""
    schedule = Schedule.even(steps, sigma_max)
    return schedule.doubled() if kind == "heun" else schedule


def schedule_claims(name: str, schedule: Schedule) -> Iterator[Claim]:
    """Timesteps under `name`, noise levels beside it."""
    yield Claim(name, schedule.timesteps)
    yield Claim(name.removesuffix("timesteps") + "sigmas", torch.tensor(schedule.sigmas))


def steps(case: Case, prefix: str, kind: str, omega: float) -> Claim:
    """All calls of a sampler with the recorded velocities, in order, as one tensor (calls, B, 8, 16, F)."""
    latents, velocities = case.take(f"{prefix}.x0"), case.take(f"{prefix}.v")
    calls = velocities.shape[0]
    schedule = schedule_of(kind, (calls + 1) // 2 if kind == "heun" else calls)
    sampler: Sampler
    if kind == "pingpong":
        sampler = PingPong(schedule, RecordedNoise(case.take(f"{prefix}.noise")))
    else:
        sampler = {"euler": Euler, "heun": Heun}[kind](schedule, omega, compatible=True)
    reached = []
    for index, velocity in enumerate(velocities):
        latents = sampler.step(index, velocity, latents)
        reached.append(latents)
    return Claim(f"{prefix}.x", torch.stack(reached))
