"""Flow editing."""

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.tasks.edit import EDIT_MODES, edit
from engine.models.ace_v1.transformer import Transformer
from tests.models.conftest import Golden
from tests.models.sampling_cases import Calls, prompt, run, song
from tests.parity.case import Folder
from tests.parity.kinds import run_case


def other(transformer: Transformer) -> Prompt:
    return prompt(transformer, seed=9, tokens=3, lyrics=11)


def test_the_same_words_change_nothing_but_the_guidance(transformer: Transformer) -> None:
    """With equal prompts and without guidance both velocities are equal."""
    task = run(transformer, guidance_scale=1.0)
    torch.testing.assert_close(edit(task, song(6), task.prompt), song(6), atol=1e-5, rtol=0)


@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
@pytest.mark.parametrize("mode", list(EDIT_MODES))
def test_other_words_change_the_music(transformer: Transformer, scheduler: str, mode: str) -> None:
    n_min, n_max = EDIT_MODES[mode]
    task = run(transformer, scheduler_type=scheduler, infer_step=10, edit_n_min=n_min, edit_n_max=n_max)
    made = edit(task, song(6), other(transformer))
    assert made.shape == (1, 8, 16, 6)
    assert (made - song(6)).abs().max() > 1e-3


def test_only_lyrics_stays_closer_than_remix(transformer: Transformer) -> None:
    distances = []
    for n_min, n_max in (EDIT_MODES["only_lyrics"], EDIT_MODES["remix"]):
        task = run(transformer, infer_step=10, edit_n_min=n_min, edit_n_max=n_max)
        distances.append(float((edit(task, song(8), other(transformer)) - song(8)).abs().mean()))
    assert distances[0] < distances[1]


def test_ping_pong_edits_in_its_first_phase(transformer: Transformer) -> None:
    """The reference computes a step there and drops it."""
    chosen = {"scheduler_type": "pingpong", "edit_n_min": 0.25, "edit_n_max": 1.0}
    ours = edit(run(transformer, **chosen), song(6), other(transformer))
    assert (ours - song(6)).abs().max() > 1e-3
    theirs = edit(run(transformer, **chosen, compatible=True), song(6), other(transformer))
    assert torch.equal(theirs, song(6))


def test_variants_of_one_source(transformer: Transformer) -> None:
    """The reference fails with more than one."""
    chosen = {"infer_step": 6, "edit_n_min": 0.2, "edit_n_max": 0.6}
    made = edit(run(transformer, seeds=(1, 2), **chosen), song(6), other(transformer))
    alone = edit(run(transformer, seeds=(2,), **chosen), song(6), other(transformer))
    torch.testing.assert_close(made[1:], alone, atol=2e-4, rtol=2e-4)
    assert (made[0] - made[1]).abs().max() > 1e-2


def test_all_rows_in_one_batch_equal_separate_passes(transformer: Transformer) -> None:
    chosen = {"edit_n_min": 0.0, "edit_n_max": 0.5, "edit_n_avg": 2}
    with Calls(transformer) as calls:
        together = edit(run(transformer, **chosen), song(6), other(transformer))
    assert calls.rows == [4, 4, 4, 4, 2, 2]
    with Calls(transformer) as calls:
        apart = edit(run(transformer, **chosen, separate_passes=True), song(6), other(transformer))
    assert calls.rows == [1] * 20
    torch.testing.assert_close(together, apart, atol=1e-4, rtol=1e-4)


def test_an_empty_share_of_the_schedule_is_the_source(transformer: Transformer) -> None:
    made = edit(run(transformer, edit_n_min=1.0, edit_n_max=1.0), song(6), other(transformer))
    assert torch.equal(made, song(6))


def test_from_the_beginning_of_phase_two_it_is_sampling(transformer: Transformer) -> None:
    """n_min = n_max = 0 leaves only the target's noise: nothing of the source is heard."""
    chosen = {"edit_n_min": 0.0, "edit_n_max": 0.0}
    one = edit(run(transformer, **chosen), song(6, seed=1), other(transformer))
    two = edit(run(transformer, **chosen), song(6, seed=2), other(transformer))
    torch.testing.assert_close(one, two, atol=1e-4, rtol=1e-4)


def test_progress_and_preview(transformer: Transformer) -> None:
    seen: list[tuple[int, int]] = []
    previews: list[Tensor] = []
    task = run(
        transformer,
        on_step=lambda done, total: seen.append((done, total)),
        on_preview=previews.append,
        infer_step=10,
        edit_n_min=0.2,
        edit_n_max=0.4,
    )
    edit(task, song(6), other(transformer))
    assert seen == [(done, 8) for done in range(1, 9)]
    assert [preview.shape for preview in previews] == [(1, 8, 16, 6)]


@pytest.mark.parametrize("name", ["pipeline_edit_navg2", "pipeline_edit_only_lyrics", "pipeline_edit_remix_pingpong"])
def test_recorded_edits(golden: Golden, name: str) -> None:
    outcome = run_case(Folder(golden.case(name).folder), name)
    assert outcome.passed, outcome
