"""One training step: noise levels, losses, gradients and the learning rate."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from engine.models.ace_v1.training import Batch, learning_rate_factor, sigmas_of, training_losses
from tests.parity.case import Case
from tests.parity.cases.transformer import inputs
from tests.parity.comparison import Claim

WARMUP_STEPS, MAX_STEPS = 10, 2000
"""With which the learning rates were recorded, if the case does not tell."""


def run(case: Case) -> Iterator[Claim]:
    """The step on the transformer case's words and SSL features."""
    sigmas = sigmas_of(case.take("u"))
    yield Claim("sigmas", sigmas)
    yield Claim("timesteps", sigmas * 1000)
    yield Claim("t_grid", sigmas_of(case.take("u_grid")) * 1000)
    told = re.search(r"warmup (\d+), max_steps (\d+)", case.about.get("how", ""))
    course = (int(told[1]), int(told[2])) if told else (WARMUP_STEPS, MAX_STEPS)
    rates = [learning_rate_factor(int(step), *course) for step in case.take("lr_steps")]
    yield Claim("lr_factor", torch.tensor(rates))
    yield from losses(case, sigmas)


def losses(case: Case, sigmas: Tensor) -> Iterator[Claim]:
    """All losses and the recorded gradients of their sum."""
    model = case.folder.new_transformer().requires_grad_(True)
    latents = case.take("latents")
    batch = Batch(latents, torch.ones(len(latents), latents.shape[-1]), *inputs_of(case), ssl_features(case))
    found = training_losses(model, batch, case.take("noise"), sigmas)
    yield Claim("loss", found.total.reshape(1))
    yield Claim("denoising_loss", found.denoising.reshape(1))
    for name, loss in found.projection.items():
        yield Claim(f"{name.replace('-', '')}_loss", loss.reshape(1))
    found.total.backward()
    parameters = dict(model.named_parameters())
    for name in case.tensors:
        if name.startswith("grad."):
            gradient = parameters[name.removeprefix("grad.")].grad
            assert gradient is not None, f"nothing was learnt by {name}"
            yield Claim(name, gradient)


def inputs_of(case: Case) -> list[Tensor]:
    """Words of the transformer case."""
    return inputs(case.folder.case("transformer"))


def ssl_features(case: Case) -> list[list[Tensor]]:
    """Per SSL model, the features of each song."""
    song = case.folder.case("transformer")
    lists: list[list[Tensor]] = []
    while found := song.numbered(f"ssl.{len(lists)}"):
        lists.append(found)
    return lists
