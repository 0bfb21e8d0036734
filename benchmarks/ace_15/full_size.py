"""The published 2B turbo at full size with random weights: time and peak memory on a GPU, to be read beside the
published figures (under 2 s for a song on an A100, under 10 s on an RTX 3090).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from benchmarks.table import Row
from engine.backends.ace_15 import codec

STEPS = 8
LENGTHS = (30, 240)


def full_size_rows() -> Iterator[Row]:
    """None without a CUDA device."""
    if not torch.cuda.is_available():
        return
    pipeline = _turbo()
    for seconds in LENGTHS:
        for _ in range(2):  # the first one warms up
            torch.cuda.reset_peak_memory_stats()
            torch.cuda.synchronize()
            started = time.perf_counter()
            asked = {"num_inference_steps": STEPS, "guidance_scale": 1.0, "shift": 3.0, "output_type": "latent"}
            latents = pipeline("funk", lyrics="[Instrumental]", audio_duration=float(seconds), **asked).audios[0]
            codec.decode(pipeline.vae, latents, lambda *_: None)
            torch.cuda.synchronize()
            spent = time.perf_counter() - started
        peak = torch.cuda.max_memory_allocated() / 1e9
        name = torch.cuda.get_device_name()
        yield Row(f"2B turbo, random weights, {STEPS} steps, {seconds} s, {name}", f"{spent:.2f} s, {peak:.1f} GB")


def _turbo() -> Any:
    """Built on the device; the library's default sizes are those of the 2B checkpoint."""
    from diffusers import AceStepPipeline, FlowMatchEulerDiscreteScheduler
    from diffusers.models import AutoencoderOobleck
    from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
    from diffusers.pipelines.ace_step import AceStepConditionEncoder
    from transformers import Qwen3Config, Qwen3Model

    from tests.fakes.tiny_ace_15 import byte_tokenizer

    words = Qwen3Config(
        vocab_size=151_669,
        hidden_size=1_024,
        intermediate_size=3_072,
        num_hidden_layers=28,
        num_attention_heads=16,
        num_key_value_heads=8,
        head_dim=128,
    )
    with torch.device("cuda"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vae = AutoencoderOobleck(downsampling_ratios=[2, 4, 4, 6, 10], sampling_rate=48_000).eval()
        parts = {
            "text_encoder": Qwen3Model(words).to(torch.bfloat16).eval(),
            "transformer": AceStepTransformer1DModel(is_turbo=True).to(torch.bfloat16).eval(),
            "condition_encoder": AceStepConditionEncoder().to(torch.bfloat16).eval(),
        }
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0)
    pipeline = AceStepPipeline(vae=vae, tokenizer=byte_tokenizer(), scheduler=scheduler, **parts)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
