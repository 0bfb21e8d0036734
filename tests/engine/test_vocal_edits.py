"""Editing sung takes: `only_lyrics` changes the words and nothing else; `remix` changes everything else."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from bridge_server.protocol.errors import Unsupported
from engine.backends.sketch import SketchBackend
from engine.watch import Watch
from engine.work import Rendering
from tests.engine.sketch_work import RATE, generate, mix, power, render, repaint, retake, score
from tests.engine.vocal_work import LYRICS, OTHER, edited, melody_line, needs_voice, sung, vocal_layer, vocal_of

pytestmark = needs_voice


def digests(take: Rendering) -> dict[str, str]:
    return {role: hashlib.sha256(stem.tobytes()).hexdigest() for role, stem in take.stems.items()}


@pytest.fixture(scope="module")
def take() -> Rendering:
    return render(sung(LYRICS, 16), 3)


def test_only_the_words_change(take: Rendering) -> None:
    first = take
    for seed, lyrics in ((3, OTHER), (8, "Oh\nOh\nOh\nOh"), (9, OTHER)):
        work = edited(take, mix(take), lyrics, "only_lyrics")
        new = next(SketchBackend().render(work, [seed], Watch()))
        before, after = digests(first), digests(new)
        assert before.keys() == after.keys()
        assert {role for role in before if before[role] != after[role]} == {"vocals"}
        assert melody_line(vocal_of(new)) == melody_line(vocal_of(first))
        assert score(new).parts == score(first).parts
        assert score(new).chords == score(first).chords
        assert power(new.stems["vocals"]) > 0.01
        take = new


def test_the_same_words_are_the_same_vocal(take: Rendering) -> None:
    new = render(edited(take, mix(take), LYRICS, "only_lyrics"), vocal_of(take).seed)
    assert np.array_equal(new.stems["vocals"], take.stems["vocals"])
    other = render(edited(take, mix(take), LYRICS, "only_lyrics"), 4)
    assert not np.array_equal(other.stems["vocals"], take.stems["vocals"])


def test_a_part_of_a_take_and_then_another_part(take: Rendering) -> None:
    start, end = 7.0, 16.0
    part = render(edited(take, mix(take), "Let it snow\nLet it fall", "only_lyrics", start=start, end=end), 3)
    low, high = round(start * RATE), round(end * RATE)
    for role, stem in part.stems.items():
        if role != "vocals":
            assert np.array_equal(stem, take.stems[role][:, low:high])
    again = {**part.latents, "hull_start": np.array(start * RATE)}
    back = render(edited(take, mix(take), "Home again", "only_lyrics", start=8.0, end=16.0, latents=again), 3)
    assert np.array_equal(back.stems["drums"], take.stems["drums"][:, 8 * RATE :])


def test_what_has_no_melody_is_refused(take: Rendering) -> None:
    silent = render(generate("pop, 120 bpm", 8))
    audio = mix(silent)
    for work, said in (
        (edited(silent, audio, OTHER, "only_lyrics", latents={}), "keeps no score"),
        (edited(silent, audio, OTHER, "only_lyrics"), "Nothing is sung"),
        (edited(take, mix(take), "", "only_lyrics"), "no words"),
        (edited(take, mix(take), OTHER, "only_lyrics", start=0.0, end=0.2), "Nothing begins"),
    ):
        with pytest.raises(Unsupported, match=said) as refusal:
            render(work)
        assert refusal.value.hint


def test_words_can_be_edited_after_a_repaint_without_words(take: Rendering) -> None:
    """The melody that was sung there comes back, over the band that the repaint put in its place."""
    start, end = 4.0, 12.0
    silent = render(repaint(mix(take), start, end, "rock", latents={**take.latents, "hull_start": np.array(0.0)}), 5)
    assert "vocals" not in silent.stems
    kept = {**silent.latents, "hull_start": np.array(start * RATE)}
    work = edited(
        silent, mix(take), "Let it snow\nLet it fall\nLet it go", "only_lyrics", start=start, end=end, latents=kept
    )
    new = render(work, 3)
    assert score(new).parts == score(silent).parts
    assert power(new.stems["vocals"]) > 0.01

    def heard(take: Rendering, first: float) -> set[tuple[int, int]]:
        """(milliseconds of the song, key) of each note that a phrase which begins in the range holds."""
        grid, vocal = score(take).plan.grid, vocal_of(take)
        at = [first + grid.sample(note.start) / RATE for note in vocal.notes]
        begins = {each.line: now for now, each in reversed(list(zip(at, vocal.sung, strict=True)))}
        notes = zip(at, vocal.notes, vocal.sung, strict=True)
        return {(round(100 * now), note.pitch) for now, note, each in notes if start <= begins[each.line] and now < end}

    assert heard(new, start) >= heard(take, 0.0) != set()
    for role, stem in new.stems.items():
        if role != "vocals":
            # The same sounds; only what holds the peaks back differs, since the voice needs room.
            assert np.corrcoef(stem.ravel(), silent.stems[role].ravel())[0, 1] > 0.97
    # Once more, from the take that sings again.
    again = {**new.latents, "hull_start": np.array(start * RATE)}
    other = render(edited(new, mix(take), OTHER, "only_lyrics", start=start, end=end, latents=again), 3)
    assert melody_line(vocal_of(other)) == melody_line(vocal_of(new))


def test_a_song_keeps_what_is_sung_around_an_edit(take: Rendering) -> None:
    latents = {**take.latents, "hull_start": np.array(0.0)}
    work = repaint(mix(take), 4.0, 8.0, "rock", lyrics="Another line", language="en", latents=latents)
    song = score(render(work, 5)).song
    assert song is not None and song.vocal is not None
    texts = [song.vocal.words.lines[number].text for number in dict.fromkeys(each.line for each in song.vocal.sung)]
    assert "Another line" in texts
    assert len(texts) >= 3
    assert list(song.vocal.notes) == sorted(song.vocal.notes)


def test_lines_that_find_no_melody_are_told(take: Rendering) -> None:
    many = render(edited(take, mix(take), "\n".join(["one more line"] * 9), "only_lyrics"))
    assert any("found no melody" in note for note in many.notes)
    few = render(edited(take, mix(take), "just one", "only_lyrics"))
    assert any("were given no words" in note for note in few.notes)


def test_a_remix_is_the_same_song_in_other_clothes(take: Rendering) -> None:
    new = render(edited(take, mix(take), "", "remix", tags="ambient, piano"), 4)
    assert score(new).plan.style == "ambient"
    assert vocal_of(new) == vocal_of(take)
    assert score(new).key == score(take).key
    assert score(new).plan.grid == score(take).plan.grid
    assert {part.instrument for part in score(new).parts} != {part.instrument for part in score(take).parts}
    worded = render(edited(take, mix(take), OTHER, "remix", tags="techno"), 4)
    assert melody_line(vocal_of(worded)) == melody_line(vocal_of(take))


def test_a_remix_of_other_music_says_what_it_kept() -> None:
    first = render(generate("pop, 120 bpm, C major", 8))
    new = render(edited(first, mix(first), "", "remix", tags="jazz", latents={}), 4)
    assert score(new).plan.style == "jazz"
    assert any("no melody" in note for note in new.notes)


@pytest.mark.parametrize("role", ["vocals", "female vocals", "singer"])
def test_a_layer_sings_over_the_other_tracks(role: str) -> None:
    band = mix(render(generate("pop, 120 bpm, A minor", 8)))
    new = render(vocal_layer(band, "Take me home\nUnder the moon", role))
    assert vocal_of(new).words.voice == ("high" if role == "female vocals" else "middle")
    assert set(new.stems) == {"vocals"}
    assert power(new.stems["vocals"]) > 0.003
    with pytest.raises(Unsupported, match="no words"):
        render(vocal_layer(band, "", role))


def test_a_retake_varies_the_melody_and_keeps_the_words() -> None:
    work = sung(LYRICS, 12)
    first = render(work, 3)
    same, other = (render(retake(work, 3, variance, dict(first.latents)), 9) for variance in (0.0, 1.0))
    assert vocal_of(same) == vocal_of(first)
    assert vocal_of(other).words == vocal_of(first).words
    assert vocal_of(other).notes != vocal_of(first).notes
