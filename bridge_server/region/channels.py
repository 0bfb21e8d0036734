"""Which loudspeaker each channel of a file feeds, and how one layout becomes another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Layout = tuple[str, ...]
"""Loudspeakers in the order of the channels: ('FL', 'FR')."""

# Order of the bits in dwChannelMask. Source: Microsoft, WAVEFORMATEXTENSIBLE.
_MASK_ORDER = (
    "FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC",
    "SL", "SR", "TC", "TFL", "TFC", "TFR", "TBL", "TBC", "TBR",
)  # fmt: skip

# Usual orders by channel count. Source: RFC 9639 (FLAC) §9.1.3, the same as those of WAVE.
_USUAL: tuple[Layout, ...] = (
    ("FC",),
    ("FL", "FR"),
    ("FL", "FR", "FC"),
    ("FL", "FR", "BL", "BR"),
    ("FL", "FR", "FC", "BL", "BR"),
    ("FL", "FR", "FC", "LFE", "BL", "BR"),
    ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
)

# Source: Vorbis I specification §4.3.9; libsndfile hands the channels on in this order.
_VORBIS: tuple[Layout, ...] = (
    ("FC",),
    ("FL", "FR"),
    ("FL", "FC", "FR"),
    ("FL", "FR", "BL", "BR"),
    ("FL", "FC", "FR", "BL", "BR"),
    ("FL", "FC", "FR", "BL", "BR", "LFE"),
    ("FL", "FC", "FR", "SL", "SR", "BC", "LFE"),
    ("FL", "FC", "FR", "SL", "SR", "BL", "BR", "LFE"),
)

_3DB = 0.7071
# Share of each loudspeaker in stereo's left and right. Source: ITU-R BS.775-3, Annex 4, Table 2 (the low-frequency
# effects channel is left out there too); loudspeakers that it does not name go to their side like surrounds.
_STEREO = {
    "FL": (1.0, 0.0), "FR": (0.0, 1.0), "FC": (_3DB, _3DB), "LFE": (0.0, 0.0),
    "BL": (_3DB, 0.0), "BR": (0.0, _3DB), "SL": (_3DB, 0.0), "SR": (0.0, _3DB), "BC": (0.5, 0.5),
    "FLC": (1.0, 0.0), "FRC": (0.0, 1.0), "TC": (0.5, 0.5), "TFC": (0.5, 0.5), "TBC": (0.5, 0.5),
    "TFL": (_3DB, 0.0), "TFR": (0.0, _3DB), "TBL": (_3DB, 0.0), "TBR": (0.0, _3DB),
}  # fmt: skip


def usual_layout(channels: int) -> Layout:
    """The layout of a file that does not say it; `channels` is 1 to 8."""
    return _USUAL[channels - 1]


def vorbis_layout(channels: int) -> Layout:
    return _VORBIS[channels - 1]


def layout_of_mask(mask: int, channels: int) -> Layout:
    """The layout that a WAVE file's channel mask names, or the usual one if the mask does not name every channel."""
    named = tuple(name for bit, name in enumerate(_MASK_ORDER) if mask >> bit & 1)
    return named if len(named) == channels and channels > 2 else usual_layout(channels)


def mask_of(layout: Layout) -> int:
    """The channel mask of a layout; 0 if its order is not one that a mask can express."""
    places = [_MASK_ORDER.index(name) for name in layout]
    return sum(1 << place for place in places) if places == sorted(set(places)) else 0


def convert(audio: Samples, layout: Layout, into: Layout) -> Samples:
    """Bring audio from one loudspeaker layout to another.

    audio  (C, T) float32 in `layout`; returns (len(into), T) float32. The same layout: `audio` itself
    To stereo: mono goes to both sides, surround folds after ITU-R BS.775-3. To mono: the mean of stereo's sides, so
    that mono made stereo comes back as it was and nothing can clip. To surround: front left and right, others silent.
    """
    if len(layout) == len(into):
        return audio
    out = np.zeros((len(into), audio.shape[1]), np.float32)
    for to, shares in enumerate(_matrix(layout, into)):
        for share, channel in zip(shares, audio, strict=True):
            if share:
                out[to] += channel if share == 1 else np.float32(share) * channel
    return out


def _matrix(layout: Layout, into: Layout) -> list[list[float]]:
    """Share of each channel of `layout` (columns) in each channel of `into` (rows)."""
    if len(layout) == 1:
        left, right = [1.0], [1.0]
    else:
        left, right = ([_STEREO[name][side] for name in layout] for side in (0, 1))
    if len(into) == 1:
        return [[(a + b) / 2 for a, b in zip(left, right, strict=True)]]
    front_left, front_right = _front(into)
    rows = [[0.0] * len(layout) for _ in into]
    rows[front_left], rows[front_right] = left, right
    return rows


def _front(layout: Layout) -> tuple[int, int]:
    """Channels of front left and right; the first two where a layout has no front."""
    if "FL" in layout and "FR" in layout:
        return layout.index("FL"), layout.index("FR")
    return 0, 1
