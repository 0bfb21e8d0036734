"""The DCAE: the published network, other shapes, and pieces that equal the whole despite attention over all of it."""

from typing import Any

import pytest
import torch

from engine.models.ace_v1.dcae import Attention, build_dcae, compression, decoder_parts, encoder_parts, run
from tests.models.audio_cases import (
    Codec,
    GoldenCase,
    assert_golden,
    audio_case,
    livened,
    noise,
    official,
    one_thread,
    reference_codec,
    seeded,
)

__all__ = ["audio_case", "one_thread", "reference_codec"]

RES, VIT = "ResBlock", "EfficientViTBlock"
SMALL: dict[str, Any] = {
    "attention_head_dim": 4,
    "encoder_block_types": (RES, RES, VIT),
    "decoder_block_types": (RES, RES, VIT),
    "encoder_block_out_channels": (8, 8, 16),
    "decoder_block_out_channels": (8, 8, 16),
    "encoder_layers_per_block": (1, 2, 2),
    "decoder_layers_per_block": (2, 1, 2),
    "encoder_qkv_multiscales": ((), (), (5,)),
    "decoder_qkv_multiscales": ((), (), (5,)),
}
SHAPES: list[dict[str, Any]] = [
    {},
    {"upsample_block_type": "pixel_shuffle", "downsample_block_type": "pixel_unshuffle"},
    {"encoder_qkv_multiscales": ((), (), (3, 5)), "decoder_qkv_multiscales": ((), (), ())},
    {"encoder_block_types": (RES, VIT, RES), "decoder_block_types": (VIT, RES, VIT)},
    {"encoder_block_types": RES, "decoder_block_types": RES},
    {"encoder_out_shortcut": False, "decoder_in_shortcut": False, "decoder_conv_act_fn": "silu"},
    {"encoder_layers_per_block": (0, 2, 2), "decoder_layers_per_block": (0, 1, 2)},
    {"decoder_norm_types": "batch_norm", "decoder_act_fns": "relu"},
]


def small_dcae(**changes: Any) -> Any:
    """A three-stage network, so eight times is four times."""
    with seeded(5):
        return livened(build_dcae({**SMALL, **changes}))


def test_equals_the_reference(audio_case: GoldenCase, reference_codec: Codec) -> None:
    tensors = audio_case.tensors
    for count in (1, 3):
        assert_golden(
            audio_case,
            enc_raw=lambda count=count: run(reference_codec.encoder_parts, tensors["enc_in"], count),
            dec_mel=lambda count=count: reference_codec.decode_mel(tensors["z"], count),
        )


def test_the_published_network_by_default() -> None:
    with torch.device("meta"):
        dcae = build_dcae({"_class_name": "AutoencoderDC", "_diffusers_version": "0.0", "a_new_key": 1})
    state = dcae.state_dict()
    assert len(state) == 192
    assert sum(value.numel() for value in state.values()) == 156_812_426
    assert compression(dcae) == 8
    assert state["decoder.up_blocks.2.0.conv.weight"].shape == (512, 1024, 3, 3)
    assert state["encoder.down_blocks.3.0.attn.to_qkv_multiscale.0.proj_out.weight"].shape == (3072, 32, 1, 1)


@pytest.mark.parametrize("changes", SHAPES)
def test_pieces_of_any_shape_give_what_the_whole_gives(changes: dict[str, Any]) -> None:
    dcae = small_dcae(**changes)
    latents, image = noise(1, 8, 4, 61), noise(1, 2, 16, 4 * 61)
    decoded, encoded = dcae.decoder(latents), dcae.encoder(image)
    assert compression(dcae) == 4
    for count in (1, 4):
        torch.testing.assert_close(run(decoder_parts(dcae), latents, count), decoded, atol=2e-5, rtol=1e-4)
        torch.testing.assert_close(run(encoder_parts(dcae), image, count), encoded, atol=2e-5, rtol=1e-4)


def test_attention_hears_the_whole_song_from_every_piece() -> None:
    parts = decoder_parts(small_dcae())
    latents = noise(1, 8, 4, 64)
    touched = latents.clone()
    touched[..., 0] += 5
    far = (run(parts, touched, 4) - run(parts, latents, 4))[..., -16:].abs().max()
    assert far > 1e-5


def test_attention_in_pieces_knows_how_many_passes_it_makes() -> None:
    layer = small_dcae().decoder.up_blocks[2][0].attn
    ticks: list[int] = []
    Attention(layer).over(noise(1, 16, 4, 40), 5, lambda: ticks.append(1))
    assert len(ticks) == 5 * Attention.passes


def test_official_tensors_are_all_there(audio_case: GoldenCase) -> None:
    dcae = build_dcae(audio_case.about["dcae_config"])
    assert official(audio_case, "sd.dcae.").keys() == dcae.state_dict().keys()
