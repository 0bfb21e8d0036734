"""The other end of the script's wire: a bridge that a test plays by hand, over real datagrams on loopback.

What the script asks is read by the protocol's own decoder, so a field that the bridge would refuse fails here.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import mido
import numpy as np
import soundfile
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.protocol import codec
from bridge_server.protocol.requests import AskRequest, JobRequest, Request

KEY = "0f1e2d3c4b5a6978"
PREFIX = "/dawbridge/1/"
JOB_WORDS = {"generate", "repaint", "extend", "edit", "retake", "layer", "again"}
TASKS = ["generate", "repaint", "extend", "edit", "retake", "layer", "accompany", "again"]


class Desk:
    """`open()` lets the script find it; `read()` takes in what has come, each request once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.key = KEY
        self.tasks = TASKS
        self.absent: list[dict[str, Any]] = []
        self.deaf = 0
        self.requests: list[Request] = []
        self.raw: list[dict[str, Any]] = []
        self.acknowledged: list[int] = []
        self.client: tuple[str, int] | None = None
        self.seq = 0
        self.settings: list[str] = []
        self._known: set[str] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)

    def open(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        port = self._socket.getsockname()[1]
        found = {"version": 1, "osc": {"host": "127.0.0.1", "port": port}, "key": self.key}
        (self.home / "connection.json").write_text(json.dumps(found))

    def close(self) -> None:
        self._socket.close()

    def read(self) -> list[Request]:
        """Requests that are new; `hello` and `ack` are dealt with here. `deaf` datagrams are lost first."""
        new = []
        while True:
            try:
                data, sender = self._socket.recvfrom(65_507)
            except BlockingIOError:
                return new
            if self.deaf:
                self.deaf -= 1
                continue
            assert len(data) < 1_400
            self.client = sender
            request = self._understand(data)
            if request is not None:
                new.append(request)

    def _understand(self, data: bytes) -> Request | None:
        message = OscMessage(data)
        word = message.address.removeprefix(PREFIX)
        key, client, text = message.params
        assert client == "ableton-remote-script"
        if key != self.key:
            self.send("refused", error={"code": "wrong_key", "message": "The key is wrong."})
            return None
        if word == "file":
            text = Path(text).read_text(encoding="utf-8")
        fields = json.loads(text)
        request = codec.read_request(text.encode(), "json")
        if fields["request"] == "hello":
            self.send("welcome", id=fields["id"], version=1, release="0.1.0", engine="ready", seq=self.seq,
                      backends=[{"backend": "sketch", "tasks": self.tasks, "context_seconds": 10.0,
                                 "settings": self.settings}],
                      absent=self.absent)  # fmt: skip
            return None
        if fields["request"] == "ack":
            self.acknowledged.append(fields["seq"])
            return None
        name = fields.get("id") or fields["job"]
        if name in self._known:
            return None
        self._known.add(name)
        self.raw.append(fields)
        self.requests.append(request)
        return request

    def send(self, event: str, **fields: Any) -> bytes:
        """One event, as the OSC door sends it."""
        assert self.client is not None
        builder = OscMessageBuilder(address=PREFIX + event)
        text = json.dumps({"event": event, **fields})
        if len(text) > 1_300:
            path = self.home / f"event-{self.seq}-{event}.json"
            path.write_text(text)
            builder = OscMessageBuilder(address=PREFIX + "file")
            text = str(path)
        if event == "progress":
            for value, kind in ((fields["job"], "s"), (fields["fraction"], "f"), (fields["stage"], "s")):
                builder.add_arg(value, kind)
        else:
            builder.add_arg(text, "s")
        self._socket.sendto(builder.build().dgram, self.client)
        return builder.build().dgram

    def keep(self, event: str, job: str, **fields: Any) -> None:
        """A kept event: with a `seq`."""
        self.seq += 1
        self.send(event, job=job, seq=self.seq, **fields)

    def take(
        self,
        request: Any,
        number: int,
        *,
        timeline: int | None = None,
        stems: tuple[str, ...] = (),
        midi: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """A take as the bridge writes it, of the length that was asked for."""
        span = getattr(request, "span", None)
        rate, start = (span.rate, span.start) if span else (48_000, 0)
        samples = (span.end - span.start) if span else 48_000
        if getattr(request, "right", 0):
            start, samples = span.end, request.right
        if getattr(request, "left", 0):
            start, samples = span.start - request.left, request.left
        folder = self.home / "takes" / request.job
        path = self._wav(folder / f"take-{number}.wav", samples, rate)
        stem_files = [
            {"role": role, "path": self._wav(folder / f"{number}-{role}.wav", samples, rate)} for role in stems
        ]
        part = {
            "path": path, "samples": samples, "timeline": start if timeline is None else timeline,
            "span": {"start": start, "end": start + samples, "rate": rate},
            "stems": stem_files,
        }  # fmt: skip
        part["midi"] = [
            {"role": role, "path": self._notes(folder / f"take-{number}.midi" / f"{role}.mid", number),
             "timeline": part["timeline"]}
            for role in midi
        ]  # fmt: skip
        take = {"job": request.job, "number": number, "path": path, "seed": number, "parts": [part]}
        return take | {"notes": list(notes)}

    def _notes(self, path: Path, number: int) -> str:
        """Four quarter notes, of which the variants play other ones."""
        file, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name="x"))
        track.append(mido.MetaMessage("set_tempo", tempo=600_000))
        for beat in range(4):
            track.append(mido.Message("note_on", channel=9, note=35 + number, velocity=90 + beat, time=0))
            track.append(mido.Message("note_on", channel=9, note=35 + number, velocity=0, time=240))
            track.append(mido.MetaMessage("text", text="-", time=240))
        track.append(mido.MetaMessage("end_of_track", time=480))
        file.tracks.append(track)
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(str(path))
        return str(path)

    def _wav(self, path: Path, samples: int, rate: int) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros((samples, 1), dtype=np.float32), rate)
        return str(path)

    def finish(self, request: Any, variants: int = 1, **how: Any) -> list[dict[str, Any]]:
        takes = [self.take(request, number, **how) for number in range(1, variants + 1)]
        self.keep("done", request.job, takes=takes)
        return takes


def is_job(request: Request) -> bool:
    return codec.task_of(request) in JOB_WORDS


__all__ = ["KEY", "AskRequest", "Desk", "JobRequest", "is_job"]
