"""`again` and `retake`: what a take's recipe says is made anew, or varied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.jobs import resolve as subject
from bridge_server.jobs.resolve import home_of, resolve
from bridge_server.protocol.errors import BadRequest, NoRecipe
from bridge_server.protocol.events import AnyEvent, Done, Failed
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import Again, Generate, Repaint, Retake
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Origin, Source, Take
from tests.bridge.problems import check_problem

SPAN = Span(24_000, 36_000, 48_000)
FIRST = Generate(job="first-job", span=SPAN, tags="lofi", project="/song", seed=7, variants=3)
RECIPE = Recipe(
    request=FIRST,
    number=2,
    seed=8,
    backend="fake",
    model="fake 1",
    release="0",
    created="2026-01-01T00:00:00Z",
    context_sha256="abc",
)


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`recipe(**changes)`: from now on every take carries it."""

    def carry(**changes: Any) -> None:
        carried = msgspec.structs.replace(RECIPE, **changes)
        monkeypatch.setattr(subject, "_recipe", lambda take: carried)

    carry()
    yield carry


def test_what_names_no_take_stays_as_it_is() -> None:
    assert resolve(FIRST).request is FIRST
    assert home_of(FIRST) is FIRST


@pytest.mark.usefixtures("recipe")
def test_again_is_the_same_request_with_the_takes_own_seed() -> None:
    plan = resolve(Again(job="second-job", take="/song/take-2.wav"))
    expected = msgspec.structs.replace(FIRST, job="second-job", seed=8, variants=1, backend="fake", project="")
    assert plan.request == expected
    assert (plan.origin, plan.origin_take, plan.context_sha256) == (None, "", "abc")


@pytest.mark.usefixtures("recipe")
@pytest.mark.parametrize("request_", [Again(job="second-job", take="/t.wav"), Retake(job="second-job", take="/t.wav")])
def test_a_take_that_another_model_made_is_not_promised_to_come_out_alike(request_: Again | Retake) -> None:
    plan = resolve(request_)
    assert plan.notes("fake 1") == ()
    (note,) = plan.notes("fake 2")
    assert "fake 1" in note and "fake 2" in note
    assert resolve(FIRST).notes("fake 2") == ()


@pytest.mark.usefixtures("recipe")
def test_a_retake_starts_from_the_take_and_varies_it() -> None:
    plan = resolve(Retake(job="second-job", take="/song/take-2.wav", variance=0.25, seed=99, variants=2))
    assert plan.request.seed == 99
    assert plan.request.variants == 2
    assert plan.origin == Origin(seed=8, variance=0.25)
    assert plan.origin_take == "/song/take-2.wav"


def test_again_of_a_retake_varies_the_first_take_again(recipe: Callable[..., None]) -> None:
    recipe(origin=Origin(seed=8, variance=0.5), origin_take="/song/take-1.wav", seed=99)
    plan = resolve(Again(job="third-job", take="/song/take-9.wav"))
    assert plan.request.seed == 99
    assert (plan.origin, plan.origin_take) == (Origin(seed=8, variance=0.5), "/song/take-1.wav")


def test_a_draft_is_refined_with_its_own_seed(recipe: Callable[..., None]) -> None:
    recipe(request=msgspec.structs.replace(FIRST, draft=True))
    again, refined = (
        resolve(Again(job="third-job", take="/song/take-9.wav", refine=refine)) for refine in (False, True)
    )
    assert isinstance(again.request, Generate)
    assert again.request.draft
    assert refined.request == msgspec.structs.replace(again.request, draft=False)
    assert refined.request.seed == 8


@pytest.mark.usefixtures("recipe")
def test_what_is_no_draft_is_not_refined() -> None:
    with pytest.raises(BadRequest, match=r"take-9\.wav is no draft") as refusal:
        resolve(Again(job="third-job", take="/song/take-9.wav", refine=True))
    assert "again" in refusal.value.hint


def test_a_recipe_that_was_not_rendered_is_none(recipe: Callable[..., None]) -> None:
    recipe(request=Again(job="other-job", take="/x.wav"))
    with pytest.raises(NoRecipe) as refusal:
        resolve(Again(job="second-job", take="/song/take-2.wav"))
    assert refusal.value.hint


def test_a_take_without_a_folder_has_its_variations_beside_it() -> None:
    take = "/song/Dawbridge/first-job/take-2.wav"
    assert home_of(Again(job="second-job", take=take)).folder == "/song/Dawbridge"
    named = Again(job="second-job", take=take, project="/elsewhere")
    assert home_of(named) is named


# through the bridge


def only_take(events: list[AnyEvent]) -> Take:
    done = events[-1]
    assert isinstance(done, Done), done
    (take,) = done.takes
    return take


def samples(take: Take) -> np.ndarray[Any, Any]:
    audio: np.ndarray[Any, Any] = soundfile.read(take.path, dtype="int32")[0]
    return audio


@pytest.fixture
def repainted(client: Client, tone_file: Callable[..., Path]) -> tuple[Path, Take]:
    source = tone_file("guitar.wav", seconds=1.0)
    job = Repaint(
        job=new_job_id(),
        project=str(source.parent),
        source=Source(path=str(source)),
        span=SPAN,
        seed=5,
        tags="steps=2",
    )
    return source, only_take(list(client.run(job)))


def test_again_gives_the_same_audio_in_a_folder_of_its_own(client: Client, repainted: tuple[Path, Take]) -> None:
    _, first = repainted
    again = only_take(list(client.run(Again(job=new_job_id(), take=first.path))))
    assert again.path != first.path
    assert Path(again.path).parent.parent == Path(first.path).parent.parent
    assert again.seed == first.seed
    assert np.array_equal(samples(again), samples(first))
    once_more = only_take(list(client.run(Again(job=new_job_id(), take=again.path))))
    assert np.array_equal(samples(once_more), samples(first))


def test_a_retake_differs_and_can_be_made_again(client: Client, repainted: tuple[Path, Take]) -> None:
    _, first = repainted
    retake = only_take(list(client.run(Retake(job=new_job_id(), take=first.path, seed=77))))
    assert not np.array_equal(samples(retake), samples(first))
    again = only_take(list(client.run(Again(job=new_job_id(), take=retake.path))))
    assert np.array_equal(samples(again), samples(retake))


def test_again_on_changed_audio_is_refused(
    client: Client, repainted: tuple[Path, Take], tone_file: Callable[..., Path]
) -> None:
    _, first = repainted
    tone_file("guitar.wav", seconds=1.0, hertz=333.0)
    failed = list(client.run(Again(job=new_job_id(), take=first.path)))[-1]
    assert isinstance(failed, Failed)
    check_problem({"code": failed.error.code, "message": failed.error.message, "hint": failed.error.hint})
    assert failed.error.code == "source_changed"


@pytest.mark.parametrize("kind", [Again, Retake])
def test_a_file_without_a_recipe_is_said_to_have_none(
    client: Client, tone_file: Callable[..., Path], kind: type[Again] | type[Retake]
) -> None:
    failed = list(client.run(kind(job=new_job_id(), take=str(tone_file("plain.wav", seconds=0.2)))))[-1]
    assert isinstance(failed, Failed)
    check_problem({"code": failed.error.code, "message": failed.error.message, "hint": failed.error.hint}, "no_recipe")
