"""The parts of a block against their formulas, written out."""

import math

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.attention import LinearAttention, linear_attention
from engine.models.ace_v1.embedders import group_norm
from engine.models.ace_v1.feed_forward import GLUMBConv
from engine.models.ace_v1.rotary import KEPT_LENGTHS, RotaryCache, rotary_table, rotate
from engine.models.ace_v1.transformer import Transformer
from tests.models.small_transformer import built, same


@pytest.fixture(scope="module")
def model() -> Transformer:
    return built()


def attention_in_words(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The formula as the report words it, in float64, with a constant of one appended to the values."""
    q, k, v = q.double(), k.double(), v.double()
    v = torch.cat([v, torch.ones_like(v[..., :1])], dim=-1)
    out = torch.einsum("bhnd,bhne,bhmd->bhme", k, v, q)
    return out[..., :-1] / (out[..., -1:] + 1e-15)


@pytest.mark.parametrize("frames", [1, 5, 7, 8, 9, 64])
def test_linear_attention_in_either_order(frames: int) -> None:
    generator = torch.Generator().manual_seed(frames)
    q, k, v = (torch.randn(2, 3, frames, 8, generator=generator) for _ in range(3))
    q, k = q.relu(), k.relu()
    same(linear_attention(q, k, v), attention_in_words(q, k, v).float())


def test_a_query_of_zeros_hears_nothing() -> None:
    for frames in (3, 30):
        k, v = torch.rand(1, 1, frames, 8), torch.randn(1, 1, frames, 8)
        assert torch.equal(linear_attention(torch.zeros_like(k), k, v), torch.zeros_like(v))


@pytest.mark.parametrize("frames", [5, 40])
def test_masked_frames_are_not_heard(frames: int) -> None:
    torch.manual_seed(0)
    attention, table = LinearAttention(3, 8), rotary_table(frames, 8, 1e4, torch.device("cpu"))
    h = torch.randn(2, frames, 24)
    mask = torch.ones(2, frames)
    mask[:, frames - 2 :] = 0
    other = h.clone()
    other[:, frames - 2 :] = 7.0
    kept = frames - 2
    assert torch.equal(attention(h, table, mask)[:, :kept], attention(other, table, mask)[:, :kept])
    short = rotary_table(kept, 8, 1e4, torch.device("cpu"))
    same(attention(h, table, mask)[:, :kept], attention(h[:, :kept], short))
    assert torch.equal(attention(h, table, mask)[:, kept:], attention.to_out[0].bias.expand(2, 2, -1))


def test_rotation_pair_by_pair() -> None:
    """Frequencies laid out in halves, applied to neighbours."""
    length, width, theta = 11, 8, 1e6
    x = torch.randn(1, 2, length, width, generator=torch.Generator().manual_seed(0))
    out = rotate(x, rotary_table(length, width, theta, torch.device("cpu")))
    for position in range(length):
        for j in range(width // 2):
            even, odd = x[0, :, position, 2 * j], x[0, :, position, 2 * j + 1]
            a, b = (position * theta ** (-2 * ((2 * j + i) % (width // 2)) / width) for i in (0, 1))
            same(out[0, :, position, 2 * j], even * math.cos(a) - odd * math.sin(a))
            same(out[0, :, position, 2 * j + 1], odd * math.cos(b) + even * math.sin(b))


def test_feed_forward_frame_by_frame() -> None:
    torch.manual_seed(0)
    ff, h = GLUMBConv(6, 9), torch.randn(2, 5, 6)
    expanded = torch.nn.functional.silu(h @ ff.inverted_conv.conv.weight[..., 0].T + ff.inverted_conv.conv.bias)
    padded = torch.nn.functional.pad(expanded, (0, 0, 1, 1))
    taps = ff.depth_conv.conv.weight[:, 0]
    mixed = sum(padded[:, i : i + 5] * taps[:, i] for i in range(3)) + ff.depth_conv.conv.bias
    value, gate = mixed.chunk(2, dim=-1)
    same(ff(h), (value * torch.nn.functional.silu(gate)) @ ff.point_conv.conv.weight[..., 0].T)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_group_norm_as_the_layer_does_it(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    layer = torch.nn.GroupNorm(4, 24, eps=1e-6).requires_grad_(False).to(dtype)
    layer.weight.normal_()
    layer.bias.normal_()
    for frames in (1, 2, 50):
        h = (torch.randn(3, frames, 24) * 5 + 100).to(dtype)
        wanted = layer(h.transpose(1, 2)).transpose(1, 2)
        torch.testing.assert_close(
            group_norm(h, layer), wanted, atol=1e-4 if dtype == torch.float32 else 0.02, rtol=0.01
        )


def test_tables_are_made_once_and_not_saved(model: Transformer) -> None:
    cache = RotaryCache(8, 1e6)
    like = torch.zeros(1, dtype=torch.bfloat16)
    table = cache.table(5, like)
    assert cache.table(5, like) is table
    assert table.cos.dtype == torch.bfloat16
    assert cache.table(5, torch.zeros(1)).cos.dtype == torch.float32
    for length in range(20):
        assert cache.table(length, like).cos.shape == (length, 8)
        assert len(cache._tables) <= KEPT_LENGTHS
    assert not any("rotary" in name for name in model.state_dict())
