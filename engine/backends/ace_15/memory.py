"""Memory: what a request will take, told from the files' headers before anything is loaded, and the way that fits."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bridge_server.protocol.errors import OutOfMemory
from engine.backends.ace_15.capabilities import HOP
from engine.backends.ace_15.codec import MARGIN, PIECE

GIGA = 1e9
SLACK = 1.25
"""Beside the weights: allocators leave holes, and convolution libraries take room to work in."""

FIXED = 300_000_000
"""What kernels and libraries hold on a device whatever runs."""

CODEC = "vae"
CODEC_LIVE = 4
"""Feature maps of full width that the autoencoder holds at once in its widest moment, at the rate of the sound."""

_ITEMS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


@dataclass(frozen=True)
class Sizes:
    """parts  numbers in each part's weights
    item   bytes of a number of the transformer; the codec's have four
    hidden, inner  width of the transformer and of its feed-forward layer
    codec_width    feature maps of the autoencoder where they are as long as the sound
    """

    parts: dict[str, int]
    item: int
    hidden: int
    inner: int
    codec_width: int

    @property
    def weights(self) -> dict[str, int]:
        """Bytes of each part."""
        return {name: count * (4 if name == CODEC else self.item) for name, count in self.parts.items()}

    @property
    def total(self) -> int:
        return sum(self.weights.values())

    @classmethod
    def of(cls, folder: Path, item: int) -> Sizes:
        """Reads configurations and the headers of safetensors files. Raises OSError, ValueError, KeyError."""
        transformer = json.loads((folder / "transformer" / "config.json").read_text("utf-8"))
        vae = json.loads((folder / CODEC / "config.json").read_text("utf-8"))
        parts = {part.name: _numbers(part) for part in sorted(folder.iterdir()) if any(part.glob("*.safetensors"))}
        width = max(int(vae["encoder_hidden_size"]), int(vae["decoder_channels"]))
        return cls(parts, item, int(transformer["hidden_size"]), int(transformer["intermediate_size"]), width)


@dataclass(frozen=True)
class Way:
    """How a request is rendered. `offloads`: only the part that is needed lies on the device, the others wait in the
    computer's memory. `notes`: what the user should know about it.
    """

    offloads: bool = False
    need: int = 0
    notes: tuple[str, ...] = ()


def choose(sizes: Sizes, frames: int, rows: int, budget: int | None, *, may_offload: bool) -> Way:
    """The fastest way that fits into `budget` bytes; None stands for a budget that nobody knows.

    frames  latent frames that are composed at once
    rows    predictions that the transformer makes at once: 2 when guided
    Raises OutOfMemory, with both numbers, where none fits.
    """
    ways = list(_ways(sizes, frames, rows, may_offload))
    for way in ways:
        if budget is None or way.need <= budget:
            if not way.offloads:
                return way
            wanted, have = ways[0].need / GIGA, (budget or 0) / GIGA
            return replace(way, notes=(f"needs {wanted:.1f} GB, you have {have:.1f}: using offload",))
    raise OutOfMemory(
        f"This needs at least {ways[-1].need / GIGA:.1f} GB; you have {(budget or 0) / GIGA:.1f}.",
        "Select a shorter range, use a smaller checkpoint, or close other programs that use the memory.",
    )


def _ways(sizes: Sizes, frames: int, rows: int, may_offload: bool) -> Iterator[Way]:
    weights = sizes.weights
    inside, codec = composing(sizes, frames, rows), coding(sizes, frames)
    yield Way(need=int(sizes.total + max(inside, codec) * SLACK) + FIXED)
    if may_offload:
        # Encoders of words and timbre work on less than the transformer does, and weigh less than it.
        rest = max((size for name, size in weights.items() if name not in (CODEC, "transformer")), default=0)
        stages = (weights["transformer"] + inside * SLACK, weights[CODEC] + codec * SLACK, rest + inside * SLACK)
        yield Way(offloads=True, need=int(max(stages)) + FIXED)


def composing(sizes: Sizes, frames: int, rows: int) -> int:
    """Bytes while the transformer runs, its attention without a matrix of its scores; a token is two frames."""
    token = sizes.item * (3 * sizes.inner + 8 * sizes.hidden)
    return rows * (-(-frames // 2)) * token


def coding(sizes: Sizes, frames: int) -> int:
    """Bytes while a piece is encoded or decoded, and the sound of all of it on the way to its file."""
    piece = min(frames, PIECE + 2 * MARGIN)
    return CODEC_LIVE * sizes.codec_width * piece * HOP * 4 + 2 * 2 * frames * HOP * 4


def _numbers(folder: Path) -> int:
    """How many there are in the safetensors files of a folder, from their headers alone."""
    count = 0
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 2 <= size <= 100_000_000:
                raise ValueError(f"{path} has no header that describes tensors")
            header = json.loads(file.read(size))
        for name, tensor in header.items():
            if name != "__metadata__":
                if tensor["dtype"] not in _ITEMS:
                    raise ValueError(f"{path} holds numbers of an unknown kind, {tensor['dtype']}")
                count += math.prod(tensor["shape"])
    return count
