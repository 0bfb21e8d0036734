"""A tiny ACE-Step 1.5 of random weights: every part of the real pipeline at width 32. What it makes is noise."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import torch

SHARED = {
    "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
    "sliding_window": 16,
}  # fmt: skip
LATENT = 8


def write_tiny_pipeline(folder: Path, variant: str = "base", *, tokenizer: bool = True) -> Path:
    """Save one as a checkpoint folder, 1.4 MB, with a file that says that its weights are random; returns the folder.

    variant    'base', 'sft' or 'turbo'
    tokenizer  whether it can follow a reference
    """
    tiny_pipeline(variant, tokenizer=tokenizer).save_pretrained(folder, safe_serialization=True)
    about = {"variant": variant, "random_weights": True}
    (folder / "dawbridge.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def tiny_pipeline(variant: str = "base", *, tokenizer: bool = True) -> Any:
    """The pipeline itself, with the real frame and sample rates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' notices about their own future
        return _built(variant, tokenizer)


def _built(variant: str, tokenizer: bool) -> Any:
    from diffusers import AceStepPipeline, FlowMatchEulerDiscreteScheduler
    from diffusers.models import AutoencoderOobleck
    from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
    from diffusers.pipelines.ace_step import AceStepConditionEncoder
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(0)
    pipeline = AceStepPipeline(
        vae=AutoencoderOobleck(
            encoder_hidden_size=2 * LATENT,
            decoder_input_channels=LATENT,
            decoder_channels=8,
            channel_multiples=[1, 1],
            audio_channels=2,
            sampling_rate=48_000,
            downsampling_ratios=[40, 48],
        ).eval(),
        text_encoder=Qwen3Model(
            Qwen3Config(
                vocab_size=257,
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=1,
                num_attention_heads=4,
                num_key_value_heads=2,
                head_dim=8,
                max_position_embeddings=4096,
            )
        ).eval(),
        tokenizer=byte_tokenizer(),
        transformer=AceStepTransformer1DModel(
            **SHARED,
            num_hidden_layers=2,
            in_channels=3 * LATENT,
            audio_acoustic_hidden_dim=LATENT,
            is_turbo=variant == "turbo",
        ).eval(),
        condition_encoder=AceStepConditionEncoder(
            **SHARED,
            text_hidden_dim=32,
            timbre_hidden_dim=LATENT,
            num_lyric_encoder_hidden_layers=2,
            num_timbre_encoder_hidden_layers=2,
        ).eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        **_audio_tokenizers(tokenizer),
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _audio_tokenizers(wanted: bool) -> dict[str, Any]:
    from diffusers.pipelines.ace_step import AceStepAudioTokenDetokenizer, AceStepAudioTokenizer

    if not wanted:
        return {"audio_tokenizer": None, "audio_token_detokenizer": None}
    sizes = {
        **SHARED, "audio_acoustic_hidden_dim": LATENT, "pool_window_size": 5, "num_attention_pooler_hidden_layers": 1
    }  # fmt: skip
    return {
        "audio_tokenizer": AceStepAudioTokenizer(**sizes, fsq_dim=32).eval(),
        "audio_token_detokenizer": AceStepAudioTokenDetokenizer(**sizes).eval(),
    }


def byte_tokenizer() -> Any:
    """One token a byte, and one for the end."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    end = "<|endoftext|>"
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=end, eos_token=end)
