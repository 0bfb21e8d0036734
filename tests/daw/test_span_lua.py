"""Seconds on a timeline become whole samples of a file: the Lua agrees with exact fractions in Python."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.daw.studio import LUAS, lua_runtime

RUNTIMES = {name: lua_runtime(name) for name in LUAS}
SPANS = {
    name: runtime.execute('local span = require("shared.span"); return span') for name, runtime in RUNTIMES.items()
}
each_lua = pytest.mark.parametrize("name", LUAS)

RATES = st.sampled_from([8_000, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000])
SECONDS = st.floats(0, 3_600).map(lambda value: round(value, 6))


@st.composite
def clips(draw: Any, loops: bool = False, playrate: Any = None) -> dict[str, Any]:
    rate = draw(RATES)
    playrates = [0.5, 1.0, 1.0595, 2.0] if playrate is None else [playrate]
    return {
        "position": draw(SECONDS),
        "length": draw(st.floats(0.2, 600)),
        "offset": draw(st.floats(-5, 60)),
        "playrate": draw(st.sampled_from(playrates)),
        "loops": loops,
        "section_start": draw(st.integers(0, 10 * rate)) / rate,
        "section_seconds": draw(st.integers(rate // 2, 600 * rate)) / rate,
        "rate": rate,
    }


def of_clip(name: str, clip: dict[str, Any], start: float, end: float) -> Any:
    found = SPANS[name].of_clip(RUNTIMES[name].table_from(clip), start, end)
    if found[0] is None:
        return None, found[1]
    return (found[0]["start"], found[0]["end"], found[0]["rate"]), found[1]


def rounded(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def exact_span(clip: dict[str, Any], start: float, end: float) -> tuple[Fraction, Fraction]:
    """The samples at which the range begins and ends, as exact fractions, cut to clip and section."""
    values = {key: Fraction(value) for key, value in clip.items()}
    first = max(Fraction(start), values["position"])
    last = min(Fraction(end), values["position"] + values["length"])
    ends = [values["offset"] + (t - values["position"]) * values["playrate"] for t in (first, last)]
    ends = [min(max(s, Fraction(0)), values["section_seconds"]) for s in ends]
    return tuple((values["section_start"] + s) * values["rate"] for s in ends)  # type: ignore[return-value]


@each_lua
@given(clip=clips(), at=st.floats(-0.5, 1.5), length=st.floats(0.1, 300))
def test_a_range_is_rounded_to_the_nearest_samples(name: str, clip: dict[str, Any], at: float, length: float):
    start = clip["position"] + at * clip["length"]
    span, position = of_clip(name, clip, start, start + length)
    first, last = exact_span(clip, start, start + length)
    if span is None:
        too_short = min(start + length, clip["position"] + clip["length"]) - max(start, clip["position"]) < 0.1001
        assert too_short or last - first < 1, position
        return
    # A double of an hour holds a sample to some 1e-5: where the exact value is half-way, either neighbour is right.
    assert abs(span[0] - first) < 0.501
    assert abs(span[1] - last) < 0.501
    assert span[2] == clip["rate"]
    assert isinstance(span[0], int)
    assert isinstance(span[1], int)
    assert 0 <= span[0] < span[1]
    assert span[1] <= rounded(Fraction(clip["section_start"] + clip["section_seconds"]) * clip["rate"])


@each_lua
@given(clip=clips(playrate=1.0), start=st.integers(0, 100_000), length=st.integers(20_000, 400_000))
def test_whole_samples_stay_what_they_are(name: str, clip: dict[str, Any], start: int, length: int):
    """A selection made on sample positions comes out as exactly those samples, at the same place."""
    clip["offset"] = round(clip["offset"] * clip["rate"]) / clip["rate"]
    clip["offset"] = max(clip["offset"], 0)
    rate = clip["rate"]
    clip["section_seconds"] = (round(clip["offset"] * rate) + start + length + rate) / rate
    clip["length"] = (start + length) / rate + 1
    begin = clip["position"] + start / rate
    assume(length / rate > 0.11)
    span, position = of_clip(name, clip, begin, begin + length / rate)
    first = round((clip["section_start"] + clip["offset"]) * rate) + start
    assert span == (first, first + length, rate)
    assert position == pytest.approx(begin, abs=1e-6)


@each_lua
@given(clip=clips(loops=True), at=st.floats(0, 1))
def test_a_loop_stays_in_one_pass(name: str, clip: dict[str, Any], at: float):
    clip["section_seconds"] = min(clip["section_seconds"], 20.0)
    start = clip["position"] + at * (clip["length"] - 0.15)
    span, position = of_clip(name, clip, start, start + 0.15)
    if span is None:
        assert position in ("repeats", "silent")
        return
    low = rounded(Fraction(clip["section_start"]) * clip["rate"])
    high = rounded(Fraction(clip["section_start"] + clip["section_seconds"]) * clip["rate"])
    assert low <= span[0] < span[1] <= high
    assert position == pytest.approx(start, abs=1 / clip["rate"] / clip["playrate"] + 1e-6)


@each_lua
@given(seconds=st.integers(9_600, 480_000), passes=st.integers(0, 200), position=SECONDS)
def test_a_range_that_begins_on_the_seam_of_a_loop_begins_the_next_pass(
    name: str, seconds: int, passes: int, position: float
):
    length = seconds / 48_000
    clip = {"position": position, "length": 3_000.0, "offset": 0.0, "playrate": 1.0, "loops": True,
            "section_start": 0.0, "section_seconds": length, "rate": 48_000}  # fmt: skip
    start = position + passes * length
    span, _ = of_clip(name, clip, start, start + 0.15)
    assert span == (0, 7_200, 48_000)


@each_lua
@given(clip=clips(), moved=st.floats(-100, 100), trimmed=st.floats(0, 5), at=st.floats(0, 0.5))
def test_a_span_follows_a_clip_that_is_moved_and_trimmed(
    name: str, clip: dict[str, Any], moved: float, trimmed: float, at: float
):
    start = clip["position"] + at * clip["length"]
    span, position = of_clip(name, clip, start, start + 30)
    assume(span is not None)
    now = {
        **clip,
        "position": clip["position"] + moved + trimmed,
        "offset": clip["offset"] + trimmed * clip["playrate"],
    }
    runtime = RUNTIMES[name]
    there = SPANS[name].position_of(
        runtime.table_from(now), runtime.table_from({"start": span[0], "rate": span[2]}), 0.0
    )
    assert there == pytest.approx(position + moved, abs=1e-6)


@each_lua
@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [(0.0, 1.0, "no_overlap"), (13.0, 14.0, "no_overlap"), (5.0, 5.0, "no_overlap"), (5.0, 5.05, "too_short"),
     (2.0, 2.5, "silent"), (11.5, 12.0, "silent")],
)  # fmt: skip
def test_why_there_is_no_span(name: str, start: float, end: float, reason: str):
    clip = {"position": 2.0, "length": 10.0, "offset": -1.0, "playrate": 1.0, "loops": False, "section_start": 0.0,
            "section_seconds": 8.0, "rate": 48_000}  # fmt: skip
    assert of_clip(name, clip, start, end) == (None, reason)


@each_lua
@given(seconds=SECONDS, rate=RATES)
def test_halves_round_up_as_on_the_bridge(name: str, seconds: float, rate: int):
    found = SPANS[name].samples(seconds, rate)
    assert isinstance(found, int)
    assert abs(found - Fraction(seconds) * rate) <= Fraction(1, 2) + Fraction(1, 10_000)
