"""A Live with our script in it, and a bridge at the other end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from daw_scripts.remote_script.Dawbridge import commands
from daw_scripts.remote_script.Dawbridge.surface import Surface
from tests.remote_script.desk import Desk
from tests.remote_script.fake_clips import Clip
from tests.remote_script.fake_live import CInstance, Song, Track

TICK = 0.1


class Studio:
    """One Live: a set, the script, a clock that a test moves, and whoever presses its buttons over OSC."""

    def __init__(self, folder: Path, desk: Desk, song: Song) -> None:
        self.folder, self.desk, self.song = folder, desk, song
        self.live = CInstance(song)
        self.now = 1000.0
        self.surface = Surface(self.live, str(desk.home), lambda: self.now)
        self.pedal = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.pedal.bind(("127.0.0.1", 0))
        self.pedal.setblocking(False)

    @property
    def said(self) -> list[str]:
        return self.live.messages

    @property
    def port(self) -> int:
        return self.surface._port.port

    def close(self) -> None:
        self.surface.disconnect()
        self.pedal.close()

    def restart(self) -> None:
        """Live is closed and opened again, with the set as it was."""
        self.surface.disconnect()
        self.surface = Surface(self.live, str(self.desk.home), lambda: self.now)

    def tick(self, count: int = 1) -> None:
        """Live's tick, and the bridge reads what has come. Loopback needs no time worth waiting for."""
        for _ in range(count):
            self.surface.update_display()
            self.desk.read()
            self.song.tick()
            self.now += TICK
        assert self.live.log == []

    def until(self, is_so: Callable[[], Any], seconds: float = 20.0) -> None:
        until = self.now + seconds
        while not is_so():
            assert self.now < until, f"Live shows: {self.said[-3:]}"
            self.tick()
            time.sleep(0.001)

    def ask(self, verb: str, *texts: Any) -> Any:
        """Send `/dawbridge/live/<verb>`, and wait for the request."""
        before = len(self.desk.requests)
        self.send(verb, *texts)
        self.until(lambda: len(self.desk.requests) > before)
        return self.desk.requests[before]

    def refuse(self, verb: str, *texts: Any) -> str:
        """The same where the script has to say no: returns what it said."""
        before = len(self.said)
        self.send(verb, *texts)
        self.until(lambda: len(self.said) > before)
        self.tick(3)
        assert self.desk.requests == []
        return self.said[-1]

    def refuse_again(self, verb: str) -> str:
        """What the script says to a verb, where something was asked before."""
        before = len(self.said)
        self.send(verb)
        self.until(lambda: len(self.said) > before)
        return self.said[-1]

    def send(self, word: str, *values: Any) -> None:
        builder = OscMessageBuilder(address="/dawbridge/live/" + word)
        for value in values:
            builder.add_arg(value)
        self.pedal.sendto(builder.build().dgram, ("127.0.0.1", self.port))

    def answers(self) -> list[tuple[str, Any]]:
        """What the script has said to the pedal."""
        found = []
        while True:
            try:
                message = OscMessage(self.pedal.recv(65_507))
            except BlockingIOError:
                return found
            found.append((message.address, message.params[0]))

    def accept(self, request: Any) -> None:
        self.desk.keep("accepted", request.job)
        self.desk.keep("started", request.job)
        self.tick(2)

    def land(self, request: Any, variants: int = 1, **how: Any) -> list[dict[str, Any]]:
        """The job is done and laid in."""
        self.accept(request)
        before = len(self.song.steps)
        takes = self.desk.finish(request, variants, **how)
        self.until(lambda: len(self.song.steps) > before)
        self.tick(4)
        return takes

    def wav(self, name: str, seconds: float, rate: int = 44_100) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros((round(seconds * rate), 2), dtype=np.float32), rate)
        return str(path)

    def audio(self, track: Track, start: float, end: float, name: str = "söng, “1”.wav", **values: Any) -> Clip:
        """An unwarped clip of the user's that plays its file from the start."""
        seconds = (end - start) * 60 / self.song.tempo
        path = self.wav(name, max(seconds, 0.01))
        info = soundfile.info(path)
        given = {"file_path": path, "sample_length": info.frames, "sample_rate": float(info.samplerate)}
        return track.put(start, end, name=name, loop_end=seconds, end_marker=seconds, **{**given, **values})


@pytest.fixture(autouse=True)
def any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests, and a real Live, may have the usual ports."""
    monkeypatch.setattr(commands, "PORTS", (0,))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "home")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def open_studio(tmp_path: Path, desk: Desk) -> Iterator[Callable[..., Studio]]:
    """`open_studio(version=(12, 3), saved=True, can_import=True)`"""
    opened: list[Studio] = []

    def start(version: tuple[int, ...] = (12, 3), saved: bool = True, can_import: bool = True) -> Studio:
        folder = tmp_path / "My Söng Project"
        folder.mkdir(exist_ok=True)
        opened.append(Studio(folder, desk, Song(version, folder if saved else None, can_import)))
        return opened[-1]

    yield start
    for studio in opened:
        studio.close()


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    """A saved set: Voice (a clip at beats 16 to 32), keys, a MIDI track; beats 20 to 28 in the brace."""
    opened = open_studio()
    fill(opened)
    return opened


def fill(studio: Studio) -> None:
    song = studio.song
    voice, keys = song.add("Voice"), song.add("Keys")
    song.add("Synth", "midi")
    studio.audio(voice, 16, 32)
    studio.audio(keys, 0, 64, "keys.wav")
    song.loop, song.loop_start, song.loop_length = True, 20.0, 8.0
    song.view.selected_track = voice
    studio.until(lambda: studio.surface._desk.courier.connected)
