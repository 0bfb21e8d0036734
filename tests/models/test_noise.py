"""Seeds."""

import pytest
import torch

from engine.models.ace_v1.noise import Noise, RecordedNoise


def test_each_variant_has_its_own_generator() -> None:
    both, second = Noise([5, 6]), Noise([6])
    assert torch.equal(both.draw(9)[1:], second.draw(9))
    assert torch.equal(both.draw_step(9)[1:], second.draw_step(9))


def test_noise_is_standard_normal() -> None:
    drawn = Noise([1]).draw(500)
    assert drawn.shape == (1, 8, 16, 500)
    assert float(drawn.mean()) == pytest.approx(0, abs=0.01)
    assert float(drawn.std()) == pytest.approx(1, abs=0.01)


def test_the_same_numbers_in_every_precision() -> None:
    fine, coarse = Noise([3]).draw(20), Noise([3], dtype=torch.bfloat16).draw(20)
    assert torch.equal(fine.bfloat16(), coarse)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_same_numbers_on_every_device() -> None:
    assert torch.equal(Noise([3], device="cuda").draw(20).cpu(), Noise([3]).draw(20))


def test_compatible_noise_is_drawn_in_the_precision_of_the_model() -> None:
    fine = Noise([3], dtype=torch.float32, compatible=True).draw(20)
    assert torch.equal(fine, torch.randn(1, 8, 16, 20, generator=torch.Generator().manual_seed(3)))
    coarse = Noise([3], dtype=torch.float16, compatible=True).draw(20)
    expected = torch.randn(1, 8, 16, 20, generator=torch.Generator().manual_seed(3), dtype=torch.float16)
    assert torch.equal(coarse, expected)


def test_compatible_steps_of_ping_pong_come_from_the_first_seed() -> None:
    drawn = Noise([3, 4], compatible=True).draw_step(20)
    assert torch.equal(drawn, torch.randn(2, 8, 16, 20, generator=torch.Generator().manual_seed(3)))


def test_a_retake_with_the_same_seed_is_other_noise() -> None:
    """The reference's would be the same, and the mix of both too loud."""
    first, second = Noise([3]).draw(200), Noise([3], is_retake=True).draw(200)
    assert abs(float((first * second).mean())) < 0.02
    third = Noise([3], is_retake=True, compatible=True).draw(200)
    assert torch.equal(first, third)


@pytest.mark.parametrize("seed", [2**32, 2**63, 2**64 - 1, -1])
def test_all_bits_of_a_seed_count(seed: int) -> None:
    assert not torch.equal(Noise([seed]).draw(4), Noise([seed & 0xFFFFFFFF]).draw(4))


def test_no_seeds() -> None:
    with pytest.raises(ValueError, match="seeds is empty"):
        Noise([])


def test_recorded_noise_is_handed_out_in_order() -> None:
    noise = RecordedNoise([torch.zeros(1, 8, 16, 3), torch.ones(1, 8, 16, 3)])
    assert float(noise.draw(3).mean()) == 0
    with pytest.raises(ValueError, match="has 3 frames, but 4 are needed"):
        noise.draw(4)
    assert float(noise.draw_step(3).mean()) == 1
    with pytest.raises(ValueError, match="used up after 2 draws"):
        noise.draw(3)
