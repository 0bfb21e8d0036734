"""Pipeline: diffusers' AceStepPipeline, read from a folder, and given what we have worked out already.

No model code: the networks, the schedule and the guidance are the library's. What is ours is where the source's
latents come from.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from typing import Any as AceStepPipeline
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's notices about its own future
        from diffusers import AceStepPipeline

TIMBRE_SEED = 1_920
"""The timbre of a reference is drawn at random, by the library: always with this seed (promise P4)."""


class SongPipeline(AceStepPipeline):  # type: ignore[misc]
    """Takes the latents of the source as they are given, in place of encoding its audio anew for every take.

    source  (1, F, D) latents of the source; None where there is none
    frames  length of music that has no source
    timbre  what the condition encoder hears of a reference, once it was worked out
    """

    source: Tensor | None = None
    frames: int | None = None
    timbre: Any = None

    def prepare_src_latents(self, device: Any, dtype: Any, *args: Any, **given: Any) -> tuple[Tensor, int]:
        """The pipeline's own step, without its encoder."""
        if given.get("src_audio") is None or self.source is None:
            if given.get("src_audio") is None and "task_type" in given and self.frames is not None:
                given["latent_length"] = self.frames
            found: tuple[Tensor, int] = super().prepare_src_latents(device, dtype, *args, **given)
            return found
        latents = self.source.to(device, dtype)
        frames = int(latents.shape[1])
        if given.get("task_type") == "cover":
            for part in (self.audio_tokenizer, self.audio_token_detokenizer):
                _wake(part)
            silence = self.condition_encoder.silence_latent.to(device, dtype)
            codes, _ = self.audio_tokenizer.tokenize(latents, silence)
            latents = self.audio_token_detokenizer(codes.to(device, dtype))[:, :frames].contiguous()
        return latents, frames

    def prepare_reference_audio_latents(self, *args: Any, **given: Any) -> Any:
        """The same for every take of a request, and for every time it is asked for."""
        if self.timbre is None:
            devices = [self._execution_device] if self._execution_device.type == "cuda" else []
            with torch.random.fork_rng(devices):
                torch.manual_seed(TIMBRE_SEED)
                self.timbre = super().prepare_reference_audio_latents(*args, **given)
        return self.timbre

    def forget(self) -> None:
        """Nothing of a request remains."""
        self.source, self.frames, self.timbre = None, None, None


def _wake(part: Any) -> None:
    """Bring a part to the device that offloading keeps elsewhere: only a call of the part itself would do so."""
    hook = getattr(part, "_hf_hook", None)
    if hook is not None:
        hook.pre_forward(part)


def read(folder: Path, dtype: torch.dtype) -> SongPipeline:
    """The pipeline in the computer's memory; its autoencoder is float32 always.

    Raises OSError, ValueError, RuntimeError and the like for files that are no such model.
    """
    with quiet():
        pipeline = SongPipeline.from_pretrained(
            str(folder),
            torch_dtype={"default": dtype, "vae": torch.float32},
            use_safetensors=True,
            local_files_only=True,
            low_cpu_mem_usage=True,
        )
    pipeline.set_progress_bar_config(disable=True)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):  # as after a LoRA, so that kernels round before it as they do then
            part.eval().requires_grad_(False)
    return pipeline  # type: ignore[no-any-return]


@contextmanager
def quiet() -> Iterator[None]:
    """The libraries' progress bars and notices about their own future stay out of the engine's log."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    libraries: tuple[Any, ...] = (of_diffusers, of_transformers)
    shown = [library for library in libraries if library.is_progress_bar_enabled()]
    for library in shown:
        library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for library in shown:
            library.enable_progress_bar()
