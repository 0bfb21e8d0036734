"""Official weights into our models: every tensor accounted for, straight into the dtype and device where it will be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from huggingface_hub.errors import StrictDataclassError
from torch import Tensor, nn

from engine.models.ace_v1.checkpoint import (
    DCAE,
    TEXT_ENCODER,
    TRANSFORMER,
    VOCODER,
    CheckpointError,
    TensorFiles,
    find_lora,
    listed,
    read_config,
    tensor_file,
    tensor_files,
)
from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.dcae import AutoencoderDC, build_dcae
from engine.models.ace_v1.tensors import Target, read_tensors
from engine.models.ace_v1.text_encoder import TextEncoder
from engine.models.ace_v1.transformer import Transformer, is_unused_at_inference
from engine.models.ace_v1.vocoder import Vocoder, without_weight_norm
from engine.models.ace_v1.vocoder_config import VocoderConfig

M = TypeVar("M", bound=nn.Module)
Translate = Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]

CONFIG_FAULTS = (
    TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RuntimeError, StrictDataclassError,
)  # fmt: skip
"""What building a model may raise when a configuration means another kind of model."""


def load_transformer(checkpoint: Path, target: Target, *, keep_unused: bool = False) -> Transformer:
    """The transformer of a checkpoint folder, ready for inference.

    keep_unused  also what only training or saving needs; without it a fifth of the file is not read
    Raises CheckpointError.
    """
    folder = checkpoint / TRANSFORMER
    model = described(folder, lambda c: Transformer(TransformerConfig.from_dict(c), keep_unused=keep_unused))
    files = tensor_files(folder)
    skipped = () if keep_unused else [name for name in files.tensors if is_unused_at_inference(name)]
    return _frozen(fill(model, files, target, skipped=skipped))


def load_text_encoder(checkpoint: Path, target: Target) -> TextEncoder:
    """The encoder half of UMT5; a decoder in the same file is left there. Raises CheckpointError."""
    folder = checkpoint / TEXT_ENCODER
    encoder = described(folder, TextEncoder)
    files = tensor_files(folder)
    names = set(files.tensors)
    skipped = {name for name in names if name.startswith(("decoder.", "lm_head."))}
    renamed = {}
    if "shared.weight" in names:
        skipped |= names & {"encoder.embed_tokens.weight"}
    else:
        renamed = {"encoder.embed_tokens.weight": "shared.weight"}
    fill(encoder.model, files, target, skipped=skipped, renamed=renamed)
    return _frozen(encoder)


def load_dcae(checkpoint: Path, target: Target) -> AutoencoderDC:
    """The music autoencoder; float32 is the precision it should run in. Raises CheckpointError."""
    folder = checkpoint / DCAE
    return _frozen(fill(described(folder, build_dcae), tensor_files(folder), target))


def load_vocoder(checkpoint: Path, target: Target) -> Vocoder:
    """The vocoder, its weight norm folded in; float32 is the precision it should run in. Raises CheckpointError."""
    folder = checkpoint / VOCODER
    model = described(folder, lambda c: Vocoder(VocoderConfig.from_dict(c)))
    return _frozen(fill(model, tensor_files(folder), target, translate=without_weight_norm))


def read_lora(place: str | Path) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    """All tensors of a LoRA, wherever `find_lora` finds it, and its header's metadata. Raises CheckpointError."""
    files = tensor_file(find_lora(place))
    target = Target(torch.float32)
    return dict(read_tensors(files, {name: name for name in files.tensors}, target)), files.metadata


def fill(
    model: M,
    files: TensorFiles,
    target: Target,
    *,
    skipped: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    translate: Translate | None = None,
) -> M:
    """Give a model that was built on the meta device its weights, one tensor after another; returns it.

    skipped    names in the files that are deliberately not read
    renamed    names in the files → names in the model
    translate  makes the model's tensors of the files' where names alone do not
    Raises CheckpointError naming every tensor that is missing, unexpected, of another shape or not finite.
    """
    renamed = renamed or {}
    names = {name: renamed.get(name, name) for name in files.tensors if name not in skipped}
    found: Mapping[str, Tensor] = {}
    if translate is not None:
        found = translate(read_tensors(files, names, Target(torch.float32)))
        shapes = {name: tuple(tensor.shape) for name, tensor in found.items()}
    else:
        shapes = {name: files.tensors[stored].shape for stored, name in names.items()}
    place = next(iter(files.tensors.values())).file.parent if files.tensors else "The file"
    _compare({name: tuple(t.shape) for name, t in _expected(model).items()}, shapes, str(place))
    if translate is None:
        found = read_tensors(files, names, target)
    state = {name: tensor.to(target.device, target.dtype) for name, tensor in found.items()}
    model.load_state_dict(state, strict=False, assign=True)
    left = [name for name, tensor in (*model.named_parameters(), *model.named_buffers()) if tensor.is_meta]
    if left:
        raise CheckpointError(f"{place}: no tensor was found for {listed(left)}.")
    return model


def _expected(model: nn.Module) -> dict[str, Tensor]:
    """Tensors that a file must hold, each shared one under its first name only."""
    state, seen = {}, set()
    for name, tensor in model.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            state[name] = tensor
        seen.add(id(tensor))
    return state


def _compare(expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]], place: str) -> None:
    faults = []
    if missing := [name for name in expected if name not in found]:
        faults.append(f"{len(missing)} missing ({listed(missing)})")
    if unexpected := [name for name in found if name not in expected]:
        faults.append(f"{len(unexpected)} unexpected ({listed(unexpected)})")
    if misshapen := [
        f"{name} is {_shape(found[name])} and not {_shape(shape)}"
        for name, shape in expected.items()
        if name in found and found[name] != shape
    ]:
        faults.append(f"{len(misshapen)} of another shape ({listed(misshapen)})")
    if faults:
        raise CheckpointError(f"The tensors in {place} do not fit the model: {'; '.join(faults)}.")


def described(folder: Path, build: Callable[[Mapping[str, Any]], M]) -> M:
    """The model that a part's config.json describes, without memory for its weights. Raises CheckpointError."""
    config = read_config(folder)
    try:
        with torch.device("meta"):
            return build(config)
    except CONFIG_FAULTS as error:
        raise CheckpointError(f"{folder / 'config.json'} does not describe a model of this kind: {error}") from error


def _frozen(model: M) -> M:
    model.eval().requires_grad_(False)
    return model


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"
