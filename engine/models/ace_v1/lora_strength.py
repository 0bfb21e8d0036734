"""LoRA strength: the factor that each layer of a LoRA was trained with, as far as the header of its file tells.

Source: the header that diffusers writes (`lora_adapter_metadata`) with the rules of the peft library: alpha/r, or
alpha/√r where rank-stabilised (Kalajdzievski, arXiv 2312.03732); a layer's own alpha goes before that of all.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.models.ace_v1.checkpoint import CheckpointError

METADATA = "lora_adapter_metadata"
PREFIX = "transformer."
"""In front of every key of the header, where a pipeline of several models has saved it."""

UNREAD = "Load it without honour_metadata: then its weight alone says how strongly it is heard."

_BOUNDED = re.compile(
    r"\^?(?:(?:\\?\.|\\d|\\w|[\w-]|\[[\w-]+\])[?*+]?"  # one character, which may be repeated
    r"|\((?:\?:)?[\w.|-]+\)|\|)+\$?"  # one of several words, which may not
)
MOST_PATTERNS, LONGEST_PATTERN, MOST_REPEATS, LONGEST_PATH = 1_000, 500, 2, 100
"""What is read of a header. peft takes any regular expression, and some of them take years on a hostile name."""


def trained_scales(name: str, ranks: Mapping[str, int], metadata: Mapping[str, str]) -> dict[str, float]:
    """Module path → the factor of the layer's `up · down`; 1 where the file does not tell.

    ranks     module path → r of the layer's tensors, which is what its `rank_pattern` led to
    metadata  the header of the file
    Raises CheckpointError, naming the LoRA, for a header that cannot be understood.
    """
    config = _config(name, metadata)
    usual = _alpha(name, "lora_alpha", config.get("lora_alpha"))
    own = [(_matcher(name, key), _alpha(name, key, alpha)) for key, alpha in _patterns(name, config).items()]
    is_stabilised = bool(config.get("use_rslora"))

    def scale(path: str, rank: int) -> float:
        alpha = next((alpha for matches, alpha in own if matches(path)), usual)
        return 1.0 if alpha is None else alpha / (math.sqrt(rank) if is_stabilised else rank)

    return {path: scale(path, rank) for path, rank in ranks.items()}


def _config(name: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        config = json.loads(metadata.get(METADATA, "{}"))
        return {key.removeprefix(PREFIX): value for key, value in config.items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"{name} says in its header how it was trained, but not legibly: {error}.", UNREAD
        ) from error


def _patterns(name: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    patterns = config.get("alpha_pattern") or {}
    if not isinstance(patterns, dict) or len(patterns) > MOST_PATTERNS:
        raise CheckpointError(f"The alpha_pattern in the header of {name} is no list of layers.", UNREAD)
    return patterns


def _alpha(name: str, key: str, alpha: object) -> float | None:
    if alpha is None:
        return None
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not math.isfinite(alpha):
        raise CheckpointError(
            f"In the header of {name}, the strength of {key} is {alpha!r}, which is no number.", UNREAD
        )
    return float(alpha)


def _matcher(name: str, pattern: str) -> Callable[[str], bool]:
    """Whether a layer's path is the pattern, or ends with it after a dot (peft's rule)."""
    is_bounded = len(pattern) <= LONGEST_PATTERN and _BOUNDED.fullmatch(pattern)
    repeats = sum(pattern.count(sign) for sign in "*+?")
    try:
        found = re.compile(rf"(.*\.)?({pattern})$") if is_bounded and repeats <= MOST_REPEATS else None
    except re.error:
        found = None
    if found is None:
        shown = repr(pattern[:80])
        raise CheckpointError(f"The header of {name} names layers by a pattern that cannot be read: {shown}.", UNREAD)
    return lambda path: len(path) <= LONGEST_PATH and found.match(path) is not None
