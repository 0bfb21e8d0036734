"""Small jobs of the sketch backend, for pages that have something to show."""

from __future__ import annotations

from pathlib import Path

import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.events import Done, Failed
from bridge_server.protocol.requests import Generate, JobRequest, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source, Take
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess

RATE = 48_000


def song_file(folder: Path, seconds: float = 8.0, rate: int = RATE, name: str = "guitar.wav") -> Path:
    """A song of one track, alone in its project folder."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    soundfile.write(path, make_tone(seconds=seconds, rate=rate).T, rate, subtype="PCM_24")
    return path


def repaint(
    song: Path, start: float = 2.0, end: float = 5.0, variants: int = 3, seed: int = 7, **more: object
) -> Repaint:
    """Three takes of a few seconds in the middle of a song at 120 bpm."""
    rate = soundfile.info(song).samplerate
    asked: dict[str, object] = {
        "project": str(song.parent),
        "tags": "lofi, rhodes, soft drums",
        "music": Music(bpm=120.0, key="D minor"),
        **more,
    }
    return Repaint(
        job=new_job_id(),
        source=Source(path=str(song)),
        span=Span(round(start * rate), round(end * rate), rate),
        variants=variants,
        seed=seed,
        **asked,  # type: ignore[arg-type]
    )


def generate(
    seconds: float = 4.0, variants: int = 2, seed: int = 11, project: Path | None = None, **more: object
) -> Generate:
    return Generate(
        job=new_job_id(),
        project=str(project or ""),
        span=Span(0, round(seconds * RATE), RATE),
        tags=str(more.pop("tags", "warm synth, 90s house")),
        music=Music(bpm=120.0),
        variants=variants,
        seed=seed,
        **more,  # type: ignore[arg-type]
    )


def run(bridge: BridgeProcess, request: JobRequest, client: str = "tests") -> tuple[Take, ...]:
    """Have the job done by the running bridge, in the name of `client`; returns its takes."""
    with bridge.client(client) as speaker:
        return run_with(speaker, request)


def run_with(client: Client, request: JobRequest) -> tuple[Take, ...]:
    *_, last = client.run(request)
    assert not isinstance(last, Failed), last.error
    assert isinstance(last, Done)
    return last.takes
