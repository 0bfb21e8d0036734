"""Peaks: how loud audio is from moment to moment, as a waveform is drawn."""

from __future__ import annotations

import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.panel.media.coarse import coarse_of
from bridge_server.panel.media.wave_file import mapped
from bridge_server.region.read import AudioFile, blocks
from bridge_server.region.storage import make_folder, replacing

Peaks = NDArray[np.int16]
"""(n, 2): the lowest and highest sample of each bin over all channels, full scale ±32767."""

MOST_POINTS = 16_384

_FINEST = 16
_MOST_BINS = 131_072
_BLOCK = 1 << 16  # frames that are read at once; a multiple of every hop
_HEAD = struct.Struct("<4sIQ")
_MAGIC = b"DBP1"
_WHOLE_NUMBERS = ("PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32")
_SEEKS_WELL = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC")


@dataclass(frozen=True)
class Overview:
    """The peaks of some audio in bins of `hop` frames each; the last bin may be shorter."""

    hop: int
    frames: int
    bins: Peaks

    def points(self, count: int, start: int = 0, end: int | None = None) -> Peaks:
        """(count, 2): `count` peaks between the frames `start` and `end`, by default over all of it.

        Where more points than bins are asked for, bins repeat.
        """
        count = max(1, min(count, MOST_POINTS))
        if not len(self.bins):
            return np.zeros((count, 2), np.int16)
        end = self.frames if end is None else min(end, self.frames)
        first = min(max(start, 0) // self.hop, len(self.bins) - 1)
        last = min(max(-(-end // self.hop), first + 1), len(self.bins))
        inside = self.bins[first:last]
        edges = np.arange(count, dtype=np.int64) * len(inside) // count
        return np.stack([np.minimum.reduceat(inside[:, 0], edges), np.maximum.reduceat(inside[:, 1], edges)], axis=1)


def hop_for(frames: int) -> int:
    """Frames in a bin: fine enough to look closely at a few seconds, and few bins for hours."""
    hop = _FINEST
    while frames > hop * _MOST_BINS and hop < _BLOCK:
        hop *= 2
    return hop


def of_wave(path: Path) -> Overview:
    """Of a WAV that `new_wave` made."""
    frames = mapped(path)
    hop = hop_for(len(frames))
    parts = []
    for first in range(0, len(frames), _BLOCK):
        block = frames[first : first + _BLOCK]
        parts.append(_bins(np.rint(np.clip(block, -1, 1) * 32_767).astype(np.int16), hop))
    return Overview(hop, len(frames), _joined(parts))


def of_file(file: AudioFile) -> Overview:
    """Of any sound file, all channels together. Raises UnreadableAudio where it breaks off or cannot be decoded."""
    hop = hop_for(file.frames)
    # A decoder that starts in the middle of an MP3 would be wrong there for a moment.
    halves = 2 if file.container in _SEEKS_WELL and file.frames > 8 * _BLOCK else 1
    step = -(-file.frames // halves // _BLOCK) * _BLOCK
    cuts = [(first, min(first + step, file.frames)) for first in range(0, file.frames, step)]
    # libsndfile lets go of the interpreter: two halves take the time of one on two cores.
    with ThreadPoolExecutor(len(cuts), thread_name_prefix="peaks") as threads:
        parts = list(threads.map(lambda cut: _stretch(file, cut[0], cut[1], hop), cuts))
    return Overview(hop, file.frames, _joined(parts))


def _stretch(file: AudioFile, first: int, last: int, hop: int) -> Peaks:
    """Peaks of the frames [first, last); `first` is a multiple of the hop. Whole numbers are read as such: faster."""
    if (coarse := coarse_of(file)) is not None:
        return _joined([_bins(block, hop) for block in coarse.blocks(first, last, _BLOCK)])
    if file.subtype in _WHOLE_NUMBERS:
        return _joined([_bins(block, hop) for block in blocks(file, first, last, "int16")])
    return _joined([_bins(_as_int16(block), hop) for block in blocks(file, first, last, "float32")])


def _as_int16(block: NDArray[Any]) -> NDArray[np.int16]:
    scaled: NDArray[np.float32] = np.rint(np.clip(np.nan_to_num(block), -1, 1) * 32_767)
    return scaled.astype(np.int16)


def _bins(block: NDArray[np.int16], hop: int) -> Peaks:
    """(n, 2) of (T, C) samples."""
    whole = len(block) // hop * hop
    rows = block[:whole].reshape(whole // hop, -1)
    found = [np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1)] if whole else []
    if whole < len(block):
        rest = block[whole:]
        found.append(np.array([[rest.min(), rest.max()]], np.int16))
    return _joined(found)


def _joined(parts: list[Peaks]) -> Peaks:
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int16)


def kept_overview(path: Path, make: Callable[[], Overview]) -> Overview:
    """The overview that lies at `path`, or else the one that `make` makes, which is then kept there.

    Raises what `make` raises; DiskFull, ReadOnly.
    """
    found = _read(path)
    if found is not None:
        return found
    overview = make()
    make_folder(path.parent)
    with replacing(path, is_durable=False) as file:
        file.write(_HEAD.pack(_MAGIC, overview.hop, overview.frames) + overview.bins.astype("<i2").tobytes())
    return overview


def _read(path: Path) -> Overview | None:
    """None where there is none, or none that can be read: then it is made anew."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(data) < _HEAD.size or data[:4] != _MAGIC:
        return None
    _, hop, frames = _HEAD.unpack_from(data)
    bins = np.frombuffer(data, "<i2", offset=_HEAD.size)
    if len(bins) != 2 * -(-frames // hop):
        return None
    return Overview(hop, frames, bins.reshape(-1, 2))
