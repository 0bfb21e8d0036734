"""Form: what sections are called, how a piece is laid out, and what marks the places where one hands over."""

from __future__ import annotations

import numpy as np
import pytest

from bridge_server.protocol.requests import Generate
from bridge_server.protocol.values import Music
from engine.sketch.form import SHAPES
from engine.sketch.score import Score, Section
from engine.sketch.section_names import KINDS, Block, read_blocks, read_section
from engine.sketch.styles import STYLES
from engine.sketch.synth.percussion import CRASH, HIGH_TOM, KICK, LOW_TOM, MID_TOM, SNARE
from engine.work import Work
from tests.engine.sketch_scores import notes_of, piece, said, written
from tests.engine.sketch_work import extend, generate, mix, render, repaint, silence, span

TOMS = {HIGH_TOM, MID_TOM, LOW_TOM}
POP = Music(bpm=120.0, key="C major")


def named(score: Score, *names: str) -> list[Section]:
    return [section for section in score.sections if section.name in names]


def struck(score: Score, section: Section, *pitches: int) -> int:
    grid = score.plan.grid
    start, end = grid.line(section.bar) - 0.01, grid.line(section.bar + section.bars) - 0.01
    return sum(start <= note.start < end and note.pitch in pitches for note in notes_of(score, "drums"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Verse 1", ("verse", 1)), ("VERSE", ("verse", 0)), ("[Chorus]", ("chorus", 0)), ("2nd verse", ("verse", 0)),
        ("Pre-Chorus", ("lift", 0)), ("prechorus 2", ("lift", 2)), ("Drop", ("drop", 0)), ("Drop 2", ("drop", 2)),
        ("Final Chorus", ("chorus", 9)), ("Strophe 2", ("verse", 2)), ("Estribillo", ("chorus", 0)),
        ("Refrão", ("chorus", 0)), ("Куплет 1", ("verse", 1)), ("Припев", ("chorus", 0)), ("サビ", ("chorus", 0)),
        ("Aメロ", ("verse", 0)), ("副歌", ("chorus", 0)), ("후렴", ("chorus", 0)), ("Brücke", ("bridge", 0)),
        ("Guitar Solo", ("solo", 0)), ("sax solo", ("solo", 0)), ("Outro", ("outro", 0)), ("Breakdown", ("break", 0)),
        ("Build-Up", ("lift", 0)), ("Verse 2: Anna", ("verse", 2)), ("Chorus (x2)", ("chorus", 0)),
        ("Part 17", ("", 0)), ("", ("", 0)), ("verses of love", ("", 0)), ("chorus" * 100, ("", 0)),
    ],
)  # fmt: skip
def test_names_of_sections_are_read(name: str, expected: tuple[str, int]) -> None:
    assert read_section(name)[0] == expected[0]
    if expected[1]:
        assert read_section(name) == expected


def test_sections_of_lyrics_are_read() -> None:
    lyrics = "[Intro]\n\n[Verse 1]\nOne line\nand another\n(yeah)\n\n[Chorus: all]\nHey\n"
    assert read_blocks(lyrics) == (Block("intro", 0, 0), Block("verse", 1, 2), Block("chorus", 0, 1))
    assert read_blocks("no headings\nat all") == ()
    assert read_blocks("words before\n[chorus]\nla")[0] == Block("", 0, 1)
    assert set(SHAPES) == set(KINDS)


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("seconds", [5, 23, 47, 120])
def test_sections_follow_each_other_without_gap(style: str, seconds: int) -> None:
    found = piece(style, seconds).sections
    at = found[0].bar
    for section in found:
        assert (section.bar, section.bars > 0) == (at, True)
        assert 0 < section.energy <= 1
        at += section.bars


def test_a_song_rises_to_its_chorus_and_a_club_track_to_its_drop() -> None:
    song, track = piece("pop", 128, 1, POP), piece("house", 128, 1, Music(bpm=124.0))
    assert [each.name for each in song.sections][:4] == ["intro", "verse", "lift", "chorus"]
    assert song.sections[-1].name == "ending"
    assert "bridge" in {each.name for each in song.sections}
    assert [each.name for each in track.sections][:4] == ["intro", "verse", "break", "drop"]
    for found, low, peak in ((song, "verse", "chorus"), (track, "break", "drop")):
        quiet, loud = named(found, low)[0], named(found, peak)[0]
        assert loud.energy > 1.2 * quiet.energy

        def force(section: Section, score: Score = found) -> float:
            grid = score.plan.grid
            lines = grid.line(section.bar), grid.line(section.bar + section.bars)
            notes = [note for part in score.parts for note in part.notes if lines[0] <= note.start < lines[1]]
            return sum(note.velocity for note in notes) / section.bars

        assert force(loud) > 1.1 * force(quiet)


def test_a_drop_comes_after_a_break_without_bass_drum_that_builds_up() -> None:
    found = piece("techno", 90, 1, Music(bpm=132.0))
    pause, drop = named(found, "break")[0], named(found, "drop")[0]
    assert drop.bar == pause.bar + pause.bars
    assert struck(found, pause, KICK) == 0
    assert struck(found, drop, KICK) >= 4 * drop.bars - 6
    grid = found.plan.grid
    line = grid.line(drop.bar)
    roll = [note for note in notes_of(found, "drums") if note.pitch == SNARE and line - 8 <= note.start < line]
    first, second = ([n for n in roll if low <= line - n.start < low + 4] for low in (4, 0))
    assert len(second) > 1.2 * len(first)
    assert np.mean([note.velocity for note in second]) > np.mean([note.velocity for note in first]) + 15
    assert not [note for note in notes_of(found, "drums") if line - 0.95 < note.start < line - 0.02], "holds its breath"
    assert any(note.pitch == CRASH and abs(note.start - line) < 1e-6 for note in notes_of(found, "drums"))


def test_fills_have_different_lengths_and_stand_where_sections_end() -> None:
    lengths = set()
    for seed in range(12):
        found = piece("rock", 96, seed, POP)
        for section in found.sections[1:]:
            line = found.plan.grid.line(section.bar)
            drums = [note for note in notes_of(found, "drums") if line - 4.05 < note.start < line - 0.02]
            toms = [note for note in drums if note.pitch in TOMS]
            if toms:
                hats = [note.start for note in drums if note.pitch == 42]
                lengths.add(round(line - max(hats, default=line - 4)))
    assert len(lengths) >= 3, lengths


@pytest.mark.parametrize(
    ("section", "kind"), [("Chorus", "chorus"), ("Bridge", "bridge"), ("Drop", "drop"), ("Break", "break")]
)
def test_a_section_of_the_project_plays_as_it_is_called(section: str, kind: str) -> None:
    usual = piece("pop", 16, 1, Music(bpm=120.0, section="Verse"))
    found = piece("pop", 16, 1, Music(bpm=120.0, section=section))
    assert {each.name for each in found.sections} == {kind}
    assert (found.sections[0].energy > usual.sections[0].energy) == (kind in ("chorus", "drop"))


def test_an_unknown_section_is_told() -> None:
    assert "section not known, played evenly: Zwölf" in said(generate("pop", 8, Music(section="Zwölf")))
    assert not [note for note in said(generate("pop", 8, Music(section="Verse 2"))) if "section" in note]


def test_sections_of_lyrics_become_the_form() -> None:
    lyrics = "[verse]\na\nb\nc\nd\n[chorus]\ne\nf\n[verse]\ng\nh\ni\nj\n[bridge]\n[chorus]\nk\nl"
    request = Generate(job="form-test", tags="pop", lyrics=lyrics, music=POP, span=span(0, 64))
    found = written(Work(request=request, context=silence(64), targets=(span(0, 64),)))
    words = [section for section in found.sections if section.block >= 0]
    assert [section.name for section in words] == ["verse", "chorus", "verse", "bridge", "chorus"]
    assert [section.block for section in words] == [0, 1, 2, 3, 4]
    assert words[0].bars > words[1].bars
    assert sum(section.bars for section in found.sections) == 32
    assert (found.sections[0].name, found.sections[-1].name) == ("intro", "ending")


def test_more_sections_than_bars_are_as_many_as_fit() -> None:
    request = Generate(job="form-test", tags="pop", lyrics="[verse]\na\n" * 60, music=POP, span=span(0, 6))
    found = written(Work(request=request, context=silence(6), targets=(span(0, 6),)))
    assert [section.bars for section in found.sections] == [1, 1, 1]


def test_a_repaint_leads_back_into_what_follows() -> None:
    """The last bar before music that goes on has a short fill, and the bass steps to the root that comes."""
    first = render(generate("rock, loop", 24, Music(bpm=120.0, key="G major")), 6)
    music = Music(bpm=120.0, key="G major")
    steps, fills = [], 0
    for seed in range(6):
        back = written(repaint(mix(first), 8, 16, "rock", music=music), seed)
        grid = back.plan.grid
        assert back.plan.onward == (back.plan.samples,)
        line = grid.beat(back.plan.samples)
        assert abs(line - 16) < 1e-6
        last = notes_of(back, "bass")[-1]
        coming = next(chord.root for chord in back.plan.heard if abs(chord.start - line) < 0.1)
        steps.append(min((last.pitch - coming) % 12, (coming - last.pitch) % 12))
        fills += any(note.pitch in TOMS | {SNARE} and 0 < line - note.start < 0.6 for note in notes_of(back, "drums"))
    assert np.mean(np.array(steps) <= 2) > 0.8
    assert fills >= 5


def test_an_ending_into_silence_does_not_lead_anywhere() -> None:
    context = np.concatenate([mix(render(generate("pop, loop", 8, POP))), silence(8)], axis=1)
    assert written(extend(context, 0, 8, "pop", music=POP)).plan.onward == ()
    both = np.concatenate([silence(4), context[:, : 8 * 48_000], silence(4)], axis=1)
    assert written(extend(both, 4, 4, "pop", music=POP)).plan.onward == (4 * 48_000,)


def test_melodies_lead_into_the_next_section() -> None:
    """Short notes before a section in which the lead begins: an upbeat out of the intro."""
    upbeats = 0
    for seed in range(8):
        found = piece("pop, flute", 64, seed, POP)
        verse = named(found, "verse")[0]
        line = found.plan.grid.line(verse.bar)
        upbeats += any(line - 1.1 < note.start < line - 0.1 for note in notes_of(found, "lead"))
    assert upbeats >= 4
