"""The demo, once as a user runs it; and its checks, on files that were tampered with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bridge_server.demo import measure, promises
from bridge_server.demo.folder import LIST, clean_folder, remember_contents
from bridge_server.demo.plan import Errand
from bridge_server.demo.promises import Sound
from bridge_server.demo.song import copy_song, read_song
from bridge_server.demo.stage import Cancelling, Outcome
from bridge_server.protocol.errors import OutsideProject
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Part, Take

RATE = 48_000
DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]


def demo(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DAWBRIDGE, "demo", *map(str, words)], capture_output=True, text=True, timeout=110, env=dict(os.environ)
    )


def test_an_engine_that_does_not_come_up_is_told_in_a_sentence(tmp_path: Path) -> None:
    """As with a library that is not there: the bridge starts, its engine does not, and no answer ever comes."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'engine' in getattr(sys, 'orig_argv', ()):\n"
        "    raise SystemExit('no engine here')\n"
        "if 'demo' in getattr(sys, 'orig_argv', ()):\n"
        "    import bridge_server.demo.daw as daw\n"
        "    daw.PATIENCE_SECONDS = 4.0\n"
    )
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [*DAWBRIDGE, "demo", "--keep", str(tmp_path / "kept")],
        capture_output=True, text=True, timeout=110, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "engine" in done.stderr + done.stdout


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The folder of one demo, and what it said to programs."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = demo("--keep", folder, "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert done.stderr == ""
    return folder, [json.loads(line) for line in done.stdout.splitlines()]


def test_every_promise_is_kept(played: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, lines = played
    assert lines[-1] == {"event": "demo", "kept": True, "folder": str(folder)}
    kept = {line["number"]: line["is_kept"] for line in lines if line["event"] == "promise"}
    assert {"P1", "P3", "P4", "P5", "P6", "P7", "P9"} == set(kept)
    assert all(kept.values())


def test_the_jobs_of_the_demo_are_those_of_a_daw(played: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, lines = played
    done = [line for line in lines if line["event"] == "done"]
    assert [len(line["takes"]) for line in done] == [1, 3, 1, 1, 1]
    assert [line["event"] for line in lines if line.get("job") == "5-cancelled"][-1] == "cancelled"
    results = [line for line in lines if line["event"] == "result"]
    assert all(Path(line["path"]).is_relative_to(folder) and Path(line["path"]).is_file() for line in results)
    song = read_song()
    assert results[0]["samples"] == round(song.bars * song.bar_samples)


def test_the_folder_is_a_project_that_a_daw_can_open(played: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, _ = played
    assert {path.name for path in folder.iterdir()} == {"song", "takes", LIST}
    assert {path.stem for path in (folder / "song").iterdir()} == set(read_song().roles)


def test_a_second_run_replaces_only_what_the_first_one_made(
    played: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder, _ = played
    mine = [folder / "notes.txt", folder / "takes" / "mine.wav", folder / "takes" / "1-repaint-keys" / "mix.wav"]
    for path in mine:
        path.write_text("mine", encoding="utf-8")
    assert clean_folder(folder) == folder.resolve()
    assert sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST) == sorted(mine)
    assert not (folder / "song").exists()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "song.wav").write_text("mine", encoding="utf-8")
    done = demo("--keep", tmp_path / "album", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "outside_project"
    assert [path.name for path in (tmp_path / "album").iterdir()] == ["song.wav"]


def test_a_list_that_leads_outside_deletes_nothing_there(tmp_path: Path) -> None:
    victim = tmp_path / "victim.wav"
    victim.write_text("mine", encoding="utf-8")
    folder = clean_folder(tmp_path / "kept")
    (folder / LIST).write_text('["../victim.wav", 7]', encoding="utf-8")
    clean_folder(folder)
    assert victim.is_file()
    (folder / LIST).write_text("{broken", encoding="utf-8")
    clean_folder(folder)
    remember_contents(folder)
    with pytest.raises(OutsideProject):
        clean_folder(tmp_path)


# the checks, on audio


@pytest.fixture
def track(tone: Callable[..., Any]) -> measure.Samples:
    """8 s of stereo, (T, C)."""
    return np.asarray(tone(seconds=8, rate=RATE).T, np.float64)


@pytest.fixture
def sound(track: measure.Samples, tmp_path: Path) -> Sound:
    """Seconds 3 to 5 of the track, played anew: as loud, without a click."""
    start, end = 3 * RATE, 5 * RATE
    after = track.copy()
    window = np.hanning(end - start)[:, None]
    after[start:end] += 0.05 * window * np.sin(np.arange(end - start) / 20)[:, None]
    sound = Sound(take=take_of(tmp_path / "take-1.wav"), before=track, after=after, start=start, end=end, rate=RATE)
    gap = 10 ** ((sound.loudness_around - measure.loudness(sound.new, RATE)) / 20)
    after[start:end] *= 1 + (gap - 1) * window**0.1
    return sound


def take_of(path: Path) -> Take:
    span = Span(3 * RATE, 5 * RATE, RATE)
    part = Part(path=str(path), samples=span.length, span=span, timeline=span.start)
    return Take(
        job="demo-test", number=1, path=str(path), seed=1, sample_rate=RATE, samples=span.length, channels=2,
        span=span, backend="sketch", parts=(part,),
    )  # fmt: skip


def test_a_good_take_keeps_every_promise(sound: Sound) -> None:
    for promise in (promises.null_test, promises.inside_is_new, promises.loudness_kept, promises.no_clicks):
        found = promise([sound])
        assert found.is_kept, found


@given(where=st.one_of(st.integers(0, 3 * RATE - 1), st.integers(5 * RATE, 8 * RATE - 1)), channel=st.integers(0, 1))
def test_the_null_test_sees_one_wrong_bit_anywhere_outside(where: int, channel: int) -> None:
    before = np.zeros((8 * RATE, 2))
    after = before.copy()
    after[3 * RATE : 5 * RATE] = 0.5
    good = Sound(take=take_of(Path("x")), before=before, after=after, start=3 * RATE, end=5 * RATE, rate=RATE)
    assert promises.null_test([good]).is_kept
    after[where, channel] += 2**-23
    assert not promises.null_test([good]).is_kept


def test_a_longer_file_fails_the_null_test(sound: Sound) -> None:
    longer = replace(sound, after=sound.after[:-1])
    assert not promises.null_test([sound, longer]).is_kept


def test_an_extension_that_touches_its_clip_is_seen(track: measure.Samples) -> None:
    clip, whole = track[: 4 * RATE], track.copy()
    sound = Sound(take=take_of(Path("x")), before=clip, after=whole, start=4 * RATE, end=8 * RATE, rate=RATE)
    assert promises.null_test([sound]).is_kept
    whole[4 * RATE - 1] += 2**-15
    assert not promises.null_test([sound]).is_kept


def test_nothing_new_is_seen(sound: Sound) -> None:
    assert not promises.inside_is_new([replace(sound, after=sound.before)]).is_kept


@pytest.mark.parametrize("gain_db", [-1.0, 1.0, 6.0])
def test_a_wrong_level_is_seen(sound: Sound, gain_db: float) -> None:
    sound.after[sound.start : sound.end] *= 10 ** (gain_db / 20)
    assert not promises.loudness_kept([sound]).is_kept


@pytest.mark.parametrize("edge", ["start", "end"])
@pytest.mark.parametrize("step", [-0.1, 0.1])
def test_a_click_at_either_seam_is_seen(sound: Sound, edge: str, step: float) -> None:
    fade = np.linspace(1, 0, RATE // 100)[:, None]
    if edge == "start":
        sound.after[sound.start : sound.start + len(fade)] += step * fade
    else:
        sound.after[sound.end - len(fade) : sound.end] += step * fade[::-1]
    assert not promises.no_clicks([sound]).is_kept


def test_one_wrong_sample_is_not_the_same_again(track: measure.Samples) -> None:
    other = track.copy()
    assert promises.same_again(track, other).is_kept
    other[1000, 1] += 2**-23
    assert not promises.same_again(track, other).is_kept
    assert not promises.same_again(track, track[:-1]).is_kept


def test_variants_that_are_the_same_are_seen(track: measure.Samples) -> None:
    assert promises.variants_differ([track, track * 0.5, -track]).is_kept
    assert not promises.variants_differ([track, track * 0.5, track]).is_kept


@pytest.mark.parametrize(("late", "kept"), [(0.0, True), (0.02, True), (0.05, False)])
def test_a_layer_off_the_grid_is_seen(late: float, kept: bool) -> None:
    layer = np.zeros((RATE, 2))
    layer[round((0.25 + late) * RATE) :] = 0.5
    assert promises.layer_on_the_grid(layer, RATE / 2, RATE).is_kept is kept
    assert not promises.layer_on_the_grid(np.zeros((RATE, 2)), RATE / 2, RATE).is_kept


ERRAND = Errand(
    title="", request={"job": "demo-test", "request": "repaint"}, span=Span(0, 96_000, RATE), samples=96_000
)


@pytest.mark.parametrize(
    ("answer", "free", "cancelled", "kept"),
    [(0.01, 0.05, True, True), (0.2, 0.3, True, False), (0.01, 5.0, True, False), (0.0, 0.0, False, False)],
)
def test_a_slow_cancel_is_seen(answer: float, free: float, cancelled: bool, kept: bool) -> None:
    cancelling = Cancelling(
        errand=ERRAND, fraction=0.5, answer_seconds=answer, free_seconds=free, was_cancelled=cancelled, seconds=1.0
    )
    assert promises.cancel_is_quick(cancelling).is_kept is kept


def test_half_a_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text("{}", encoding="utf-8")
    assert promises.nothing_half_written(tmp_path).is_kept
    (tmp_path / ".take-1.wav.part").write_text("", encoding="utf-8")
    assert not promises.nothing_half_written(tmp_path).is_kept


def test_a_wrong_length_and_a_missing_recipe_are_seen(track: measure.Samples, tmp_path: Path) -> None:
    path = tmp_path / "take-1.wav"
    soundfile.write(path, track[:96_000], RATE, subtype="PCM_24")
    outcome = Outcome(errand=ERRAND, takes=(take_of(path),), seconds=1.0)
    assert promises.exact_lengths([outcome]).is_kept
    assert not promises.recipes_are_inside([outcome]).is_kept
    soundfile.write(path, track[:95_999], RATE, subtype="PCM_24")
    assert not promises.exact_lengths([outcome]).is_kept


def test_a_touched_original_is_seen(tmp_path: Path) -> None:
    tracks = copy_song(tmp_path)
    hashes = {role: promises.file_hash(path) for role, path in tracks.items()}
    assert promises.originals_unchanged(tracks, hashes).is_kept
    tracks["bass"].write_bytes(tracks["bass"].read_bytes()[:-1])
    assert not promises.originals_unchanged(tracks, hashes).is_kept


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_ctrl_c_stops_everything_and_remembers_the_files(tmp_path: Path) -> None:
    """That no process is left is seen to by the fixture that watches every test."""
    process = subprocess.Popen(
        [*DAWBRIDGE, "demo", "--keep", str(tmp_path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "accepted"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "Stopped.\n")
    assert "song/bass.flac" in json.loads((tmp_path / LIST).read_text(encoding="utf-8"))
