"""Sample formats: how a WAVE file spells its samples, and how floats become them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.region.excerpt import Samples


@dataclass(frozen=True)
class Encoding:
    """One way to write a sample.

    bits     of one sample
    is_float  IEEE floats instead of whole numbers
    exact    the type in which soundfile reads this format without changing a bit
    """

    bits: int
    is_float: bool
    exact: str

    @property
    def sample_bytes(self) -> int:
        return self.bits // 8

    @property
    def highest(self) -> float | None:
        """The largest sample that does not clip; None where nothing can."""
        return None if self.is_float else 1 - 2.0 ** (1 - self.bits)

    def rounded(self, audio: Samples) -> Samples:
        """`audio` on the grid of this format, as a file of it would come back (to float32's own 24 bits)."""
        if self.is_float or self.bits > 24:
            return audio
        scale = np.float32(2 ** (self.bits - 1))
        return np.asarray(np.clip(np.rint(audio * scale), -scale, scale - 1) / scale, np.float32)

    def encode(self, audio: Samples) -> bytes:
        """(C, T) floats as interleaved little-endian samples. Rounds to the nearest, clips at full scale."""
        if self.is_float:
            return np.ascontiguousarray(audio.T, f"<f{self.sample_bytes}").tobytes()
        scale = 2 ** (self.bits - 1)
        whole = np.empty((audio.shape[1], audio.shape[0]), "<i4")
        for number, channel in enumerate(audio):
            # float32 cannot hold 2^31 - 1, so 32-bit samples take the longer way.
            scaled = np.multiply(channel, scale, dtype=np.float64 if self.bits > 24 else np.float32)
            np.rint(scaled, out=scaled)
            whole[:, number] = np.clip(scaled, -scale, scale - 1, out=scaled)
        return _packed(whole, self.bits)

    def copy(self, block: NDArray[Any]) -> bytes:
        """(T, C) samples that soundfile read as `exact`, spelled as they were in the file."""
        if self.is_float:
            return np.ascontiguousarray(block, f"<f{self.sample_bytes}").tobytes()
        return _packed(block.astype("<i4") >> (block.dtype.itemsize * 8 - self.bits), self.bits)


def _packed(whole: NDArray[np.int32], bits: int) -> bytes:
    if bits == 8:
        return (whole + 128).astype(np.uint8).tobytes()
    if bits == 24:
        spread = np.ascontiguousarray(whole).view(np.uint8).reshape(-1, 4)
        packed = np.empty((len(spread), 3), np.uint8)
        for byte in range(3):  # three strided copies take a third of the time of one
            packed[:, byte] = spread[:, byte]
        return packed.tobytes()
    return whole.astype(f"<i{bits // 8}").tobytes()


U8 = Encoding(8, False, "int16")
PCM16 = Encoding(16, False, "int16")
PCM24 = Encoding(24, False, "int32")
PCM32 = Encoding(32, False, "int32")
FLOAT32 = Encoding(32, True, "float32")
FLOAT64 = Encoding(64, True, "float64")

_BY_NAME = {"pcm24": PCM24, "float32": FLOAT32}
_BY_SUBTYPE = {
    "PCM_U8": U8,
    "PCM_S8": U8,
    "PCM_16": PCM16,
    "PCM_24": PCM24,
    "PCM_32": PCM32,
    "FLOAT": FLOAT32,
    "DOUBLE": FLOAT64,
}


def encoding_named(name: str) -> Encoding:
    """'pcm24' or 'float32', as requests name them."""
    return _BY_NAME[name]


def encoding_of_subtype(subtype: str) -> Encoding:
    """What keeps a file of this libsndfile subtype as it is; 32-bit float for compressed ones."""
    return _BY_SUBTYPE.get(subtype, FLOAT32)
