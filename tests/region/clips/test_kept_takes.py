"""A take that lies on the timeline as it was made is known there: what its backend kept is found (promise P10)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.requests import Extend, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, LiveClip, Source
from bridge_server.region.deliver import deliver
from bridge_server.region.latents import HULL_START
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, noise, rendered

RATE = 48_000
AT = 5 * RATE
TAKE = 20_000


@pytest.fixture
def take(sound: Callable[..., Path], tmp_path: Path) -> Path:
    """Of `TAKE` samples, in one file with 480 samples of what was around it."""
    request = ask(Repaint, sound("source.wav", noise(2, RATE)), Span(9_600, 9_600 + TAKE, RATE), handles=480)
    prepared = prepare(request, capabilities(sample_rate=RATE))
    return Path(deliver(prepared, rendered(prepared, latents=True), tmp_path).path)


def laid(take: Path, **changes: object) -> Clip:
    known: dict[str, object] = {"path": str(take), "start": AT, "length": TAKE + 960}
    return Clip(**{**known, **changes})  # type: ignore[arg-type]


def found(*clips: Clip | LiveClip, span: Span | None = None) -> dict[str, np.ndarray]:
    kind = "live_clips" if isinstance(clips[0], LiveClip) else "clips"
    request = Repaint(
        job="job-0002",
        source=Source(**{kind: clips}),
        span=span or Span(AT + 2_000, AT + 8_000, RATE),  # type: ignore[arg-type]
    )
    return dict(prepare(request, capabilities(sample_rate=RATE)).latents)


def test_it_is_found_where_it_would_be_in_the_file(take: Path) -> None:
    by_file = ask(Repaint, take, Span(2_000, 8_000, RATE))
    wanted = prepare(by_file, capabilities(sample_rate=RATE)).latents
    by_clip = found(laid(take))
    np.testing.assert_array_equal(by_clip["frames"], wanted["frames"])
    assert by_clip[HULL_START] == wanted[HULL_START]


def test_neighbours_do_not_hide_it(take: Path, sound: Callable[..., Path]) -> None:
    other = str(sound("other.wav", noise(2, RATE)))
    before = Clip(path=other, start=AT - 10_000, length=10_000)
    after = Clip(path=other, start=AT + TAKE + 960, length=10_000)
    hull = found(before, laid(take), after)[HULL_START]
    # 100 ms of context lie before the span; the take's own hull begins 480 samples into its file.
    assert hull == 4_800 - 2_000 + 480


def test_a_clip_of_live_is_known_too(take: Path) -> None:
    beats = AT / RATE * 2
    clip = LiveClip(
        path=str(take), start_time=beats, end_time=beats + (TAKE + 960) / RATE * 2, loop_start=0.0,
        loop_end=(TAKE + 960) / RATE, sample_length=TAKE + 960, sample_rate=float(RATE), tempo=120.0,
    )  # fmt: skip
    assert found(clip)[HULL_START] == found(laid(take))[HULL_START]


@pytest.mark.parametrize(
    "changes",
    [
        {"gain_db": -1.0},
        {"fade_in": 100},
        {"playrate": 1.1},
        {"semitones": 1.0},
        {"reversed": True},
        {"file_channel": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_sounds_otherwise_than_the_file_is_heard_anew(take: Path, changes: dict[str, object]) -> None:
    assert found(laid(take, **changes)) == {}


def test_a_take_that_was_cut_is_known_unless_something_else_is_heard_in_its_place(
    take: Path, sound: Callable[..., Path]
) -> None:
    cut = laid(take, offset=0.1, length=9_000)
    assert found(cut)[HULL_START] == 480 - 4_800, "its hull begins before what is heard"
    neighbour = Clip(path=str(sound("other.wav", noise(2, RATE))), start=AT + 9_000, length=9_000)
    assert found(cut, neighbour) == {}


def test_what_another_clip_sounds_through_is_heard_anew(take: Path, sound: Callable[..., Path]) -> None:
    other = Clip(path=str(sound("other.wav", noise(2, RATE))), start=AT + 15_000, length=1_000)
    assert found(laid(take), other) == {}


def test_beside_the_take_nothing_of_it_is_meant(take: Path) -> None:
    assert found(laid(take), span=Span(AT + TAKE, AT + TAKE + 9_000, RATE))[HULL_START] is not None
    assert found(laid(take), span=Span(AT + 30_000, AT + 40_000, RATE)) == {}


def test_an_extension_of_the_take_knows_it(take: Path) -> None:
    request = Extend(
        job="job-0002", source=Source(clips=(laid(take),)), span=Span(AT, AT + TAKE + 960, RATE), right=9_600
    )
    assert HULL_START in prepare(request, capabilities(sample_rate=RATE)).latents
