"""Notes beside the audio: a MIDI file for each stem, where its tick 0 belongs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge_server.protocol.requests import Extend, Generate, Repaint
from bridge_server.protocol.span import Span
from bridge_server.region.deliver import deliver
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, noise, rendered

RATE = 48_000
LEFT, RIGHT = b"MThd left", b"MThd right"


def test_files_lie_beside_the_take(tmp_path: Path) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(700, 20_000, RATE)), capabilities())
    played = {"drums": (LEFT,), "E. Bass": (RIGHT,)}
    part = deliver(prepared, replace(rendered(prepared), midi=played), tmp_path).parts[0]
    assert [(midi.role, Path(midi.path).relative_to(tmp_path), midi.timeline) for midi in part.midi] == [
        ("drums", Path("take-1.midi/drums.mid"), 700),
        ("E. Bass", Path("take-1.midi/e-bass.mid"), 700),
    ]
    assert Path(part.midi[1].path).read_bytes() == RIGHT


def test_handles_do_not_move_the_notes(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, RATE))
    request = ask(Repaint, path, Span(20_000, 30_000, RATE), handles=1_000, timeline=500_000)
    prepared = prepare(request, capabilities())
    part = deliver(prepared, replace(rendered(prepared), midi={"drums": (LEFT,)}), tmp_path).parts[0]
    assert part.timeline == 499_000
    assert part.midi[0].timeline == 500_000


@pytest.mark.parametrize("form", ["region", "whole"])
def test_an_extension_to_both_sides_has_notes_on_both(sound, tmp_path: Path, form: str) -> None:
    path = sound("source.wav", noise(2, RATE))
    request = ask(Extend, path, Span(0, RATE, RATE), left=9_000, right=8_000, form=form, timeline=100_000)
    prepared = prepare(request, capabilities())
    take = deliver(prepared, replace(rendered(prepared), midi={"drums": (LEFT, RIGHT)}), tmp_path)
    found = [midi for part in take.parts for midi in part.midi]
    assert [(Path(midi.path).read_bytes(), midi.timeline) for midi in found] == [
        (LEFT, 91_000),
        (RIGHT, 100_000 + RATE),
    ]
    assert len({midi.path for midi in found}) == 2


def test_a_take_that_fails_leaves_no_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(0, 5_000, RATE)), capabilities())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bridge_server.region.deliver.write_wav", full)
    with pytest.raises(OSError, match="No space"):
        deliver(prepared, replace(rendered(prepared), midi={"drums": (LEFT,)}), tmp_path)
    assert list(tmp_path.iterdir()) == []
