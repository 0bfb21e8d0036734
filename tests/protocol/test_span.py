"""Span: rounding rules as properties."""

import doctest
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge_server.protocol import requests, span
from bridge_server.protocol.span import LONGEST, Span

RATES = st.one_of(st.sampled_from([22_050, 44_100, 48_000, 88_200, 96_000, 192_000]), st.integers(1_000, 768_000))
HOURS = 12 * 3_600 * 768_000


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, HOURS))
    return Span(start, start + draw(st.integers(1, HOURS)), draw(RATES))


@given(spans(), RATES)
def test_outward_is_the_smallest_span_that_holds_it(old: Span, rate: int):
    new = old.outward(rate)
    assert new.rate == rate
    start, end = Fraction(old.start * rate, old.rate), Fraction(old.end * rate, old.rate)
    assert new.start <= start < new.start + 1
    assert new.end - 1 < end <= new.end


@given(spans(), RATES)
def test_outward_and_back_holds_the_first(old: Span, rate: int):
    assert old.outward(rate).outward(old.rate).covers(old)


@given(spans())
def test_outward_at_its_own_rate_changes_nothing(old: Span):
    assert old.outward(old.rate) == old


@given(spans(), st.integers(1, 8))
def test_outward_to_a_multiple_is_exact(old: Span, factor: int):
    assert old.outward(old.rate * factor).outward(old.rate) == old


@given(spans(), RATES)
def test_neighbours_stay_neighbours_without_a_gap(left: Span, rate: int):
    right = Span(left.end, left.end + left.length, left.rate)
    assert right.outward(rate).start <= left.outward(rate).end <= right.outward(rate).start + 1


@given(spans(), st.integers(0, HOURS))
def test_shifting_keeps_length_and_comes_back(old: Span, samples: int):
    moved = old.shifted(samples)
    assert moved.length == old.length == moved.seconds * moved.rate or abs(moved.seconds * moved.rate - old.length) < 1
    assert moved.shifted(-samples) == old


@given(spans(), spans())
def test_two_spans_cover_each_other_only_if_equal(one: Span, other: Span):
    assert (one.covers(other) and other.covers(one)) == (one == other)


def test_a_span_at_another_rate_is_never_covered():
    assert not Span(0, 1_000_000, 48_000).covers(Span(10, 20, 44_100))


@pytest.mark.parametrize("start, end", [(0, 0), (5, 5), (6, 5), (LONGEST, LONGEST)])
def test_empty_and_backward_spans_cannot_be_made(start: int, end: int):
    with pytest.raises(ValueError, match="after its start"):
        Span(start, end, 48_000)


@pytest.mark.parametrize("module", [span, requests], ids=lambda module: module.__name__)
def test_docstrings_are_true(module: object):
    tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried.attempted > 0
    assert tried.failed == 0
