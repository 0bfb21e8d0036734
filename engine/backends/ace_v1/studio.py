"""Studio: the loaded parts of the model, and on which device each of them is right now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import torch

from bridge_server.protocol.errors import Unsupported
from engine.backends.ace_v1.checkpoint import PULL, Place
from engine.backends.ace_v1.memory import USUAL_TILE, Sizes, Way
from engine.backends.ace_v1.options import Options
from engine.backends.base import Held
from engine.models.ace_v1 import codec_memory
from engine.models.ace_v1.checkpoint import DCAE, TEXT_ENCODER, TRANSFORMER, VOCODER, find_checkpoint
from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.lyrics import LyricTokenizer
from engine.models.ace_v1.tensors import Target
from engine.models.ace_v1.text_encoder import PromptTokenizer, TextEncoder
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig
from engine.models.ace_v1.weights import described, load_dcae, load_text_encoder, load_transformer, load_vocoder
from engine.watch import Watch

Stage = Literal["transformer", "text encoder", "codec"]
CPU = torch.device("cpu")


@dataclass
class Part:
    """One loaded model and the device that it lies on."""

    model: Any
    device: torch.device


@dataclass
class Studio:
    """Parts are read from disk when they are first needed. Raises CheckpointError for files that cannot be used."""

    place: Place
    options: Options
    _parts: dict[Stage, Part] = field(default_factory=dict)

    @classmethod
    def open(cls, place: Place, options: Options) -> Studio:
        """Looks at the checkpoint's folders and configurations; reads no weights."""
        find_checkpoint(place.checkpoint)
        studio = cls(place, options)
        studio.sizes.weights  # noqa: B018  a configuration that describes no model is told of now, not after a minute
        return studio

    @cached_property
    def sizes(self) -> Sizes:
        """Told from the configurations, with models that have no memory."""
        folder = self.place.checkpoint
        transformer = described(folder / TRANSFORMER, lambda c: Transformer(TransformerConfig.from_dict(c)))
        text = described(folder / TEXT_ENCODER, TextEncoder)
        dcae = described(folder / DCAE, build_dcae)
        vocoder = described(folder / VOCODER, lambda c: Vocoder(VocoderConfig.from_dict(c)))
        config = transformer.config
        codec = Codec(dcae, vocoder)

        def sized(tile: int) -> Codec:
            codec.tile_frames = tile
            return codec

        item = self.options.dtype.itemsize
        return Sizes(
            transformer=_numbers(transformer) * item,
            text_encoder=_numbers(text) * item,
            codec=codec_memory.weight_bytes(codec),
            width=config.inner_dim,
            hidden=2 * int(config.inner_dim * config.mlp_ratio),
            blocks=config.num_layers,
            lyric_heads=config.lyric_encoder.attention_heads,
            item=item,
            encode=lambda frames, tile: codec_memory.encode_bytes(sized(tile), frames),
            decode=lambda frames, tile: codec_memory.decode_bytes(sized(tile), frames),
        )

    @property
    def held_bytes(self) -> int:
        """Bytes of weights that lie on the device now, where a request may use them."""
        return sum(
            getattr(self.sizes, stage.replace(" ", "_"))
            for stage, part in self._parts.items()
            if part.device.type != "cpu" or self.options.device.type == "cpu"
        )

    @property
    def held(self) -> Held | None:
        """Where the weights lie that have been read; None before."""
        if not self._parts:
            return None
        if self.held_bytes:
            return Held(device=str(self.options.device), bytes=self.held_bytes)
        return Held(device="cpu", bytes=sum(getattr(self.sizes, stage.replace(" ", "_")) for stage in self._parts))

    def prepare(self, way: Way, watch: Watch) -> None:
        """Read what is not here yet; bring everything to the device, or take everything off it, as the way says."""
        waiting: Sequence[Stage] = ("text encoder", "transformer", "codec")
        if way.offloads:
            self._move(tuple(self._parts), CPU)
        for number, stage in enumerate(waiting):
            watch.step(number, len(waiting), "loading")
            if stage not in self._parts:
                self._parts[stage] = self._read(stage, CPU if way.offloads else self.options.device, watch)
            if not way.offloads:
                self._move([stage], self.options.device)
        self._parts["codec"].model.tile_frames = way.tile
        watch.step(1, 1, "loading")

    @contextmanager
    def on_stage(self, stage: Stage, way: Way) -> Iterator[Any]:
        """The part on the device; where the way offloads, alone there, and off it again afterwards."""
        if way.offloads:
            self._move([stage], self.options.device)
        try:
            yield self._parts[stage].model
        finally:
            if way.offloads:
                self._move([stage], CPU)

    @cached_property
    def prompt_tokenizer(self) -> PromptTokenizer:
        return PromptTokenizer(self.place.checkpoint / TEXT_ENCODER)

    @cached_property
    def lyric_tokenizer(self) -> LyricTokenizer:
        """Raises Unsupported where the vocabulary is not on this machine, BadVocabulary where it is another file."""
        if self.place.vocabulary is None:
            raise Unsupported("The lyric vocabulary of ace-step-v1 is not on this machine, so it cannot sing.", PULL)
        return LyricTokenizer(self.place.vocabulary)

    def close(self) -> None:
        """Forget all parts and free the device."""
        self._parts.clear()
        self._free()

    def _read(self, stage: Stage, device: torch.device, watch: Watch) -> Part:
        """A cancel is heard at every tensor: gigabytes may come from a slow disk."""
        folder, target = self.place.checkpoint, Target(self.options.dtype, device, watch.check)
        if stage == "text encoder":
            return Part(load_text_encoder(folder, target), device)
        if stage == "codec":
            exact = Target(torch.float32, device, watch.check)
            return Part(Codec(load_dcae(folder, exact), load_vocoder(folder, exact), USUAL_TILE).to(device), device)
        transformer = load_transformer(folder, target)
        if self.options.compiles:
            transformer.compile()
        return Part(transformer, device)

    def _move(self, stages: Sequence[Stage], device: torch.device) -> None:
        moved = False
        for stage in stages:
            part = self._parts[stage]
            if part.device.type != device.type:
                part.model.to(device)
                part.device, moved = device, True
        if moved and device.type == "cpu":
            self._free()

    def _free(self) -> None:
        if self.options.device.type == "cuda":
            torch.cuda.empty_cache()
        elif self.options.device.type == "mps":
            torch.mps.empty_cache()


def _numbers(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
