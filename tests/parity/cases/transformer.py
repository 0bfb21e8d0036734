"""One forward pass of the transformer, its conditioning, and the activations on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from engine.models.ace_v1.embedders import fit_length, timestep_features
from engine.models.ace_v1.rotary import rotary_table
from engine.models.ace_v1.training import projection_loss
from engine.models.ace_v1.transformer import Control, Transformer
from tests.parity.case import Case
from tests.parity.comparison import Claim

ENCODER_INPUTS = ("text", "text_mask", "speaker", "lyric_ids", "lyric_mask")


def run(case: Case) -> Iterator[Claim]:
    """Conditioning, forward pass and their variants, as far as the case has them."""
    model = case.folder.transformer
    yield from conditioning(case, model)
    yield from rotary(case, model)
    with Recorder(case, model) as recorder:
        conditions = model.prepare(*model.encode(*inputs(case)))
        x, timestep, mask = case.take("x"), case.take("timestep"), case.take("attention_mask")
        output = model(x, timestep, conditions, frame_mask=mask)
        recorder.keep("time_proj", timestep_features(timestep))
    yield Claim("output", output)
    yield from recorder.claims()
    yield from lengths(case, output)
    if "output_weak_diffusion" in case:
        weak = torch.full((len(x),), 0.01)
        yield Claim("output_weak_diffusion", model(x, timestep, conditions, query_scale=weak, frame_mask=mask))
    for name in case.tensors:
        if found := re.fullmatch(r"output_controlnet_(\d+)p(\d+)", name):
            control = Control(case.take("controlnet_states"), float(f"{found[1]}.{found[2]}"))
            yield Claim(name, model(x, timestep, conditions, frame_mask=mask, control=control))
    yield from projections(case, model)


def inputs(case: Case) -> list[Tensor]:
    """Arguments of `encode`."""
    return [case.take(name) for name in ENCODER_INPUTS]


def conditioning(case: Case, model: Transformer) -> Iterator[Claim]:
    """The concatenated tokens, also for empty, masked and weakened lyrics."""
    text, text_mask, speaker, ids, mask = inputs(case)
    states, heard = model.encode(text, text_mask, speaker, ids, mask)
    yield Claim("encoder_states", states)
    yield Claim("encoder_mask", heard.to(case.take("encoder_mask").dtype))
    if "encoder_states_weak_lyric" in case:
        weak, _ = model.encode(text, text_mask, speaker, ids, mask, lyric_temperature=0.01)
        yield Claim("encoder_states_weak_lyric", weak)
    if "encoder_states_empty_lyric" in case:
        nothing = torch.zeros(1, 1, dtype=ids.dtype)
        empty, _ = model.encode(text[:1], text_mask[:1], torch.zeros_like(speaker[:1]), nothing, nothing)
        yield Claim("encoder_states_empty_lyric", empty)
    if "encoder_states_all_masked" in case:
        rows = len(case.take("encoder_states_all_masked"))
        zeros = [torch.zeros_like(part[:rows]) for part in (speaker, ids, mask)]
        masked, _ = model.encode(torch.zeros_like(text[:rows]), text_mask[:rows], *zeros)
        yield Claim("encoder_states_all_masked", masked)


def rotary(case: Case, model: Transformer) -> Iterator[Claim]:
    """The rotary tables in the reference's form; ours carries the sign of the rotation in its sines."""
    for name in case.tensors:
        if found := re.fullmatch(r"rope_cos(\d+)", name):
            table = rotary_table(
                int(found[1]), model.config.attention_head_dim, model.config.rope_theta, torch.device("cpu")
            )
            sign = torch.tensor([-1.0, 1.0]).repeat(model.config.attention_head_dim // 2)
            yield Claim(name, table.cos.reshape(int(found[1]), -1))
            yield Claim(f"rope_sin{found[1]}", (table.signed_sin.reshape(int(found[1]), -1) * sign))


def lengths(case: Case, output: Tensor) -> Iterator[Claim]:
    """The output with frames added or cut off at the end."""
    for name in case.tensors:
        if found := re.fullmatch(r"output_len_(plus|minus)(\d+)", name):
            change = int(found[2]) if found[1] == "plus" else -int(found[2])
            yield Claim(name, fit_length(output, output.shape[-1] + change))


def projections(case: Case, model: Transformer) -> Iterator[Claim]:
    """The losses that align hidden states with features of other models, used in training only."""
    wanted = [name for name in case.tensors if re.fullmatch(r"proj_loss\.\d+", name)]
    if not wanted:
        return
    conditions = model.prepare(*model.encode(*inputs(case)))
    _, features = model.forward_with_features(case.take("x"), case.take("timestep"), conditions)
    for index, name in enumerate(wanted):
        targets = [case.take(f"ssl.{index}.{row}") for row in range(len(case.numbered(f"ssl.{index}")))]
        yield Claim(name, projection_loss(features[index], targets).reshape(1))


class Recorder:
    """Keeps what modules are given and give back while it is open, under the names of a case's `cap.` tensors."""

    def __init__(self, case: Case, model: Transformer) -> None:
        self.names = [name.removeprefix("cap.") for name in case.tensors if name.startswith("cap.")]
        self.model = model
        self.seen: dict[str, Tensor] = {}

    def __enter__(self) -> Recorder:
        modules = {name: found for name in self.names if (found := self._module(name.removesuffix(".in")))}
        self._hooks = [module.register_forward_hook(self._hook(name)) for name, module in modules.items()]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def keep(self, name: str, value: Tensor) -> None:
        """A value that no module of ours gives back."""
        self.seen[name] = value

    def claims(self) -> Iterator[Claim]:
        """All that was seen; names that no module has stay unknown."""
        for name in self.names:
            if name in self.seen:
                yield Claim(f"cap.{name}", self.seen[name])

    def _hook(self, name: str):  # type: ignore[no-untyped-def]
        def keep(_: nn.Module, given: tuple[Tensor, ...], result: Tensor) -> None:
            is_given = name.endswith(".in") or name == "lyric_embed_scaled"
            self.seen[name] = given[0] if is_given else result

        return keep

    def _module(self, name: str) -> nn.Module | None:
        name = "lyric_layer0" if name == "lyric_embed_scaled" else name
        name = "timestep_embedder" if name == "timestep_embedding" else name
        name = re.sub(r"^block(\d+)", r"transformer_blocks.\1", name)
        name = re.sub(r"^lyric_layer(\d+)", r"lyric_encoder.encoders.\1", name)
        return dict(self.model.named_modules()).get(name)
