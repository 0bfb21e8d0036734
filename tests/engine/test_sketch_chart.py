"""Chords that the user wrote: read strictly, laid on the grid, played by everybody."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.values import Change, Music
from engine.sketch.chart import key_of_chart, lay_chart, read_chart
from engine.sketch.grid import Grid
from engine.sketch.meter import Meter
from engine.sketch.theory import QUALITIES, Key, Named, chord_name
from tests.engine.sketch_work import RATE, generate, render, score

AM, F, C, G = Named(9, "min"), Named(5, "maj"), Named(0, "maj"), Named(7, "maj")


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("", ()),
        ("Am F C G", ((AM,), (F,), (C,), (G,))),
        ("Am, F, C, G", ((AM,), (F,), (C,), (G,))),
        ("| Am | F G | % | C . . G |", ((AM,), (F, G), (F, G), (C, C, C, G))),
        ("C/E | F#m7b5 | Bb13 | Ab(add9) | Csus4", (
            (Named(0, "maj", 4),), (Named(6, "m7b5"),), (Named(10, "13"),), (Named(8, "add9"),), (Named(0, "sus4"),))),
        ("D♭Δ7 E♭ø", ((Named(1, "maj7"),), (Named(3, "m7b5"),))),
        ("Am | . F |", ((AM,), (AM, F))),
    ],
)  # fmt: skip
def test_charts_are_read(text: str, bars: tuple[tuple[Named, ...], ...]) -> None:
    assert read_chart(text) == bars


@pytest.mark.parametrize("text", ["H7", "Am F Cx G", "% Am", ". Am | F", "am", "C/H", "Am7b13#11", "| % |", "12"])
def test_what_is_no_chord_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_chart(text)
    assert "Write chords like" in refusal.value.problem.hint


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        chart = read_chart(text)
    except BadRequest:
        return
    assert all(name.quality in QUALITIES for bar in chart for name in bar)


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(6, 8), Meter(5, 4)])
@pytest.mark.parametrize("text", ["Am F C G", "Am F | C . . G | % | Am F C", "Am | F . . . . G"])
def test_chords_fill_their_bars_without_gap(meter: Meter, text: str) -> None:
    grid = Grid(120.0, meter, 0.0, RATE)
    chords = lay_chart(read_chart(text), grid, range(2, 9))
    assert chords[0].start == grid.line(2)
    for one, other in pairwise(chords):
        assert one.length > 0
        assert one.start + one.length == pytest.approx(other.start)
    assert chords[-1].start + chords[-1].length == pytest.approx(grid.line(9))
    lines = {round(chord.start, 6) for chord in chords}
    assert all(round(grid.line(bar), 6) in lines for bar in range(2, 9))


@pytest.mark.parametrize(
    ("text", "key"),
    [("Am F C G", "C major"), ("Am Dm E7 Am", "A minor"), ("D A Bm G", "D major"), ("Cm Ab Eb Bb", "Eb major"),
     ("F#m D A E", "A major"), ("Em C D Em", "E minor")],
)  # fmt: skip
def test_the_key_is_that_of_the_chords(text: str, key: str) -> None:
    found = key_of_chart(read_chart(text)).name
    relatives = {"C major": "A minor", "Eb major": "C minor", "A major": "F# minor"}
    assert found in (key, relatives.get(key))


@pytest.mark.parametrize("changes", [(), (Change(at=3 * RATE, bpm=90.0), Change(at=6 * RATE, meter="3/4"))])
@pytest.mark.parametrize("tags", ["pop", "jazz", "lofi", "techno", "metal"])
def test_everybody_plays_the_chords(tags: str, changes: tuple[Change, ...]) -> None:
    """Bass and chords have nothing but chord tones and steps between them on the beat where a chord begins."""
    music = Music(bpm=120.0, chords="Am/C | F G | E7 | Dm7 . . G7", changes=changes)
    found = score(render(generate(tags, 12, music)))
    grid = found.plan.grid
    names = [(chord.root, chord.quality, chord.bass) for chord in found.chords[:6]]
    assert names == [(9, "min", 0), (5, "maj", -1), (7, "maj", -1), (4, "7", -1), (2, "min7", -1), (7, "7", -1)]
    for part in found.parts:
        if part.role not in ("bass", "keys", "pad", "guitar", "strings"):
            continue
        for chord in found.chords:
            tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]} | {chord.bass % 12}
            if part.instrument == "distorted guitar":
                tones |= {(chord.root + 7) % 12}
            near = 0.02 * grid.bpm_at(chord.start) / 60
            begun = [note for note in part.notes if abs(note.start - chord.start) < near]
            assert {note.pitch % 12 for note in begun} <= tones | {chord.root}, (part.role, chord)
            if part.role == "bass" and begun and chord.bass >= 0:
                assert {note.pitch % 12 for note in begun} == {chord.bass}


def test_a_chart_that_is_none_fails_before_a_note_is_played() -> None:
    with pytest.raises(BadRequest, match="'Hm' is not a chord"):
        render(generate("pop", 8, Music(bpm=120.0, chords="Hm F C G")))


def test_a_take_names_its_chords_with_their_basses() -> None:
    (line,) = [
        note for note in render(generate("pop", 8, Music(chords="Am/C | F G/B", bpm=120))).notes if "chords:" in note
    ]
    assert line.endswith("chords: Am/C F G/B")


@pytest.mark.parametrize(("key", "name"), [("minor", "Bb/Db"), ("major", "A#/C#")])
def test_chords_are_spelled_as_the_key_is(key: str, name: str) -> None:
    """F minor has flats, B major sharps."""
    assert chord_name(10, "maj", Key(5 if key == "minor" else 11, key), 1) == name
