"""From words to requests: every option ends in its field, relative paths become absolute, units become samples."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.protocol.requests import Accompany, Again, Edit, Extend, Generate, Layer, Repaint, Retake, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music


@pytest.fixture
def song(sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """10 s at 48 kHz, in the folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(sounds / "song.wav", tmp_path))


def test_repaint_with_every_option(asked: Callable[..., Repaint], song: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("la la", encoding="utf-8")
    request = asked(
        *("repaint", "song.wav", "--bpm", 120, "--meter", "3/4", "--key", "d min", "--start", "2|1", "--end", "3|2"),
        *("--tags", "rock, 120 bpm", "--strength", 0.25, "--lyrics-file", "words.txt", "--seed", 7, "--variants", 2),
        *("--out", "takes", "--backend", "sketch", "--handles", 0.5, "--no-match-loudness", "--float32"),
        *("--channels", 1, "--timeline", 999, "--whole-file"),
    )
    out = str((tmp_path / "takes").resolve())
    assert request == Repaint(
        job=request.job,
        project=out,
        folder=out,
        backend="sketch",
        seed=7,
        variants=2,
        sample_format="float32",
        channels=1,
        timeline=999,
        tags="rock, 120 bpm",
        lyrics="la la",
        music=Music(bpm=120, meter="3/4", key="D minor"),
        match_loudness=False,
        handles=24_000,
        form="whole",
        source=request.source,
        span=Span(72_000, 168_000, 48_000),
        strength=0.25,
    )
    assert request.source.path == str(song.resolve())
    assert (tmp_path / "takes").is_dir()


@pytest.mark.parametrize(
    "where",
    [
        ("--start", "4.0", "--end", "8.0"),
        ("--start", "3|1", "--end", "5|1", "--bpm", "120"),
        ("--span", "192000:384000"),
    ],
)
def test_three_ways_to_say_where(asked: Callable[..., Repaint], song: Path, where: tuple[str, ...]) -> None:
    assert asked("repaint", song, *where).span == Span(192_000, 384_000, 48_000)


@pytest.mark.parametrize(
    ("words", "since_bar"),
    [
        (("--start", "4.0", "--end", "8.0"), 0),
        (("--start", "4.5", "--end", "8.0", "--bpm", "120"), 24_000),
        (("--start", "3|2", "--end", "5|1", "--bpm", "120"), 24_000),
        (("--start", "4.5", "--end", "8.0", "--bpm", "120", "--bar-offset", "0.25"), 12_000),
        (("--start", "1|1", "--end", "3|1", "--bpm", "120", "--bar-offset", "0.25"), 0),
    ],
)
def test_where_in_its_bar_a_span_begins(
    asked: Callable[..., Repaint], song: Path, words: tuple[str, ...], since_bar: int
) -> None:
    assert asked("repaint", song, *words).music.since_bar == since_bar


def test_without_a_folder_takes_belong_to_the_current_one(
    asked: Callable[..., Repaint], song: Path, tmp_path: Path
) -> None:
    request = asked("repaint", song, "--start", 1, "--end", 2)
    assert (request.project, request.folder) == (str(tmp_path.resolve()), "")


def test_a_project_and_a_folder_in_it(asked: Callable[..., Repaint], song: Path, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    request = asked("repaint", song, "--start", 1, "--end", 2, "--project", "album", "--out", "album/ideas")
    assert (request.project, request.folder) == (str(tmp_path / "album"), str(tmp_path / "album" / "ideas"))


@pytest.mark.parametrize(
    ("words", "span"),
    [
        (("--seconds", "16"), Span(0, 768_000, 48_000)),
        (("--bars", "8", "--bpm", "96"), Span(0, 960_000, 48_000)),
        (("--bars", "2", "--bpm", "120", "--meter", "6/8"), Span(0, 144_000, 48_000)),
        (("--seconds", "0.1", "--rate", "44100"), Span(0, 4_410, 44_100)),
    ],
)
def test_generate(asked: Callable[..., Generate], song: Path, words: tuple[str, ...], span: Span) -> None:
    request = asked("generate", *words, "--tags", "lofi, 82 bpm, D major, rhodes")
    assert request.span == span
    assert request.tags == "lofi, 82 bpm, D major, rhodes"


@pytest.mark.parametrize(
    ("words", "span", "left", "right"),
    [
        (("--right", "8.0"), (0, 480_000), 0, 384_000),
        (("--left", "4", "--right", "8"), (0, 480_000), 192_000, 384_000),
        (("--right", "2bars", "--bpm", "120", "--from", "2|1", "--to", "4|1"), (96_000, 288_000), 0, 192_000),
        (("--left", "1", "--from", "2"), (96_000, 480_000), 48_000, 0),
        (("--left", "1", "--span", "5:600"), (5, 600), 48_000, 0),
    ],
)
def test_extend(
    asked: Callable[..., Extend],
    song: Path,
    words: tuple[str, ...],
    span: tuple[int, int],
    left: int,
    right: int,
) -> None:
    request = asked("extend", song, *words)
    assert (request.span, request.left, request.right) == (Span(*span, 48_000), left, right)


def test_layer_fills_the_longest_track_at_the_rate_of_the_first(
    asked: Callable[..., Layer], song: Path, tone_file: Callable[..., Path]
) -> None:
    short = tone_file("short.wav", seconds=1, rate=44_100)
    request = asked("layer", "--under", short, "--under", song, "--role", "bass")
    assert request.span == Span(0, 10 * 44_100, 44_100)
    assert [source.path for source in request.sources] == [str(short.resolve()), str(song.resolve())]
    assert request.role == "bass"
    assert asked("layer", "--under", song, "--start", 1, "--end", 3).span == Span(48_000, 144_000, 48_000)


def test_the_other_commands(asked: Callable[..., object], song: Path) -> None:
    accompany = asked("accompany", song, "--tags", "folk")
    assert isinstance(accompany, Accompany) and accompany.span == Span(0, 480_000, 48_000)
    edit = asked("edit", song, "--lyrics", "new words", "--mode", "remix", "--source-lyrics", "old words")
    assert isinstance(edit, Edit) and (edit.mode, edit.lyrics, edit.source_lyrics) == (
        "remix",
        "new words",
        "old words",
    )
    separate = asked("separate", song, "--role", "drums", "--start", 1, "--end", 2)
    assert isinstance(separate, Separate) and separate.span == Span(48_000, 96_000, 48_000)
    retake = asked("retake", song, "--variance", 0.3, "--seed", 5, "--variants", 2)
    assert isinstance(retake, Retake) and (retake.variance, retake.seed, retake.variants) == (0.3, 5, 2)
    again = asked("again", song)
    assert isinstance(again, Again) and again.take == str(song.resolve())
    assert (again.project, again.folder, retake.project, retake.folder) == ("", "", "", "")


def test_every_job_has_an_id_of_its_own(asked: Callable[..., Generate], song: Path) -> None:
    assert asked("generate", "--seconds", 1).job != asked("generate", "--seconds", 1).job
