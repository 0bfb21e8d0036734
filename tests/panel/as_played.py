"""What a DAW plays, put together without the panel: the source as soundfile reads it, takes where they say they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from bridge_server.panel.media.heard import company_of_job
from bridge_server.protocol.values import Part
from tests.panel.made import Made
from tests.region.conftest import noise

RATE = 48_000
Samples = NDArray[np.float32]


def song(
    made: Made,
    name: str = "song.wav",
    channels: int = 2,
    seconds: float = 3.0,
    rate: int = RATE,
    subtype: str = "PCM_24",
) -> Path:
    path = made.root / name
    soundfile.write(path, noise(channels, round(seconds * rate), seed=len(name)).T, rate, subtype=subtype)
    return path


def stereo(path: Path | str) -> Samples:
    """(T, 2) of a mono or stereo file."""
    audio = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio


def audition(made: Made, job: str, around: float = 0.5) -> Any:
    return made.desk.table.of_company(company_of_job(made.desk.records, job), made.desk.marks.all(), around)


def what_the_daw_plays(source: Samples | None, part: Part, first: int, frames: int, shift: int = 0) -> Samples:
    """`frames` samples of the timeline from `first` on: the source, whose sample 0 lies at `shift`, under a take's file
    with its handles."""
    out = np.zeros((frames, 2), np.float32)
    if source is not None:
        lay(out, source, shift - first, replaces=True)
    lay(out, stereo(part.path), part.timeline - first, replaces=True)
    return out


def lay(out: Samples, audio: Samples, at: int, replaces: bool = False) -> None:
    start, end = max(at, 0), min(at + len(audio), len(out))
    if start < end:
        inside = audio[start - at : end - at]
        out[start:end] = inside if replaces else out[start:end] + inside


def check_all_alike(made: Made, heard: Any) -> None:
    """Every WAV of an audition has the same length, rate and channels."""
    stems = [stem for take in heard.takes for stem in take.stems]
    for sound in filter(None, (heard.bed, heard.original, *heard.takes, *stems)):
        audio, rate = made.sound(sound.url)
        assert (audio.shape, rate) == ((heard.frames, 2), heard.rate)
