"""The music DCAE: a stereo mel image shrinks eight times in time and pitch, and grows back.

The network is diffusers' `AutoencoderDC` (DC-AE, arXiv 2410.10733; used in Sana, arXiv 2410.10629). Here it is taken
apart into stretches of convolutions, which see a few frames around them, and linear attention, which sees the whole
song but only through a small sum over time. Both can be computed in pieces without a change in the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.ace_v1.tiling import Local, Tick, chain, pieces, silent_tick

AutoencoderDC = Any
"""diffusers' class, which has no types and takes seconds to import."""

STAGES = ("ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock")
DEFAULTS: dict[str, Any] = {
    "in_channels": 2,
    "latent_channels": 8,
    "attention_head_dim": 32,
    "encoder_block_types": STAGES,
    "decoder_block_types": STAGES,
    "encoder_block_out_channels": (128, 256, 512, 1024),
    "decoder_block_out_channels": (128, 256, 512, 1024),
    "encoder_layers_per_block": (2, 2, 3, 3),
    "decoder_layers_per_block": (3, 3, 3, 3),
    "encoder_qkv_multiscales": ((), (), (5,), (5,)),
    "decoder_qkv_multiscales": ((), (), (5,), (5,)),
    "upsample_block_type": "interpolate",
    "downsample_block_type": "Conv",
    "decoder_norm_types": "rms_norm",
    "decoder_act_fns": "silu",
    "encoder_out_shortcut": True,
    "decoder_in_shortcut": True,
    "decoder_conv_act_fn": "relu",
    "scaling_factor": 0.41407,
}
"""The published f8c8 network. A checkpoint's config.json wins."""


def build_dcae(config: Mapping[str, Any]) -> AutoencoderDC:
    """The network with random weights; keys of `config` that diffusers does not know are dropped."""
    from diffusers import AutoencoderDC as Network

    known = signature(Network.__init__).parameters
    return Network(**{name: value for name, value in {**DEFAULTS, **config}.items() if name in known})


def compression(dcae: AutoencoderDC) -> int:
    """Mel frames (and mel bands) per latent frame (and row): 8 in the published network."""
    return 2 ** (len(dcae.config.encoder_block_out_channels) - 1)


@dataclass(frozen=True)
class Attention:
    """Multi-scale linear attention over a whole song, (B, C, H, F) → (B, C, H, F).

    Sum the outer products of values and keys over all pieces, then let every piece ask that sum: the time of one piece
    after another, the memory of one. (Note the grouping of channels: q, k and v lie one after another, and groups of
    three heads' width are cut from that, so a group's "key" may well be a query. The weights were trained that way.)
    """

    layer: Any
    passes = 2

    def over(self, frames: Tensor, count: int, tick: Tick = silent_tick) -> Tensor:
        """The same as `layer(frames)`, computed in `count` pieces."""
        if count <= 1:
            return Local(self.layer, 0).over(frames, 1, tick)
        radius = max((block.proj_in.kernel_size[0] // 2 for block in self.layer.to_qkv_multiscale), default=0)
        memory: Tensor | float = 0.0
        for piece in pieces(frames.shape[-1], count, radius):
            _, key, value = self._project(frames[..., piece.low : piece.high])
            inside = slice(piece.start - piece.low, piece.end - piece.low)
            key, value = key[..., inside].flatten(3), value[..., inside].flatten(3)  # (B, G, d, H·F)
            memory = memory + functional.pad(value, (0, 0, 0, 1), value=1) @ key.transpose(-1, -2)  # (B, G, d+1, d)
            tick()
        assert isinstance(memory, Tensor), "no frames"
        recalled = memory

        def ask(x: Tensor) -> Tensor:
            return self._answer(recalled, x)

        return Local(ask, radius).over(frames, count, tick)

    def _project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, C, H, F) → query, key, value, each (B, G, d, H, F) float32."""
        layer, last = self.layer, x.movedim(1, -1)
        qkv = torch.cat([layer.to_q(last), layer.to_k(last), layer.to_v(last)], dim=-1).movedim(-1, 1)
        scales = torch.cat([qkv, *(block(qkv) for block in layer.to_qkv_multiscale)], dim=1)
        query, key, value = scales.float().unflatten(1, (-1, 3, layer.attention_head_dim)).unbind(2)
        return query.relu(), key.relu(), value

    def _answer(self, memory: Tensor, x: Tensor) -> Tensor:
        layer = self.layer
        query, _, _ = self._project(x)
        answer = memory @ query.flatten(3)  # (B, G, d+1, H·F)
        answer = answer[:, :, :-1] / (answer[:, :, -1:] + layer.eps)
        out = layer.to_out(answer.to(x.dtype).reshape(len(x), -1, *x.shape[-2:]).movedim(1, -1))  # (B, H, F, C)
        if layer.norm_type == "rms_norm":
            return layer.norm_out(out).movedim(-1, 1) + x
        return layer.norm_out(out.movedim(-1, 1)) + x


Part = Local | Attention


def encoder_parts(dcae: AutoencoderDC) -> list[Part]:
    """The encoder, (B, 2, H, T) mel image → (B, 8, H/8, T/8), as parts to run one after another."""
    encoder = dcae.encoder
    inner = [layer for stage in encoder.down_blocks for layer in stage]

    def close(x: Tensor) -> Tensor:
        if not encoder.out_shortcut:
            return encoder.conv_out(x)
        return encoder.conv_out(x) + x.unflatten(1, (-1, encoder.out_shortcut_average_group_size)).mean(dim=2)

    return _joined([*_parts([encoder.conv_in, *inner]), Local(close, 1)])


def decoder_parts(dcae: AutoencoderDC) -> list[Part]:
    """The decoder, (B, 8, h, F) → (B, 2, 8h, 8F) mel image, as parts to run one after another."""
    decoder = dcae.decoder
    inner = [layer for stage in reversed(decoder.up_blocks) for layer in stage]

    def open_up(x: Tensor) -> Tensor:
        if not decoder.in_shortcut:
            return decoder.conv_in(x)
        return decoder.conv_in(x) + x.repeat_interleave(decoder.in_shortcut_repeats, dim=1)

    def close(x: Tensor) -> Tensor:
        return decoder.conv_act(decoder.norm_out(x.movedim(1, -1)).movedim(-1, 1))

    return _joined([Local(open_up, 1), *_parts(inner), Local(close, 0), *_parts([decoder.conv_out])])


def _parts(layers: list[nn.Module]) -> Iterator[Part]:
    from diffusers.models.autoencoders import autoencoder_dc as kinds

    for layer in layers:
        match layer:
            case kinds.EfficientViTBlock():
                yield Attention(layer.attn)
                yield Local(layer.conv_out, 1)
            case kinds.ResBlock():
                yield Local(layer, 2)
            case kinds.DCDownBlock2d():
                yield Local(layer, 1, Fraction(1, layer.factor))
            case kinds.DCUpBlock2d():
                yield Local(layer, 1, Fraction(layer.factor))
            case nn.Conv2d():
                yield Local(layer, layer.kernel_size[1] // 2)
            case _:
                raise TypeError(
                    f"diffusers' AutoencoderDC has a {type(layer).__name__}, which this version does not know"
                )


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Neighbouring local parts become one: a piece goes through all of them while it is warm."""
    joined: list[Part] = []
    locals_: list[Local] = []
    for part in parts:
        if isinstance(part, Local):
            locals_.append(part)
        else:
            joined += [*([chain(locals_)] if locals_ else []), part]
            locals_ = []
    return [*joined, chain(locals_)]


def run(parts: list[Part], frames: Tensor, count: int, tick: Tick = silent_tick) -> Tensor:
    """All parts in order, each in `count` pieces of time."""
    for part in parts:
        frames = part.over(frames, count, tick)
    return frames
