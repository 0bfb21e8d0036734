"""How much memory sound ⇄ latents will take, told from the shapes alone: a codec on the meta device will do.

The factors count tensors that live at once; `tests/models/test_codec_memory.py` compares them with what really lives.
Work space of the convolution library comes on top: a quarter more is a fair guess.
"""

from __future__ import annotations

from typing import Any

from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.mel import FRAMES_AT_ONCE
from engine.models.ace_v1.tiling import Local

FLOAT = 4
"""Bytes: the codec computes in float32."""

CONVOLUTION_TENSORS = 4.25
"""Of full width, alive inside a residual block of the DCAE."""

ATTENTION_TENSORS = 20
"""Of a stage's width, alive inside an attention block: its gated convolution is eight times as wide, twice."""

VOCODER_TENSORS = 5.25
STATES = 3
"""Of the whole song at latent resolution, alive between two parts of the DCAE."""

WAVES = 5.5
"""Of the whole song, alive while it is resampled."""


def weight_bytes(codec: Codec) -> int:
    """Bytes of all weights: 1.04 GB for the published codec."""
    return sum(weight.numel() * FLOAT for part in (codec.dcae, codec.vocoder) for weight in part.parameters())


def decode_bytes(codec: Codec, frames: int) -> int:
    """Bytes beyond the weights while one variant of `frames` latent frames becomes sound, in pieces as by default."""
    config = codec.dcae.config
    backbone, head = codec.vocoder.parts
    near = min(frames, codec.tile_frames)
    image = _piece(near, frames, codec.decoder_parts, 1) * _image_bytes(
        codec, config.decoder_block_out_channels, config.decoder_block_types
    )
    reach = -(-max(backbone.radius, head.radius) // codec.compression)
    sound = min(frames, near + 2 * reach) * codec.compression * _sound_bytes(codec)
    return int(max(image, sound)) + _song_bytes(codec, config.decoder_block_out_channels[-1], frames)


def encode_bytes(codec: Codec, frames: int) -> int:
    """Bytes beyond the weights while sound of `frames` latent frames becomes latents, in pieces as by default."""
    config = codec.dcae.config
    near = min(frames, codec.tile_frames)
    image = _piece(near, frames, codec.encoder_parts, codec.compression) * _image_bytes(
        codec, config.encoder_block_out_channels, config.encoder_block_types
    )
    spectra = (
        min(frames * codec.compression, FRAMES_AT_ONCE) * config.in_channels * codec.vocoder.config.n_fft * 4 * FLOAT
    )
    return int(max(image, spectra)) + _song_bytes(codec, config.encoder_block_out_channels[-1], frames)


def _piece(near: int, frames: int, parts: list[Any], units: int) -> int:
    """Latent frames that the widest piece really holds, neighbours included; `units` frames of the part make one."""
    reach = max(part.radius for part in parts if isinstance(part, Local))
    return min(frames, near + 2 * -(-reach // units))


def _image_bytes(codec: Codec, widths: tuple[int, ...], kinds: str | tuple[str, ...]) -> float:
    """At the DCAE's worst moment, of one latent frame of a piece."""
    bands, columns = codec.vocoder.config.n_mels, codec.compression
    kinds = (kinds,) * len(widths) if isinstance(kinds, str) else kinds
    worst = 0.0
    for stage, (width, kind) in enumerate(zip(widths, kinds, strict=True)):
        tensors = ATTENTION_TENSORS if kind == "EfficientViTBlock" else CONVOLUTION_TENSORS
        worst = max(worst, tensors * width * (bands >> stage) * (columns >> stage) * FLOAT)
    return worst


def _sound_bytes(codec: Codec) -> float:
    """At the vocoder's worst moment, of one mel frame of a piece, all channels."""
    config = codec.vocoder.config
    width, samples = config.upsample_initial_channel, 1
    worst = width
    for rate in config.upsample_rates:
        width, samples = width // 2, samples * rate
        worst = max(worst, width * samples)
    worst = max(worst, 4 * max(config.dims))
    return VOCODER_TENSORS * worst * FLOAT * codec.dcae.config.in_channels


def _song_bytes(codec: Codec, width: int, frames: int) -> int:
    """What grows with the whole song: 2 MB a second in the published codec."""
    rows = codec.vocoder.config.n_mels // codec.compression
    state = width * rows * FLOAT
    wave = codec.samples_per_frame * codec.dcae.config.in_channels * FLOAT
    return int(frames * max(STATES * state, WAVES * wave))
