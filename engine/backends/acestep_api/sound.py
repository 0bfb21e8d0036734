"""What came back: really sound, of the right length, and brought to the level of what was sent."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr

from bridge_server.protocol.errors import BadAnswer
from engine.backends.ace_15.capabilities import RATE
from engine.backends.acestep_api.score import Score
from engine.work import Samples

FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3")
LOSSY = ("OGG", "MP3")
MOST_CHANNELS = 2
SLACK = RATE // 10
"""Samples by which a result may be longer or shorter: a lossy file begins and ends with some padding."""

QUIET = 1e-4
"""-80 dBFS: what is quieter is nothing that anybody has asked for."""

MOST_GAIN = 8.0
"""Surroundings that differ by more than 18 dB are not the same music."""


@dataclass(frozen=True)
class Sound:
    """`audio` is (2, T) float32 at 48 kHz, as long as was wanted."""

    audio: Samples
    notes: tuple[str, ...]


def most_bytes(score: Score) -> int:
    """What a result may have: stereo of 32 bits at four times the rate."""
    return score.samples * 2 * 4 * 4 + (1 << 20)


def sound(body: bytes, score: Score, length: int) -> Sound:
    """The wanted samples of a result, `length` of them. Raises BadAnswer."""
    heard, notes = _decoded(body, score)
    source = score.source
    first, last = (source.first, source.last) if source else (0, length)
    if source and abs(heard.shape[1] - score.samples) > SLACK:
        sent, was_sent = heard.shape[1] / RATE, score.samples / RATE
        raise BadAnswer(f"The server sent {sent:.2f} s back for {was_sent:.2f} s: nobody knows where they belong.")
    if heard.shape[1] < last - SLACK:
        raise BadAnswer(f"The server sent {heard.shape[1] / RATE:.2f} s where {last / RATE:.2f} s were asked for.")
    gain = _gain(heard, score)
    wanted = np.zeros((2, length), np.float32)
    found = heard[:, first:last] * np.float32(gain)
    wanted[:, : found.shape[1]] = found
    if float(np.abs(wanted).max(initial=0.0)) < QUIET:
        notes.append("what the server sent is next to silent; another seed may help")
    return Sound(wanted, tuple(notes))


def _decoded(body: bytes, score: Score) -> tuple[Samples, list[str]]:
    """(2, T) at 48 kHz, and what was not as it was asked for."""
    try:
        with soundfile.SoundFile(io.BytesIO(body)) as file:
            _check(file, score)
            rate, channels, kind = file.samplerate, file.channels, file.format
            limit = (score.samples + 2 * SLACK) * rate // RATE
            audio = file.read(limit + 1, dtype="float32", always_2d=True).T
    except (soundfile.LibsndfileError, TypeError, ValueError) as error:
        what = "a web page" if body[:64].lstrip().lower().startswith((b"<!doctype", b"<html")) else "no sound file"
        raise BadAnswer(f"The server sent {what} instead of a result ({len(body):,} bytes).") from error
    if audio.shape[1] > limit:
        raise BadAnswer(f"The server sent more than the {score.samples / RATE:.1f} s that were asked for.")
    if not np.isfinite(audio).all():
        raise BadAnswer(
            "The server sent samples that are not numbers.", "Another seed may help, or another model there."
        )
    notes = [f"the server sent {kind} although WAV was asked for; it has lost something"] if kind in LOSSY else []
    if channels == 1:
        notes.append("the server sent mono; both channels are the same")
        audio = np.repeat(audio, 2, axis=0)
    if rate != RATE:
        notes.append(f"the server sent {rate} Hz, which were converted to {RATE} Hz")
        audio = soxr.resample(audio.T, rate, RATE).T
    return np.ascontiguousarray(audio, np.float32), notes


def _check(file: soundfile.SoundFile, score: Score) -> None:
    """From the header alone, before anything is decoded."""
    if file.format not in FORMATS:
        raise BadAnswer(f"The server sent a file of the kind {file.format}, which is not read from a network.")
    if not 1 <= file.channels <= MOST_CHANNELS:
        raise BadAnswer(f"The server sent {file.channels} channels instead of two.")
    if not 8_000 <= file.samplerate <= 4 * RATE:
        raise BadAnswer(f"The server sent a rate of {file.samplerate} Hz.")


def _gain(heard: Samples, score: Score) -> float:
    """The server brings every result to full level. Where it sends the surroundings along, they tell by how much."""
    source = score.source
    if source is None or score.kind not in ("repaint", "lego"):
        return 1.0
    end = min(source.inner, heard.shape[1])
    mask = np.ones(end, bool)
    mask[max(source.first - SLACK, 0) : source.last + SLACK] = False
    if mask.sum() < RATE // 2:
        return 1.0
    ours, theirs = source.audio[:, :end][:, mask], heard[:, :end][:, mask]
    levels = [float(np.sqrt(np.mean(audio.astype(np.float64) ** 2))) for audio in (ours, theirs)]
    if min(levels) < QUIET:
        return 1.0
    gain = levels[0] / levels[1]
    return gain if 1 / MOST_GAIN <= gain <= MOST_GAIN else 1.0
