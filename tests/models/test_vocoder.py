"""The vocoder: official weights, other shapes, and how far a frame is heard."""

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.dcae import run
from engine.models.ace_v1.vocoder import Vocoder, head_radius, without_weight_norm
from engine.models.ace_v1.vocoder_config import VocoderConfig
from tests.models.audio_cases import (
    SMALL_VOCODER,
    Codec,
    GoldenCase,
    assert_golden,
    audio_case,
    noise,
    one_thread,
    reference_codec,
    small_vocoder,
)

__all__ = ["audio_case", "one_thread", "reference_codec"]

SHAPES: list[dict[str, Any]] = [
    {},
    {"kernel_sizes": (3, 7)},
    {"upsample_rates": (2, 2, 2), "upsample_kernel_sizes": (2, 4, 6)},
    {"upsample_rates": (8,), "upsample_kernel_sizes": (16,), "pre_conv_kernel_size": 5, "post_conv_kernel_size": 3},
    {"resblock_kernel_sizes": (11,), "resblock_dilation_sizes": ((1, 5),)},
    {"depths": (1, 1, 1), "dims": (8, 8, 16)},
]


def test_equals_the_reference(audio_case: GoldenCase, reference_codec: Codec) -> None:
    vocoder = reference_codec.vocoder
    tensors = audio_case.tensors
    assert_golden(
        audio_case,
        voc_out=lambda: vocoder(tensors["voc_mel_in"]),
        voc_backbone=lambda: vocoder.backbone(tensors["dec_mel"][:, 0]),
        voc_wav_left=lambda: vocoder(tensors["dec_mel"][:, 0]),
    )


def with_weight_norm(vocoder: Vocoder) -> dict[str, Tensor]:
    """The tensors as official checkpoints have them, mel buffers included; lengths of the vectors are arbitrary."""
    state: dict[str, Tensor] = {}
    for name, weight in vocoder.state_dict().items():
        if name.startswith("head.") and name.endswith("weight"):
            state[name + "_g"] = weight.flatten(1).norm(dim=1).reshape(-1, *[1] * (weight.ndim - 1))
            state[name + "_v"] = weight * 3.7
        else:
            state[name] = weight
    return state | {
        "mel_transform.spectrogram.window": torch.ones(64),
        "mel_transform.mel_scale.fb": torch.ones(33, 16),
    }


def test_official_names_load_strictly_and_mean_the_same() -> None:
    vocoder, other = small_vocoder(), Vocoder(VocoderConfig.from_dict(SMALL_VOCODER))
    state = with_weight_norm(vocoder)
    before = dict(state)
    other.load_state_dict(state, strict=True)
    mel = noise(1, 16, 9)
    torch.testing.assert_close(other(mel), vocoder(mel))
    assert state.keys() == before.keys(), "the caller's dictionary is the caller's"


def test_weights_of_the_published_shape_have_the_published_names() -> None:
    with torch.device("meta"):
        vocoder = Vocoder(VocoderConfig())
    state = with_weight_norm(vocoder)
    assert len(state) == 713
    assert state["head.ups.0.weight_g"].shape == (1024, 1, 1)
    assert state["head.ups.0.weight_v"].shape == (1024, 512, 8)
    assert state["backbone.channel_layers.0.0.weight"].shape == (128, 128, 7)
    assert {"backbone.channel_layers.3.1.bias", "backbone.stages.2.8.gamma", "head.resblocks.27.convs2.2.bias"} <= set(
        state
    )
    assert without_weight_norm(state).keys() == vocoder.state_dict().keys()


@pytest.mark.parametrize("lost", ["head.ups.0.weight_g", "head.conv_pre.weight_v", "backbone.norm.weight"])
def test_a_lost_tensor_is_noticed(lost: str) -> None:
    state = with_weight_norm(small_vocoder())
    del state[lost]
    with pytest.raises(RuntimeError, match=r"Missing key.*\n?.*" + lost.rpartition(".")[0].replace(".", r"\.")):
        Vocoder(VocoderConfig.from_dict(SMALL_VOCODER)).load_state_dict(state, strict=True)


def test_a_strange_tensor_is_noticed() -> None:
    state = with_weight_norm(small_vocoder()) | {"head.template.weight": torch.ones(1)}
    with pytest.raises(RuntimeError, match=r"head\.template\.weight"):
        Vocoder(VocoderConfig.from_dict(SMALL_VOCODER)).load_state_dict(state, strict=True)


@pytest.mark.parametrize("changes", SHAPES)
def test_pieces_of_any_shape_give_what_the_whole_gives(changes: dict[str, Any]) -> None:
    vocoder = small_vocoder(**changes)
    mel = noise(2, 16, 90)
    whole = vocoder(mel)
    assert whole.shape == (2, 1, 90 * 8)
    assert whole.std() > 1e-3
    torch.testing.assert_close(run(list(vocoder.parts), mel, 7), whole, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("changes", SHAPES)
def test_reach_is_far_enough_and_not_much_farther(changes: dict[str, Any]) -> None:
    vocoder = small_vocoder(**changes).double()
    for part in vocoder.parts:
        frames = noise(1, 16, 121).double()
        touched = frames.clone()
        touched[..., 60] += 10
        heard = ((part.run(touched) - part.run(frames)).abs().amax((0, 1)) > 0).nonzero() // int(part.scale)
        reached = max(60 - int(heard.min()), int(heard.max()) - 60)
        assert reached <= part.radius <= reached + 3


def test_published_reach_is_a_second() -> None:
    assert head_radius(VocoderConfig()) == 36


def test_a_tile_of_one_frame_works() -> None:
    assert small_vocoder()(noise(1, 16, 1)).shape == (1, 1, 8)


def test_config_drops_what_it_does_not_know_and_keeps_what_it_does() -> None:
    config = VocoderConfig.from_dict(
        {**SMALL_VOCODER, "_class_name": "ADaMoSHiFiGANV1", "resblock_kernel_sizes": [3, 5]}
    )
    assert config == VocoderConfig.from_dict(SMALL_VOCODER)
    assert config.post_conv_kernel_size == 13


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"hop_length": 16}, "multiply to 8"),
        ({"depths": (1,)}, "depths and dims"),
        ({"resblock_kernel_sizes": (3,)}, "resblock_dilation_sizes"),
        ({"num_mels": 12}, "num_mels"),
        ({"use_template": True}, "use_template"),
    ],
)
def test_shapes_that_cannot_work_are_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        VocoderConfig.from_dict({**SMALL_VOCODER, **changes})
