"""Noise levels."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.models.ace_v1.samplers import schedule_for
from engine.models.ace_v1.schedule import Schedule, shift, sigma_range, training_timesteps
from engine.models.ace_v1.settings import Settings


def test_the_documented_end_points() -> None:
    assert sigma_range() == pytest.approx((1.0, 0.00299401))
    timesteps = Schedule.even(60).timesteps
    assert float(timesteps[0]) == 1000.0
    assert float(timesteps[-1]) == pytest.approx(8.92857, rel=1e-4)


@given(st.integers(1, 200), st.floats(0.01, 1.0), st.booleans())
def test_levels_fall_to_zero(steps: int, sigma_max: float, compatible: bool) -> None:
    schedule = Schedule.even(steps, sigma_max, compatible=compatible)
    assert schedule.calls == schedule.steps == steps == len(schedule.timesteps)
    assert schedule.sigmas[-1] == 0
    assert all(later < earlier for earlier, later in zip(schedule.sigmas, schedule.sigmas[1:], strict=False))


@given(st.integers(1, 100))
def test_heun_meets_every_level_twice_but_the_first_and_last(steps: int) -> None:
    plain = Schedule.even(steps)
    doubled = plain.doubled()
    assert doubled.calls == 2 * steps - 1
    assert doubled.steps == steps
    assert doubled.sigmas[::2] == plain.sigmas[:-1]
    assert doubled.sigmas[1::2] == plain.sigmas[1:]


def test_an_even_schedule_may_start_anywhere() -> None:
    """Ours begins at the level that a reference is mixed to; the reference's begins above it."""
    assert Schedule.even(5, 0.6, compatible=False).sigmas[0] == pytest.approx(shift(0.6))
    assert Schedule.even(5, 0.6).sigmas[0] == pytest.approx(shift(shift(0.6)))
    assert Schedule.even(5, 1.0, compatible=False) == Schedule.even(5)


def test_training_timesteps_are_shifted_once() -> None:
    timesteps = training_timesteps()
    assert timesteps.dtype == torch.float32
    assert float(timesteps[500]) == pytest.approx(1000 * shift(0.5))


def test_selected_steps_are_those_of_the_longer_schedule() -> None:
    longer = Schedule.even(29)
    schedule = Schedule.selected((16, 20, 29))
    assert schedule.sigmas == (longer.sigmas[15], longer.sigmas[19], longer.sigmas[28], 0.0)
    assert schedule.steps == 3


def test_the_reference_shifts_selected_steps_once_more() -> None:
    ours, theirs = Schedule.selected((3, 8)), Schedule.selected((3, 8), compatible=True)
    assert theirs.sigmas[:2] == pytest.approx([shift(sigma) for sigma in ours.sigmas[:2]])


def test_settings_choose_the_schedule() -> None:
    assert schedule_for(Settings(infer_step=7)).calls == 7
    assert schedule_for(Settings(infer_step=7, scheduler_type="heun")).calls == 13
    assert schedule_for(Settings(infer_step=7, oss_steps=(1, 4))).calls == 2
