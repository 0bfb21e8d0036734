"""Pictures of a take: its notes as SVG, its spectrogram as PNG, without any library for drawing."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from engine.sketch.score import Score
from engine.sketch.synth.percussion import KITS

WIDTH, HEIGHT, DRUM_ROW = 760, 260, 7
LEFT, TOP = 8, 26
INKS = ("#4f8fd9", "#d9734f", "#5fae6b", "#b07ad0", "#c9a227", "#4fb3b3", "#d95f8c", "#7f8c99")
SHADES = 48
_LOWEST, _HIGHEST = 40.0, 16_000.0
_COLOURS = np.array(
    [(0.0, 0.0, 0.02), (0.13, 0.05, 0.3), (0.45, 0.11, 0.42), (0.78, 0.27, 0.28), (0.97, 0.6, 0.1), (0.99, 0.99, 0.7)]
)


def roll(score: Score, seconds: float) -> str:
    """The notes as a piano roll, a colour for each part; drums as ticks above."""
    grid = score.plan.grid
    pitched = [note.pitch for part in score.parts if part.instrument not in KITS for note in part.notes] or [48, 72]
    low, high = min(pitched) - 1, max(pitched) + 1
    across = (WIDTH - 2 * LEFT) / seconds
    drums = TOP + 14
    floor, ceiling = HEIGHT - 10, drums + 3 * DRUM_ROW + 8
    shapes = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#17191c"/>']
    bar = grid.bar_of(grid.beat(0))
    while (at := grid.sample(grid.line(bar)) / grid.rate) < seconds:
        if at >= 0:
            x = LEFT + at * across
            shapes.append(f'<path d="M{x:.1f} {TOP}V{floor}" stroke="#3a3f45"/>')
        bar += 1
    for number, part in enumerate(score.parts):
        ink = INKS[number % len(INKS)]
        for note in part.notes:
            start, end = (grid.sample(beat) / grid.rate for beat in (note.start, note.start + note.length))
            x, wide = LEFT + start * across, max(1.5, (end - start) * across)
            if part.instrument in KITS:
                y, wide, tall = drums + (note.pitch % 3) * DRUM_ROW, 2.0, DRUM_ROW - 2.0
            else:
                tall = max(2.0, (floor - ceiling) / (high - low) - 0.5)
                y = floor - (note.pitch - low) / (high - low) * (floor - ceiling) - tall
            place = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
            shapes.append(f'<rect {place} fill="{ink}" opacity="{0.35 + 0.65 * note.velocity / 127:.2f}"/>')
    names, x = [], LEFT
    for number, part in enumerate(score.parts):
        names.append(f'<text x="{x}" y="17" fill="{INKS[number % len(INKS)]}">{part.instrument}</text>')
        x += 7 * len(part.instrument) + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">{"".join(shapes)}{"".join(names)}</svg>\n'
    )


def spectrogram(audio: NDArray[np.float32], rate: int) -> bytes:
    """A PNG: time to the right, 40 Hz to 16 kHz upwards by octaves, 80 dB from dark to light. `audio` is (C, T)."""
    mono = audio.mean(axis=0)
    size = 4096
    starts = np.linspace(0, max(0, len(mono) - size), WIDTH).astype(int)
    frames = np.stack([mono[start : start + size] for start in starts]) * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    rows = np.geomspace(_LOWEST, _HIGHEST, HEIGHT + 1) * size / rate
    sums = np.concatenate([np.zeros((len(starts), 1)), np.cumsum(power, axis=1)], axis=1)
    edges = np.stack([[np.interp(row, np.arange(sums.shape[1]), line) for row in rows] for line in sums])
    bands = np.diff(edges, axis=1)
    level = 10 * np.log10(bands / max(bands.max(), 1e-12) + 1e-12)
    shade = np.clip(1 + level / 80, 0, 1).T[::-1]
    return _png(np.round(shade * (SHADES - 1)).astype(np.uint8))


def _palette() -> bytes:
    at = np.linspace(0, len(_COLOURS) - 1, SHADES)
    mixed = np.stack([np.interp(at, np.arange(len(_COLOURS)), channel) for channel in _COLOURS.T], axis=1)
    return (mixed * 255).astype(np.uint8).tobytes()


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W) numbers of shades as a PNG. Source: PNG specification, third edition, sections 5 and 11."""
    height, width = pixels.shape
    lines = b"".join(b"\x00" + row.tobytes() for row in pixels)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", _palette()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
