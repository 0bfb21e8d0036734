"""Notes of a take as MIDI items: beside the audio, at its sample, in the same undo step, chosen with their variant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed, names

MakeSong = Callable[..., Song]
FORM = ("lofi", "", "1", "2", "7", "", "")
ROLES = ("drums", "bass")


def drop(song: Song, stems: str = "no", midi: str = "yes", **how: Any) -> Any:
    request = song.ask(*FORM, "no", stems, midi)
    song.desk.accept(request.job)
    song.desk.done(request, **{"notes": ROLES, **how})
    song.studio.finish()
    return request


def depths(song: Song) -> list[int]:
    return [track.info.I_FOLDERDEPTH for track in listed(song.project.tracks)]


def files(song: Song, track: int) -> list[str]:
    return [Path(item.takes[1].source.path).name.rsplit("-", 1)[1] for item in items_of(song.project.tracks[track])]


def sounding(song: Song, track: int) -> list[int]:
    return [lane for lane, plays in dict(song.project.tracks[track].lane_plays).items() if plays]


def test_notes_lie_below_the_audio_in_a_folder_with_a_track_for_each_instrument(song: Song):
    drop(song)
    assert names(song.project) == ["Voice", "Voice – variants", "Voice – notes", "drums", "bass"]
    assert depths(song) == [0, 0, 1, 0, -1]
    assert files(song, 4) == ["drums.mid"] * 2
    for track in (2, 4, 5):
        found = [(item.info.D_POSITION, item.info.D_LENGTH) for item in items_of(song.project.tracks[track])]
        assert found == [(4.0, 4.0)] * 2, "as long as the audio: a MIDI file counts its length in beats"
    drums = items_of(song.project.tracks[4])
    assert [item.takes[1].text.P_NAME for item in drums] == [f"Repaint {n} · drums, notes" for n in (1, 2)]
    assert {item.info.B_LOOPSRC for item in drums} == {0}
    assert listed(song.studio.world.unguarded) == []


def test_one_undo_takes_notes_and_audio_away(song: Song):
    drop(song)
    assert len(listed(song.project.undo)) == 1
    song.studio.world.undo(song.project)
    assert names(song.project) == ["Voice"]


def test_notes_are_laid_beside_stems_too(make_song: MakeSong):
    song = make_song(track={"I_FOLDERDEPTH": -1})
    song.studio.track(song.project, 1, P_NAME="Band", I_FOLDERDEPTH=1)
    song.studio.track(song.project, P_NAME="Other")
    drop(song, stems="yes", roles=ROLES)
    assert names(song.project) == [
        "Band", "Voice", "Voice – stems", "drums", "bass", "Voice – notes", "drums", "bass", "Other",
    ]  # fmt: skip
    assert sum(depths(song)) == 0
    assert depths(song)[-1] == 0, "the next track is in no folder of ours"
    assert (files(song, 4), files(song, 7)) == (["drums.wav"] * 2, ["drums.mid"] * 2)


def test_they_begin_where_their_first_tick_belongs(song: Song):
    request = song.ask(*FORM, "no", "no", "yes")
    (first, *_) = song.desk.takes(request, notes=("drums",))
    (part,) = first.parts
    late = replace(part.midi[0], timeline=part.timeline + 24_000)
    song.desk.accept(request.job)
    song.desk.done_with(request, (replace(first, parts=(replace(part, midi=(late,)),)),))
    song.studio.finish()
    (item,) = items_of(song.project.tracks[4])
    assert (item.info.D_POSITION, item.info.D_LENGTH) == (4.5, 3.5)


def test_they_are_chosen_and_discarded_with_their_variant(song: Song):
    drop(song)
    items_of(song.project.tracks[2])[0].is_selected = True
    song.item.is_selected = False
    song.studio.act("Choose next variant")
    assert [sounding(song, track) for track in (2, 4, 5)] == [[1], [1], [1]]
    song.studio.act("Discard result")
    assert [len(items_of(song.project.tracks[track])) for track in (1, 2, 4, 5)] == [1, 0, 0, 0]


def test_without_the_wish_there_are_none(song: Song):
    drop(song, midi="no")
    assert names(song.project) == ["Voice", "Voice – variants"]


def test_a_backend_that_knows_no_notes_leaves_the_audio(song: Song):
    drop(song, notes=())
    assert names(song.project) == ["Voice", "Voice – variants"]


def test_notes_that_cannot_be_read_do_not_keep_the_audio_away(song: Song):
    request = song.ask(*FORM, "no", "no", "yes")
    takes = song.desk.takes(request, notes=ROLES)
    for take in takes:
        Path(take.parts[0].midi[0].path).write_bytes(b"no notes")
    song.desk.accept(request.job)
    song.desk.done_with(request, takes)
    song.studio.finish()
    assert names(song.project) == ["Voice", "Voice – variants", "Voice – notes", "bass"]
    assert "notes.unreadable" in (song.studio.resource / "Dawbridge" / "script.log").read_text()


def test_a_layer_says_nothing_about_notes_of_ours(song: Song):
    drop(song)
    layer = song.do("Add layer to time selection", "bass", "", "", "1", "7")
    assert len(layer.sources) == 2, "the voice, and the variant that plays"
    assert "MIDI" not in song.studio.text


def test_on_reaper_6_they_are_not_offered(make_song: MakeSong):
    song = make_song(version="6.80")
    request = song.ask(*FORM)
    captions = listed(listed(song.studio.world.forms)[-1].captions)
    assert not any("MIDI" in caption for caption in captions)
    assert request.job
