"""The routes of takes and sound, through the real door: what a page gets, and what it does not."""

from __future__ import annotations

import csv
import io
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.client import new_job_id
from bridge_server.jobs.journal import Journal
from bridge_server.panel import guard
from bridge_server.panel.door import listen
from bridge_server.panel.media import one_take
from bridge_server.protocol.events import Done, Preview
from bridge_server.protocol.requests import JobRequest, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source, Take
from tests.conftest import make_tone
from tests.fakes.bridge import RunningBridge
from tests.panel.caller import Caller, link_into

RATE = 44_100
SPAN = Span(2 * RATE, 3 * RATE, RATE)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("Song") / "guitar.wav"
    soundfile.write(path, make_tone(seconds=5.0, rate=RATE).T, RATE, subtype="PCM_24")
    return path


@pytest.fixture(scope="module")
def takes(bridge: RunningBridge, song: Path) -> tuple[Take, ...]:
    request = Repaint(
        job=new_job_id(),
        project=str(song.parent),
        source=Source(path=str(song)),
        span=SPAN,
        tags="lofi, rhodes",
        variants=2,
        handles=100,
        music=Music(bpm=90.0, meter="3/4", since_bar=70),
    )
    return run(bridge, request)


@pytest.fixture
def caller(bridge: RunningBridge) -> Iterator[Caller]:
    with Caller(bridge) as caller:
        yield caller


def run(bridge: RunningBridge, request: JobRequest) -> tuple[Take, ...]:
    with bridge.client("reaper") as client:
        *_, done = client.run(request)
    assert isinstance(done, Done), done
    return done.takes


def get(caller: Caller, path: str, **params: Any) -> Any:
    answer = caller.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: Any) -> tuple[int, str]:
    told = answer.json()["error"]
    assert told["message"] and told["hint"]
    return answer.status_code, told["code"]


def test_a_page_hears_what_the_daw_plays(caller: Caller, takes: tuple[Take, ...], song: Path) -> None:
    heard = get(caller, "/api/audition", job=takes[0].job, around=0.5)
    assert (heard["bpm"], heard["meter"], heard["since_bar"]) == (90.0, "3/4", 70)
    assert heard["span"] == {"start": RATE // 2, "end": RATE // 2 + RATE}
    sounds = {}
    for name, sound in {"bed": heard["bed"], "original": heard["original"], "first": heard["takes"][0]}.items():
        answer = caller.http.get(sound["url"])
        assert answer.headers["content-type"] == "audio/wav"
        assert "immutable" in answer.headers["cache-control"]
        sounds[name], rate = soundfile.read(io.BytesIO(answer.content), dtype="float32")
        assert rate == heard["rate"] == RATE
        assert len(sounds[name]) == heard["frames"]
    source = soundfile.read(song, dtype="float32")[0][heard["timeline"] :][: heard["frames"]]
    assert np.array_equal(sounds["bed"] + sounds["original"], source)
    expected = source.copy()
    expected[RATE // 2 - 100 : RATE // 2 + RATE + 100] = soundfile.read(takes[0].path, dtype="float32")[0]
    assert np.array_equal(sounds["bed"] + sounds["first"], expected)


def test_takes_by_name_are_the_same_audition(caller: Caller, takes: tuple[Take, ...]) -> None:
    job = takes[0].job
    whole = get(caller, "/api/audition", job=job)
    named = get(caller, "/api/audition", of=f"{job}/2,{job}/1")
    assert [take["number"] for take in named["takes"]] == [2, 1]
    assert named["takes"][0] == whole["takes"][1]
    assert named["bed"] == whole["bed"]


def test_a_part_of_a_sound(caller: Caller, takes: tuple[Take, ...]) -> None:
    url = get(caller, "/api/audition", job=takes[0].job)["bed"]["url"]
    whole = caller.http.get(url).content
    part = caller.http.get(url, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, whole[1_000:2_000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert caller.http.get(url, headers={"Range": "bytes=999999999-"}).status_code == 416


def test_waveforms(caller: Caller, takes: tuple[Take, ...]) -> None:
    heard = get(caller, "/api/audition", job=takes[0].job, around=1)
    answer = caller.http.get(heard["takes"][0]["peaks"], params={"points": 300})
    points = np.frombuffer(answer.content, "<i2").reshape(-1, 2)
    assert points.shape == (300, 2)
    assert int(answer.headers["x-frames"]) == heard["frames"] == 3 * RATE
    assert points[110:190].any(axis=1).all()
    assert not points[:99].any() and not points[201:].any()
    inside = caller.http.get(heard["takes"][0]["peaks"], params={"points": 8, "start": RATE, "end": 2 * RATE})
    assert np.frombuffer(inside.content, "<i2").reshape(-1, 2).any(axis=1).all()
    own = caller.http.get(f"/api/takes/{takes[0].job}/1/peaks", params={"points": 50})
    assert len(own.content) == 200
    assert int(own.headers["x-frames"]) == takes[0].samples
    for wrong in ({"points": "0"}, {"points": "99999"}, {"points": "x"}, {"start": "-1"}):
        assert refusal(caller.http.get(heard["bed"]["peaks"], params=wrong)) == (400, "bad_request")


def test_history(caller: Caller, takes: tuple[Take, ...]) -> None:
    found = get(caller, "/api/takes", text="rhodes", project=get(caller, "/api/takes")["projects"][0]["id"])
    assert found["total"] == 2
    assert {(line["job"], line["task"], line["client"]) for line in found["takes"]} == {
        (takes[0].job, "repaint", "reaper")
    }
    assert str(Path(takes[0].path).parent) not in str(found)
    assert refusal(caller.http.get("/api/takes", params={"sed": "7"})) == (400, "bad_request")


def test_a_mark_is_told_to_every_tab(caller: Caller, takes: tuple[Take, ...]) -> None:
    job = takes[0].job
    with Caller(caller.bridge) as other, caller.wire() as here, other.wire(hello=False) as there:
        answer = caller.http.post(f"/api/takes/{job}/2/mark", json={"starred": True})
        assert answer.json() == {"job": job, "number": 2, "starred": True, "discarded": False}
        for wire in (here, there):
            told = wire.until(lambda event: event.get("panel") == "marked")
            assert told == {"panel": "marked", **answer.json()}
    assert get(caller, "/api/takes", starred="true")["takes"][0]["number"] == 2
    assert get(caller, "/api/audition", job=job)["takes"][1]["starred"]
    assert caller.http.post(f"/api/takes/{job}/2/mark", json={"starred": False}).json()["starred"] is False


def test_marks_that_make_no_sense(caller: Caller, takes: tuple[Take, ...]) -> None:
    job = takes[0].job
    for body in (b'{"starred": 1}', b'{"star": true}', b"[]", b"\xff"):
        assert refusal(caller.http.post(f"/api/takes/{job}/1/mark", content=body)) == (400, "bad_request")
    assert refusal(caller.http.post(f"/api/takes/{job}/7/mark", json={"starred": True})) == (404, "unknown_job")
    assert refusal(caller.http.post("/api/takes/x/7/mark", json={})) == (400, "bad_request")


def test_one_take_its_file_and_its_sheet(caller: Caller, takes: tuple[Take, ...], song: Path) -> None:
    take = takes[0]
    one = f"/api/takes/{take.job}/1"
    told = get(caller, one)
    assert told["rendered"]["source"] == {"path": f"source:{take.job}"}
    assert str(song.parent) not in str(told)
    answer = caller.http.get(f"{one}/file")
    assert answer.content == Path(take.path).read_bytes()
    assert "Lofi%2C%20rhodes%20-%20repaint%201" in answer.headers["content-disposition"]
    ranged = caller.http.get(f"{one}/file", headers={"Range": "bytes=0-3"})
    assert (ranged.status_code, ranged.content) == (206, b"RIFF")
    assert refusal(caller.http.get(f"{one}/file", params={"role": "../take-1"})) == (404, "not_found")
    made = caller.http.get("/api/provenance.csv", params={"takes": f"{take.job}/1,{take.job}/2"})
    assert made.headers["content-type"].startswith("text/csv")
    assert [row["take"] for row in csv.DictReader(io.StringIO(made.content.decode("utf-8-sig")))] == [
        f"{take.job}/1",
        f"{take.job}/2",
    ]
    project = get(caller, "/api/takes")["projects"][0]["id"]
    caller.http.post(f"{one}/mark", json={"discarded": True})
    assert [row["take"] for row in get(caller, "/api/provenance", project=project)["rows"]] == [f"{take.job}/2"]
    caller.http.post(f"{one}/mark", json={"discarded": False})
    assert refusal(caller.http.get("/api/provenance")) == (400, "bad_request")


def test_half_way(bridge: RunningBridge, caller: Caller, takes: tuple[Take, ...], tmp_path: Path) -> None:
    """A page hears of a preview by its event, and gets it by the name of its take."""
    job, path = takes[0].job, tmp_path / "preview-2.wav"
    path.write_bytes(b"RIFF....WAVE")
    with closing(Journal(bridge.home.journal)) as journal:
        journal.append(Preview(job=job, number=2, path=str(path)), "reaper")
    answer = caller.http.get(f"/api/takes/{job}/2/preview")
    assert (answer.content, answer.headers["content-type"]) == (path.read_bytes(), "audio/wav")
    assert refusal(caller.http.get(f"/api/takes/{job}/1/preview")) == (404, "not_found")
    path.unlink()
    assert refusal(caller.http.get(f"/api/takes/{job}/2/preview")) == (404, "not_found")


def test_what_was_asked_can_be_asked_again(caller: Caller, takes: tuple[Take, ...]) -> None:
    """What `/api/takes` tells is a request that the wire takes."""
    rendered = get(caller, f"/api/takes/{takes[0].job}/1")["rendered"]
    with caller.wire() as wire:
        job = new_job_id()
        wire.say(**{**rendered, "job": job, "variants": 1, "tags": "other words"})
        done = wire.until(lambda event: event.get("job") == job and event.get("event") in ("done", "failed", "refused"))
    assert done["event"] == "done", done
    both = get(caller, "/api/audition", of=f"{takes[0].job}/1,{job}/1")
    assert [take["tags"] for take in both["takes"]] == ["lofi, rhodes", "other words"]


def test_an_upload_is_heard_and_worked_on(caller: Caller, song: Path) -> None:
    upload = caller.http.post("/api/uploads", params={"name": "my song.wav"}, content=song.read_bytes()).json()
    assert (upload["name"], upload["rate"], upload["channels"], upload["seconds"]) == ("my song.wav", RATE, 2, 5.0)
    assert get(caller, f"/api/uploads/{upload['id']}") == upload
    heard = get(caller, "/api/audition", upload=upload["id"])
    assert (heard["frames"], heard["takes"]) == (5 * RATE, [])
    sound = soundfile.read(io.BytesIO(caller.http.get(heard["original"]["url"]).content), dtype="float32")[0]
    assert np.array_equal(sound, soundfile.read(song, dtype="float32")[0])
    with caller.wire() as wire:
        job = new_job_id()
        span = {"start": RATE, "end": 2 * RATE, "rate": RATE}
        wire.say(request="repaint", job=job, source={"path": f"upload:{upload['id']}"}, span=span)
        wire.until(lambda event: event.get("event") == "done" and event["job"] == job)
    assert get(caller, "/api/audition", job=job)["original"] is not None


def test_uploads_are_limited_and_looked_at(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(caller.http.post("/api/uploads", content=b"x" * 99)) == (415, "unreadable_audio")
    monkeypatch.setattr(guard, "LARGEST_UPLOAD", 100_000)
    assert refusal(caller.http.post("/api/uploads", content=b"x" * 100_001)) == (413, "too_large")

    def pieces() -> Iterator[bytes]:
        yield from [b"x" * 60_000] * 4

    assert refusal(caller.http.post("/api/uploads", content=pieces()))[1] == "too_large"
    assert not [
        path for path in (caller.bridge.home.panel / "uploads").iterdir() if path.suffix in (".upload", ".part")
    ]


def test_a_region_of_the_daw_is_heard(bridge: RunningBridge, caller: Caller, song: Path) -> None:
    link_into(bridge, "reaper", source=Source(path=str(song)), span=SPAN, timeline=900_000, music=Music(bpm=77.0))
    region = get(caller, "/api/regions")["regions"][0]["id"]
    heard = get(caller, "/api/audition", region=region, around=0.25)
    assert (heard["bpm"], heard["kind"], heard["takes"]) == (77.0, "replaces", [])
    assert heard["timeline"] == 900_000 - heard["span"]["start"]
    both = sum(
        soundfile.read(io.BytesIO(caller.http.get(heard[name]["url"]).content), dtype="float32")[0]
        for name in ("bed", "original")
    )
    start = SPAN.start - heard["span"]["start"]
    assert np.array_equal(both, soundfile.read(song, dtype="float32")[0][start : start + heard["frames"]])


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 400),
        ({"job": "x"}, 400),
        ({"job": "job-4711"}, 404),
        ({"of": "job-4711/1"}, 404),
        ({"of": "../../x"}, 400),
        ({"region": "0" * 16}, 404),
        ({"region": "../x"}, 404),
        ({"upload": "../x"}, 404),
        ({"upload": "0" * 32}, 404),
        ({"job": "job-4711", "of": "job-4711/1"}, 400),
        ({"job": "job-4711", "around": "far"}, 400),
    ],
)
def test_what_cannot_be_heard(caller: Caller, params: dict[str, str], status: int) -> None:
    assert refusal(caller.http.get("/api/audition", params=params))[0] == status


@pytest.mark.parametrize(
    "path",
    [
        "/media/../../panel.json",
        "/media/..%2F..%2Fpanel.json",
        "/media/%2e%2e%2f%2e%2e%2fpanel.wav",
        f"/media/{'0' * 32}.wav",
        "/media/x.wav",
        f"/peaks/{'0' * 32}",
        "/peaks/..%2Fx",
        "/api/uploads/..%2f..%2fpanel",
    ],
)
def test_no_address_leads_to_another_file(caller: Caller, path: str) -> None:
    answer = caller.http.get(path)
    assert answer.status_code in (400, 404, 405), answer.text


def test_nothing_of_it_is_for_strangers(bridge: RunningBridge, takes: tuple[Take, ...]) -> None:
    with Caller(bridge) as friend:
        url = get(friend, "/api/audition", job=takes[0].job)["bed"]["url"]
    with Caller(bridge, is_in=False) as stranger:
        for path in (
            url,
            url.replace("media", "peaks"),
            "/api/takes",
            "/api/presets",
            f"/api/takes/{takes[0].job}/1/file",
        ):
            assert stranger.http.get(path).status_code == 401


def test_a_take_is_shown_in_its_folder(
    caller: Caller, takes: tuple[Take, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the bridge, on its own machine."""
    shown: list[Path] = []
    monkeypatch.setattr(one_take, "reveal", shown.append)
    assert caller.http.post(f"/api/takes/{takes[1].job}/2/reveal").status_code == 204
    assert shown == [Path(takes[1].path)]


def test_answers_are_sent_at_once() -> None:
    """asyncio switches Nagle's algorithm off only where a socket names its protocol; else answers take 40 ms more."""
    with closing(listen("127.0.0.1", [])) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_words_to_begin_with(caller: Caller) -> None:
    words = get(caller, "/api/presets")
    assert len(words["presets"]) == 10
    assert words["defaults"]["seconds"] == -1
    assert {"name", "tags", "lyrics", "language", "bpm", "meter", "key", "seconds", "lora"} == set(words["examples"][0])
