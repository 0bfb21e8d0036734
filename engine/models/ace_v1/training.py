"""One training step: which noise level, what the model should have said, and how far off it was.

Source: ACE-Step technical report, arXiv 2506.00045, §3 (flow matching, REPA) and its published training code's recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from engine.models.ace_v1.transformer import Transformer

LEVELS = 1000
SHIFT = 3.0


@dataclass(frozen=True)
class Batch:
    """What a step learns from: B songs of one length.

    latents     (B, 8, 16, F), clean
    frame_mask  (B, F), 1 where there is music
    text, text_mask, speaker, lyric_ids, lyric_mask  as `Transformer.encode` takes them
    ssl         per SSL model, the (T_i, its width) features of each song, as MERT and mHuBERT hear it
    """

    latents: Tensor
    frame_mask: Tensor
    text: Tensor
    text_mask: Tensor
    speaker: Tensor
    lyric_ids: Tensor
    lyric_mask: Tensor
    ssl: Sequence[Sequence[Tensor]] = ()


@dataclass(frozen=True)
class DropRates:
    """How often a song must do without one of its conditions, so that guidance has something to lean on."""

    text: float = 0.15
    speaker: float = 0.5
    lyrics: float = 0.15


@dataclass(frozen=True)
class Losses:
    """What a step found: `total` is to be minimised; `projection` has one entry per SSL model, by name."""

    total: Tensor
    denoising: Tensor
    projection: Mapping[str, Tensor]


def training_sigmas(device: torch.device) -> Tensor:
    """The 1000 noise levels of training, from 1 down, shifted once towards noise: (1000,) float32."""
    even = torch.arange(LEVELS, 0, -1, dtype=torch.float32, device=device) / LEVELS
    return SHIFT * even / (1 + (SHIFT - 1) * even)


def sigmas_of(u: Tensor) -> Tensor:
    """Noise levels (B,) for standard normal draws (B,): a logit-normal choice among the levels, mid noise most often.

    Source: Esser et al., "Scaling Rectified Flow Transformers", arXiv 2403.03206, §3.1.
    """
    index = (torch.sigmoid(u) * LEVELS).long().clamp(0, LEVELS - 1)
    return training_sigmas(u.device)[index]


def drop_conditions(batch: Batch, rates: DropRates, generator: torch.Generator) -> Batch:
    """Silence conditions of single songs by chance. Text and speaker become zeros; lyrics lose their mask as well."""

    def kept(rate: float) -> Tensor:
        draws = torch.rand(batch.latents.shape[0], 1, generator=generator, device=generator.device)
        return (draws >= rate).to(batch.latents.device)  # (B, 1)

    text, speaker, lyrics = kept(rates.text), kept(rates.speaker), kept(rates.lyrics)
    return replace(
        batch,
        text=batch.text * text[..., None],
        speaker=batch.speaker * speaker,
        lyric_ids=batch.lyric_ids * lyrics,
        lyric_mask=batch.lyric_mask * lyrics,
    )


def projection_loss(features: Tensor, heard: Sequence[Tensor]) -> Tensor:
    """How differently the model and an SSL model hear the same songs: 0 alike … 2 opposite.

    features  (B, F, S) of the model's projector
    heard     per song (T_i, S); the features are stretched to each T_i
    """
    total = features.new_zeros(())
    for own, other in zip(features, heard, strict=True):
        stretched = F.interpolate(own.T[None], size=other.shape[0], mode="linear", align_corners=False)[0].T  # (T_i, S)
        total = total + (1 - F.cosine_similarity(stretched, other.to(own.dtype), dim=-1)).mean()
    return total / len(heard)


def training_losses(
    transformer: Transformer, batch: Batch, noise: Tensor, sigmas: Tensor, *, ssl_weight: float = 1.0
) -> Losses:
    """Mix music with noise, ask the model for the velocity, and compare the music that it implies with the true one.

    noise   (B, 8, 16, F), standard normal; sigmas (B,) in 0…1, see `sigmas_of`
    Raises ValueError if the transformer was built without its projectors.
    """
    states, mask = transformer.encode(batch.text, batch.text_mask, batch.speaker, batch.lyric_ids, batch.lyric_mask)
    level = sigmas[:, None, None, None]
    noisy = (1 - level) * batch.latents + level * noise
    velocity, features = transformer.forward_with_features(
        noisy, sigmas * LEVELS, transformer.prepare(states, mask), frame_mask=batch.frame_mask
    )
    clean = noisy - velocity.to(noisy.dtype) * level
    sounding = batch.frame_mask[:, None, None].to(clean.dtype)  # (B, 1, 1, F)
    error = F.mse_loss(clean * sounding, batch.latents * sounding, reduction="none").mean(dim=(1, 2, 3))
    denoising = (error * sounding.mean(dim=(1, 2, 3))).mean()
    names = transformer.config.ssl_names
    projection = {
        name: projection_loss(own, heard) for name, own, heard in zip(names, features, batch.ssl, strict=False) if heard
    }
    total = denoising
    if projection:
        total = total + ssl_weight * torch.stack(list(projection.values())).mean()
    return Losses(total, denoising, projection)


def learning_rate_factor(step: int, warmup_steps: int = 10, max_steps: int = 2_000_000) -> float:
    """What the learning rate is multiplied by: up from 0 in a line, then down in a line to 0 at `max_steps`."""
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (max_steps - step) / (max_steps - warmup_steps))
