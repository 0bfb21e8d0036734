"""Clips through the real bridge and the real engine: a take where the timeline says, and the same take again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.events import Done, Failed
from bridge_server.protocol.requests import Again, Extend, JobRequest, Layer, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, LiveClip, Source, Take
from tests.end_to_end.process import BridgeProcess

RATE = 48_000


def take_of(client: Client, request: JobRequest) -> Take:
    (end,) = [event for event in client.run(request) if isinstance(event, Done | Failed)]
    assert isinstance(end, Done), end
    return end.takes[0]


def test_clips_become_takes_and_takes_are_made_again(tmp_path: Path, tone_file: Callable[..., Path]) -> None:
    loop, guitar = tone_file("loop.wav", seconds=2.0), tone_file("guitar.wav", seconds=8.0, rate=44_100, hertz=110.0)
    clips = Source(
        clips=(
            Clip(path=str(loop), start=0, length=8 * RATE, loop_start=0.0, loop_end=2.0, fade_in=4_800),
            Clip(path=str(guitar), start=RATE, length=6 * RATE, playrate=1.04, semitones=-2.0, gain_db=-6.0),
        )
    )
    warped = Source(
        live_clips=(
            LiveClip(
                path=str(guitar),
                start_time=0.0,
                end_time=16.0,
                loop_start=0.0,
                loop_end=8.0,
                looping=True,
                warping=True,
                warp_mode=6,
                warp_markers=((0.0, 0.0), (2.2, 4.0), (4.0, 8.0)),
                sample_length=8 * 44_100,
                sample_rate=44_100.0,
                tempo=120.0,
            ),
        )
    )
    span = Span(3 * RATE, 5 * RATE, RATE)
    with BridgeProcess(tmp_path / "home") as running, running.client("reaper") as client:
        about = {"project": str(tmp_path), "seed": 3}
        requests: list[JobRequest] = [
            Repaint(job=new_job_id(), source=clips, span=span, **about),  # type: ignore[arg-type]
            Repaint(job=new_job_id(), source=warped, span=span, strength=0.5, **about),  # type: ignore[arg-type]
            Extend(job=new_job_id(), source=clips, span=span, right=RATE, **about),  # type: ignore[arg-type]
            Layer(job=new_job_id(), sources=(clips, warped), span=span, role="drums", **about),  # type: ignore[arg-type]
        ]
        for request in requests:
            take = take_of(client, request)
            began = span.end if isinstance(request, Extend) else span.start
            assert (take.parts[0].timeline, take.span.start) == (began, began)
            assert take.sample_rate == RATE
            again = take_of(client, Again(job=new_job_id(), take=take.path))
            first, second = (soundfile.read(each.path, dtype="int32")[0] for each in (take, again))
            np.testing.assert_array_equal(first, second)
            assert first.any()
