"""Bed and take together are what the DAW plays, to the last bit, for every kind of request.

What the DAW plays is put together here by other means: the source as `soundfile` reads it, and the take's file where
its own `timeline` says that it belongs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bridge_server.panel.media.heard import company_of_job, company_of_takes
from bridge_server.panel.media.place import place_of
from bridge_server.protocol.errors import BadRequest, NotFound
from bridge_server.protocol.requests import Accompany, Again, Edit, Extend, Generate, Layer, Repaint, Retake, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, Part, Source, Take
from tests.panel.made import Made, ids
from tests.region.conftest import noise

RATE = 48_000
Samples = NDArray[np.float32]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def song(
    made: Made,
    name: str = "song.wav",
    channels: int = 2,
    seconds: float = 3.0,
    rate: int = RATE,
    subtype: str = "PCM_24",
) -> Path:
    path = made.root / name
    soundfile.write(path, noise(channels, round(seconds * rate), seed=len(name)).T, rate, subtype=subtype)
    return path


def stereo(path: Path | str) -> Samples:
    """(T, 2) of a mono or stereo file."""
    audio = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio


def audition(made: Made, job: str, around: float = 0.5) -> Any:
    return made.desk.table.of_company(company_of_job(made.desk.records, job), made.desk.marks.all(), around)


def what_the_daw_plays(source: Samples | None, part: Part, first: int, frames: int, shift: int = 0) -> Samples:
    """`frames` samples of the timeline from `first` on: the source, whose sample 0 lies at `shift`, under a take's file
    with its handles."""
    out = np.zeros((frames, 2), np.float32)
    if source is not None:
        lay(out, source, shift - first, replaces=True)
    lay(out, stereo(part.path), part.timeline - first, replaces=True)
    return out


def lay(out: Samples, audio: Samples, at: int, replaces: bool = False) -> None:
    start, end = max(at, 0), min(at + len(audio), len(out))
    if start < end:
        inside = audio[start - at : end - at]
        out[start:end] = inside if replaces else out[start:end] + inside


def check_all_alike(made: Made, heard: Any) -> None:
    """Every WAV of an audition has the same length, rate and channels."""
    stems = [stem for take in heard.takes for stem in take.stems]
    for sound in filter(None, (heard.bed, heard.original, *heard.takes, *stems)):
        audio, rate = made.sound(sound.url)
        assert (audio.shape, rate) == ((heard.frames, 2), heard.rate)


@pytest.mark.parametrize("form", ["region", "whole"])
@pytest.mark.parametrize(("channels", "subtype"), [(1, "PCM_16"), (2, "PCM_24"), (2, "FLOAT")])
@pytest.mark.parametrize("kind", [Repaint, Edit])
def test_new_for_old(made: Made, kind: Any, channels: int, subtype: str, form: str) -> None:
    path = song(made, channels=channels, subtype=subtype)
    span = Span(50_001, 90_007, RATE)
    request = kind(
        job="job-0001",
        source=Source(path=str(path)),
        span=span,
        form=form,
        handles=777,
        variants=2,
        timeline=1_000_000,
        sample_format="float32" if subtype == "FLOAT" else "pcm24",
    )
    takes = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    before = 24_000
    assert (heard.span.start, heard.span.end) == (before, before + span.length)
    assert heard.timeline == 1_000_000 - before
    source = stereo(path)
    bed, original = made.sound(heard.bed.url)[0], made.sound(heard.original.url)[0]
    window = slice(span.start - before, span.end + 24_000)
    assert np.array_equal(bed + original, source[window])
    assert not original[: heard.span.start].any()
    assert not bed[heard.span.start : heard.span.end].any()
    for take, sound in zip(takes, heard.takes, strict=True):
        expected = what_the_daw_plays(source, take.parts[0], heard.timeline, heard.frames, 1_000_000 - span.start)
        assert np.array_equal(bed + made.sound(sound.url)[0], expected)
        assert not np.array_equal(expected, source[window])


@settings(max_examples=20, deadline=None)
@given(
    start=st.integers(0, 9_000),
    length=st.integers(200, 9_000),
    handles=st.sampled_from([0, 1, 5_000]),
    around=st.floats(0, 1),
)
def test_new_for_old_anywhere(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, handles: int, around: float
) -> None:
    made = Made(tmp_path_factory.mktemp("made"))
    path = song(made, seconds=0.4)
    span = Span(start, min(start + length, 19_200), RATE)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=span, handles=handles)
    (take,) = made.add(request)
    heard = audition(made, "job-0001", around)
    expected = what_the_daw_plays(stereo(path), take.parts[0], heard.timeline, heard.frames)
    assert heard.frames <= 19_200
    assert np.array_equal(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0], expected)


@pytest.mark.parametrize("form", ["region", "whole"])
@pytest.mark.parametrize(("left", "right"), [(0, 20_001), (20_001, 0), (10_000, 20_001)])
def test_a_clip_continued(made: Made, left: int, right: int, form: str) -> None:
    """The bed is the clip alone: what the file holds beyond it does not sound in the project."""
    path = song(made)
    clip = Span(40_000, 100_000, RATE)
    request = Extend(
        job="job-0001",
        source=Source(path=str(path)),
        span=clip,
        left=left,
        right=right,
        form=form,
        handles=500,
        timeline=300_000,
    )
    (take,) = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.original is None
    expected = np.zeros((heard.frames, 2), np.float32)
    lay(expected, stereo(path)[clip.start : clip.end], 300_000 - heard.timeline, replaces=True)
    for part in take.parts:
        lay(expected, stereo(part.path), part.timeline - heard.timeline, replaces=True)
    assert np.array_equal(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0], expected)
    new_start = 300_000 - left if left else 360_000
    assert heard.timeline + heard.span.start == new_start
    assert heard.timeline + heard.span.end == (360_000 + right if right else 300_000)


def test_a_layer_and_the_tracks_under_it(made: Made) -> None:
    loud, quiet = song(made, "drums.wav"), song(made, "bass-mono.wav", channels=1)
    sources = (Source(path=str(loud), start=10_000), Source(path=str(quiet), start=-4_000, gain_db=-6.0))
    span = Span(60_000, 100_000, RATE)
    request = Layer(job="job-0001", sources=sources, span=span, role="keys", variants=2)
    takes = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    tracks = np.zeros((heard.frames, 2), np.float32)
    lay(tracks, stereo(loud), 10_000 - heard.timeline)
    lay(tracks, stereo(quiet) * np.float32(10 ** (-6.0 / 20)), -4_000 - heard.timeline)
    bed = made.sound(heard.bed.url)[0]
    assert np.abs(bed - tracks).max() < 2**-23
    assert heard.original is None
    for take, sound in zip(takes, heard.takes, strict=True):
        added = bed.copy()
        lay(added, stereo(take.path), take.parts[0].timeline - heard.timeline)
        assert np.array_equal(bed + made.sound(sound.url)[0], added)


def test_a_backing_is_heard_under_the_voice(made: Made) -> None:
    voice = song(made, "voice.wav", channels=1, rate=44_100)
    request = Accompany(job="job-0001", sources=(Source(path=str(voice)),), span=Span(0, 96_000, RATE))
    made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.kind == "joins"
    assert made.sound(heard.bed.url)[0].any()


def test_music_that_stands_alone(made: Made) -> None:
    request = Generate(job="job-0001", span=Span(5, 30_000, RATE), variants=2)
    takes = made.add(request)
    heard = audition(made, "job-0001")
    assert heard.bed is None
    assert heard.original is None
    assert (heard.frames, heard.span.start, heard.span.end, heard.timeline) == (29_995, 0, 29_995, 5)
    for take, sound in zip(takes, heard.takes, strict=True):
        assert np.array_equal(made.sound(sound.url)[0], stereo(take.path))


def test_what_was_followed_is_heard_beside_it(made: Made) -> None:
    guide = song(made, "guide.wav")
    request = Generate(job="job-0001", span=Span(700, 48_700, RATE), reference=Source(path=str(guide), start=100))
    made.add(request)
    heard = audition(made, "job-0001")
    assert np.array_equal(made.sound(heard.original.url)[0][100:], stereo(guide)[:47_900])


def test_a_stem_taken_out_of_a_mix(made: Made) -> None:
    path = song(made)
    span = Span(30_000, 60_000, RATE)
    request = Separate(job="job-0001", source=Source(path=str(path)), span=span, role="vocals")
    (take,) = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.original.lufs is not None
    assert np.array_equal(made.sound(heard.takes[0].url)[0][heard.span.start : heard.span.end], stereo(take.path))


def test_clips_as_the_daw_plays_them(made: Made) -> None:
    """Two slices of a file, one of them quieter: copied sample by sample, silence between them."""
    path = song(made)
    clips = (
        Clip(path=str(path), start=10_000, length=40_000, offset=0.5),
        Clip(path=str(path), start=60_000, length=40_000, offset=1.0, gain_db=-6.0),
    )
    span = Span(45_000, 65_000, RATE)
    request = Repaint(job="job-0001", source=Source(clips=clips), span=span)
    (take,) = made.add(request)
    heard = audition(made, "job-0001", 2.0)
    audio = stereo(path)
    timeline = np.zeros((100_000, 2), np.float32)
    lay(timeline, audio[24_000:64_000], 10_000)
    lay(timeline, audio[48_000:88_000] * np.float32(10 ** (-6.0 / 20)), 60_000)
    assert (heard.timeline, heard.frames) == (10_000, 90_000)
    expected = what_the_daw_plays(timeline, take.parts[0], heard.timeline, heard.frames)
    assert np.abs(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0] - expected).max() < 2**-23


def test_stems_lie_where_their_take_lies(made: Made) -> None:
    request = Generate(job="job-0001", span=Span(0, 30_000, RATE))
    made.add(request, roles=("drums", "bass", "keys"))
    (take,) = audition(made, "job-0001").takes
    assert [stem.role for stem in take.stems] == ["drums", "bass", "keys"]
    total = sum(made.sound(stem.url)[0].astype(np.float64) for stem in take.stems)
    assert np.abs(total - made.sound(take.url)[0]).max() < 2**-22


@pytest.mark.parametrize("form", ["region", "whole"])
def test_stems_of_an_extension_to_both_sides(made: Made, form: str) -> None:
    path = song(made)
    request = Extend(
        job="job-0001",
        source=Source(path=str(path)),
        span=Span(40_000, 100_000, RATE),
        left=9_000,
        right=20_000,
        form=form,
    )
    made.add(request, roles=("drums", "bass"))
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    (take,) = heard.takes
    total = sum(made.sound(stem.url)[0].astype(np.float64) for stem in take.stems)
    difference = np.abs(total - made.sound(take.url)[0]).max(axis=1)
    seams = np.zeros(heard.frames, bool)
    for edge in (9_000, 9_000 + 60_000):
        seams[edge - 1_000 : edge + 1_000] = True  # there the clip's continuation fades away under the new
    assert difference[~seams].max() < 2**-22


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
