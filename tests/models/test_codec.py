"""Sound to latents and back: lengths, channels, seams, and input nobody would call music."""

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.codec import HIGH_MEL, LATENT_SCALE, LATENT_SHIFT, LOW_MEL, Codec
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.overlapped import BLOCK_FRAMES, overlapped_image, overlapped_sound
from engine.models.ace_v1.tiny_codec import DCAE_CONFIG, tiny_codec
from tests.models.audio_cases import (
    GoldenCase,
    assert_golden,
    audio_case,
    noise,
    one_thread,
    reference_codec,
    small_vocoder,
)
from tests.models.conftest import Golden

__all__ = ["audio_case", "one_thread", "reference_codec"]

FRAME = 4096


@pytest.fixture(scope="module")
def codec() -> Codec:
    return tiny_codec(seed=1, tile_frames=8)


def latents(frames: int, variants: int = 1, seed: int = 0) -> Tensor:
    return noise(variants, 8, 16, frames, seed=seed) * 4


def test_equals_the_reference(audio_case: GoldenCase, reference_codec: Codec) -> None:
    tensors = audio_case.tensors
    rate = audio_case.about["other_rate"]
    assert_golden(
        audio_case,
        latents=lambda: reference_codec.encode(tensors["audio48k"])[0],
        latents_other=lambda: reference_codec.encode(tensors["audio_other"], rate)[0],
        wav44k=lambda: reference_codec.decode(tensors["z"], 44_100)[0],
        wav48k=lambda: reference_codec.decode(tensors["z"])[0],
    )


def test_the_references_overlapped_decode(golden: Golden, reference_codec: Codec) -> None:
    """Its first seam; `python -m tests.parity` compares the others."""
    case = golden.case("dcae_overlap")
    image = overlapped_image(reference_codec.dcae, case.tensors["z"] / LATENT_SCALE + LATENT_SHIFT, 8)
    assert image.shape[-1] * 512 == case.tensors["length.44k"]
    mel = (image[0, ..., : BLOCK_FRAMES + 508] * 0.5 + 0.5) * (HIGH_MEL - LOW_MEL) + LOW_MEL
    sound = overlapped_sound(reference_codec.vocoder, mel)
    place = int(case.tensors["seam_positions"][0])
    torch.testing.assert_close(
        sound[:, place - 200 : place + 72], case.tensors["seam_windows"][0], atol=2e-5, rtol=1e-3
    )


def test_pieces_cannot_be_heard_and_the_references_can() -> None:
    codec, z = tiny_codec(seed=1, tile_frames=24), latents(66)
    whole, ours, theirs = (
        codec.decode(z, 44_100, overlapped=overlapped, compatible=compatible)
        for overlapped, compatible in [(False, False), (True, False), (True, True)]
    )
    assert whole.std() > 0.01
    assert whole.shape == theirs.shape
    assert (theirs - whole).abs().max() > 0.01
    assert (ours - whole).abs().max() < 2e-6


def test_pieces_begin_when_the_sound_is_long_enough(codec: Codec) -> None:
    def told(frames: int, overlapped: bool | None) -> int:
        ticks: list[int] = []
        codec.decode(latents(frames), overlapped=overlapped, report=lambda done, total: ticks.append(done))
        return len(ticks)

    assert told(8, None) == told(8, False) == told(9, False) < told(9, None) == told(9, True)


def test_long_sounds_are_encoded_in_pieces_that_leave_no_trace(codec: Codec) -> None:
    audio = noise(1, 2, 20 * FRAME)
    pieces, _ = codec.encode(audio, 44_100)
    codec.tile_frames, before = 1000, codec.tile_frames
    whole, _ = codec.encode(audio, 44_100)
    codec.tile_frames = before
    torch.testing.assert_close(pieces, whole, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("frames", "rate"), [(1, 44_100), (2, 48_000), (8, 48_000), (9, 32_000), (11, 44_100)])
def test_decoded_length_is_exact(codec: Codec, frames: int, rate: int) -> None:
    sound = codec.decode(latents(frames), rate)
    assert sound.shape == (1, 2, -(-frames * FRAME * rate // 44_100))
    assert sound.dtype == torch.float32
    assert sound.abs().max() <= 1


@pytest.mark.parametrize(
    ("samples", "rate", "frames", "full"),
    [
        (0, 48_000, 1, 0),
        (1, 48_000, 1, 0),
        (700, 44_100, 1, 0),
        (4095, 44_100, 1, 0),
        (4096, 44_100, 1, 1),
        (4097, 44_100, 2, 1),
        (48_000, 48_000, 11, 10),
        (10_007, 22_050, 5, 4),
    ],
)
def test_every_length_can_be_encoded(codec: Codec, samples: int, rate: int, frames: int, full: int) -> None:
    z, lengths = codec.encode(noise(1, 2, samples), rate)
    assert z.shape == (1, 8, 16, frames)
    assert lengths.tolist() == [full]
    assert z.isfinite().all()


def test_whole_frames_are_counted_exactly_and_by_the_reference_in_float32(codec: Codec) -> None:
    assert [codec.frames(frames * FRAME, 44_100) for frames in range(1, 3000)] == list(range(1, 3000))
    lost = next(
        frames for frames in range(1, 100) if int(torch.tensor(frames * FRAME) / 44_100 * 44_100 / FRAME) < frames
    )
    audio = torch.zeros(1, 2, lost * FRAME)
    assert codec.encode(audio, 44_100)[1].tolist() == [lost]
    assert codec.encode(audio, 44_100, compatible=True)[1].tolist() == [lost - 1]


def test_silence_and_full_scale_give_numbers(codec: Codec) -> None:
    loud = torch.ones(1, 2, 9000)
    for audio in (torch.zeros_like(loud), loud, -loud, loud * 1e4):
        z, _ = codec.encode(audio, 44_100)
        assert z.isfinite().all()
        assert codec.decode(z).isfinite().all()


def test_no_latents_are_no_sound(codec: Codec) -> None:
    for compatible in (True, False):
        assert codec.decode(latents(0, variants=2), overlapped=True, compatible=compatible).shape == (2, 2, 0)


def test_left_stays_left(codec: Codec) -> None:
    z = latents(3)
    mel = codec.decode_mel(z)[0]
    sound = codec.decode(z, 44_100)[0]
    assert not torch.allclose(mel[0], mel[1])
    for channel in (0, 1):
        torch.testing.assert_close(sound[channel], codec.vocoder(mel[channel : channel + 1])[0, 0], atol=1e-6, rtol=0)


def test_left_and_right_are_heard_apart(codec: Codec) -> None:
    audio = noise(1, 2, 3 * FRAME)
    swapped, _ = codec.encode(audio.flip(1), 44_100)
    straight, _ = codec.encode(audio, 44_100)
    assert not torch.allclose(straight, swapped, atol=1e-2)


def test_variants_do_not_hear_each_other(codec: Codec) -> None:
    z = latents(3, variants=3)
    together = codec.decode(z)
    torch.testing.assert_close(codec.decode(z[1:2])[0], together[1])
    audio = noise(3, 2, 9000)
    torch.testing.assert_close(codec.encode(audio[2:])[0][0], codec.encode(audio)[0][2])


def test_the_same_latents_give_the_same_samples(codec: Codec) -> None:
    sound = codec.decode(latents(9))
    assert torch.equal(codec.decode(latents(9)), sound)
    assert torch.equal(codec.encode(sound)[0], codec.encode(sound)[0])


def test_stays_in_float32_beside_a_model_that_does_not(codec: Codec) -> None:
    z = latents(3).bfloat16()
    expected = codec.decode(z.float())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(codec.decode(z), expected)
    half = build_dcae(DCAE_CONFIG).bfloat16()
    assert Codec(half, codec.vocoder).dcae.decoder.conv_out.weight.dtype == torch.float32


def test_progress_rises_to_the_end_and_can_stop_the_work(codec: Codec) -> None:
    told: list[tuple[int, int]] = []
    codec.decode(latents(9, variants=2), report=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1]
    audio = noise(1, 2, 9 * FRAME)
    told.clear()
    codec.encode(audio, 44_100, report=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(told)

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        codec.decode(latents(2), report=stop)


@pytest.mark.parametrize("shape", [(2, 5000), (1, 1, 5000), (1, 3, 5000)])
def test_encode_refuses_what_is_not_stereo(codec: Codec, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(B, 2, T\)"):
        codec.encode(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(8, 16, 4), (1, 16, 8, 4), (1, 7, 16, 4), (1, 8, 15, 4)])
def test_decode_refuses_what_are_no_latents(codec: Codec, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(B, 8, 16, F\)"):
        codec.decode(torch.zeros(shape))


def test_another_shape_of_codec_has_its_own_frames() -> None:
    dcae = build_dcae({**DCAE_CONFIG, "encoder_layers_per_block": (1, 2, 1, 2)})
    other = Codec(dcae, small_vocoder(), tile_frames=4)
    assert other.samples_per_frame == 8 * 8
    z, lengths = other.encode(noise(1, 2, 1000), 44_100)
    assert z.shape == (1, 8, 2, 16)
    assert lengths.tolist() == [15]
    sound = other.decode(z, 44_100)
    assert sound.shape == (1, 2, 1024)
    torch.testing.assert_close(sound, other.decode(z, 44_100, overlapped=False), atol=1e-6, rtol=0)


def test_the_tiny_codec_depends_on_its_seed_alone() -> None:
    z = latents(2)
    before = torch.get_rng_state()
    once, again, other = (tiny_codec(seed).decode(z) for seed in (4, 4, 5))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(once, again)
    assert not torch.allclose(once, other, atol=1e-3)
