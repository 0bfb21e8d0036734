"""Whatever is dropped, chosen, kept or discarded: one undo takes it back exactly, one redo brings it again."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.daw.conftest import Song, write_wav
from tests.daw.studio import items_of, listed

MakeSong = Callable[..., Song]
ROLES = ("drums", "bass")


def take_state(take: Any) -> Any:
    return take.source.path, dict(take.info), dict(take.text)


def state(project: Any) -> Any:
    """Everything of a project that a musician could see or hear."""
    return [
        (
            dict(track.info),
            dict(track.text),
            dict(track.lane_plays),
            [
                (dict(item.info), dict(item.text), item.current, [take_state(take) for take in listed(item.takes)])
                for item in items_of(track)
            ],
        )
        for track in listed(project.tracks)
    ]


def arrange(song: Song, dice: random.Random) -> None:
    """A few more tracks and items, some muted, locked, in lanes or in a folder."""
    path = write_wav(song.studio.folder / "more.wav", 480_000)
    for number in range(dice.randint(0, 3)):
        track = song.studio.track(song.project, P_NAME=f"Track {number}", I_FREEMODE=dice.choice((0, 0, 2)))
        for _ in range(dice.randint(0, 3)):
            song.studio.item(
                track,
                path,
                D_POSITION=dice.uniform(0, 20),
                D_LENGTH=dice.uniform(1, 9),
                B_MUTE=dice.choice((0, 0, 1)),
                C_LOCK=dice.choice((0, 0, 1)),
            )
    song.track.info.I_FOLDERDEPTH = 0
    if dice.random() < 0.5:
        song.studio.track(song.project, 1, P_NAME="Band", I_FOLDERDEPTH=1)
        song.track.info.I_FOLDERDEPTH = -1


def yes_or_no(dice: random.Random, count: int) -> list[str]:
    return [dice.choice(("yes", "no")) for _ in range(count)]


def ask(song: Song, dice: random.Random) -> Any:
    variants = str(dice.randint(1, 4))
    start = dice.uniform(2.0, 10.0)
    song.studio.select(song.project, start, start + dice.uniform(0.2, 4.0))
    if dice.random() < 0.3:
        return song.do("Generate into time selection", "dub", "", variants, "", "", "", *yes_or_no(dice, 2))
    song.track.is_selected = True
    return song.ask("lofi", "", "1", variants, "", "", "", *yes_or_no(dice, 3))


def turned_round(song: Song, before: Any) -> None:
    """Undo and redo of the last step."""
    after = state(song.project)
    assert after != before
    assert song.studio.world.undo(song.project)
    assert state(song.project) == before
    assert song.studio.world.redo(song.project)
    assert state(song.project) == after
    assert listed(song.studio.world.unguarded) == []


@pytest.mark.parametrize("seed", range(24))
def test_every_step_can_be_taken_back(make_song: MakeSong, seed: int):
    dice = random.Random(seed)
    song = make_song(version=dice.choice(("7.40", "7.40", "6.80")), C_LOCK=dice.choice((0, 0, 0, 1)))
    arrange(song, dice)
    for _ in range(2):
        request = ask(song, dice)
        song.desk.accept(request.job)
        song.studio.until(lambda: not song.desk.outbox)
        before, steps = state(song.project), len(listed(song.project.undo))
        samples = 480_000 if getattr(request, "form", "") == "whole" else None
        song.desk.done(request, samples, roles=dice.choice(((), ROLES)), notes=dice.choice(((), ROLES)))
        song.studio.until(lambda count=steps: len(listed(song.project.undo)) == count + 1)
        song.studio.press(27)
        song.studio.finish()
        # Pieces of the track that the test holds are copies after an undo: look at them anew.
        turned_round(song, before)
        song.track = next(track for track in listed(song.project.tracks) if track.text.P_NAME == "Voice")
    for title in dice.sample(("Choose next variant", "Keep variant", "Discard result"), 3):
        before, steps = state(song.project), len(listed(song.project.undo))
        song.studio.act(title)
        song.studio.until(lambda: song.desk.read() or len(song.studio.world.deferred) == 0)
        song.studio.fake.terminate()
        if len(listed(song.project.undo)) > steps:
            turned_round(song, before)
    assert str(song.path) in {
        take.source.path
        for track in listed(song.project.tracks)
        for item in items_of(track)
        for take in listed(item.takes)
    }
