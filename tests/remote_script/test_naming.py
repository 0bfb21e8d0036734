"""`db:repaint …` as the name of a clip is a command; the clip has its old name back at once."""

import pytest

from daw_scripts.remote_script.Dawbridge.commands import VERBS, Command, command
from daw_scripts.remote_script.Dawbridge.wishes import Refusal
from tests.remote_script.conftest import Studio


def rename(studio: Studio, clip, name: str) -> None:
    """What the user does: looks at a clip, types a name, Enter."""
    studio.song.view.detail_clip = clip
    studio.tick(2)
    clip.__dict__["_name"] = name


def test_a_name_is_a_command(studio: Studio):
    studio.song.loop = False
    (clip,) = studio.song.tracks[0].arrangement_clips
    old = clip.name
    rename(studio, clip, "db:repaint lofi, rhodes; strength=0,5; variants=1")
    studio.until(lambda: studio.desk.requests)
    (request,) = studio.desk.requests
    assert (request.tags, request.strength, request.variants) == ("lofi, rhodes", 0.5, 1)
    assert request.span.start == 16 * 22_050
    assert clip.name == old
    assert studio.song.steps == [["clip name"]]


def test_it_is_about_the_clip_on_its_own_track(studio: Studio):
    """The brace lies over it, so it is the brace; on the track of the clip, whatever is selected."""
    studio.song.view.selected_track = studio.song.tracks[0]
    rename(studio, studio.song.tracks[1].arrangement_clips[0], "DB: repaint")
    studio.until(lambda: studio.desk.requests)
    assert studio.desk.requests[0].source.live_clips[0].path.endswith("keys.wav")
    assert studio.desk.requests[0].span.start == 20 * 22_050
    assert "Repaint Keys, bars 6–8" in "\n".join(studio.said)


def test_an_empty_midi_clip_says_where_to_generate(studio: Studio):
    studio.song.loop = False
    clip = studio.song.tracks[2].put(8, 16, audio=False)
    rename(studio, clip, "db:generate ambient pad")
    studio.until(lambda: studio.desk.requests)
    (request,) = studio.desk.requests
    assert (request.span.start, request.span.end, request.tags) == (8 * 24_000, 16 * 24_000, "ambient pad")
    assert clip.name == ""
    studio.land(request)
    assert [track.name for track in studio.song.tracks][-1] == "Synth – variants"


def test_a_word_that_is_no_verb(studio: Studio):
    (clip,) = studio.song.tracks[0].arrangement_clips
    old = clip.name
    rename(studio, clip, "db:repiant lofi")
    studio.tick(3)
    assert "“repiant” is not one of" in studio.said[-1]
    assert clip.name == "db:repiant lofi", "it may be a name that the user wants"
    assert studio.desk.requests == []
    studio.tick(20)
    assert len([text for text in studio.said if "repiant" in text]) == 1
    clip.__dict__["_name"] = "db:repaint lofi"
    studio.until(lambda: studio.desk.requests)
    assert clip.name == old


def test_a_set_that_was_saved_with_the_command_still_in_it(studio: Studio):
    """Looking at it is no wish: only a name that changes is a command."""
    (clip,) = studio.song.tracks[0].arrangement_clips
    clip.__dict__["_name"] = "db:repaint"
    studio.song.view.detail_clip = clip
    said = list(studio.said)
    studio.tick(20)
    assert studio.said == said
    assert clip.name == "db:repaint"
    assert studio.desk.requests == []


@pytest.mark.parametrize("name", ["dub: repaint", "adb:repaint", "Vocals db:repaint", "db repaint", ""])
def test_other_names_are_names(studio: Studio, name: str):
    rename(studio, studio.song.tracks[0].arrangement_clips[0], name)
    studio.tick(5)
    assert studio.desk.requests == []
    assert studio.song.tracks[0].arrangement_clips[0].name == name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("repaint", Command("repaint")),
        ("Extend Right 8 bars; length=8 bars", Command("extend_right", {"tags": "8 bars", "length": "8 bars"})),
        ("extend-left", Command("extend_left")),
        ("edit New words | more; tags=jazz", Command("edit", {"lyrics": "New words | more", "tags": "jazz"})),
        ("choose 2", Command("choose", number=2)),
        ("layer role=bass; warm, round", Command("layer", {"role": "bass", "tags": "warm, round"})),
        ("repaint seed = 12 ", Command("repaint", {"seed": "12"})),
    ],
)
def test_the_grammar(line: str, expected: Command):
    assert command(line) == expected


@pytest.mark.parametrize("line", ["", "repaintx", "again?!x", "extend"])
def test_what_is_no_command(line: str):
    if line == "again?!x":
        assert command(line).verb == "again"
        return
    with pytest.raises(Refusal):
        command(line)


def test_every_verb_is_its_own_command():
    for verb in VERBS:
        assert command(verb.replace("_", " ")).verb == verb
