"""What must hold for any input: lengths, masks, batches, precisions, and nothing computed twice that need not be."""

import math

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from engine.models.ace_v1.attention import LinearAttention, linear_attention
from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import ACE_STEP_3_5B, LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.feed_forward import GLUMBConv
from engine.models.ace_v1.rotary import KEPT_LENGTHS, RotaryCache, rotary_table, rotate
from engine.models.ace_v1.transformer import Transformer

SMALL = TransformerConfig(
    num_layers=2,
    num_attention_heads=3,
    attention_head_dim=8,
    mlp_ratio=2.5,
    text_embedding_dim=10,
    lyric_encoder_vocab_size=50,
    lyric_hidden_size=12,
    ssl_encoder_depths=(),
    ssl_names=(),
    ssl_latent_dims=(),
    lyric_encoder=LyricEncoderConfig(12, 2, 24, 6),
)


def built(config: TransformerConfig = SMALL) -> Transformer:
    torch.manual_seed(0)
    return Transformer(config).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def model() -> Transformer:
    return built()


@pytest.fixture(scope="module")
def deep() -> Transformer:
    """As many blocks as ERG needs."""
    return built(TransformerConfig(**{**vars(SMALL), "num_layers": 21}))


def conditions(model: Transformer, rows: int = 2, seed: int = 0, heard: int = 4) -> Conditions:
    """Five prompt tokens and seven lyric tokens; of the second row's lyrics only `heard` are heard."""
    generator = torch.Generator().manual_seed(seed)
    text = torch.randn(rows, 5, 10, generator=generator)
    ids = torch.randint(0, 50, (rows, 7), generator=generator)
    mask = torch.ones(rows, 7)
    mask[1:, heard:] = 0
    states, mask = model.encode(text, torch.ones(rows, 5), torch.zeros(rows, 512), ids, mask)
    return model.prepare(states, mask)


def latents(rows: int = 2, frames: int = 9, seed: int = 3) -> Tensor:
    return torch.randn(rows, 8, 16, frames, generator=torch.Generator().manual_seed(seed))


def same(actual: Tensor, wanted: Tensor, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(actual, wanted, atol=tolerance, rtol=tolerance)


TIME = torch.tensor([700.0, 20.0])


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 8, 9, 31, 100])
def test_any_length(model: Transformer, frames: int) -> None:
    out = model(latents(frames=frames), TIME, conditions(model))
    assert out.shape == (2, 8, 16, frames)
    assert out.isfinite().all()


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


def test_a_mask_of_ones_changes_nothing(model: Transformer) -> None:
    given = conditions(model)
    same(model(latents(), TIME, given, frame_mask=torch.ones(2, 9)), model(latents(), TIME, given))


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


def test_prepared_once_or_at_every_step(model: Transformer) -> None:
    given = conditions(model)
    first = model(latents(), TIME, given)
    model(latents(frames=4, seed=8), TIME, given)
    assert torch.equal(model(latents(), TIME, given), first)
    assert torch.equal(model(latents(), TIME, conditions(model)), first)


def test_rows_do_not_hear_each_other(model: Transformer) -> None:
    given = conditions(model)
    both = model(latents(), TIME, given)
    for row in range(2):
        same(model(latents()[row : row + 1], TIME[row : row + 1], given.select([row]))[0], both[row])


def test_padding_conditions_changes_nothing(model: Transformer) -> None:
    given = conditions(model)
    same(model(latents(), TIME, given.padded(40)), model(latents(), TIME, given))
    whole = conditions(model, rows=1)
    assert whole.mask is None
    same(model(latents(1), TIME[:1], whole.padded(20)), model(latents(1), TIME[:1], whole))


def test_tokens_that_no_row_hears_are_left_out(model: Transformer) -> None:
    """Their neighbours keep the positions they had, and a song without lyrics needs no mask."""
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(2, 6, 24, generator=generator)
    mask = torch.tensor([[1, 0, 1, 1, 0, 1], [1, 0, 1, 0, 0, 1]])
    short = model.prepare(states, mask)
    assert short.tokens == 4
    louder = states + 5 * (mask.sum(0) == 0).float()[:, None]
    assert torch.equal(model(latents(), TIME, model.prepare(louder, mask)), model(latents(), TIME, short))
    everything = model.prepare(states, torch.ones(2, 6))
    masked = Conditions(everything.keys, everything.values, mask.bool()[:, None, None])
    same(model(latents(), TIME, short), model(latents(), TIME, masked))
    assert model.prepare(states[:1], mask[:1]).mask is None


def test_conditions_of_other_lengths_share_a_batch(model: Transformer) -> None:
    long = conditions(model)
    silence = torch.zeros(1, 1, dtype=torch.long)
    states, mask = model.encode(torch.randn(1, 3, 10), torch.ones(1, 3), torch.zeros(1, 512), silence, silence)
    short = model.prepare(states, mask)
    assert short.tokens == 4
    joined = Conditions.cat([short, long])
    assert (joined.batch, joined.tokens) == (3, 13)
    time = torch.tensor([300.0, 700.0, 20.0])
    x = torch.cat([latents(1, seed=5), latents()])
    out = model(x, time, joined)
    same(out[:1], model(x[:1], time[:1], short))
    same(out[1:], model(x[1:], time[1:], long))
    same(model(x, time, Conditions.cat([joined.select([0]), joined.select([1, 2])])), out)


def test_copies_share_their_keys(model: Transformer) -> None:
    given = conditions(model)
    repeated = given.repeat(3)
    assert (repeated.batch, repeated.size_bytes) == (6, given.size_bytes)
    x, time = latents(6), torch.linspace(900, 100, 6)
    out = model(x, time, repeated)
    for row in range(6):
        same(out[row : row + 1], model(x[row : row + 1], time[row : row + 1], given.select([row // 3])))
        same(out[row : row + 1], model(x[row : row + 1], time[row : row + 1], repeated.select([row])))
    pair = Conditions.cat([conditions(model, 1, 1).repeat(3), conditions(model, 1, 2).repeat(3)])
    assert (pair.batch, pair.copies) == (6, 3)
    same(model(x, time, pair)[3:], model(x[3:], time[3:], conditions(model, 1, 2).repeat(3)))
    mixed = Conditions.cat([given.repeat(2), conditions(model, 1, 2)])
    assert mixed.batch == 5
    same(model(x[:5], time[:5], mixed)[:4], model(x[:4], time[:4], given.repeat(2)))
    assert repeated.select([-1]).batch == 1


def test_nothing_to_join() -> None:
    with pytest.raises(ValueError, match="nothing to join"):
        Conditions.cat([])


def test_one_timestep_for_all(model: Transformer) -> None:
    given = conditions(model)
    wanted = model(latents(), torch.full((2,), 700.0), given)
    same(model(latents(), torch.tensor([700.0]), given), wanted)
    same(model(latents(), torch.tensor(700.0), given), wanted)


def test_songs_without_lyrics(model: Transformer) -> None:
    silence = torch.zeros(1, 1, dtype=torch.long)
    for ids, mask in ((silence, silence), (torch.arange(7)[None], torch.zeros(1, 7))):
        states, heard = model.encode(torch.randn(1, 5, 10), torch.ones(1, 5), torch.zeros(1, 512), ids, mask)
        assert states.isfinite().all()
        given = model.prepare(states, heard)
        assert given.tokens == 6
        assert model(latents(1), TIME[:1], given).isfinite().all()


def test_guided_and_unguided_rows_in_one_batch(deep: Transformer) -> None:
    given = conditions(deep)
    x = latents()
    plain, weak = deep(x, TIME, given), deep(x, TIME, given, query_scale=torch.full((2,), 0.01))
    both = deep(x, TIME, given, query_scale=torch.tensor([1.0, 0.01]))
    same(both[0], plain[0])
    same(both[1], weak[1])
    assert (plain - weak).abs().max() > 1e-4


def test_refusals(model: Transformer) -> None:
    with pytest.raises(ValueError, match="ERG needs 20 blocks"):
        model(latents(), TIME, conditions(model), query_scale=torch.ones(2))
    with pytest.raises(ValueError, match="3 rows of latents do not go with conditions for 2"):
        model(latents(3), torch.ones(3), conditions(model))
    with pytest.raises(ValueError, match="one latent frame"):
        TransformerConfig(patch_size=(8, 2))
    with pytest.raises(ValueError, match="equally long"):
        TransformerConfig(ssl_names=("mert",))


def test_bfloat16_stays_near(model: Transformer) -> None:
    half = built().to(torch.bfloat16)
    given = conditions(half)
    assert given.keys[0].dtype == torch.bfloat16
    out = half(latents().to(torch.bfloat16), TIME, given)
    assert out.dtype == torch.bfloat16
    wanted = model(latents(), TIME, conditions(model))
    assert (out.float() - wanted).norm() < 0.03 * wanted.norm()


def test_autocast_leaves_the_core_in_float32(model: Transformer) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = model(latents(), TIME, conditions(model))
    wanted = model(latents(), TIME, conditions(model))
    assert (out.float() - wanted).norm() < 0.03 * wanted.norm()


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


def test_a_step_never_waits_for_the_device() -> None:
    """Tensors without values raise when one is read back."""
    with FakeTensorMode():
        deep = Transformer(TransformerConfig(**{**vars(SMALL), "num_layers": 20}))
        keys = tuple(torch.zeros(1, 3, 5, 8) for _ in range(20))
        given = Conditions(keys, keys, torch.ones(1, 1, 1, 5, dtype=torch.bool), copies=2)
        out = deep(
            torch.zeros(2, 8, 16, 9), torch.zeros(2), given, query_scale=torch.ones(2), frame_mask=torch.ones(2, 9)
        )
        with pytest.raises(DataDependentOutputException):
            bool(out.isfinite().all())
    assert out.shape == (2, 8, 16, 9)


def test_a_fifth_of_the_parameters_is_not_allocated() -> None:
    with torch.device("meta"):
        needed, whole = Transformer(ACE_STEP_3_5B), Transformer(ACE_STEP_3_5B, keep_unused=True)
    count = sum(parameter.numel() for parameter in needed.parameters())
    assert sum(parameter.numel() for parameter in whole.parameters()) == 3_305_659_264
    assert count == 2_588_427_392
