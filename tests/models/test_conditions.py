"""What is heard at every step is computed once, whatever its length and however many rows share it."""

import pytest
import torch

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.transformer import Transformer
from tests.models.small_transformer import TIME, built, conditions, latents, same


@pytest.fixture(scope="module")
def model() -> Transformer:
    return built()


def test_prepared_once_or_at_every_step(model: Transformer) -> None:
    given = conditions(model)
    first = model(latents(), TIME, given)
    model(latents(frames=4, seed=8), TIME, given)
    assert torch.equal(model(latents(), TIME, given), first)
    assert torch.equal(model(latents(), TIME, conditions(model)), first)


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


def test_songs_without_lyrics(model: Transformer) -> None:
    silence = torch.zeros(1, 1, dtype=torch.long)
    for ids, mask in ((silence, silence), (torch.arange(7)[None], torch.zeros(1, 7))):
        states, heard = model.encode(torch.randn(1, 5, 10), torch.ones(1, 5), torch.zeros(1, 512), ids, mask)
        assert states.isfinite().all()
        given = model.prepare(states, heard)
        assert given.tokens == 6
        assert model(latents(1), TIME[:1], given).isfinite().all()
