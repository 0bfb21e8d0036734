"""Sounds and networks that the tests of the codec share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import pi
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig
from tests.models.conftest import Golden, GoldenCase

SMALL_VOCODER: dict[str, Any] = {
    "depths": (1, 2),
    "dims": (12, 16),
    "num_mels": 16,
    "upsample_initial_channel": 16,
    "upsample_rates": (4, 2),
    "upsample_kernel_sizes": (8, 4),
    "resblock_kernel_sizes": (3, 5),
    "resblock_dilation_sizes": ((1, 3), (1, 2)),
    "hop_length": 8,
    "n_fft": 64,
    "win_length": 64,
    "n_mels": 16,
    "input_channels": 16,
    "f_max": 20_000,
}
"""Another shape than the published one in every respect."""


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Uniform, ±0.5; the same for the same seed."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) - 0.5


def sine(hertz: float, rate: int, samples: int) -> Tensor:
    """(samples,) of a sine of amplitude 0.5."""
    return (0.5 * torch.sin(2 * pi * hertz / rate * torch.arange(samples, dtype=torch.float64))).float()


def small_vocoder(**changes: Any) -> Vocoder:
    """A vocoder of an unusual shape whose every weight matters."""
    with seeded(3):
        vocoder = Vocoder(VocoderConfig.from_dict({**SMALL_VOCODER, **changes}))
        return livened(vocoder)


def livened(network: Any) -> Any:
    """The same network, in evaluation, with no weight so small that what it does could go unseen."""
    for name, weight in network.named_parameters():
        if name.endswith("gamma"):
            torch.nn.init.constant_(weight, 0.7)
        elif name.endswith("norm.bias"):
            torch.nn.init.normal_(weight, std=0.1)
    return network.eval().requires_grad_(False)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's random state, for a while."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def golden_codec(case: GoldenCase) -> Codec:
    """The codec whose weights the case carries, loaded strictly."""
    dcae = build_dcae(case.about["dcae_config"])
    dcae.load_state_dict(official(case, "sd.dcae."), strict=True)
    vocoder = Vocoder(VocoderConfig.from_dict(case.about["vocoder_config"]))
    vocoder.load_state_dict(official(case, "sd.vocoder."), strict=True)
    return Codec(dcae, vocoder)


def official(case: GoldenCase, prefix: str) -> dict[str, Tensor]:
    """The tensors under `prefix`, without it."""
    return {name.removeprefix(prefix): value for name, value in case.tensors.items() if name.startswith(prefix)}


def assert_golden(case: GoldenCase, **made: Callable[[], Tensor]) -> None:
    """Every tensor that the case has kept, within the tolerance it names for it; at least one must be there."""
    tolerance = case.about["tolerance"]
    kept = made.keys() & case.tensors.keys()
    assert kept, f"the case has none of {', '.join(made)}"
    for name in kept:
        own = tolerance.get("per_tensor_atol", {}).get(name)
        atol, rtol = (tolerance["atol"], tolerance["rtol"]) if own is None else (own, 1e-3)
        about = partial("{}: {}".format, name)
        torch.testing.assert_close(made[name](), case.tensors[name], atol=atol, rtol=rtol, msg=about)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small convolutions gain nothing from a second thread, and wait for it long where other work runs beside them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def audio_case(golden: Golden) -> GoldenCase:
    return golden.case("dcae_vocoder")


@pytest.fixture(scope="session")
def reference_codec(audio_case: GoldenCase) -> Codec:
    return golden_codec(audio_case)
