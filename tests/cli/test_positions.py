"""Seconds, bars and spans become samples: the same rule everywhere, never off by one."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge_server.cli.positions import Bars, Ruler, nearest, read_samples
from bridge_server.cli.trouble import WrongUsage
from bridge_server.protocol.errors import BadSpan
from bridge_server.protocol.span import LONGEST, Span

RATES = st.sampled_from([8_000, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000])
METERS = st.sampled_from(["4/4", "3/4", "7/8", "12/8", "5/16", "2/2"])
TEMPOS = st.decimals(20, 400, places=2).map(float)


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("0", 0),
        ("4.0", 192_000),
        ("4", 192_000),
        (" 0.5 ", 24_000),
        ("1e-3", 48),
        ("1|1", 0),
        ("5|1", 384_000),
        ("5|3", 432_000),
        ("2|1.5", 108_000),
    ],
)
def test_positions_at_120_bpm(text: str, sample: int) -> None:
    assert Ruler(rate=48_000, bars=Bars.read(120, "4/4")).position(text) == sample


@pytest.mark.parametrize(
    ("meter", "text", "sample"),
    [("3/4", "2|1", 72_000), ("6/8", "2|1", 72_000), ("6/8", "1|2", 12_000), ("7/8", "3|1", 168_000)],
)
def test_bpm_counts_quarter_notes_in_every_meter(meter: str, text: str, sample: int) -> None:
    assert Ruler(rate=48_000, bars=Bars.read(120, meter)).position(text) == sample


@pytest.mark.parametrize(
    ("text", "samples"), [("8.0", 384_000), ("2bars", 192_000), ("1 bar", 96_000), ("3beats", 72_000)]
)
def test_lengths(text: str, samples: int) -> None:
    assert Ruler(rate=48_000, bars=Bars.read(120, "4/4")).length(text) == samples


@pytest.mark.parametrize(
    "text",
    ["", "four", "nan", "inf", "-inf", "1e99", "1e-99", "5|", "|1", "5|0", "0|1", "5|5", "-1|1", "1|-1", "5|1|1"],
)
def test_what_is_no_position_is_wrong_usage(text: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        Ruler(rate=48_000, bars=Bars.read(120, "4/4")).position(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["5|1", "1|1"])
def test_bars_need_a_tempo(text: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        Ruler(rate=48_000).position(text)
    assert "--bpm" in caught.value.hint


@pytest.mark.parametrize("meter", ["", "4", "4/3", "0/4", "33/4", "4/4\n", "four/4"])
def test_what_is_no_meter(meter: str) -> None:
    with pytest.raises(WrongUsage):
        Bars.read(120, meter)


@pytest.mark.parametrize("text", ["-1", "1e20"])
def test_positions_outside_of_everything(text: str) -> None:
    with pytest.raises(BadSpan):
        Ruler(rate=48_000).position(text)


def test_before_bar_one_there_is_still_the_file() -> None:
    ruler = Ruler(rate=48_000, bars=Bars.read(120, "4/4", offset_seconds=0.5))
    assert ruler.position("1|1") == 24_000
    assert ruler.since_bar(0) == 72_000
    with pytest.raises(BadSpan):
        Ruler(rate=48_000, bars=Bars.read(120, "4/4", offset_seconds=-1)).position("1|1")


@given(rate=RATES, sample=st.integers(0, 2**36))
def test_a_sample_written_in_seconds_comes_back(rate: int, sample: int) -> None:
    assert Ruler(rate=rate).position(f"{sample / rate:.9f}") == sample


@given(rate=RATES, bpm=TEMPOS, meter=METERS, bar=st.integers(1, 5_000))
def test_bar_lines_lie_on_the_nearest_sample_and_know_it(rate: int, bpm: float, meter: str, bar: int) -> None:
    ruler = Ruler(rate=rate, bars=Bars.read(bpm, meter))
    sample = ruler.position(f"{bar}|1")
    assert ruler.bars is not None
    exact = (bar - 1) * ruler.bars.bar_seconds * rate
    assert abs(sample - exact) <= Fraction(1, 2)
    assert ruler.since_bar(sample) <= 1
    assert ruler.since_bar(sample) == 0 or sample > exact


@given(rate=RATES, bpm=TEMPOS, meter=METERS, sample=st.integers(0, 2**32), offset=st.decimals(-60, 60, places=3))
def test_since_bar_is_less_than_a_bar(rate: int, bpm: float, meter: str, sample: int, offset: object) -> None:
    ruler = Ruler(rate=rate, bars=Bars.read(bpm, meter, offset_seconds=float(str(offset))))
    assert ruler.bars is not None
    assert 0 <= ruler.since_bar(sample) < ruler.bars.bar_seconds * rate


@given(rate=RATES, bpm=TEMPOS, first=st.integers(1, 500), bars=st.integers(1, 64))
def test_neighbouring_spans_meet_without_gap_or_overlap(rate: int, bpm: float, first: int, bars: int) -> None:
    ruler = Ruler(rate=rate, bars=Bars.read(bpm, "4/4"))
    one = ruler.span(f"{first}|1", f"{first + bars}|1")
    two = ruler.span(f"{first + bars}|1", f"{first + 2 * bars}|1")
    assert one.end == two.start
    assert abs(one.length - two.length) <= 1


@given(start=st.integers(0, LONGEST), end=st.integers(0, LONGEST))
def test_spans_in_samples_are_taken_as_they_are(start: int, end: int) -> None:
    assume(start < end)
    assert read_samples(f"{start}:{end}", 48_000) == Span(start, end, 48_000)


@pytest.mark.parametrize("text", ["5:5", "6:5", f"0:{LONGEST + 1}"])
def test_spans_that_are_none(text: str) -> None:
    with pytest.raises(BadSpan):
        read_samples(text, 48_000)


@pytest.mark.parametrize("text", ["", "5", "5:", ":5", "1.5:2", "-1:5", "a:b", "1:2:3", "٣:٤"])
def test_what_is_no_span_in_samples(text: str) -> None:
    with pytest.raises(WrongUsage):
        read_samples(text, 48_000)


@given(st.fractions(min_value=-1000, max_value=1000))
def test_nearest_is_never_further_than_half_a_sample(samples: Fraction) -> None:
    whole = nearest(samples)
    assert -Fraction(1, 2) < whole - samples <= Fraction(1, 2)
