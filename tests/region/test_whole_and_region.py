"""P1: outside the selection nothing changes, in any format, at any rate, anywhere in the file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Edit, Extend, Repaint
from bridge_server.protocol.span import Span
from bridge_server.region.deliver import deliver
from bridge_server.region.encoding import encoding_of_subtype
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, exact, noise, rendered

RATES = (22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
SUBTYPES = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
STEP = {"PCM_U8": 2**-7, "PCM_16": 2**-15}


@st.composite
def scenes(draw: st.DrawFn) -> dict:
    rate = draw(st.sampled_from(RATES))
    frames = draw(st.integers(2, rate // 8))
    start = draw(st.integers(0, frames - 1))
    return {
        "rate": rate,
        "frames": frames,
        "span": Span(start, draw(st.integers(start + 1, frames)), rate),
        "channels": draw(st.integers(1, 8)),
        "subtype": draw(st.sampled_from(SUBTYPES)),
        "engine": draw(st.sampled_from((32_000, 44_100, 48_000))),
        "engine_channels": draw(st.sampled_from((1, 2))),
        "handles": draw(st.sampled_from((0, 1, 500, 100_000))),
        "sample_format": draw(st.sampled_from(("pcm24", "float32"))),
    }


@settings(max_examples=60, deadline=None)
@given(scene=scenes())
def test_nothing_changes_outside_the_span(scene: dict) -> None:
    span, rate, channels, subtype = scene["span"], scene["rate"], scene["channels"], scene["subtype"]
    dtype = encoding_of_subtype(subtype).exact
    with tempfile.TemporaryDirectory() as name:
        path, folder = Path(name) / "source.wav", Path(name)
        soundfile.write(path, noise(channels, scene["frames"]).T, rate, subtype=subtype)
        able = capabilities(sample_rate=scene["engine"], channels=scene["engine_channels"])
        for number, form in enumerate(("whole", "region"), start=1):
            request = ask(
                Repaint,
                path,
                span,
                form=form,
                handles=scene["handles"],
                sample_format=scene["sample_format"],
            )
            prepared = prepare(request, able)
            take = deliver(prepared, rendered(prepared, number=number), folder)
            part = take.parts[0]
            found = soundfile.info(take.path)
            assert (found.frames, found.channels, found.samplerate) == (take.samples, channels, rate)
            assert part.samples == part.handles[0] + span.length + part.handles[1]
            assert part.span == take.span == span
            assert part.timeline == span.start - part.handles[0]
        before, after = exact(path, dtype), exact(folder / "take-1.wav", dtype)
        assert soundfile.info(folder / "take-1.wav").subtype == subtype
        assert after.shape == before.shape
        assert np.array_equal(after[: span.start], before[: span.start])
        assert np.array_equal(after[span.end :], before[span.end :])

        assert part.handles == (min(scene["handles"], span.start), min(scene["handles"], scene["frames"] - span.end))
        excerpt = slice(span.start - part.handles[0], span.end + part.handles[1])
        whole = exact(folder / "take-1.wav", "float64")[excerpt]
        region = exact(folder / "take-2.wav", "float64")
        source_step = STEP.get(subtype, 2**-23)
        assert np.abs(region - whole).max() <= 0.51 * source_step + 2**-23
        old = exact(path, "float64")[excerpt]
        assert np.array_equal(region[: part.handles[0]], old[: part.handles[0]]) or subtype in (
            "PCM_32",
            "FLOAT",
            "DOUBLE",
        )
        assert np.abs(region[: part.handles[0]] - old[: part.handles[0]]).max(initial=0) <= 2**-23


@settings(max_examples=30, deadline=None)
@given(scene=scenes(), left=st.sampled_from((0, 1, 3_001)), right=st.sampled_from((0, 7, 5_000)))
def test_a_clip_that_is_extended_stays_as_it_is(scene: dict, left: int, right: int) -> None:
    if left + right == 0:
        right = 1
    clip, subtype = scene["span"], scene["subtype"]
    dtype = encoding_of_subtype(subtype).exact
    with tempfile.TemporaryDirectory() as name:
        path, folder = Path(name) / "source.wav", Path(name)
        soundfile.write(path, noise(scene["channels"], scene["frames"]).T, scene["rate"], subtype=subtype)
        able = capabilities(sample_rate=scene["engine"])
        takes = []
        for number, form in enumerate(("whole", "region"), start=1):
            request = ask(
                Extend,
                path,
                clip,
                left=left,
                right=right,
                form=form,
                handles=scene["handles"],
                timeline=1_000_000,
            )
            prepared = prepare(request, able)
            takes.append(deliver(prepared, rendered(prepared, number=number), folder))
        old = exact(path, dtype)[clip.start : clip.end]
        new = exact(folder / "take-1.wav", dtype)
        assert len(new) == left + clip.length + right
        assert np.array_equal(new[left : left + clip.length], old)
        whole = exact(folder / "take-1.wav", "float64")
        for part in takes[1].parts:
            # On the timeline, the whole result begins `left` samples before the clip.
            first = part.timeline - (1_000_000 - left)
            region = exact(Path(part.path), "float64")
            length = left if part.side == "left" else right
            assert len(region) == part.samples == part.handles[0] + length + part.handles[1]
            assert part.span.length == length
            assert (
                np.abs(region - whole[first : first + len(region)]).max() <= 0.51 * STEP.get(subtype, 2**-23) + 2**-23
            )
        assert [part.side for part in takes[1].parts] == [side for side, n in (("left", left), ("right", right)) if n]


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.flac", "PCM_16"),
        ("a.flac", "PCM_24"),
        ("a.aiff", "PCM_S8"),
        ("a.aiff", "PCM_16"),
        ("a.aiff", "PCM_24"),
        ("a.aiff", "FLOAT"),
    ],
)
def test_other_containers_become_wav_without_losing_a_bit(sound, tmp_path: Path, name: str, subtype: str) -> None:
    path = sound(name, noise(2, 9_000), subtype=subtype)
    request = ask(Edit, path, Span(3_000, 6_000, 48_000), form="whole")
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared), tmp_path)
    before, after = exact(path, "float64"), exact(Path(take.path), "float64")
    assert np.array_equal(before[:3_000], after[:3_000])
    assert np.array_equal(before[6_000:], after[6_000:])
    assert not np.array_equal(before[3_000:6_000], after[3_000:6_000])
    assert soundfile.info(take.path).subtype == {"PCM_S8": "PCM_U8"}.get(subtype, subtype)


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg"])
def test_compressed_files_become_floats_of_what_they_decode_to(sound, tmp_path: Path, name: str) -> None:
    steady = 0.3 * np.sin(0.05 * np.arange(300_000) + np.arange(2)[:, None])
    path = sound(name, steady)
    before = exact(path, "float32")
    span = Span(120_000, 130_000, 48_000)
    for number, form in enumerate(("whole", "region"), start=1):
        request = ask(Repaint, path, span, form=form, handles=5_000, sample_format="float32")
        prepared = prepare(request, capabilities())
        deliver(prepared, rendered(prepared, number=number), tmp_path)
    whole, region = exact(tmp_path / "take-1.wav", "float32"), exact(tmp_path / "take-2.wav", "float32")
    assert soundfile.info(tmp_path / "take-1.wav").subtype == "FLOAT"
    assert np.array_equal(whole[: span.start], before[: span.start])
    assert np.array_equal(whole[span.end :], before[span.end :])
    assert np.array_equal(region, whole[115_000:135_000])
