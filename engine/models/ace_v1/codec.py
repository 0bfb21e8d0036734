"""Codec: sound ⇄ latents. What the music model thinks in, eleven frames a second, and what a musician hears."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from math import ceil

import torch
from torch import Tensor
from torch.nn import functional

from engine.models.ace_v1.dcae import AutoencoderDC, compression, decoder_parts, encoder_parts, run
from engine.models.ace_v1.mel import LogMel
from engine.models.ace_v1.overlapped import overlapped_image, overlapped_sound
from engine.models.ace_v1.resampling import resample
from engine.models.ace_v1.tiling import Tick, silent_tick
from engine.models.ace_v1.vocoder import Vocoder

LOW_MEL, HIGH_MEL = -11.0, 3.0
LATENT_SHIFT, LATENT_SCALE = -1.9091, 0.1786
"""Both pairs are the model's own, as it was trained; they bring mel and latents to about unit size."""

TILE_FRAMES = 128
"""Latent frames computed at once, 12 s: four minutes fit into 1 GB. The result does not depend on it."""

OUTPUT_RATE = 48_000

Report = Callable[[int, int], None]
"""report(done, total) after every piece of work; what it raises ends the work."""


class Codec:
    """Music DCAE, vocoder and what lies between them and the speakers, in float32 whatever the music model runs in.

    Sources: ACE-Step technical report (arXiv 2506.00045, §2: Music DCAE and vocoder).
    """

    def __init__(self, dcae: AutoencoderDC, vocoder: Vocoder, tile_frames: int = TILE_FRAMES) -> None:
        self.dcae = dcae.float().eval().requires_grad_(False)
        self.vocoder = vocoder.float().eval().requires_grad_(False)
        self.mel = LogMel(vocoder.config)
        self.rate = vocoder.config.sampling_rate
        self.compression = compression(dcae)
        self.tile_frames = tile_frames
        self.encoder_parts, self.decoder_parts = encoder_parts(dcae), decoder_parts(dcae)

    @property
    def samples_per_frame(self) -> int:
        """Samples at `rate` in one latent frame: 4,096 in the published model, 93 ms."""
        return self.vocoder.config.hop_length * self.compression

    @property
    def device(self) -> torch.device:
        """Where the weights are; audio and latents are brought there."""
        return self.mel.bank.device

    def to(self, device: torch.device | str) -> Codec:
        """Move everything; returns self."""
        for module in (self.dcae, self.vocoder, self.mel):
            module.to(device)
        return self

    def frames(self, samples: int, rate: int) -> int:
        """Whole latent frames in so many samples."""
        return samples * self.rate // (rate * self.samples_per_frame)

    @torch.no_grad()
    def encode(
        self, audio: Tensor, rate: int = OUTPUT_RATE, *, compatible: bool = False, report: Report | None = None
    ) -> tuple[Tensor, Tensor]:
        """Sound to latents.

        audio       (B, 2, T), finite, full scale ±1; any T: silence fills the end to whole frames, at least one
        compatible  lengths rounded as the reference rounds them: in float32, which loses a frame now and then
        Returns latents (B, 8, 16, F) float32 and (B,) int64, the whole frames of each that the sound fills.
        Raises ValueError for another shape.
        """
        channels = self.dcae.config.in_channels
        if audio.ndim != 3 or audio.shape[1] != channels:
            raise ValueError(f"audio must be (B, {channels}, T), not {tuple(audio.shape)}")
        samples = audio.shape[-1]
        count = max(1, ceil(samples * self.rate / (rate * self.samples_per_frame * self.tile_frames)))
        tick = _ticks(report, len(audio) * count * sum(part.passes for part in self.encoder_parts))
        latents = [self._encode_one(one, rate, count, tick) for one in audio]
        frames = self.frames(samples, rate)
        if compatible:
            frames = int(torch.tensor(samples) / rate * self.rate / self.samples_per_frame)
        return torch.cat(latents), torch.full((len(audio),), frames, dtype=torch.int64, device=self.device)

    def _encode_one(self, audio: Tensor, rate: int, count: int, tick: Tick) -> Tensor:
        """(2, T) → (1, 8, 16, F)."""
        with self._full_precision():
            sound = resample(audio.to(self.device, torch.float32), rate, self.rate)
            short = -sound.shape[-1] % self.samples_per_frame if sound.shape[-1] else self.samples_per_frame
            mel = self.mel(functional.pad(sound, (0, short)))  # (2, n_mels, F·compression)
            image = ((mel - LOW_MEL) / (HIGH_MEL - LOW_MEL) - 0.5) / 0.5
            return (run(self.encoder_parts, image[None], count, tick) - LATENT_SHIFT) * LATENT_SCALE

    @torch.no_grad()
    def decode(
        self,
        latents: Tensor,
        rate: int = OUTPUT_RATE,
        *,
        overlapped: bool | None = None,
        compatible: bool = False,
        report: Report | None = None,
    ) -> Tensor:
        """Latents to sound, each variant by itself.

        latents     (B, 8, 16, F), any float type
        overlapped  in pieces (True), in one piece (False), or in pieces as soon as that saves memory (None). The
                    pieces are exact: the sound is the same
        compatible  with `overlapped=True`, the reference's pieces instead, whose seams can be heard
        Returns (B, 2, ceil(F·4096·rate/44100)) float32, full scale ±1.
        Raises ValueError for latents of another shape.
        """
        shape = self.dcae.config.latent_channels, self.vocoder.config.n_mels // self.compression
        if latents.ndim != 4 or latents.shape[1:3] != shape:
            raise ValueError(f"latents must be (B, {shape[0]}, {shape[1]}, F), not {tuple(latents.shape)}")
        frames = latents.shape[-1]
        if frames == 0:
            return torch.zeros(len(latents), self.dcae.config.in_channels, 0, device=self.device)
        with self._full_precision():
            if overlapped and compatible:
                return torch.stack([self._decode_as_reference(one, rate) for one in latents])
            count = 1 if overlapped is False or compatible else ceil(frames / self.tile_frames)
            passes = sum(part.passes for part in [*self.decoder_parts, *self.vocoder.parts])
            tick = _ticks(report, len(latents) * count * passes)
            return torch.stack([self._decode_one(one, rate, count, tick) for one in latents])

    def _decode_one(self, latents: Tensor, rate: int, count: int, tick: Tick) -> Tensor:
        """(8, 16, F) → (2, T)."""
        mel = self.decode_mel(latents[None], count, tick)[0]  # (2, n_mels, F·compression)
        sound = run(list(self.vocoder.parts), mel, count, tick)  # (2, 1, T)
        return resample(sound[:, 0], self.rate, rate)

    def decode_mel(self, latents: Tensor, count: int = 1, tick: Tick = silent_tick) -> Tensor:
        """(B, 8, 16, F) → (B, 2, n_mels, F·compression) log-mel, computed in `count` pieces."""
        return self._mel_of(run(self.decoder_parts, self._unscaled(latents), count, tick))

    def _decode_as_reference(self, latents: Tensor, rate: int) -> Tensor:
        image = overlapped_image(self.dcae, self._unscaled(latents)[None], self.compression)
        sound = overlapped_sound(self.vocoder, self._mel_of(image[0]))
        length = int(latents.shape[-1] * self.samples_per_frame * rate / self.rate)
        return resample(sound, self.rate, rate)[:, :length]

    def _unscaled(self, latents: Tensor) -> Tensor:
        return latents.to(self.device, torch.float32) / LATENT_SCALE + LATENT_SHIFT

    @staticmethod
    def _mel_of(image: Tensor) -> Tensor:
        return (image * 0.5 + 0.5) * (HIGH_MEL - LOW_MEL) + LOW_MEL

    def _full_precision(self) -> AbstractContextManager[object]:
        kind = self.device.type
        return torch.autocast(kind, enabled=False) if torch.amp.is_autocast_available(kind) else nullcontext()


def _ticks(report: Report | None, total: int) -> Tick:
    if report is None:
        return silent_tick
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        report(min(done, total), total)

    return tick
