"""How sketch sounds, in figures, over every style and instrument."""

from __future__ import annotations

from msgspec import structs

from benchmarks.sketch import measures
from benchmarks.sketch.scores import score_of
from benchmarks.table import Row
from engine.sketch.loudness import loudness
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.renderer import USUAL, Renderer
from engine.watch import Watch

SECONDS, SEEDS = 20.0, 2


def rows() -> list[Row]:
    return [*_instruments(), *_mixes()]


def _instruments() -> list[Row]:
    aliasing, clicks = [], []
    for name, sound in PITCHED.items():
        # Not the lowest: partials of bells, which are no harmonics, lie there where those of others would fold to.
        for key in ((sound.low + sound.high) // 2, sound.high):
            aliasing.append((measures.aliasing_db(name, key), f"{name}, key {key}"))
        clicks += [(measures.click_db(name, key), f"{name}, key {key}") for key in (sound.low, sound.high)]
    (alias, alias_of), (click, click_of) = max(aliasing), max(clicks)
    return [
        Row(
            f"aliasing, {len(PITCHED)} instruments, middle and top of the range: worst",
            f"{alias:.0f} dB ({alias_of})",
            "< −60 dB",
        ),
        Row("click at a note's end above 8 kHz: worst", f"{click:.0f} dB of the peak ({click_of})", "< −60 dB"),
    ]


def _mixes() -> list[Row]:
    renderer = Renderer()
    found: dict[str, list[tuple[float, str]]] = {}
    for style in STYLES:
        for seed in range(SEEDS):
            score = score_of(style, SECONDS, seed)
            stems = renderer.render(score, Watch())
            # Rendered softly nothing is held back; raised to where it belongs, the bus shows what it does.
            soft = renderer.render(
                structs.replace(score, plan=structs.replace(score.plan, loudness=USUAL - 16)), Watch()
            )
            held_db, moving = measures.pumping(soft, 10 ** (16 / 20))
            mix = measures.mixed(stems)
            figures = {
                "loudness, LUFS": loudness(mix) or -70.0,
                "peak, dB full scale": measures.peak_db(mix),
                "crest factor, dB": measures.crest_db(mix),
                "slope 100 Hz … 8 kHz, dB an octave": measures.slope_db_per_octave(mix),
                "left and right alike (correlation)": measures.sides_alike(mix),
                "the same below 150 Hz": measures.sides_alike(mix, 150),
                "the bus holds back at most, dB": held_db,
                "share of the time that the bus moves 1 dB in 100 ms, %": 100 * moving,
            }
            for name, figure in figures.items():
                found.setdefault(name, []).append((figure, style))
    budgets = {"loudness, LUFS": "−14", "peak, dB full scale": "≤ −1", "crest factor, dB": "9 … 16"}
    budgets["slope 100 Hz … 8 kHz, dB an octave"] = "−6 … −3"
    return [Row(f"{name}, {len(each)} takes", _spread(each), budgets.get(name, "")) for name, each in found.items()]


def _spread(figures: list[tuple[float, str]]) -> str:
    values = sorted(figures)
    middle = values[len(values) // 2][0]
    return f"{values[0][0]:.2f} ({values[0][1]}) … median {middle:.2f} … {values[-1][0]:.2f} ({values[-1][1]})"
