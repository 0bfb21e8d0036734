"""Memory: what a request will take, told before anything is loaded, and the gentlest way that fits.

Source of the ways: ACE-Step's own low-memory advice (offload, overlapped decode; specification §14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bridge_server.protocol.errors import OutOfMemory
from engine.models.ace_v1.lyric_encoder import QUERIES_AT_ONCE

GIGA = 1e9
SLACK = 1.25
"""Beside the weights: allocators leave holes, and convolution libraries take room to work in."""

FIXED = 300_000_000
"""What kernels and libraries hold on a device whatever runs."""

SMALL_TILE, USUAL_TILE = 32, 128
"""Latent frames that the codec works on at once."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What the checkpoint's configuration says about bytes.

    transformer, text_encoder, codec  bytes of weights
    width, hidden, blocks             of the transformer: token, both halves of the gated layer, number of blocks
    lyric_heads                       attention heads of its lyric encoder
    item                              bytes of one of its numbers
    encode, decode                    (frames, tile) → bytes that the codec holds beyond its weights
    """

    transformer: int
    text_encoder: int
    codec: int
    width: int
    hidden: int
    blocks: int
    lyric_heads: int
    item: int
    encode: Callable[[int, int], int]
    decode: Callable[[int, int], int]

    @property
    def weights(self) -> int:
        return self.transformer + self.text_encoder + self.codec


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a request asks of the model.

    variants     takes that are wanted
    frames       latent frames that the model sees at once
    heard, sung  frames that are encoded, and frames that are decoded
    tokens       of tags and lyrics together, at the most
    branches     conditions under which the model is asked: 2 when guided, 4 in an edit
    """

    variants: int
    frames: int
    heard: int
    sung: int
    tokens: int
    branches: int


MINUTE = Demand(variants=1, frames=646, heard=646, sung=646, tokens=512, branches=2)
"""A minute of a song, guided: what weights make room for that are loaded before any work is there."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a request is rendered.

    batch     variants made at once
    offloads  only the part that is needed lies on the device, the others wait in the computer's memory
    separate  guided and unguided predictions one after the other, and a codec that works in small pieces
    need      bytes that this way takes
    notes     what the user should know about it; nothing where everything fits
    """

    batch: int
    offloads: bool = False
    separate: bool = False
    need: int = 0
    notes: tuple[str, ...] = ()

    @property
    def tile(self) -> int:
        return SMALL_TILE if self.separate else USUAL_TILE


def need(sizes: Sizes, demand: Demand, way: Way) -> int:
    """Bytes on the device at the worst moment of a way."""
    stages: tuple[tuple[int, int], ...]
    inside = composing(sizes, demand, way)
    codec = max(sizes.encode(demand.heard, way.tile), sizes.decode(demand.sung, way.tile))
    if way.offloads:
        stages = ((sizes.text_encoder, _reading(sizes)), (sizes.transformer, inside), (sizes.codec, codec))
    else:
        stages = ((sizes.weights, max(inside, codec, _reading(sizes))),)
    return int(max(weights + work * SLACK for weights, work in stages)) + FIXED


def composing(sizes: Sizes, demand: Demand, way: Way) -> int:
    """Bytes while the transformer runs: what lives inside a block, and what is kept of the conditions between steps.

    Attention is taken to run without a matrix of its scores, as it does on CUDA and on the CPU.
    """
    rows = way.batch * (1 if way.separate else demand.branches)
    token = sizes.item * (3 * sizes.hidden + 5 * sizes.width)
    keys = 2 * sizes.blocks * demand.tokens * sizes.width * sizes.item
    copies = 1 if way.separate else 2  # conditions by themselves, and joined into one batch
    latents = 4 * 128 * demand.frames * way.batch * 12
    # The lyric encoder scores distance, and without a kernel of its own content too, some tokens at a time.
    scores = 6 * sizes.lyric_heads * min(demand.tokens, QUERIES_AT_ONCE) * demand.tokens * sizes.item
    return max(rows * demand.frames * token, scores) + demand.branches * copies * keys + latents


def _reading(sizes: Sizes) -> int:
    """While the text encoder runs over 256 tokens."""
    return 64 * 1024 * 1024 * sizes.item // 2


def choose(sizes: Sizes, demand: Demand, budget: int | None, *, batches: bool, may_offload: bool) -> Way:
    """The first way that fits into `budget` bytes; None stands for a budget that nobody knows.

    batches      make variants at once if that fits
    may_offload  whether the device has a memory of its own
    Raises OutOfMemory, with both numbers, where none fits.
    """
    ways = list(_ways(demand.variants if batches else 1, may_offload))
    wanted = need(sizes, demand, ways[0])
    for way in ways:
        taken = need(sizes, demand, way)
        if budget is None or taken <= budget:
            return Way(
                batch=way.batch,
                offloads=way.offloads,
                separate=way.separate,
                need=taken,
                notes=_notes(way, ways[0], wanted, budget or 0),
            )
    raise OutOfMemory(
        f"This needs at least {need(sizes, demand, ways[-1]) / GIGA:.1f} GB; you have {(budget or 0) / GIGA:.1f}.",
        "Select a shorter range, or close other programs that use the memory.",
    )


def _ways(batch: int, may_offload: bool) -> Iterator[Way]:
    """From the fastest to the most frugal. Fewer variants at once cost little, moving parts about costs seconds."""
    sizes = [batch]
    while sizes[-1] > 1:
        sizes.append(sizes[-1] // 2)
    for offloads in (False, True) if may_offload else (False,):
        yield from (Way(batch=size, offloads=offloads) for size in sizes)
    yield Way(batch=1, offloads=may_offload, separate=True)


def _notes(way: Way, fastest: Way, wanted: int, budget: int) -> tuple[str, ...]:
    measures = []
    if way.offloads:
        measures.append("offload")
    if way.separate:
        measures += ["small pieces", "separate passes"]
    if way.batch < fastest.batch:
        measures.append(f"{way.batch} variant{'s' if way.batch > 1 else ''} at a time")
    if not measures:
        return ()
    return (f"needs {wanted / GIGA:.1f} GB, you have {budget / GIGA:.1f}: using {', '.join(measures)}",)
