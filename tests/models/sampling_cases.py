"""What tests of sampling share: a prompt, a run on the tiny transformer, a song to work on."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from engine.models.ace_v1.noise import Noise
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.sampling import Progress, Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.transformer import Transformer


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def prompt(model: Transformer, seed: int = 0, tokens: int = 5, lyrics: int = 7) -> Prompt:
    """Words that the tiny transformer has never heard, as is true of all words."""
    width = model.config.text_embedding_dim
    ids = torch.randint(
        1,
        model.config.lyric_encoder_vocab_size,
        (1, lyrics),
        generator=torch.Generator().manual_seed(seed),
    )
    ones = torch.ones(1, tokens, dtype=torch.int64)
    text, weak = normal(1, tokens, width, seed=seed), normal(1, tokens, width, seed=seed + 1)
    return Prompt(text, ones, ids, torch.ones_like(ids), text_weak=weak)


class Calls:
    """Counts the rows of every model call."""

    def __init__(self, model: Transformer) -> None:
        self.rows: list[int] = []
        self.frames: list[int] = []
        self._hook = model.register_forward_hook(self._keep)

    def _keep(self, _: Any, given: Sequence[Tensor], result: Tensor) -> None:
        self.rows.append(len(given[0]))
        self.frames.append(given[0].shape[-1])

    def __enter__(self) -> "Calls":
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()


def run(
    model: Transformer,
    seeds: Sequence[int] = (1,),
    retake_seeds: Sequence[int] | None = None,
    on_step: Callable[[int, int], None] | None = None,
    on_preview: Callable[[Tensor], None] | None = None,
    **settings: Any,
) -> Run:
    """A short run; `settings` as Settings takes them."""
    chosen = Settings(**{"infer_step": 4, "guidance_scale": 4.0, **settings})
    compatible = chosen.compatible
    return Run(
        model,
        prompt(model),
        chosen,
        Noise(seeds, compatible=compatible),
        Noise(retake_seeds or [seed + 100 for seed in seeds], is_retake=True, compatible=compatible),
        Progress(on_step, on_preview),
    )


def song(frames: int, batch: int = 1, seed: int = 7) -> Tensor:
    """Latents of a song."""
    return normal(batch, 8, 16, frames, seed=seed)
