"""How fast sketch renders: a full arrangement, a short repaint, and tinysoundfont with the same scores beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.sketch.measures import mixed
from benchmarks.sketch.scores import score_of
from benchmarks.sketch.sine_font import sine_font
from benchmarks.table import Row, milliseconds
from bridge_server.protocol.errors import Unsupported
from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from engine.backends.sketch import SketchBackend
from engine.sketch.midi import PROGRAMS
from engine.sketch.score import Score
from engine.sketch.synth.renderer import Renderer
from engine.sketch.synth.soundfont import SoundFont, chosen
from engine.watch import Watch
from engine.work import Work

RATE = 48_000
SECONDS, ROUNDS = 30.0, 3
STYLES = ("pop", "cinematic", "funk", "jazz")


def rows() -> list[Row]:
    Renderer().render(score_of("pop", 2, 1), Watch())  # tables that every process makes once
    scores = {style: score_of(style, SECONDS, 1) for style in STYLES}
    found = []
    for style, score in scores.items():
        cold, warm = _renders(score)
        notes = sum(len(part.notes) for part in score.parts)
        found.append(
            Row(
                f"{style}, 30 s, {len(score.parts)} stems, {notes} notes: nothing kept / notes kept",
                f"{_wall_and_cpu(cold)} / {_wall_and_cpu(warm)}",
                "< 1 s of clock on two free cores",
            )
        )
    found += _with_soundfont(scores)
    return found + _repaint()


def best(work: Callable[[], object]) -> tuple[float, float]:
    """The shortest clock and processor seconds of some rounds: others use the machine too."""
    times = []
    for _ in range(ROUNDS):
        wall, cpu = perf_counter(), process_time()
        work()
        times.append((perf_counter() - wall, process_time() - cpu))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


def _renders(score: Score) -> tuple[tuple[float, float], tuple[float, float]]:
    kept = Renderer()
    cold = best(lambda: Renderer().render(score, Watch()))
    kept.render(score, Watch())
    return cold, best(lambda: kept.render(score, Watch()))


def _wall_and_cpu(seconds: tuple[float, float]) -> str:
    return f"{seconds[0]:.2f} s, {SECONDS / seconds[0]:.0f} × real time ({seconds[1]:.2f} s of CPU)"


def _with_soundfont(scores: dict[str, Score]) -> list[Row]:
    """The same scores played by tinysoundfont alone, without our room and levels."""
    named = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sine.sf2"
        path.write_bytes(sine_font(tuple(sorted(set(PROGRAMS.values())))))
        try:
            font = chosen()
            named = f"{font.name}, drums too" if font else "a SoundFont of one sine, no drums"
            player = font or SoundFont(path)
        except Unsupported as error:
            return [Row("tinysoundfont, the same scores", f"not measured: {error.message}")]
        found = []
        for style, score in scores.items():
            parts = [part for part in score.parts if player.has(part.instrument)]
            wall, cpu = best(lambda: [player.play(score, part, Watch()) for part in parts])  # noqa: B023  (called at once)
            found.append(
                Row(
                    f"{style}, the same {len(parts)} stems dry by tinysoundfont ({named})",
                    _wall_and_cpu((wall, cpu)),
                )
            )
    return found


def _repaint() -> list[Row]:
    """Four bars at 120 bpm in the middle of 24 s, all of it heard: from the work to the whole take, stems and MIDI."""
    score = score_of("pop", 24, 1, Music(bpm=120, key="C major"))
    context = mixed(Renderer().render(score, Watch()))
    span = Span(8 * RATE, 16 * RATE, RATE)
    found = []
    for name, music in (("tempo and key told", Music(bpm=120, key="C major")), ("nothing told", Music())):
        request = Repaint(job="timed", tags="pop", source=Source(path="/x.wav"), span=span, music=music)
        work = Work(request=request, context=context, targets=(span,))
        kept = SketchBackend()
        list(kept.render(work, [1], Watch()))
        warm = best(lambda: list(kept.render(work, [1], Watch())))  # noqa: B023  (called at once)
        cold = best(lambda: list(SketchBackend().render(work, [1], Watch())))  # noqa: B023
        found.append(
            Row(
                f"repaint of 4 bars (8 s), {name}: notes kept / nothing kept",
                f"{milliseconds(warm[0])} ({milliseconds(warm[1])} of CPU) / "
                f"{milliseconds(cold[0])} ({milliseconds(cold[1])} of CPU)",
                "< 150 ms",
            )
        )
    return found
