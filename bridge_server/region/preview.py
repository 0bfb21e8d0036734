"""A preview of a take: a plain WAV for a first impression, at the backend's own rate."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from bridge_server.protocol.errors import EngineFault
from bridge_server.region.excerpt import Samples
from bridge_server.region.storage import write_file


def write_preview(audio: Samples, rate: int, number: int, folder: Path) -> Path:
    """Write `preview-N.wav` into a job's folder, which exists; neither loudness nor seams are looked after.

    audio  (C, T) float32 at `rate`
    Raises EngineFault for audio with NaN; DiskFull, ReadOnly.
    """
    if audio.ndim != 2 or not np.isfinite(audio).all():
        raise EngineFault("The preview is not sound.", "Retry without a preview.")
    file = io.BytesIO()
    soundfile.write(file, np.clip(audio, -1, 1).T, rate, format="WAV", subtype="PCM_16")
    path = folder / f"preview-{number}.wav"
    write_file(path, file.getvalue())
    return path
