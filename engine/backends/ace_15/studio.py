"""Studio: the loaded pipeline, and where its parts are right now."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import cached_property

import torch

from bridge_server.protocol.values import Lora
from engine.backends.ace_15.adapters import Adapters
from engine.backends.ace_15.checkpoint import Place
from engine.backends.ace_15.memory import Sizes, Way, choose
from engine.backends.ace_15.pipeline import SongPipeline, read
from engine.backends.ace_15.trouble import of_files
from engine.backends.ace_v1.options import Options, free_bytes
from engine.backends.base import Held
from engine.watch import Watch

DTYPE_VARIABLE = "DAWBRIDGE_ACE_STEP_1_5_DTYPE"


class Studio:
    """Reads the checkpoint when it is first needed. Raises Unsupported for files that cannot be used."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.options = Options.from_environment(DTYPE_VARIABLE)
        self.options.settle()
        self.adapters = Adapters()
        self._pipeline: SongPipeline | None = None
        self._offloads: bool | None = None

    @cached_property
    def sizes(self) -> Sizes:
        with of_files(self.place):
            return Sizes.of(self.place.folder, self.options.dtype.itemsize)

    @property
    def held(self) -> Held | None:
        """Where the weights lie that have been read; None before."""
        if self._pipeline is None:
            return None
        return Held(device="cpu" if self._offloads else str(self.options.device), bytes=self.sizes.total)

    def way(self, frames: int, rows: int) -> Way:
        """How music of so many latent frames is made here now. Raises OutOfMemory."""
        device, budget = self.options.device, self.options.budget
        if budget is None and (free := free_bytes(device)) is not None:
            held = self.sizes.total if self._pipeline is not None and self._offloads is False else 0
            budget = free + held
        return choose(self.sizes, frames, rows, budget, may_offload=device.type == "cuda" and self._fits_beside())

    def _fits_beside(self) -> bool:
        """Whether all parts fit into the computer's own memory, where they wait while another one works."""
        room = free_bytes(torch.device("cpu"))
        return self._offloads is True or room is None or room >= self.sizes.total

    def prepare(self, way: Way, watch: Watch) -> SongPipeline:
        """The pipeline, read if it is not here yet, laid out as the way says."""
        watch.step(0, 2, "loading")
        if self._pipeline is None:
            with of_files(self.place):
                self._pipeline = read(self.place.folder, self.options.dtype)
        watch.step(1, 2, "loading")
        pipeline, device = self._pipeline, self.options.device
        if way.offloads != self._offloads:
            if self._offloads:
                pipeline.remove_all_hooks()
            if way.offloads:
                pipeline.to("cpu")
                pipeline.enable_model_cpu_offload(device=device)
            else:
                pipeline.to(device)
            self._offloads = way.offloads
        watch.step(2, 2, "loading")
        return pipeline

    def adapt(self, pipeline: SongPipeline, loras: Sequence[Lora]) -> tuple[str, ...]:
        """Make exactly these LoRAs sound; returns notes. Raises what `Adapters.apply` raises.

        The library would lay out an offloaded pipeline anew by itself, on the first device that it finds.
        """
        if not self._offloads or not (loras or self.adapters.are_there):
            return self.adapters.apply(pipeline, loras)
        pipeline.remove_all_hooks()
        try:
            return self.adapters.apply(pipeline, loras)
        finally:
            pipeline.enable_model_cpu_offload(device=self.options.device)

    def close(self) -> None:
        """Forget the pipeline and free the device."""
        if self._pipeline is not None and self._offloads:
            self._pipeline.remove_all_hooks()
        self._pipeline, self._offloads, self.adapters = None, None, Adapters()
        gc.collect()  # modules of the libraries refer to each other
        if self.options.device.type == "cuda":
            torch.cuda.empty_cache()
        elif self.options.device.type == "mps":
            torch.mps.empty_cache()
