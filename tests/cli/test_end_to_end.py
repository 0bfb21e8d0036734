"""The command line against a real bridge and engine: what programs read, what people read, what lies on disk."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.cli import commands, engine
from bridge_server.cli.app import app
from bridge_server.home import Home
from bridge_server.launch import start_bridge, stop_bridge
from bridge_server.protocol.requests import AskRequest, JobRequest
from tests.cli.conftest import Said

DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One bridge and engine for all tests of this file."""
    home = Home(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWBRIDGE_HOME", str(home.root))
        found = start_bridge(home, "--osc-port", "0")
        yield home
        stop_bridge(home)
        assert found.process is not None
        assert found.process.wait(10) == 0


@pytest.fixture
def folder(bridge: Home, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a song of 10 s and the tracks that the examples name. REAPER is on the machine."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".config" / "REAPER").mkdir(parents=True)
    (tmp_path / ".config" / "REAPER" / "reaper.ini").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / ".config"))
    shutil.copytree(sounds, tmp_path, dirs_exist_ok=True)
    return tmp_path


def done_takes(said: Said) -> list[dict[str, object]]:
    assert said.code == 0, said.out + said.err
    assert said.last["event"] == "done"
    takes: list[dict[str, object]] = said.last["takes"]
    return takes


REPAINT = ("repaint", "song.wav", "--start", "4.0", "--end", "8.0", "--tags", "rock, 120 bpm", "--seed", 7)


def test_repaint_tells_programs_everything(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge(*REPAINT, "--variants", 2, "--out", "takes", "--json")
    assert said.err == ""
    events = [line["event"] for line in said.lines]
    assert (events[0], events[-1]) == ("accepted", "done")
    assert events.count("take") == 2
    assert set(events) <= {"accepted", "started", "progress", "take", "done"}
    job = said.last["job"]
    assert {line["job"] for line in said.lines} == {job}
    takes = done_takes(said)
    assert [take["seed"] for take in takes] == [7, 8]
    for number, take in enumerate(takes, start=1):
        path = folder / "takes" / job / f"take-{number}.wav"
        assert take["path"] == str(path)
        info = soundfile.info(path)
        assert (info.frames, info.samplerate, info.channels) == (192_000, 48_000, 2)
        assert (take["samples"], take["sample_rate"], take["channels"]) == (192_000, 48_000, 2)
        assert take["span"] == {"start": 192_000, "end": 384_000, "rate": 48_000}
    assert [stem["role"] for stem in takes[0]["parts"][0]["stems"]]  # type: ignore[index]


def test_repaint_tells_people_what_matters(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge(*REPAINT)
    assert said.code == 0
    assert "192,000" in said.out
    assert "100%" in said.err
    paths = [line.strip() for line in said.out.splitlines() if line.strip().endswith(".wav")]
    assert [Path(path).relative_to(folder / "Dawbridge").name for path in paths] == ["take-1.wav"]
    assert Path(paths[0]).is_file()


def test_whole_file_is_the_song_but_for_the_span(dawbridge: Callable[..., Said], folder: Path) -> None:
    [take] = done_takes(dawbridge(*REPAINT, "--whole-file", "--out", "takes", "--json"))
    before, _ = soundfile.read("song.wav", dtype="int32")
    after, _ = soundfile.read(str(take["path"]), dtype="int32")
    assert np.array_equal(before[:192_000], after[:192_000]) and np.array_equal(before[384_000:], after[384_000:])
    assert not np.array_equal(before[192_000:384_000], after[192_000:384_000])
    assert soundfile.info(str(take["path"])).subtype == "PCM_24"


def test_generate_writes_a_mix_and_its_stems(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge(
        *("generate", "--bars", 2, "--bpm", 120, "--rate", 44_100, "--tags", "lofi, D major, rhodes", "--seed", 11),
        *("--out", "takes", "--float32", "--json"),
    )
    [take] = done_takes(said)
    assert (take["samples"], take["sample_rate"]) == (176_400, 44_100)
    mix, _ = soundfile.read(str(take["path"]), dtype="float64")
    stems = [soundfile.read(stem["path"], dtype="float64")[0] for stem in take["parts"][0]["stems"]]  # type: ignore[index]
    assert len(stems) > 1
    assert np.abs(sum(stems) - mix).max() < 2**-20
    assert soundfile.info(str(take["path"])).subtype == "FLOAT"


def test_again_is_identical_and_a_retake_is_not(dawbridge: Callable[..., Said], folder: Path) -> None:
    [take] = done_takes(dawbridge(*REPAINT, "--out", "takes", "--json"))
    again = dawbridge("again", take["path"], "--json")
    assert again.last["identical"] is True
    assert done_takes(again)[0]["path"] != take["path"]
    assert Path(str(done_takes(again)[0]["path"])).parent.parent == folder / "takes"
    assert "identical" in dawbridge("again", take["path"]).err
    [other] = done_takes(dawbridge("retake", take["path"], "--variance", 0.7, "--seed", 3, "--json"))
    one, _ = soundfile.read(str(take["path"]), dtype="int32")
    two, _ = soundfile.read(str(other["path"]), dtype="int32")
    assert one.shape == two.shape
    assert not np.array_equal(one, two)


def test_again_says_so_when_it_is_not_identical(dawbridge: Callable[..., Said], folder: Path) -> None:
    """The recipe is right, but somebody changed the samples of the take."""
    [take] = done_takes(dawbridge(*REPAINT, "--out", "takes", "--json"))
    data = bytearray(Path(str(take["path"])).read_bytes())
    data[-1000] ^= 1
    Path(str(take["path"])).write_bytes(data)
    again = dawbridge("again", take["path"], "--json")
    assert (again.code, again.last["identical"]) == (0, False)
    assert "differs" in dawbridge("again", take["path"]).err


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_what_the_bridge_refuses(dawbridge: Callable[..., Said], folder: Path, as_json: tuple[str, ...]) -> None:
    said = dawbridge(*REPAINT, "--backend", "no-such-backend", *as_json)
    assert said.code == 1
    if as_json:
        assert (said.last["event"], said.last["error"]["code"]) == ("refused", "unknown_backend")
        assert said.err == ""
    else:
        assert said.out == ""
        sentence, hint = said.err.strip().splitlines()
        assert "no-such-backend" in sentence and hint.startswith("  →")


def test_sketch_says_what_it_cannot_do(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge("separate", "song.wav", "--role", "vocals", "--json")
    assert (said.code, said.last["error"]["code"]) == (1, "unsupported")
    # These words need a melody that sketch sang, and a file of somebody else has none.
    said = dawbridge("edit", "song.wav", "--lyrics", "new words", "--json")
    assert (said.code, said.last["event"], said.last["error"]["code"]) == (1, "failed", "unsupported")


def test_lyrics_are_sung_or_the_hint_says_what_to_install(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge("generate", "--seconds", "2", "--lyrics", "la la", "--out", "takes", "--json")
    if shutil.which("espeak-ng") and util.find_spec("pyworld"):
        [take] = done_takes(said)
        assert any("a guide, not a singer" in str(note) for note in take["notes"])  # type: ignore[attr-defined]
        words = ("edit", str(take["path"]), "--lyrics", "oh oh", "--out", "takes", "--json")
        [edited] = done_takes(dawbridge(*words))
        assert any("stay as they were" in str(note) for note in edited["notes"])  # type: ignore[attr-defined]
    else:
        assert said.last["error"]["code"] == "unsupported"
        assert "nstall" in said.last["error"]["hint"]


def test_a_job_that_fails_ends_with_failed(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge("repaint", "song.wav", "--start", "8", "--end", "20", "--json")
    assert (said.code, said.last["event"], said.last["error"]["code"]) == (1, "failed", "bad_span")
    assert said.last["error"]["hint"]
    assert said.lines[0]["event"] == "accepted"
    for_people = dawbridge("repaint", "song.wav", "--start", "8", "--end", "20")
    assert for_people.code == 1
    assert said.last["error"]["message"] in for_people.err


def test_jobs_takes_and_choose(dawbridge: Callable[..., Said], folder: Path) -> None:
    job = dawbridge(*REPAINT, "--variants", 2, "--out", "takes", "--json").last["job"]
    line = dawbridge("jobs", "--limit", 1, "--json").last
    assert line["event"] == "listing"
    assert (line["jobs"][0]["job"], line["jobs"][0]["state"], line["jobs"][0]["task"]) == (job, "done", "repaint")
    table = dawbridge("jobs").out
    assert job in table and "rock, 120 bpm" in table
    assert dawbridge("choose", job, 2, "--json").last["event"] == "ok"
    listed = dawbridge("takes", "--project", "takes", "--json").last["takes"]
    assert {take["number"]: take.get("chosen", False) for take in listed} == {1: False, 2: True}
    shown = dawbridge("takes", "--project", "takes").out
    assert [str(take["path"]) in shown for take in listed] == [True, True]
    assert "no takes" in dawbridge("takes", "--project", "elsewhere").err
    assert dawbridge("choose", job, 3, "--json").last["error"]["code"] == "unknown_job"
    assert dawbridge("retry", job, "--json").last["error"]["code"] == "bad_request"
    assert "already ended" in dawbridge("cancel", job).err


@pytest.mark.parametrize("command", ["cancel", "retry"])
@pytest.mark.parametrize("job", ["no-such-job", "NOT/an id"])
def test_unknown_jobs(dawbridge: Callable[..., Said], bridge: Home, command: str, job: str) -> None:
    said = dawbridge(command, job, "--json")
    assert (said.code, said.last["event"], said.last["error"]["code"]) == (1, "refused", "unknown_job")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_ctrl_c_cancels_the_job_and_retry_brings_it_back(dawbridge: Callable[..., Said], folder: Path) -> None:
    words = ("generate", "--seconds", "60", "--tags", "ambient", "--seed", "3", "--out", "takes", "--json")
    process = subprocess.Popen([*DAWBRIDGE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    read = [json.loads(process.stdout.readline())]
    while not (read[-1]["event"] == "progress" and read[-1].get("fraction", 0) > 0.02):
        read.append(json.loads(process.stdout.readline()))
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Stopping" in err and "Traceback" not in err
    assert json.loads(out.splitlines()[-1])["event"] == "cancelled"
    job = read[0]["job"]
    assert not list((folder / "takes" / job).glob("*.wav"))
    assert dawbridge("jobs", "--limit", 1, "--json").last["jobs"][0]["state"] == "cancelled"
    retried = dawbridge("retry", job, "--json")
    assert [line["event"] for line in retried.lines[:2]] == ["ok", "accepted"]
    assert done_takes(retried)[0]["path"] == str(folder / "takes" / job / "take-1.wav")


def test_doctor_finds_everything_in_order(dawbridge: Callable[..., Said], folder: Path) -> None:
    said = dawbridge("doctor", "--json")
    states = {line["what"]: line["state"] for line in said.lines if line["event"] == "check"}
    assert "problem" not in states.values()
    assert {"Python", "home", "disk", "sound files", "bridge", "mailbox", "engine", "backend", "log"} <= set(states)
    assert (said.code, said.last) == (0, {"event": "doctor", "problems": 0})
    assert "Everything is in order." in dawbridge("doctor").out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files for their owner in another way")
def test_doctor_sees_a_key_that_others_can_read(dawbridge: Callable[..., Said], bridge: Home) -> None:
    bridge.connection.chmod(0o644)
    said = dawbridge("doctor", "--json")
    bridge.connection.chmod(0o600)
    [problem] = [line for line in said.lines if line.get("state") == "problem"]
    assert (said.code, problem["what"], said.last["problems"]) == (1, "connection file", 1)
    assert "dawbridge down" in problem["advice"]


def test_doctor_sees_letters_that_nobody_reads(dawbridge: Callable[..., Said], bridge: Home) -> None:
    letter = bridge.mailbox / "in" / "old.json"
    letter.mkdir()
    os.utime(letter, (0, 0))
    said = dawbridge("doctor")
    letter.rmdir()
    assert said.code == 1
    assert "lie unread" in said.out and "1 problem." in said.out


def test_a_bridge_that_does_not_run_is_no_problem(dawbridge: Callable[..., Said], home: Path) -> None:
    said = dawbridge("doctor", "--json")
    states = {line["what"]: line["state"] for line in said.lines if line["event"] == "check"}
    assert (said.code, states["bridge"]) == (0, "note")


def examples() -> list[str]:
    commands.load()
    epilogs = [command.epilog or "" for command in app.registered_commands]
    return [epilog.removeprefix("Example: ") for epilog in epilogs]


def test_every_command_has_an_example_and_every_request_a_command(dawbridge: Callable[..., Said]) -> None:
    names = {command.name for command in app.registered_commands}
    assert {example.split()[:2][1] for example in examples()} == names
    requests = {str(kind.__struct_config__.tag) for kind in (*JobRequest.__args__, *AskRequest.__args__)}
    names |= {command.name for command in engine.group.registered_commands}
    assert requests - names <= {"hello", "list", "ack", "stop"}


STARTS_PROCESSES = ("up", "down", "demo")


@pytest.mark.parametrize("example", [line for line in examples() if line.split()[1] not in STARTS_PROCESSES])
def test_the_example_in_the_help_works(dawbridge: Callable[..., Said], folder: Path, example: str) -> None:
    name = example.split()[1]
    help_text = " ".join(dawbridge(name, "--help").out.split())
    assert example in help_text
    words = shlex.split(example)[1:]
    if "JOB" in example:
        job = dawbridge(*REPAINT, "--out", "takes", "--json").last["job"]
        words = [word.replace("JOB", job) for word in words]
    said = dawbridge(*words, "--json")
    if name in ("edit", "separate"):
        assert said.last["error"]["code"] == "unsupported"
    elif name == "retry":
        assert said.last["error"]["code"] == "bad_request"
    else:
        assert said.code == 0, said.out


@pytest.mark.parametrize("example", [line for line in examples() if line.split()[1] in STARTS_PROCESSES])
def test_the_other_examples_are_understood(dawbridge: Callable[..., Said], example: str) -> None:
    assert example in " ".join(dawbridge(example.split()[1], "--help").out.split())


def test_the_first_command_starts_a_bridge_and_says_so(home: Path) -> None:
    """In a process of its own: whoever starts a bridge is its parent."""
    words = ("generate", "--seconds", "1", "--tags", "lofi", "--out", str(home / "takes"), "--json")
    done = subprocess.run([*DAWBRIDGE, *words], capture_output=True, text=True, timeout=60)
    ending = stop_bridge(Home(home))
    assert done.returncode == 0, done.stderr
    assert "starting one" in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "done"
    assert ending == "stopped"


def test_json_is_utf8_whatever_the_system_prefers() -> None:
    strange = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    words = ("repaint", "Größe→.wav", "--span", "0:5")
    as_json = subprocess.run([*DAWBRIDGE, *words, "--json"], capture_output=True, timeout=60, env=strange)
    assert "Größe→.wav" in json.loads(as_json.stdout.decode("utf-8"))["error"]["message"]
    for_people = subprocess.run([*DAWBRIDGE, *words], capture_output=True, timeout=60, env=strange)
    assert (for_people.returncode, b"Traceback" in for_people.stderr) == (1, False)


def test_wrong_usage_of_the_installed_command() -> None:
    done = subprocess.run([*DAWBRIDGE, "repaint", "--json"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout)["error"]["code"] == "bad_request"
