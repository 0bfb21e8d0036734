"""More music before and after a song."""

import pytest
import torch

from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.extend import extend, extension_noise, passes
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import Calls, run, song


@pytest.mark.parametrize(("left", "right"), [(3, 0), (0, 3), (2, 3), (9, 0), (0, 13), (9, 11), (6, 6)])
def test_any_length_on_both_sides(transformer: Transformer, left: int, right: int) -> None:
    """The reference crashes beyond the length of the source and makes one of two sides too short."""
    source = song(6)
    made = extend(run(transformer), source, left, right)
    assert made.shape[-1] == left + 6 + right
    assert torch.equal(made[..., left : left + 6], source)
    new = torch.cat([made[..., :left], made[..., left + 6 :]], dim=-1)
    assert new.abs().amax(dim=(0, 1, 2)).min() > 0.01
    assert new.std() > 0.1


def test_two_long_sides_do_not_share_their_noise(transformer: Transformer) -> None:
    noise = extension_noise(run(transformer), 6, (6, 6), (0, 0))
    assert noise.shape[-1] == 18
    assert abs(float((noise[..., :6] * noise[..., 12:]).mean())) < 0.15


def test_nothing_to_add(transformer: Transformer) -> None:
    with Calls(transformer) as calls:
        assert torch.equal(extend(run(transformer), song(6)), song(6))
    assert not calls.rows


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("added", [3, 8, 15, 40])
def test_beyond_the_longest_stretch(transformer: Transformer, left: bool, added: int) -> None:
    """The reference repeats what it cut off on the right, and crashes on the left."""
    source = song(10)
    sides = (added, 0) if left else (0, added)
    with Calls(transformer) as calls:
        made = extend(run(transformer, max_frames=12, infer_step=2), source, *sides)
    assert max(calls.frames) <= 12
    assert made.shape[-1] == 10 + added
    assert torch.equal(made[..., sides[0] : sides[0] + 10], source)


def test_both_sides_beyond_the_longest_stretch(transformer: Transformer) -> None:
    source = song(10)
    made = extend(run(transformer, max_frames=12, infer_step=2), source, 7, 9)
    assert made.shape[-1] == 26
    assert torch.equal(made[..., 7:17], source)


def test_a_song_longer_than_the_longest_stretch(transformer: Transformer) -> None:
    source = song(20)
    with Calls(transformer) as calls:
        made = extend(run(transformer, max_frames=8, infer_step=2), source, 3, 3)
    assert set(calls.frames) == {8}
    assert torch.equal(made[..., 3:23], source)


@pytest.mark.parametrize("frames", [4, 10, 30])
@pytest.mark.parametrize(("left", "right"), [(1, 0), (50, 0), (0, 7), (20, 33)])
def test_every_pass_hears_at_least_half_a_window(frames: int, left: int, right: int) -> None:
    added, length = [0, 0], frames
    for sides in passes(frames, left, right, Settings(max_frames=12)):
        assert sum(sides) <= max(6, 12 - length)
        length += sum(sides)
        added = [old + new for old, new in zip(added, sides, strict=True)]
    assert added == [left, right]


def test_progress_knows_all_passes(transformer: Transformer) -> None:
    seen: list[tuple[int, int]] = []
    task = run(transformer, max_frames=12, infer_step=2, on_step=lambda done, total: seen.append((done, total)))
    extend(task, song(10), 0, 20)
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert {total for _, total in seen} == {len(seen)}


def test_variance_0_leaves_the_source_and_adds_nothing(transformer: Transformer) -> None:
    made = extend(run(transformer, extend_variance=0.0), song(6), 2, 3)
    assert torch.equal(made[..., 2:8], song(6))
    assert not made[..., :2].any()
    assert not made[..., 8:].any()


def test_variants(transformer: Transformer) -> None:
    made = extend(run(transformer, seeds=(1, 2)), song(6), 2, 9)
    alone = extend(run(transformer, seeds=(2,)), song(6), 2, 9)
    torch.testing.assert_close(made[1:], alone, atol=2e-4, rtol=2e-4)


def test_two_sides_in_compatible_mode(transformer: Transformer) -> None:
    """The right side is shorter by the left one, as the reference makes it."""
    made = extend(run(transformer, compatible=True), song(8), 2, 5)
    assert made.shape[-1] == 2 + 8 + 3


def test_negative_lengths(transformer: Transformer) -> None:
    with pytest.raises(ValueError, match="left is -1 and right is 2"):
        extend(run(transformer), song(6), -1, 2)
