"""Takes that are heard in turn: of one job or several, varied, lost, or not there yet; and how loud they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge_server.panel.media.heard import company_of_takes
from bridge_server.panel.media.place import place_of
from bridge_server.protocol.errors import BadRequest, NotFound
from bridge_server.protocol.requests import Again, Edit, Extend, Generate, Repaint, Retake, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from tests.panel.as_played import RATE, audition, check_all_alike, song, stereo, what_the_daw_plays
from tests.panel.made import Made, ids


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def test_a_variation_lies_where_its_take_lies(made: Made) -> None:
    path = song(made)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE), handles=100)
    (first,) = made.add(request)
    variation = Retake(job="job-0002", take=first.path)
    copy = Again(job="job-0003", take=first.path)
    takes = (first, *made.add(variation), *made.add(copy))
    company = company_of_takes(made.desk.records, ids(takes))
    heard = made.desk.table.of_company(company, {}, 0.2)
    assert [take.task for take in heard.takes] == ["repaint", "retake", "again"]
    bed = made.sound(heard.bed.url)[0]
    for take, sound in zip(takes, heard.takes, strict=True):
        expected = what_the_daw_plays(stereo(path), take.parts[0], heard.timeline, heard.frames)
        assert np.array_equal(bed + made.sound(sound.url)[0], expected)


def test_takes_of_two_jobs_at_one_place(made: Made) -> None:
    """Other words, another backend, another place on the timeline: the same span of the same source is one place."""
    path = song(made)
    span = Span(30_000, 60_000, RATE)
    one = Repaint(job="job-0001", source=Source(path=str(path), gain_db=-3.0), span=span)
    other = Edit(job="job-0002", source=Source(path=str(path)), span=span, lyrics="la la", timeline=500_000)
    takes = (*made.add(one), *made.add(other))
    heard = made.desk.table.of_company(company_of_takes(made.desk.records, ids(takes)), {}, 0.2)
    source = stereo(path)
    bed = made.sound(heard.bed.url)[0]
    for take, sound, shift in zip(takes, heard.takes, (0, 470_000), strict=True):
        first = heard.timeline + shift
        expected = what_the_daw_plays(source, take.parts[0], first, heard.frames, shift)
        assert np.array_equal(bed + made.sound(sound.url)[0], expected)


def test_takes_of_two_places_are_refused(made: Made) -> None:
    path = song(made)
    one = Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE))
    other = Repaint(job="job-0002", source=Source(path=str(path)), span=Span(30_000, 60_001, RATE))
    takes = (*made.add(one), *made.add(other))
    with pytest.raises(BadRequest, match="in turn"):
        company_of_takes(made.desk.records, ids(takes))


def test_songs_of_different_length_are_heard_in_turn(made: Made) -> None:
    takes = (
        *made.add(Generate(job="job-0001", span=Span(0, 30_000, RATE))),
        *made.add(Generate(job="job-0002", span=Span(0, 50_000, RATE))),
    )
    heard = made.desk.table.of_company(company_of_takes(made.desk.records, ids(takes)), {}, 4.0)
    check_all_alike(made, heard)
    short = made.sound(heard.takes[0].url)[0]
    assert heard.frames == 50_000
    assert np.array_equal(short[:30_000], stereo(takes[0].path))
    assert not short[30_000:].any()


def test_before_there_is_a_take_the_place_is_heard(made: Made) -> None:
    path = song(made)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE))
    made.keep(request)
    heard = audition(made, "job-0001")
    assert heard.takes == ()
    source = stereo(path)[30_000 - heard.span.start : 84_000]
    assert np.array_equal(made.sound(heard.bed.url)[0] + made.sound(heard.original.url)[0], source)


def test_a_lost_source_leaves_the_takes_to_be_heard(made: Made) -> None:
    path = song(made)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE))
    (take,) = made.add(request)
    path.unlink()
    heard = audition(made, "job-0001")
    assert heard.problem.code == "not_found"
    assert (heard.bed, heard.original) == (None, None)
    assert np.array_equal(made.sound(heard.takes[0].url)[0], stereo(take.path))


def test_a_lost_take_is_told_of(made: Made) -> None:
    path = song(made)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE), variants=2)
    takes = made.add(request)
    Path(takes[0].path).unlink()
    heard = audition(made, "job-0001")
    assert [take.number for take in heard.takes] == [2]
    assert [(gone.number, gone.error.code) for gone in heard.missing] == [(1, "not_found")]
    Path(takes[1].path).unlink()
    with pytest.raises(NotFound):
        audition(made, "job-0001")


def test_a_place_is_the_same_whatever_is_asked_for_it() -> None:
    """How loud and where the project plays a file makes no other sound of what lies inside it."""
    span = Span(1, 9, RATE)
    quiet = Repaint(job="job-0001", source=Source(path="/a.wav", gain_db=-9, start=77), span=span)
    other = Separate(job="job-0002", source=Source(path="/a.wav"), span=span, role="drums")
    assert place_of(quiet) == place_of(other)


def test_levels_are_those_that_were_measured(made: Made) -> None:
    """As heard in stereo: mono on two loudspeakers is 3 LU louder; and what nobody told is measured."""
    told: dict[int, tuple[Take, Any]] = {}
    for channels in (1, 2):
        path = song(made, f"song-{channels}.wav", channels=channels)
        request = Repaint(
            job=f"job-000{channels}",
            source=Source(path=str(path)),
            span=Span(48_000, 96_000, RATE),
            match_loudness=False,
        )
        (take,) = made.add(request)
        told[channels] = take, audition(made, request.job)
    for channels, louder in ((1, 3.01), (2, 0.0)):
        take, heard = told[channels]
        loudness = take.parts[0].loudness
        assert heard.takes[0].lufs == pytest.approx(loudness.after + louder, abs=0.01)
        assert heard.original.lufs == pytest.approx(loudness.before + louder, abs=0.01)
    both = Extend(
        job="job-0009",
        source=Source(path=str(made.root / "song-2.wav")),
        span=Span(0, 144_000, RATE),
        left=0,
        right=48_000,
        form="whole",
    )
    made.add(both)
    assert audition(made, "job-0009").takes[0].lufs is not None
