"""The song that takes keep: edits start from it, and what is edited elsewhere stays note for note (P10)."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import numpy as np
import pytest

from bridge_server.protocol.values import Change, Music
from engine.sketch import midi
from engine.sketch.earlier import find_earlier, song_of
from engine.sketch.score import Part, Score, Song, from_latents
from engine.work import Rendering
from tests.engine.sketch_scores import notes_of, written
from tests.engine.sketch_work import RATE, extend, generate, mix, render, repaint, retake, score, silence

MUSIC = Music(bpm=120.0, key="C major")
TAGS = "pop, piano, bass, drums, flute, no guitar, no pad"
WINDOWS = [(4, 6), (20, 24), (7, 8), (21, 23), (4.5, 6.5), (12.3, 14.1), (22, 24), (5, 7), (13, 15), (4, 8)]
"""Ten edits, in seconds, some over others; the first four seconds and 16 … 20 are never among them."""
UNTOUCHED = [(0, 4), (8, 12), (16, 20)]


def placed(take: Rendering, start: float) -> dict[str, Any]:
    """Latents as the bridge hands them on, the take lying `start` seconds into the file."""
    return {**take.latents, "hull_start": np.array(start * RATE)}


def inside(song: Song, start: float, end: float) -> list[tuple[str, Any]]:
    grid = song.grid
    return [
        (part.role, note) for part in song.parts for note in part.notes
        if start * RATE <= grid.sample(note.start) < end * RATE
    ]  # fmt: skip


def midi_hash(song: Song, start: float, end: float) -> str:
    """Of the files that would be written for a stretch of the song."""
    first = written(generate(TAGS, 24, MUSIC))
    window = (round(start * RATE), round(end * RATE))
    plan = msgspec.structs.replace(first.plan, grid=song.grid, windows=(window,), samples=window[1])
    parts = tuple(Part(part.role, part.instrument, part.notes) for part in song.parts)
    whole = hashlib.sha256()
    for role, files in midi.files(msgspec.structs.replace(first, plan=plan, parts=parts)).items():
        whole.update(role.encode() + b"".join(files))
    return whole.hexdigest()


def test_ten_edits_elsewhere_change_nothing() -> None:
    first = render(generate(TAGS, 24, MUSIC), 5)
    file = mix(first)
    original, untouched = file.copy(), song_of(score(first))
    latents = placed(first, 0)
    for number, (start, end) in enumerate(WINDOWS):
        take = render(repaint(file, start, end, latents=latents, music=MUSIC), 10 + number)
        low, high = round(start * RATE), round(end * RATE)
        file[:, low:high] = mix(take)
        latents = placed(take, start)
    last = song_of(score(take))
    for start, end in UNTOUCHED:
        low, high = round(start * RATE), round(end * RATE)
        assert (
            hashlib.sha256(file[:, low:high].tobytes()).digest()
            == hashlib.sha256(original[:, low:high].tobytes()).digest()
        )
        assert inside(last, start, end - 0.1) == inside(untouched, start, end - 0.1)
    assert midi_hash(last, 0, 3.9) == midi_hash(untouched, 0, 3.9)
    assert inside(last, 4, 8) != inside(untouched, 4, 8)
    assert (last.sections, last.start, last.throws) == (untouched.sections, 4 * RATE, untouched.throws)


def test_a_repaint_after_ten_others_starts_from_the_first_notes() -> None:
    """With strength near nothing the old notes come back, as if there had been no edits in between."""
    first = render(generate(TAGS, 24, MUSIC), 5)
    file, latents = mix(first), placed(first, 0)
    fresh = score(render(repaint(file, 16, 20, latents=latents, strength=1e-9, music=MUSIC), 3))
    for number, (start, end) in enumerate(WINDOWS[:5]):
        latents = placed(render(repaint(file, start, end, latents=latents, music=MUSIC), number), start)
    later = score(render(repaint(file, 16, 20, latents=latents, strength=1e-9, music=MUSIC), 3))
    assert later.parts == fresh.parts
    assert {part.role for part in later.parts} == {part.role for part in score(first).parts}
    old = [(role, note.pitch, note.velocity) for role, note in inside(song_of(score(first)), 16, 20)]
    new = [(part.role, note.pitch, note.velocity) for part in later.parts for note in part.notes if note.start > 0.01]
    assert set(new) <= set(old)
    assert len(new) > 0.9 * len(old)


def test_an_edit_is_found_again_by_the_next_one() -> None:
    first = render(generate(TAGS, 16, MUSIC), 5)
    file = mix(first)
    second = render(repaint(file, 4, 8, latents=placed(first, 0), music=MUSIC), 9)
    third = render(repaint(file, 10, 12, latents=placed(second, 4), music=MUSIC), 9)
    again = score(render(repaint(file, 4, 8, latents=placed(third, 10), strength=1e-9, music=MUSIC), 1))
    grid = again.plan.grid
    for part in score(second).parts:
        now = next(each for each in again.parts if each.role == part.role)
        assert [(grid.sample(note.start), note.pitch, note.velocity) for note in now.notes] == [
            (grid.sample(note.start), note.pitch, note.velocity) for note in part.notes
        ]


def test_a_chorus_that_is_repainted_stays_a_chorus() -> None:
    first = render(generate("pop", 64, MUSIC), 5)
    old = next(section for section in score(first).sections if section.name == "chorus")
    start = 2.0 * old.bar
    work = repaint(mix(first), start, start + 8, latents=placed(first, 0), music=MUSIC)
    new = written(work)
    assert [(section.name, section.energy) for section in new.sections] == [("chorus", old.energy)]


def test_an_extension_goes_on_with_grooves_motifs_and_hands() -> None:
    same = other = 0
    for seed in range(4):
        first = render(generate(f"{TAGS}, loop", 16, MUSIC), seed)
        context = np.concatenate([mix(first), silence(8)], axis=1)
        work = extend(context, 0, 8, music=MUSIC)
        going_on = with_latents(work, placed(first, 0))
        old = kicks(score(first), 0)
        same += kicks(written(going_on, 77), 0) == old
        other += kicks(written(work, 77), 0) == old
        new, song = written(going_on, 77), score(first)
        last, coming = notes_of(song, "lead")[-1], notes_of(new, "lead")[0]
        assert abs(last.pitch - coming.pitch) <= 9
        assert {part.instrument for part in new.parts} == {part.instrument for part in song.parts}
    assert same == 4
    assert other < 4


def with_latents(work: Any, latents: dict[str, Any]) -> Any:
    """The same work with what the clip kept."""
    return type(work)(request=work.request, context=work.context, targets=work.targets, latents=latents)


def kicks(found: Score, bar: int) -> list[float]:
    line = found.plan.grid.line(bar)
    notes = [note for note in notes_of(found, "drums") if note.pitch == 36 and line <= note.start < line + 3.8]
    return [round(note.start * 4) / 4 for note in notes]


def test_an_extension_becomes_part_of_the_song() -> None:
    first = render(generate(f"{TAGS}, loop", 8, MUSIC), 2)
    context = np.concatenate([mix(first), silence(8)], axis=1)
    longer = render(with_latents(extend(context, 0, 8, music=MUSIC), placed(first, 0)), 3)
    song = song_of(score(longer))
    assert inside(song, 0, 8) == inside(song_of(score(first)), 0, 8)
    assert len(inside(song, 8, 16)) == sum(len(part.notes) for part in score(longer).parts)
    assert sum(section.bars for section in song.sections) == 8


def test_a_retake_of_a_repaint_keeps_the_song_around_it() -> None:
    first = render(generate(TAGS, 16, MUSIC), 5)
    work = repaint(mix(first), 4, 8, latents=placed(first, 0), music=MUSIC)
    second = render(work, 9)
    third = render(retake(work, 9, 0.6, placed(second, 4)), 21)
    for start, end in ((0, 3.9), (8, 16)):
        assert inside(song_of(score(third)), start, end) == inside(song_of(score(first)), start, end)
    assert inside(song_of(score(third)), 4, 8) != inside(song_of(score(second)), 4, 8)


@pytest.mark.parametrize("changes", [(), (Change(at=6 * RATE, bpm=90.0, meter="3/4"), Change(at=12 * RATE, bpm=150.0))])
def test_the_song_follows_changes_of_tempo_and_meter(changes: tuple[Change, ...]) -> None:
    music = Music(bpm=120.0, key="C major", changes=changes)
    first = render(generate(TAGS, 20, music), 5)
    song = song_of(score(first))
    take = render(repaint(mix(first), 8, 11, latents=placed(first, 0), music=Music(key="C major")), 9)
    after = song_of(score(take))
    for start, end in ((0, 7.9), (11, 20)):
        assert inside(after, start, end) == inside(song, start, end)
    new = {after.grid.sample(note.start) for _, note in inside(after, 8, 11)}
    own = score(take)
    assert new == {own.plan.grid.sample(note.start) + 8 * RATE for part in own.parts for note in part.notes}


def test_scores_of_older_rules_are_still_read() -> None:
    """What rules 1 wrote had no feel, no sections by name and no song."""
    kept = score(render(generate("pop", 4, MUSIC)))
    plain = msgspec.json.decode(msgspec.json.encode(kept))
    newer = (
        "time_feel",
        "section",
        "number",
        "blocks",
        "known",
        "onward",
        "singing",
        "before",
        "ground",
        "chart",
        "words",
    )
    for name in newer:
        plain["plan"].pop(name, None)
    for name in ("song", "vocal"):
        plain.pop(name, None)
    plain["rules"] = 1
    plain["sections"] = [{"name": "lift", "bar": 0, "bars": 2, "energy": 0.5}]
    old = from_latents({"score": np.frombuffer(msgspec.json.encode(plain), dtype=np.uint8)})
    assert old is not None
    work = repaint(silence(4), 1, 3, latents={**old.to_latents(), "hull_start": np.array(0.0)})
    earlier = find_earlier(old, work)
    assert earlier is not None
    assert written(work).sections[0].name == "lift"


def test_kept_scores_stay_small() -> None:
    first = render(generate(TAGS, 24, MUSIC), 5)
    latents, sizes = placed(first, 0), [score(first).to_latents()["score"].nbytes]
    for number in range(4):
        take = render(repaint(mix(first), 4, 8, latents=latents, music=MUSIC), number)
        latents = placed(take, 4)
        sizes.append(take.latents["score"].nbytes)
    assert max(sizes) < 3 * sizes[0]
    assert sizes[-1] < 1.2 * sizes[1]
