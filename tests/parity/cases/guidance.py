"""Guidance formulas, and the mix of two noises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.models.ace_v1.guidance import Momentum, apg, cfg, cfg_star, double_condition
from engine.models.ace_v1.tasks.retake import mix
from tests.parity.case import Case
from tests.parity.comparison import Claim

ETA_NORM_THRESHOLD = 5.0
"""With which the cases with an eta were recorded."""


def run(case: Case) -> Iterator[Claim]:
    """Every formula on every step's predictions."""
    momentum = Momentum()
    for index in range(len(case.numbered("cond"))):
        yield from step(case, index, momentum)
    mixed = [name for name in case.tensors if name.startswith("retake_mix.")]
    for name in mixed:
        variance = float(name.removeprefix("retake_mix."))
        yield Claim(name, mix(case.take("retake_z"), case.take("retake_z2"), variance))


def step(case: Case, index: int, momentum: Momentum) -> Iterator[Claim]:
    """The formulas on the predictions of one step; `momentum` goes on from step to step."""
    cond, null, text = (case.take(f"{name}.{index}") for name in ("cond", "uncond", "text"))
    about, scale = case.about, case.about["guidance_scale"]
    yield Claim(f"apg_momentum.{index}", apg(cond, null, scale, momentum=momentum))
    assert momentum.running is not None
    yield Claim(f"apg_running_average.{index}", momentum.running)
    yield Claim(f"apg_nomomentum.{index}", apg(cond, null, scale))
    yield Claim(f"apg_nonorm.{index}", apg(cond, null, scale, norm_threshold=0))
    for name in case.tensors:
        if found := re.fullmatch(rf"apg_eta(\d+)p(\d+)\.{index}", name):
            eta = float(f"{found[1]}.{found[2]}")
            yield Claim(name, apg(cond, null, scale, eta=eta, norm_threshold=ETA_NORM_THRESHOLD))
    yield Claim(f"cfg.{index}", cfg(cond, null, scale))
    both = about["guidance_scale_text"], about["guidance_scale_lyric"]
    yield Claim(f"double.{index}", double_condition(cond, text, null, *both))
    yield Claim(f"cfg_star.{index}", cfg_star(cond, null, scale, is_zeroed=index <= 1))
    yield Claim(f"cfg_star_nozero.{index}", cfg_star(cond, null, scale))
