"""What goes wrong before any bridge is asked: a sentence and a hint, one line in JSON, never a traceback."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.cli.trouble import WrongUsage
from bridge_server.cli.words import read_key, read_lyrics
from bridge_server.protocol.errors import NotFound
from tests.cli.conftest import Said


@pytest.fixture
def song(sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(sounds / "song.wav", tmp_path))


USAGE = [
    ("repaint song.wav --end 1", "--start is missing"),
    ("repaint song.wav", "--start and --end is missing"),
    ("repaint song.wav --start 0 --end 1 --span 0:5", "given twice"),
    ("repaint song.wav --start 1|1 --end 2|1", "tempo is not known"),
    ("repaint song.wav --start x --end 1", "'x' is not a time"),
    ("repaint song.wav --span x", "'x' is not a span"),
    ("repaint song.wav --start 0 --end 1 --key H", "'H' is not a key"),
    ("repaint song.wav --start 0 --end 1 --meter 4/3", "'4/3' is not a meter"),
    ("repaint song.wav --start 0 --end 1 --variants 9", "--variants"),
    ("repaint song.wav --start 0 --end 1 --seed -1", "--seed"),
    ("repaint song.wav --start 0 --end 1 --strength 2", "--strength"),
    ("repaint song.wav --start 0 --end 1 --lyrics a --lyrics-file song.wav", "given twice"),
    ("repaint song.wav --start 0 --end 1 --lyrics-file song.wav", "not a text file"),
    ("repaint --start 0 --end 1", "FILE"),
    ("repaint song.wav --no-such-option", "--no-such-option"),
    ("extend song.wav", "how far the clip shall go on"),
    ("generate", "how long"),
    ("generate --seconds 1 --bars 1", "how long"),
    ("generate --bars 1", "tempo is not known"),
    ("generate --seconds 0", "nothing at all"),
    ("layer", "--under"),
    ("cancel", "JOB"),
    ("no-such-command", "no-such-command"),
]
FAILURES = [
    ("repaint no.wav --start 0 --end 1", "not_found"),
    ("repaint . --start 0 --end 1", "unreadable_audio"),
    ("repaint notes.txt --start 0 --end 1", "unreadable_audio"),
    ("repaint song.wav --start 1 --end 0.5", "bad_span"),
    ("repaint song.wav --span 5:5", "bad_span"),
    ("repaint song.wav --start -1 --end 1", "bad_span"),
    ("repaint song.wav --start 0 --end 1 --lyrics-file no.txt", "not_found"),
    ("repaint song.wav --start 0 --end 1 --project no", "not_found"),
    ("repaint song.wav --start 0 --end 1 --out song.wav/takes", "read_only"),
    ("generate --seconds -1", "bad_span"),
    ("layer --under song.wav --under no.wav", "not_found"),
    ("again no.wav", "not_found"),
    ("retake no.wav", "not_found"),
]


@pytest.mark.parametrize(("words", "sentence"), USAGE)
def test_wrong_usage_is_told_to_people_and_programs(
    dawbridge: Callable[..., Said], song: Path, words: str, sentence: str
) -> None:
    for_people = dawbridge(*words.split())
    assert (for_people.code, for_people.out) == (2, "")
    assert sentence.lower() in for_people.err.lower()
    assert "→" in for_people.err
    for_programs = dawbridge(*words.split(), "--json")
    assert (for_programs.code, for_programs.err) == (2, "")
    [line] = for_programs.lines
    assert (line["event"], line["error"]["code"]) == ("refused", "bad_request")
    assert line["error"]["message"] in for_people.err
    assert line["error"]["hint"]


@pytest.mark.parametrize(("words", "code"), FAILURES)
def test_what_cannot_be_done_is_told(dawbridge: Callable[..., Said], song: Path, words: str, code: str) -> None:
    Path("notes.txt").write_text("no music", encoding="utf-8")
    said = dawbridge(*words.split(), "--json")
    assert (said.code, said.err) == (1, "")
    [line] = said.lines
    assert (line["event"], line["error"]["code"]) == ("refused", code)
    assert line["error"]["message"].endswith(".") and line["error"]["hint"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""), (" ", ""), ("D\n", "D"), ("D major", "D major"), ("d min", "D minor"), ("F#m", "F# minor"),
        ("Bb", "Bb"), ("b♭ maj", "Bb major"), ("c♯ minor", "C# minor"),
    ],
)  # fmt: skip
def test_keys_as_musicians_write_them(text: str, key: str) -> None:
    assert read_key(text) == key


@pytest.mark.parametrize("text", ["H", "D dorian", "major", "Dmajorr", "D\nmajor"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(WrongUsage):
        read_key(text)


def test_lyrics_from_a_file_written_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("\ufefflå\r\nlä".encode())
    assert read_lyrics("", path) == "lå\nlä"
    with pytest.raises(NotFound):
        read_lyrics("", tmp_path / "no.txt")


def test_help_is_what_no_words_get(dawbridge: Callable[..., Said]) -> None:
    said = dawbridge()
    assert said.code == 0
    assert "repaint" in said.out


@pytest.mark.parametrize("words", [("repaint", "bad\udcff.wav", "--span", "0:5"), ("takes", "--project", "bad\udcff")])
def test_a_name_that_is_no_text(dawbridge: Callable[..., Said], song: Path, words: tuple[str, ...]) -> None:
    said = dawbridge(*words, "--json")
    assert (said.code, said.last["error"]["code"]) == (2, "bad_request")
    assert "udcff" in said.last["error"]["message"]
