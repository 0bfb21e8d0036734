"""A fake of ACE-Step 1.5's API server: the documented routes, and every way in which one may misbehave.

What it composes is a tone whose pitch follows the seed. Like the real one it brings every result to -1 dBFS, sends MP3
unless something else is asked for, cannot be told to stop, and forgets its jobs when it is restarted.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 48_000
TURBO, SFT, BASE = "acestep-v15-turbo", "acestep-v15-sft", "acestep-v15-base"
THREE, SIX = ["text2music", "repaint", "cover"], ["text2music", "repaint", "cover", "lego", "extract", "complete"]
Audio = NDArray[np.float32]
BODIES = {
    "html": b"<!DOCTYPE html><p>log in first",
    "half": b'{"data": {"task_id": "a',
    "nested": b"[" * 200_000,
    "shapeless": b'{"data": {"task_id": {"is": ["not", 1, "name"]}, "status": "x"}, "code": 200}',
}


@dataclass
class Job:
    """One task: its form, its sounds, and how often it was asked for since."""

    fields: dict[str, str]
    sounds: dict[str, Audio]
    looks: int = 0
    is_done: bool = False


@dataclass
class FakeAceStep:
    """key     wanted in the header; '' for none
    age      'late' has /v1/model_inventory, 'early' only /v1/models, 'openrouter' answers the latter in another shape
    looks    questions about a job before it is done
    faults   what goes wrong, by name: see `_Handler`; each is taken off the list when it has happened once, unless it
             is named in `for_ever`
    """

    key: str = ""
    age: str = "late"
    models: dict[str, bool] = field(default_factory=lambda: {TURBO: True})
    looks: int = 2
    faults: list[str] = field(default_factory=list)
    for_ever: bool = False
    address: str = ""
    jobs: dict[str, Job] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    released: list[Job] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def happens(self, fault: str) -> bool:
        with self.lock:
            if fault not in self.faults:
                return False
            if not self.for_ever:
                self.faults.remove(fault)
            return True

    def restart(self) -> None:
        """As after a crash: nothing is known any more."""
        self.jobs.clear()

    def inventory(self) -> dict[str, Any]:
        default = next(iter(self.models), None)
        return {
            "models": [
                {"name": name, "is_default": name == default, "is_loaded": is_loaded,
                 "supported_task_types": THREE if "turbo" in name else SIX}
                for name, is_loaded in self.models.items()
            ],
            "default_model": default, "lm_models": [{"name": "acestep-5Hz-lm-1.7B", "is_loaded": False}],
            "loaded_lm_model": None, "llm_initialized": False,
        }  # fmt: skip


def compose(job: Job) -> Audio:
    """(2, T) at -1 dBFS: the source with a tone in the region, or in `lego` the tone alone there."""
    fields, source = job.fields, job.sounds.get("src_audio")
    length = source.shape[1] // 1920 * 1920 if source is not None else int(float(fields["audio_duration"]) * RATE)
    pitch = 200 + int(fields["seed"]) % 97
    tone = 0.4 * np.sin(2 * np.pi * pitch * np.arange(length) / RATE, dtype=np.float64)
    made = np.stack([tone, tone]).astype(np.float32)
    if source is not None and fields["task_type"] in ("repaint", "lego"):
        start = int(float(fields["repainting_start"]) * 25) * 1920
        end = float(fields["repainting_end"])
        stop = length if end < 0 else int(end * 25) * 1920
        whole = source[:, :length].copy()
        whole[:, start:stop] = made[:, start:stop]
        made = whole
    return made * np.float32(0.8913 / max(float(np.abs(made).max()), 1e-6))


class _Handler(BaseHTTPRequestHandler):
    """Faults of a route are written 'ROUTE: FAULT' with one of status-N, wrapped-N (inside an answer of 200), html,
    half, nested, shapeless, redirect, silent, drop. Faults of a job: failed, oom, stuck, restart, other seed, foreign
    file, no file, nulls; of its file: page, endless, wrong length, short, mono, mute, nan, mp3, flac, aiff, half a
    file.
    """

    protocol_version = "HTTP/1.1"
    fake: FakeAceStep

    def log_message(self, *_: object) -> None:
        """Tests look at `asked`."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        if "deaf" in self.fake.faults:  # takes nothing in
            time.sleep(1.5)
            self.close_connection = True
            return
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        fake, parts = self.fake, urlsplit(self.path)
        fake.asked.append(f"{self.command} {parts.path}")
        fake.headers.append(dict(self.headers))
        if self._misbehaves():
            return
        if fake.key and parts.path != "/health" and self.headers.get("Authorization") != f"Bearer {fake.key}":
            self._send(401, {"detail": "Invalid API key"})
            return
        match parts.path:
            case "/health":
                self._wrapped({"status": "ok", "service": "ACE-Step API", "version": "1.0"})
            case "/v1/model_inventory" if fake.age == "late":
                self._wrapped(fake.inventory())
            case "/v1/models" if fake.age == "openrouter":
                self._send(200, {"data": [{"id": f"acestep/{name}", "name": name} for name in fake.models]})
            case "/v1/models":
                self._wrapped(fake.inventory())
            case "/release_task":
                self._release(body)
            case "/query_result":
                self._query(body)
            case "/v1/audio":
                self._audio(parse_qs(parts.query)["path"][0])
            case _:
                self._send(404, {"detail": "Not Found"})

    def _misbehaves(self) -> bool:
        fake, name = self.fake, urlsplit(self.path).path.rsplit("/", 1)[-1]
        for fault in [*fake.faults]:
            where, _, what = fault.partition(": ")
            if where != name or not fake.happens(fault):
                continue
            self._do(*what.partition("-")[::2])
            return True
        return False

    def _do(self, kind: str, number: str) -> None:
        if kind == "status":
            self._send(int(number), {"detail": "the reason\nwhy"})
        elif kind == "wrapped":
            self._send(200, {"data": None, "code": int(number), "error": "the reason why", "timestamp": 0})
        elif kind in BODIES:
            self._raw(200, BODIES[kind], "application/json", missing=40 if kind == "half" else 0)
        elif kind == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            assert kind in ("silent", "drop"), f"nobody knows the fault {kind!r}"
            time.sleep(1.8 if kind == "silent" else 0.0)
            self.close_connection = True

    def _release(self, body: bytes) -> None:
        mark = b"--" + self.headers["Content-Type"].partition("boundary=")[2].encode()
        fields, sounds = {}, {}
        for part in body.split(mark)[1:-1]:
            head, _, data = part[2:-2].partition(b"\r\n\r\n")
            name = head.partition(b'name="')[2].partition(b'"')[0].decode()
            if b"filename=" in head:
                audio, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
                assert rate == RATE
                sounds[name] = audio.T
            else:
                fields[name] = data.decode()
        job, task = Job(fields, sounds), f"task-{len(self.fake.released)}"
        self.fake.jobs[task] = job
        self.fake.released.append(job)
        self._wrapped({"task_id": task, "status": "queued", "queue_position": 1})

    def _query(self, body: bytes) -> None:
        fake, answers = self.fake, []
        [task] = json.loads(body)["task_id_list"]
        job = fake.jobs.get(task)
        if job and job.looks == 1 and fake.happens("restart"):
            fake.restart()
            job = None
        if job is None:
            answers.append({"task_id": task, "status": 0, "result": "[]", "progress_text": ""})
        else:
            job.looks += 1
            answers.append({"task_id": task, **self._state(task, job)})
        self._wrapped(answers)

    def _state(self, task: str, job: Job) -> dict[str, Any]:
        fake, path = self.fake, f"/v1/audio?path={quote(f'/tmp/api_audio/{task}.wav', safe='')}"
        for fault, said in (("failed", "the reason why"), ("oom", "CUDA out of memory. Tried to allocate 2 GiB")):
            if fake.happens(fault):
                return {"status": 2, "result": json.dumps([{"file": "", "status": 2, "error": said}])}
        if job.looks <= fake.looks or fake.happens("stuck"):
            at = min(job.looks, fake.looks) / (fake.looks + 1)
            item = {
                "file": "",
                "status": 0,
                "progress": at,
                "stage": "running",
                "error": None,
            }
            return {"status": 0, "result": json.dumps([item]), "progress_text": "somebody else's song: 40%"}
        job.is_done = True
        seed = "77" if fake.happens("other seed") else job.fields["seed"]
        if fake.happens("foreign file"):
            path = "http://127.0.0.1:9/v1/audio?path=x"
        if fake.happens("no file"):
            path = ""
        if fake.happens("nulls"):
            nothing = dict.fromkeys(("wave", "stage", "error", "progress", "metas", "dit_model"))
            item = {"file": path, "status": 1, "seed_value": int(seed), "score": float("nan"), **nothing}
            return {"status": 1, "result": json.dumps([item]), "progress_text": None}
        item = {"file": path, "wave": "", "status": 1, "prompt": job.fields["prompt"], "metas": {},
                "seed_value": seed, "lm_model": "", "dit_model": job.fields.get("model", TURBO)}  # fmt: skip
        return {"status": 1, "result": json.dumps([item])}

    def _audio(self, path: str) -> None:
        fake, job = self.fake, self.fake.jobs.get(path.rsplit("/", 1)[-1].removesuffix(".wav"))
        if job is None or not path.startswith("/tmp/api_audio/"):
            self._send(403 if job else 404, {"detail": "File not found"})
            return
        audio, rate, kind = compose(job), RATE, job.fields.get("audio_format", "mp3").upper()
        for fault, instead in (("page", b"<html>gone for lunch"), ("endless", bytes(audio.size * 20 + (2 << 20)))):
            if fake.happens(fault):
                self._raw(200, instead, "text/html")
                return
        if fake.happens("wrong length"):
            audio = np.concatenate([audio, audio], axis=1)
        if fake.happens("short"):
            audio = audio[:, : audio.shape[1] // 2]
        if fake.happens("mono"):
            audio, rate = audio[:1, ::2], RATE // 2
        if fake.happens("mute"):
            audio = np.zeros_like(audio)
        subtype = "FLOAT" if "nan" in fake.faults else None
        if fake.happens("nan"):
            audio = np.full_like(audio, np.nan)
        kind = next((other.upper() for other in ("mp3", "flac", "aiff") if fake.happens(other)), kind)
        file = io.BytesIO()
        soundfile.write(file, audio.T, rate, subtype, format=kind)
        self._raw(200, file.getvalue(), "audio/wav", missing=100 if fake.happens("half a file") else 0)

    def _wrapped(self, data: object) -> None:
        self._send(200, {"data": data, "code": 200, "error": None, "timestamp": 1_700_000_000_000, "extra": None})

    def _send(self, status: int, plain: object) -> None:
        self._raw(status, json.dumps(plain).encode(), "application/json")

    def _raw(self, status: int, body: bytes, kind: str, missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = missing > 0


@contextmanager
def serving(fake: FakeAceStep, port: int = 0) -> Iterator[FakeAceStep]:
    """Serve on loopback until the end of the block."""

    class Handler(_Handler):
        pass

    Handler.fake = fake
    with _Quiet(("127.0.0.1", port), Handler) as there:
        fake.address = f"http://127.0.0.1:{there.server_address[1]}"
        thread = threading.Thread(target=there.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            there.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that has had enough hangs up."""
