"""Words of the guide vocal: lyrics read, syllables by their sound, languages, and a melody that fits their stress."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import pytest

from bridge_server.protocol.errors import BridgeError, Unsupported
from bridge_server.protocol.values import Music
from engine.backends import guide_vocal
from engine.backends.guide_vocal import GuideVocal
from engine.backends.sketch import SketchBackend
from engine.sketch.midi import files
from engine.sketch.theory import QUALITIES
from engine.sketch.voice.espeak import PATH_VARIABLE, Espeak, Voice, find_program
from engine.sketch.voice.languages import VOICES
from engine.sketch.voice.lyrics import read_lyrics, spoken_text
from engine.sketch.voice.phonemes import Phoneme, parse
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.rewording import reworded
from engine.sketch.voice.syllables import syllables_of
from engine.sketch.voice.voices import SINGERS
from engine.watch import Watch
from tests.engine.sketch_work import generate, render, score
from tests.engine.vocal_work import LYRICS, melody_line, needs_voice, sung, vocal_of

SPOKEN = {
    "en": ("Hello my shadow in the morning", 9), "de": ("Guten Morgen mein Schatten", 7),
    "fr": ("une chanson avec nous", 6), "es": ("Hola mi corazón canta bajo la luna llena", 15),
    "it": ("canta sotto la luna", 7), "pt": ("meu coração canta", 6), "pl": ("moje serce śpiewa", 6),
    "tr": ("merhaba kalbim", 5), "ru": ("сердце поёт под луной", 7), "cs": ("moje srdce zpívá", 6),
    "nl": ("mijn hart zingt onder de maan", 7), "ar": ("صباح", 2), "zh": ("你好我的影子", 6),
    "ja": ("わたし うたう", 6),
    "hu": ("szívem énekel", 5), "ko": ("나의 그림자", 6), "hi": ("नमस्ते मेरी छाया", 7),
    "sv": ("god morgon mitt hjärta", 6), "fi": ("hyvää huomenta", 5),
}  # fmt: skip
"""A line in each language and how many syllables its speakers count in it."""


def words(text: str, language: str = "en", tags: str = ""):  # type: ignore[no-untyped-def]
    return GuideVocal().words(text, language, tags, Watch())[0]


def plain(lyrics: str, language: str = "en"):  # type: ignore[no-untyped-def]
    return read_lyrics(lyrics, language, lambda lines, song: [song or "en"] * len(lines), lambda line, code: line)


def test_headings_become_sections_and_everything_else_is_sung() -> None:
    lines = plain("[Verse 1]\nHello 😀 darkness, my «old» friend\n\n(Chorus)\n(oh yeah)\n[???]\nlet's go!\n♪♪♪")
    assert [(line.text, line.section, line.block) for line in lines] == [
        ("Hello darkness my old friend", "verse", 0),
        ("oh yeah", "chorus", 1),
        ("let's go", "chorus", 1),
    ]


def test_a_line_may_begin_with_its_own_language() -> None:
    lines = plain("[verse]\nHello there\n[de] Guten Morgen\n[FR-fr] Bonjour\n[de]\n[xx] hi")
    assert [(line.text, line.language) for line in lines] == [
        ("Hello there", "en"),
        ("Guten Morgen", "de"),
        ("Bonjour", "fr"),
        ("hi", "en"),
    ]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("-v --help", "v help"), ("[[h@l'oU]] <break/>", "h l'oU break"), ("rock'n'roll 24/7", "rock'n'roll 24 7"),
        ("a\x00b\u202ec", "a b c"), ("e\u0301te\u0301", "été"), ("🎤 💃🏽", ""),
    ],
)  # fmt: skip
def test_nothing_that_espeak_would_obey_reaches_it(written: str, spoken: str) -> None:
    assert spoken_text(written) == spoken


def test_a_language_or_script_that_is_not_sung_is_refused() -> None:
    with pytest.raises(Unsupported, match="does not sing in 'xx'") as refusal:
        plain("la", "xx")
    assert "English" in refusal.value.hint
    with pytest.raises(Unsupported, match="cannot read") as refusal:
        plain("ᚠᚢᚦ", "en")
    assert refusal.value.hint


def test_lines_in_other_scripts_are_sung_in_their_own_language() -> None:
    assert [line.language for line in plain("Hello\nПривет\n안녕", "")] == ["en", "ru", "ko"]


def test_syllables_take_the_longest_onset_that_a_word_could_begin_with() -> None:
    def sounds(*ipa: str) -> tuple[Phoneme, ...]:
        return tuple(Phoneme(each, each) for each in ipa)

    found = syllables_of(
        (sounds("p", "a", "t", "r", "a"), sounds("v"), sounds("a", "n", "t", "o", "l̩")), "patra v antol"
    )
    shapes = [(len(each.onset), each.nucleus.sound, len(each.coda)) for each in found]
    assert shapes == [(1, 1, 0), (2, 4, 0), (1, 0, 1), (1, 3, 0), (0, 4, 0)]
    assert found[2].onset[0].word == 1, "a word without a vowel joins the one after it"
    assert "".join(each.text for each in found).replace("-", "").startswith("patra")


@needs_voice
@pytest.mark.parametrize("language", list(SPOKEN))
def test_syllables_of_a_language(language: str) -> None:
    text, count = SPOKEN[language]
    (line,) = words(text, language).lines
    assert abs(len(line.syllables) - count) <= (1 if language in ("ja", "ko", "ru", "fr", "hi", "ar") else 0)
    assert any(stress for _, stress in line.syllables)


@needs_voice
def test_kanji_are_sung_as_they_are_spoken() -> None:
    pytest.importorskip("cutlet")
    (kanji,) = words("夜空の星は遠い", "ja").lines
    (kana,) = words("ヨゾラ ノ ホシ ワ トーイ", "ja").lines
    assert kanji.syllables == kana.syllables


@needs_voice
def test_every_voice_is_one_of_espeak() -> None:
    program = find_program()
    assert program is not None
    for language, voice in VOICES.items():
        assert parse(Espeak(program).read("la", voice)).words, language


@needs_voice
def test_stress_is_heard_not_spelled() -> None:
    (line,) = words("the record we record again").lines
    stress = [strength for _, strength in line.syllables]
    assert stress[0] == 0
    assert max(stress) == 2


@needs_voice
def test_stress_meets_the_beat_and_line_ends_meet_the_chord() -> None:
    strong, weak, ends = [], [], []
    for seed in range(4):
        found = score(render(sung(LYRICS, 20), seed))
        vocal, grid = found.vocal, found.plan.grid
        assert vocal is not None
        for note, syllable in zip(vocal.notes, vocal.sung, strict=True):
            stress = vocal.words.lines[syllable.line].syllables[syllable.syllable][1]
            inside = note.start - grid.line(grid.bar_of(note.start + 0.01))
            (strong if stress else weak).append(abs(inside - round(inside)) < 0.01)
            if syllable.syllable + 1 == len(vocal.words.lines[syllable.line].syllables):
                chord = next(each for each in reversed(found.chords) if each.start <= note.start + 1e-6)
                ends.append(note.pitch % 12 in {(chord.root + step) % 12 for step in QUALITIES[chord.quality]})
    assert np.mean(strong) > np.mean(weak) + 0.1
    assert all(ends)


@needs_voice
@pytest.mark.parametrize("tags", ["pop, male vocals", "pop", "pop, female vocals"])
def test_a_melody_stays_in_the_range_of_its_voice_and_breathes(tags: str) -> None:
    found = score(render(sung(LYRICS, 20, tags)))
    vocal = found.vocal
    assert vocal is not None
    singer = SINGERS[vocal.words.voice]
    assert all(singer.low <= note.pitch <= singer.high for note in vocal.notes)
    grid = found.plan.grid
    pairs = list(zip(vocal.notes, vocal.sung, vocal.notes[1:], vocal.sung[1:], strict=False))
    gaps = [
        grid.seconds(after.start) - grid.seconds(note.start + note.length)
        for note, syllable, after, later in pairs
        if syllable.line != later.line
    ]
    assert min(gaps) > 0.15
    leaps = [abs(after.pitch - note.pitch) for note, syllable, after, later in pairs if syllable.line == later.line]
    assert max(leaps) <= 12
    assert np.mean(leaps) < 5


@needs_voice
def test_lines_of_one_shape_come_back_to_one_motif() -> None:
    found = score(
        render(sung("[verse]\nTake me home\nUnder the moon\nTake me home\nUnder the sun", 26, "pop, 120 bpm, C major"))
    )
    vocal, grid = found.vocal, found.plan.grid
    assert vocal is not None
    shapes = []
    for line in range(4):
        notes = [note for note, syllable in zip(vocal.notes, vocal.sung, strict=True) if syllable.line == line]
        first = grid.line(grid.bar_of(notes[0].start + 0.01))
        shapes.append([round(note.start - first, 2) for note in notes])
    assert shapes[0] == shapes[2]


@needs_voice
@pytest.mark.parametrize("bpm", [60.0, 190.0])
def test_five_hundred_syllables_in_one_bar(bpm: float) -> None:
    take = render(sung("la " * 500, 240 / bpm, f"pop, {bpm:g} bpm"))
    vocal = vocal_of(take)
    assert 5 < len(vocal.notes) < 60
    assert any("found no room" in note for note in take.notes)
    assert min(note.length for note in vocal.notes) > 0.05


@needs_voice
def test_a_word_without_end_and_a_line_of_emoji() -> None:
    assert vocal_of(render(sung("la" * 200, 6))).notes
    with pytest.raises(Unsupported, match="nothing to sing"):
        render(sung("😀 😀\n🎤", 4))


@needs_voice
def test_odd_meter_and_a_short_span() -> None:
    for work in (sung("one two three four", 4, music=Music(bpm=130.0, meter="7/8")), sung("oh", 0.6)):
        assert vocal_of(render(work)).notes


@needs_voice
def test_a_midi_file_has_the_words() -> None:
    found = score(render(sung(LYRICS, 16)))
    assert found.vocal is not None
    ((data),) = files(found)["vocals"]
    read = mido.MidiFile(file=BytesIO(data), charset="utf-8")
    texts = [message.text for message in read if message.type == "lyrics"]
    assert texts == [syllable.text for syllable in found.vocal.sung]
    assert sum(message.type == "note_on" for message in read) == len(found.vocal.notes)


@needs_voice
def test_other_words_keep_the_melody() -> None:
    found = score(render(sung(LYRICS, 20)))
    vocal, grid = found.vocal, found.plan.grid
    assert vocal is not None
    lines = {each.line for each in vocal.sung}
    for other in ("Oh\nOh\nOh\nOh", "\n".join(["a little lemonade upon the water yesterday evening"] * 4), LYRICS):
        new, left = reworded(vocal, words(other), grid, lines)
        assert left == 0
        assert melody_line(new) == melody_line(vocal)
        assert len(new.notes) >= len(vocal.notes)


def test_without_the_program_lyrics_are_refused_and_all_else_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    monkeypatch.setattr("engine.sketch.voice.espeak._USUAL", {})
    backend = SketchBackend()
    assert not backend.capabilities.lyrics
    assert not backend.capabilities.languages
    assert "vocals" not in backend.capabilities.roles
    with pytest.raises(Unsupported, match="espeak-ng") as refusal:
        next(backend.render(sung("la la", 2), [1], Watch()))
    assert all(way in refusal.value.hint for way in ("apt install", "brew install", "winget install"))
    assert next(backend.render(generate("pop", 1), [1], Watch())).stems


def test_without_pyworld_lyrics_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sketch.voice.world.is_installed", lambda: False)
    monkeypatch.setattr("engine.sketch.voice.espeak.find_program", lambda: Path("/espeak-ng"))
    assert not guide_vocal.is_ready()
    with pytest.raises(Unsupported, match="pyworld") as refusal:
        GuideVocal().studio()
    assert "dawbridge[voice]" in refusal.value.hint


def test_a_program_that_fails_or_is_none_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BridgeError) as refusal:
        Studio(tmp_path).read("la", "en")
    assert refusal.value.hint


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("script", "said"), [("echo broken >&2; exit 3", "espeak-ng failed: broken"), ("exec sleep 5", "took too long")]
)
def test_a_program_that_fails_or_hangs_ends_in_a_sentence(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr("engine.sketch.voice.espeak.TIMEOUT_SECONDS", 0.3)
    with pytest.raises(BridgeError, match=said) as refusal:
        Espeak(program).speak("la", Voice("en-us"))
    assert refusal.value.hint
