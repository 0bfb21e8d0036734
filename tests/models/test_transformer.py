"""The transformer against the recorded reference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn

from engine.models.ace_v1.embedders import fit_length, timestep_features
from engine.models.ace_v1.rotary import rotary_table
from engine.models.ace_v1.transformer import Control, Transformer
from tests.models.conftest import Golden, GoldenCase


@pytest.fixture(scope="module")
def case(golden: Golden) -> GoldenCase:
    return golden.case("transformer")


def encode(transformer: Transformer, case: GoldenCase, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    names = ("text", "text_mask", "speaker", "lyric_ids", "lyric_mask")
    return transformer.encode(*(case.tensors[name] for name in names), lyric_temperature=temperature)


@contextmanager
def captured(modules: dict[str, nn.Module]) -> Iterator[dict[str, Tensor]]:
    """What goes into (`name.in`) and comes out of (`name`) modules while the context is open."""
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            seen[f"{name}.in"], seen[name] = inputs[0], output

        return hook

    handles = [module.register_forward_hook(keep(name)) for name, module in modules.items()]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def test_conditions_are_encoded_as_recorded(transformer: Transformer, case: GoldenCase) -> None:
    states, mask = encode(transformer, case)
    case.close(states, "encoder_states")
    case.close(mask.float(), "encoder_mask")
    case.close(encode(transformer, case, 0.01)[0], "encoder_states_weak_lyric")


def test_every_recorded_activation(transformer: Transformer, case: GoldenCase) -> None:
    blocks, lyrics = transformer.transformer_blocks, transformer.lyric_encoder.encoders
    modules = {
        "speaker_embedder": transformer.speaker_embedder,
        "genre_embedder": transformer.genre_embedder,
        "lyric_embs": transformer.lyric_embs,
        "lyric_layer0": lyrics[0],
        "lyric_layer5": lyrics[5],
        "lyric_encoder": transformer.lyric_encoder,
        "lyric_proj": transformer.lyric_proj,
        "timestep_embedding": transformer.timestep_embedder,
        "t_block": transformer.t_block,
        "proj_in": transformer.proj_in,
    }
    for index in (0, 19):
        block = blocks[index]
        modules |= {f"block{index}": block, f"block{index}.attn": block.attn}
        modules |= {f"block{index}.cross_attn": block.cross_attn, f"block{index}.ff": block.ff}
    with captured(modules) as seen:
        output = transformer(
            case.tensors["x"], case.tensors["timestep"], transformer.prepare(*encode(transformer, case))
        )
    seen["lyric_embed_scaled"] = seen["lyric_layer0.in"]
    seen["time_proj"] = timestep_features(case.tensors["timestep"])
    recorded = [name for name in case.tensors if name.startswith("cap.")]
    assert len(recorded) >= 20
    for name in recorded:
        case.close(seen[name.removeprefix("cap.")], name)
    case.close(output, "output")


def test_a_velocity_of_another_length(transformer: Transformer, case: GoldenCase) -> None:
    output = transformer(case.tensors["x"], case.tensors["timestep"], transformer.prepare(*encode(transformer, case)))
    assert torch.equal(fit_length(output, 7), output[..., :7])
    assert torch.equal(fit_length(output, 14), torch.cat([output, torch.zeros(2, 8, 16, 3)], dim=-1))
    for name, frames in (("output_len_plus3", 14), ("output_len_minus4", 7)):
        if name in case.tensors:  # The part of the vectors that lies in this repository does without them.
            case.close(fit_length(output, frames), name)


def test_songs_without_lyrics(transformer: Transformer, case: GoldenCase) -> None:
    text, text_mask = case.tensors["text"][:1], case.tensors["text_mask"][:1]
    silent = torch.zeros(1, 1, dtype=torch.long)
    states, _ = transformer.encode(text, text_mask, torch.zeros(1, 512), silent, silent)
    case.close(states, "encoder_states_empty_lyric")
    ids = torch.zeros(1, 7, dtype=torch.long)
    states, _ = transformer.encode(torch.zeros_like(text), text_mask, torch.zeros(1, 512), ids, torch.zeros_like(ids))
    case.close(states, "encoder_states_all_masked")


def test_weakened_queries(transformer: Transformer, case: GoldenCase) -> None:
    conditions = transformer.prepare(*encode(transformer, case))
    scale = torch.full((2,), 0.01)
    weak = transformer(case.tensors["x"], case.tensors["timestep"], conditions, query_scale=scale)
    case.close(weak, "output_weak_diffusion")


def test_control(transformer: Transformer, case: GoldenCase) -> None:
    conditions = transformer.prepare(*encode(transformer, case))
    control = Control(case.tensors["controlnet_states"], 0.7)
    output = transformer(case.tensors["x"], case.tensors["timestep"], conditions, control=control)
    case.close(output, "output_controlnet_0p7")


def test_rotary_tables(case: GoldenCase) -> None:
    table = rotary_table(12, 16, 1e6, torch.device("cpu"))
    case.close(table.cos, "rope_cos12")
    case.close(table.signed_sin * torch.tensor([-1.0, 1.0]).repeat(8), "rope_sin12")
