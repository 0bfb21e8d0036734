"""Sound to latents and back, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from engine.models.ace_v1.codec import LATENT_SCALE, LATENT_SHIFT, Codec
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.resampling import resample
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig
from tests.parity.case import Case
from tests.parity.comparison import Claim

INPUT_RATE = OUTPUT_RATE = 48_000


def run(case: Case) -> Iterator[Claim]:
    """Everything between sound and latents, both ways."""
    codec = codec_of(case)
    with torch.no_grad():
        yield from encoding(case, codec)
        yield from decoding(case, codec)
        yield from single_stages(case, codec)


def codec_of(case: Case) -> Codec:
    """The codec of the case's weights."""
    dcae = build_dcae(case.about["dcae_config"])
    dcae.load_state_dict(case.weights("sd.dcae."))
    vocoder = Vocoder(VocoderConfig.from_dict(case.about["vocoder_config"]))
    vocoder.load_state_dict(case.weights("sd.vocoder."))
    return Codec(dcae, vocoder)


def encoding(case: Case, codec: Codec) -> Iterator[Claim]:
    """Resampled sound, mel image and latents."""
    if (other := case.find("audio_other")) is not None:
        yield Claim("latents_other", codec.encode(other, case.about["other_rate"], compatible=True)[0])
    sound = case.find("audio48k")
    if sound is None:
        return
    resampled = resample(sound, INPUT_RATE, codec.rate)
    yield Claim("audio44k", resampled)
    missing = -resampled.shape[-1] % codec.samples_per_frame
    yield Claim("mel", codec.mel(torch.nn.functional.pad(resampled, (0, missing))))
    latents, lengths = codec.encode(sound, INPUT_RATE, compatible=True)
    yield Claim("latents", latents)
    yield Claim("latent_lengths", lengths)


def decoding(case: Case, codec: Codec) -> Iterator[Claim]:
    """Mel image and sound."""
    latents = case.take("z")
    yield Claim("dec_image", codec.dcae.decoder(latents / LATENT_SCALE + LATENT_SHIFT))
    mel = codec.decode_mel(latents)
    yield Claim("dec_mel", mel)
    yield Claim("voc_backbone", codec.vocoder.backbone(mel[:, 0]))
    yield Claim("voc_wav_left", codec.vocoder(mel[:, 0]))
    for name, rate in (("wav44k", codec.rate), ("wav48k", OUTPUT_RATE)):
        if (recorded := case.find(name)) is not None:
            sound = codec.decode(latents, rate)
            yield Claim(name, sound[0] if recorded.ndim == 2 else sound)


def single_stages(case: Case, codec: Codec) -> Iterator[Claim]:
    """The mel filter bank, the encoder and the vocoder by themselves."""
    yield Claim("mel_fb_colsum", codec.mel.bank.sum(0))
    if (bank := case.find("mel_fb")) is not None:
        yield Claim("mel_fb", codec.mel.bank[: len(bank)])
    yield Claim("enc_raw", codec.dcae.encoder(case.take("enc_in")))
    if (mel := case.find("voc_mel_in")) is not None:
        yield Claim("voc_out", codec.vocoder(mel))
