"""The lyric encoder against its formula, written out token by token."""

import math

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1 import lyric_encoder
from engine.models.ace_v1.config import LyricEncoderConfig
from engine.models.ace_v1.lyric_encoder import LyricEncoder, RelativeAttention, relative_positions, relative_shift


def attend_one_by_one(attention: RelativeAttention, x: Tensor, mask: Tensor, temperature: float) -> Tensor:
    """score(i, j) = ((qᵢ+u)·kⱼ + (qᵢ+v)·P(i−j)) / √d, for one row of tokens (T, D)."""
    heads, tokens = attention.heads, x.shape[0]
    q, k, v = (
        layer(x).unflatten(-1, (heads, -1)) for layer in (attention.linear_q, attention.linear_k, attention.linear_v)
    )
    q = q * temperature
    out = torch.zeros_like(q)
    width = x.shape[1]
    for i in range(tokens):
        scores = torch.full((heads, tokens), -math.inf)
        for j in range(tokens):
            position = torch.zeros(width)
            for m in range(width // 2):
                angle = (i - j) * math.exp(-2 * m * math.log(10_000) / width)
                position[2 * m], position[2 * m + 1] = math.sin(angle), math.cos(angle)
            p = attention.linear_pos(position).unflatten(-1, (heads, -1))
            content = ((q[i] + attention.pos_bias_u) * k[j]).sum(-1)
            distance = ((q[i] + attention.pos_bias_v) * p).sum(-1)
            if mask[j]:
                scores[:, j] = (content + distance) / math.sqrt(q.shape[-1])
        weights = scores.softmax(-1).nan_to_num(0.0)
        out[i] = (weights[:, :, None] * v.transpose(0, 1)).sum(1)
    return attention.linear_out(out.flatten(1))


@pytest.mark.parametrize("tokens", [1, 2, 5, 8])
@pytest.mark.parametrize("temperature", [1.0, 0.01])
def test_attention_token_by_token(tokens: int, temperature: float) -> None:
    torch.manual_seed(tokens)
    attention = RelativeAttention(12, 3)
    x = torch.randn(2, tokens, 12)
    mask = torch.tensor([[True] * tokens, [i % 3 != 1 for i in range(tokens)]])
    with torch.no_grad():
        out = attention(x, relative_positions(tokens, 12, x), mask, temperature)
        wanted = torch.stack([attend_one_by_one(attention, *row, temperature) for row in zip(x, mask, strict=True)])
    torch.testing.assert_close(out, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("at_once", [1, 3, 7, 8])
def test_pieces_of_a_sheet_give_the_whole(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    torch.manual_seed(0)
    encoder = LyricEncoder(10, LyricEncoderConfig(12, 3, 24, 2)).eval()
    x, mask = torch.randn(2, 9, 10), torch.tensor([[1] * 9, [1] * 4 + [0] * 5])
    with torch.no_grad():
        whole = encoder(x, mask)
        monkeypatch.setattr(lyric_encoder, "QUERIES_AT_ONCE", at_once)
        torch.testing.assert_close(encoder(x, mask), whole, atol=1e-6, rtol=1e-6)


def test_a_sheet_of_several_pieces_token_by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """With weights that make attention sharp, so that one key taken for another would be seen."""
    torch.manual_seed(3)
    monkeypatch.setattr(lyric_encoder, "QUERIES_AT_ONCE", 4)
    attention = RelativeAttention(12, 3).requires_grad_(False)
    for layer in (attention.linear_q, attention.linear_k, attention.linear_v, attention.linear_pos):
        layer.weight.normal_()
    attention.pos_bias_u.normal_()
    attention.pos_bias_v.normal_()
    x, mask = torch.randn(2, 11, 12), torch.tensor([[True] * 11, [True, False] * 5 + [False]])
    for heard in (mask, torch.ones_like(mask)):
        out = attention(x, relative_positions(11, 12, x), heard, 1.0)
        wanted = torch.stack([attend_one_by_one(attention, *row, 1.0) for row in zip(x, heard, strict=True)])
        torch.testing.assert_close(out, wanted, atol=1e-4, rtol=1e-4)


def test_the_shift_takes_the_column_of_each_offset() -> None:
    tokens, queries = 6, 4
    scores = torch.arange(float(queries * (tokens + queries - 1))).reshape(queries, -1)
    shifted = relative_shift(scores)
    assert shifted.shape == (queries, tokens)
    assert all(shifted[r, j] == scores[r, queries - 1 - r + j] for r in range(queries) for j in range(tokens))


def test_unheard_tokens_are_not_heard() -> None:
    torch.manual_seed(0)
    encoder = LyricEncoder(10, LyricEncoderConfig(12, 3, 24, 2)).eval()
    x = torch.randn(1, 7, 10)
    mask = torch.tensor([[1, 1, 1, 1, 0, 0, 0]])
    other = x.clone()
    other[:, 4:] = 9.0
    with torch.no_grad():
        assert torch.equal(encoder(x, mask)[:, :4], encoder(other, mask)[:, :4])
        torch.testing.assert_close(encoder(x, mask)[:, :4], encoder(x[:, :4], mask[:, :4]), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_nothing_to_hear_is_no_nan(dtype: torch.dtype) -> None:
    encoder = LyricEncoder(10, LyricEncoderConfig(12, 3, 24, 2)).eval().to(dtype)
    out = encoder(torch.randn(1, 5, 10, dtype=dtype), torch.zeros(1, 5))
    assert out.isfinite().all()
    out.sum().backward()
    assert encoder.encoders[0].self_attn.linear_q.weight.grad.isfinite().all()


def test_only_named_layers_are_weakened() -> None:
    torch.manual_seed(0)
    encoder = LyricEncoder(10, LyricEncoderConfig(12, 3, 24, 3)).eval()
    x, mask = torch.randn(1, 5, 10), torch.ones(1, 5)
    assert torch.equal(encoder(x, mask, 0.01), encoder(x, mask))
    assert not torch.equal(encoder(x, mask, 0.01, (1,)), encoder(x, mask))


def test_dropout_belongs_to_training() -> None:
    torch.manual_seed(0)
    encoder = LyricEncoder(10, LyricEncoderConfig(12, 3, 24, 1))
    x, mask = torch.randn(1, 5, 10), torch.ones(1, 5)
    assert not torch.equal(encoder(x, mask), encoder(x, mask))
    assert torch.equal(encoder.eval()(x, mask), encoder(x, mask))
