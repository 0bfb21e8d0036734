"""What Ardour's scripts work out without Ardour: what is heard, tempo, sections, files' headers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.ardour.lua import RATE, given, module, plain, region


def clips(lua: Any, regions: list[dict[str, Any]], facts: dict[str, tuple[int, int]] | None = None) -> Any:
    known = facts or {}
    answers = lua.table_from(
        {
            "rate": lambda path: known.get(path, (RATE, 1))[0],
            "channels": lambda path: known.get(path, (RATE, 1))[1],
            "exists": lambda path: "gone" not in path,
        }
    )
    found = module(lua, "ardour.layers").clips(given(lua, regions), 0, 100_000, RATE, answers)
    return (plain(found[0]) or [], found[1]) if isinstance(found, tuple) else plain(found) or []


# layers


def test_two_mono_files_are_heard_left_and_right(lua: Any):
    left, right = clips(lua, [region(1_000, 5_000, start=480)])
    assert left == {
        "path": "/a%L.wav", "start": 1_000, "length": 5_000, "offset": 0.01, "file_channel": 1, "channel": 1
    }  # fmt: skip
    assert (right["path"], right["channel"]) == ("/a%R.wav", 2)


def test_one_stereo_file_is_one_clip(lua: Any):
    sources = [{"path": "/s.wav", "channel": 1, "is_own": False}, {"path": "/s.wav", "channel": 2, "is_own": False}]
    (clip,) = clips(lua, [region(0, 5_000, sources=sources)], {"/s.wav": (RATE, 2)})
    assert clip == {"path": "/s.wav", "start": 0, "length": 5_000, "offset": 0.0}


def test_a_file_of_another_rate_plays_sample_by_sample(lua: Any):
    sources = [{"path": "/s.wav", "channel": 1, "is_own": False}]
    (clip,) = clips(lua, [region(0, 9_600, start=9_600, sources=sources)], {"/s.wav": (96_000, 1)})
    assert (clip["playrate"], clip["keep_pitch"], clip["offset"]) == (0.5, False, 0.1)


def test_what_is_covered_is_not_heard_and_fades_let_it_through(lua: Any):
    lower, upper = region(0, 10_000), region(4_000, 2_000, fade_in=64, fade_out=32, id="upper")
    heard = plain(module(lua, "ardour.layers").heard(given(lua, [lower, upper]), 0, 100_000))
    spans = sorted((piece["from"], piece["to"], piece["fade_in"], piece["fade_out"]) for piece in heard)
    assert spans == [(0, 4_064, 0, 64), (4_000, 6_000, 64, 32), (5_968, 10_000, 32, 0)]


@pytest.mark.parametrize(("more", "count"), [({"is_muted": True}, 1), ({"is_opaque": False}, 2)])
def test_muted_regions_cover_nothing_and_see_through_ones_neither(lua: Any, more: dict[str, bool], count: int):
    heard = module(lua, "ardour.layers").heard(given(lua, [region(0, 10_000), region(0, 10_000, **more)]), 0, 100_000)
    assert len(heard) == count


def test_gain_is_told_in_decibels(lua: Any):
    left, _ = clips(lua, [region(0, 100, gain=0.5)])
    assert left["gain_db"] == pytest.approx(-6.02, abs=0.01)


def test_a_file_that_is_gone_is_named(lua: Any):
    _, missing = clips(lua, [region(0, 100, sources=[{"path": "/gone.wav", "channel": 1, "is_own": True}])])
    assert missing == "/gone.wav"


# music


class Tempo:
    """A tempo map in steps: `(sample, bpm, beats)`; with `until` a ramp to the next."""

    def __init__(self, *steps: tuple[int, float, int], ramp: bool = False) -> None:
        self.steps, self.ramp = steps, ramp

    def bpm(self, at: float) -> float:
        place = [index for index, step in enumerate(self.steps) if step[0] <= at][-1]
        start, bpm, _ = self.steps[place]
        if not self.ramp or place + 1 == len(self.steps):
            return float(bpm)
        end, then, _ = self.steps[place + 1]
        return bpm + (then - bpm) * (at - start) / (end - start)

    def meter(self, at: float) -> tuple[int, int]:
        return [step[2] for step in self.steps if step[0] <= at][-1], 4


def changes(lua: Any, tempo: Tempo, start: int, stop: int) -> Any:
    asked = lua.table_from({"bpm": tempo.bpm, "meter": tempo.meter})
    return plain(module(lua, "ardour.music").changes(asked, start, stop, RATE)) or []


def test_a_change_of_tempo_and_meter_is_found_to_the_sample(lua: Any):
    tempo = Tempo((0, 120, 4), (61_234, 90, 4), (130_001, 90, 3))
    assert changes(lua, tempo, 10_000, 200_000) == [
        {"at": 51_234, "bpm": 90.0},
        {"at": 120_001, "bpm": 90.0, "meter": "3/4"},
    ]
    assert changes(lua, tempo, 140_000, 200_000) == []


def test_a_ramp_begins_and_ends(lua: Any):
    found = changes(lua, Tempo((0, 100, 4), (48_000, 100, 4), (240_000, 140, 4), ramp=True), 0, 480_000)
    first, last = found
    assert first["ramp"] is True
    assert first["at"] == pytest.approx(48_000, abs=RATE // 20)
    assert last["at"] == pytest.approx(240_000, abs=RATE // 10)
    assert last["bpm"] == pytest.approx(140, abs=1)


def test_the_section_is_the_smallest_range_or_the_last_marker(lua: Any):
    section = module(lua, "ardour.music").section
    marks = [{"name": "Intro", "from": 0}, {"name": "Strophe “1”", "from": 500}, {"name": "Later", "from": 9_000}]
    assert section(given(lua, marks), 1_000) == "Strophe “1”"
    ranges = [*marks, {"name": "Song", "from": 0, "to": 9_999}, {"name": "Verse", "from": 900, "to": 1_100}]
    assert section(given(lua, ranges), 1_000) == "Verse"
    assert section(given(lua, []), 1_000) == ""
    assert len(section(given(lua, [{"name": "é" * 80, "from": 0}]), 0)) == 64


# headers of files


@pytest.mark.parametrize("kind", ["WAV", "RF64", "FLAC", "AIFF", "W64"])
def test_rate_and_channels_are_read_from_the_header(lua: Any, kind: str, tmp_path: Path):
    path = tmp_path / "sound"
    soundfile.write(path, np.zeros((100, 3), np.float32), 88_200, format=kind, subtype="PCM_16")
    found = module(lua, "ardour.header").read(path.read_bytes()[:4096])
    assert found == (None if kind == "W64" else (88_200, 3))


@pytest.mark.parametrize("bytes_", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"fLaC\0", b"FORM\0\0\0\0AIFFCOMM", b"x" * 4096])
def test_a_broken_header_tells_nothing(lua: Any, bytes_: bytes):
    assert module(lua, "ardour.header").read(bytes_) is None
