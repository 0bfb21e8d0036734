"""Demo song: eight bars in D minor, the small project that the demo works on.

`python -m engine.sketch.demo_song OUT_DIR` writes one FLAC per stem and `song.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.grid import Grid
from engine.sketch.meter import Meter
from engine.sketch.score import Chord, Feel, Plan, Score
from engine.sketch.synth.renderer import Renderer
from engine.sketch.synth.waves import RATE, Wave
from engine.sketch.theory import Key
from engine.watch import Watch

TITLE = "Low Tide"
FILE_RATE = 44_100
BPM, METER, KEY, BARS = 96.0, Meter(4, 4), Key(2, "minor"), 8
PROGRESSION = (
    *((2, "min7"), (10, "maj7"), (5, "maj7"), (0, "7")),
    *((7, "min7"), (10, "maj7"), (9, "min7"), (2, "min7")),
)
"""Dm7 B♭maj7 Fmaj7 C7, Gm7 B♭maj7 Am7 Dm7: one chord a bar, as (root, quality)."""
CAST: dict[str, tuple[str, ...]] = {
    "drums": ("lofi kit",),
    "bass": ("finger bass",),
    "keys": ("rhodes",),
    "lead": ("vibraphone",),
}
SEED = 12
LOUDNESS = -21.0


def song() -> Score:
    """The whole song as a score; always the same."""
    halves = [(bar * METER.beats + half, chord) for bar, chord in enumerate(PROGRESSION) for half in (0.0, 2.0)]
    samples = round(BARS * METER.beats * 60 / BPM * RATE)
    plan = Plan(
        style="soul",
        grid=Grid(BPM, METER, 0.0, RATE),
        samples=samples,
        windows=((0, samples),),
        cast=CAST,
        key=KEY,
        ending=True,
        whole=True,
        heard=tuple(Chord(at, 2.0, *chord) for at, chord in halves),
        loudness=LOUDNESS,
        room=0.6,
        feel=Feel(energy=-0.3, brightness=-0.5),
    )
    return compose(plan, Dice(((SEED, 1.0),)), Watch())


def stems() -> dict[str, Wave]:
    """Role → (2, T) float32 at 44.1 kHz, whole bars long."""
    samples = round(BARS * METER.beats * 60 / BPM * FILE_RATE)
    rendered = Renderer().render(song(), Watch())
    return {role: _at_file_rate(stem, samples) for role, stem in rendered.items()}


def _at_file_rate(stem: Wave, samples: int) -> Wave:
    converted = soxr.resample(stem.T, RATE, FILE_RATE, quality="VHQ").T[:, :samples]
    return np.pad(converted, ((0, 0), (0, samples - converted.shape[1]))).astype(np.float32)


def write(folder: Path) -> None:
    """Stems as 16-bit FLAC and `song.json` into `folder`, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for role, stem in stems().items():
        soundfile.write(folder / f"{role}.flac", stem.T, FILE_RATE, subtype="PCM_16", compression_level=1.0)
        files.append({"role": role, "file": f"{role}.flac"})
    facts = {
        "title": TITLE, "bpm": BPM, "meter": METER.name, "key": KEY.name, "bars": BARS, "rate": FILE_RATE,
        "stems": files, "licence": "Apache-2.0",
    }  # fmt: skip
    (folder / "song.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
