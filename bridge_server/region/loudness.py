"""How loud something is, after ITU-R BS.1770-4, and the gain that makes two things equally loud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge_server.region.channels import Layout
from bridge_server.region.excerpt import Samples

AROUND_SECONDS = 8.0
"""How much on each side of a span counts as its surroundings."""

LAYER_BELOW_LU = 6.0
"""How far a new stem lies below the mix it joins: of four equally loud stems, each is 6 dB below their sum."""

MOST_GAIN_DB = 40.0
"""Audio that would need more than this to be as loud as its surroundings is as good as silent."""

_ABSOLUTE_GATE = -70.0
_SHORTEST_SECONDS = 0.02
_LOWEST_RATE = 8_000  # below it the weighting filter has no meaning

# BS.1770-4 Annex 3: loudspeakers at the sides weigh +1.5 dB. 5.1's surrounds are at the sides, 7.1's backs are not.
_SIDE = 1.41


@dataclass(frozen=True)
class Heard:
    """What a meter has heard of some audio.

    power  weighted mean square of each 400 ms block, one every 100 ms; empty where there is too little sound
    """

    power: NDArray[np.float64]

    def loudness(self, gain_db: float = 0.0) -> float | None:
        """Integrated loudness in LUFS if the audio had that gain, or None for silence. Source: BS.1770-4."""
        loud = self.power[self.power > _power(_ABSOLUTE_GATE - gain_db)]
        if not loud.size:
            return None
        loud = loud[loud > 0.1 * loud.mean()]
        return float(-0.691 + 10 * np.log10(loud.mean())) + gain_db

    def gain_to(self, target: float | None) -> float:
        """Decibels that bring the audio to `target`; 0 where one of them is silence."""
        gain_db, loudness = 0.0, self.loudness()
        # What was too quiet to count may count once it is louder, so the gain is found step by step.
        for _ in range(8):
            if target is None or loudness is None or abs(target - loudness) < 0.01:
                break
            gain_db = float(np.clip(gain_db + target - loudness, -MOST_GAIN_DB, MOST_GAIN_DB))
            loudness = self.loudness(gain_db)
        return gain_db


def listen(audio: Samples, rate: int, layout: Layout) -> Heard:
    """Measure how loud audio is.

    The filters are pyloudnorm's. The gating is done here, on sums of 100 ms, because a take is measured several times:
    it gives what `pyloudnorm.Meter.integrated_loudness` gives (the tests compare) in a third of the time.
    audio  (C, T) float32 in `layout`; below 400 ms all of it is one block
    """
    length = audio.shape[1]
    if rate < _LOWEST_RATE or length < _SHORTEST_SECONDS * rate or not audio.any():
        return Heard(np.zeros(0))
    heard = [channel for channel, name in enumerate(layout) if name != "LFE"]
    weights = np.array([_weight(layout[channel], layout) for channel in heard])
    return Heard(weights @ _block_power(_weighted(audio[heard] if len(heard) < len(layout) else audio, rate), rate))


def integrated(audio: Samples, rate: int, layout: Layout) -> float | None:
    """Integrated loudness in LUFS, or None where there is too little sound to measure."""
    return listen(audio, rate, layout).loudness()


def load_meter() -> None:
    """Import what measuring needs. It takes a second and 70 MB, so an idle bridge does without it."""
    import scipy.signal  # noqa: F401


def _weight(name: str, layout: Layout) -> float:
    if name in ("SL", "SR") or (name in ("BL", "BR") and "SL" not in layout):
        return _SIDE
    return 1.0


def _weighted(audio: Samples, rate: int) -> NDArray[np.float64]:
    """K-weighted audio."""
    import pyloudnorm
    from scipy.signal import sosfilt

    shelf = pyloudnorm.IIRfilter(4.0, 1 / np.sqrt(2), 1500.0, rate, "high_shelf")
    low_cut = pyloudnorm.IIRfilter(0.0, 0.5, 38.0, rate, "high_pass")
    sections = [np.concatenate([stage.b, stage.a]) for stage in (shelf, low_cut)]
    weighted: NDArray[np.float64] = sosfilt(np.array(sections), audio)
    return weighted


def _block_power(weighted: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Mean square per channel in blocks of 400 ms, one every 100 ms: (C, blocks)."""
    channels, length = weighted.shape
    hop = round(rate / 10)
    if length < 4 * hop:
        return np.asarray(np.einsum("ct,ct->c", weighted, weighted)[:, None] / length)
    hops = weighted[:, : length // hop * hop].reshape(channels, -1, hop)
    sums = np.einsum("cht,cht->ch", hops, hops)
    blocks: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(sums, 4, axis=1).sum(axis=-1) / (4 * hop)
    return blocks


def _power(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))
