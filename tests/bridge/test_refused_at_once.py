"""What is known to fail is refused before it is accepted: nobody waits for it, and the journal has never seen it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.errors import ReadOnly, Unsupported
from bridge_server.protocol.events import Done, Failed
from bridge_server.protocol.requests import Edit, Generate, List, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, Source


def is_unknown(client: Client, job: str) -> bool:
    return all(line.job != job for line in client.list(List(id="q1", limit=1_000)).jobs)


def test_a_project_in_which_nothing_can_be_written(
    client: Client, new_job: Callable[..., Generate], tmp_path: Path
) -> None:
    (tmp_path / "song.als").write_text("a file and no folder")
    job = new_job(project=str(tmp_path / "song.als"))
    with pytest.raises(ReadOnly, match="Takes cannot be written"):
        client.submit(job)
    assert is_unknown(client, job.job)


def test_a_request_that_no_backend_serves(client: Client, new_job: Callable[..., Generate]) -> None:
    like = new_job()
    job = Edit(job=like.job, source=Source(path="/a.wav"), span=like.span, project=like.project)
    with pytest.raises(Unsupported, match="fake cannot do `edit`"):
        client.submit(job)
    assert is_unknown(client, job.job)


def test_clips_go_all_the_way(client: Client, new_job: Callable[..., Generate], tone_file: Callable[..., Path]) -> None:
    path = tone_file("loop.wav", seconds=1.0)
    clips = Source(
        clips=(
            Clip(path=str(path), start=0, length=48_000, loop_start=0.0, loop_end=0.5),
            Clip(path=str(path), start=48_000, length=48_000, playrate=0.9),
        )
    )
    like = new_job()
    job = Repaint(job=like.job, source=clips, span=Span(24_000, 72_000, 48_000), project=like.project)
    (done,) = [event for event in client.run(job) if isinstance(event, Done | Failed)]
    assert isinstance(done, Done), done
    assert done.takes[0].span == job.span
    assert done.takes[0].parts[0].timeline == 24_000
