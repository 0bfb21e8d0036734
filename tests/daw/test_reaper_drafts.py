"""Drafts and references in REAPER: asked where the backend has them, called drafts on the timeline, finished."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge_server.protocol.requests import Again, Generate
from bridge_server.protocol.values import Capabilities
from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed

MakeSong = Callable[..., Song]
FORM = ("lofi", "", "1", "2", "7", "", "")


def able(*settings: str) -> Capabilities:
    return Capabilities(
        backend="ace-step-1.5",
        model="m",
        about="AI",
        tasks=("repaint", "generate", "retake", "again"),
        sample_rate=48_000,
        settings=settings,
    )


@pytest.fixture
def knowing(song: Song) -> Callable[..., Song]:
    """`knowing("draft", …)`: a bridge whose default backend has those settings, and a script that has heard so."""

    def know(*settings: str) -> Song:
        song.desk.abilities = {"backends": (able(*settings),), "default_backend": "ace-step-1.5"}
        song.studio.act("Show status")
        song.studio.until(lambda: song.desk.read() is not None and song.desk.greetings)
        song.studio.wait(0.5)
        return song

    return know


def named(song: Song, track: int = 2) -> list[str]:
    return [item.takes[1].text.P_NAME for item in items_of(song.project.tracks[track])]


def captions(song: Song) -> str:
    return ", ".join(listed(song.studio.world.forms)[-1].captions.values())


def do(song: Song, title: str, *typed: str) -> Any:
    """Run the action beside the loop that runs already, and read its request."""
    if typed:
        song.studio.answer(*typed)
    song.studio.act(title)
    return song.studio.until(song.desk.next_job)


def test_it_is_not_asked_where_the_backend_has_none(knowing: Callable[..., Song]):
    song = knowing("infer_step")
    request = do(song, "Repaint time selection", *FORM)
    assert not request.draft
    assert "draft" not in captions(song)


def test_a_draft_is_called_one_and_finished(knowing: Callable[..., Song]):
    song = knowing("draft")
    request = do(song, "Repaint time selection", *FORM, "yes")
    assert request.draft
    song.desk.accept(request.job)
    song.desk.done(request)
    song.studio.wait(3)
    assert named(song) == ["Repaint 1 · lofi (draft)", "Repaint 2 · lofi (draft)"]
    for answer, name in (("no", "Make again 1 (draft)"), ("yes", "Make again 1")):
        again = do(song, "Make selected result again", answer)
        assert isinstance(again, Again)
        assert again.refine == (answer == "yes")
        song.desk.accept(again.job)
        song.desk.done(again)
        song.studio.wait(3)
        assert named(song)[-1] == name


def test_a_result_that_is_no_draft_is_made_again_without_a_question(knowing: Callable[..., Song]):
    song = knowing("draft")
    request = do(song, "Repaint time selection", *FORM, "no")
    song.desk.accept(request.job)
    song.desk.done(request)
    song.studio.wait(3)
    before = len(song.studio.world.forms)
    again = do(song, "Make selected result again")
    assert not again.refine
    assert len(song.studio.world.forms) == before


@pytest.mark.parametrize(("answer", "use"), [("yes", "timbre"), ("no", "follow")])
def test_new_music_may_sound_like_a_reference(knowing: Callable[..., Song], answer: str, use: str):
    song = knowing("reference", "timbre")
    request = do(song, "Generate into time selection", "lofi", "", "1", "7", "", "", f'"{song.path}"', answer)
    assert isinstance(request, Generate)
    assert request.reference is not None
    assert (request.reference.path, request.reference_use) == (str(song.path), use)


def test_a_reference_that_is_no_path_is_refused_with_what_to_do(knowing: Callable[..., Song]):
    song = knowing("reference")
    song.studio.answer("lofi", "", "1", "7", "", "", "voice.wav")
    request = do(song, "Generate into time selection", "lofi", "", "1", "7", "", "", "")
    assert "whole path of an audio file" in song.studio.messages[0]
    assert request.reference is None
