"""No path that a browser sends is believed: every place in the protocol where one may stand takes references alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bridge_server.client import new_job_id
from bridge_server.home import Home
from bridge_server.jobs.journal import Journal
from bridge_server.panel import regions as regions_module
from bridge_server.panel.references import References, project_id
from bridge_server.panel.regions import Regions
from bridge_server.protocol import codec
from bridge_server.protocol.emit.contract import contract
from bridge_server.protocol.emit.contract import word as word_of
from bridge_server.protocol.emit.examples import examples
from bridge_server.protocol.errors import BadRequest, BridgeError, NotFound, UnknownJob
from bridge_server.protocol.events import Place
from bridge_server.protocol.requests import Generate, Panel, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, Source
from tests.conftest import make_tone
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import MailboxKnock, answer_to
from tests.fakes.waiting import until
from tests.panel.caller import Caller, link_into

BAR = Span(24_000, 48_000, 48_000)
PATHS = ("/etc/passwd", "C:\\Windows\\win.ini", "../../x.wav", "file:///etc/passwd", "take:../x/1", "upload:../x", "")


@cache
def path_names() -> set[str]:
    """The names of all fields of the protocol that hold a path, as the tables have them."""
    tables = contract()
    told = [*tables["requests"].values(), *tables["types"].values()]
    return {
        field["name"]
        for entry in told
        for field in entry["fields"]
        if field["type"] == "string" and field.get("pattern") == r"^[^\x00]*$"
    }


def plain(message: msgspec.Struct) -> Any:
    """As it comes from a page."""
    return msgspec.json.decode(msgspec.json.encode(message))


def path_places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a message paths stand."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key in path_names() and isinstance(inner, str):
            yield (*at, key)
        yield from path_places(inner, (*at, key))


def places() -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (message["request"], place)
        for example in examples()
        if example.kind == "request" and example.form == "full" and not isinstance(example.message, Panel)
        for message in [plain(example.message)]
        for place in path_places(message)
    ]


@pytest.fixture
def references(tmp_path: Path) -> Iterator[References]:
    home = Home(tmp_path)
    journal = Journal(home.journal)
    yield References(home, journal, Regions(home.panel / "regions"))
    journal.close()


def test_paths_stand_where_we_think() -> None:
    assert path_names() == {"path", "take", "project", "folder", "latents"}, "the last one stands in events alone"
    assert len(places()) > 40


@pytest.mark.parametrize(("word", "place"), places(), ids=lambda value: ".".join(map(str, value)) if value else "")
def test_no_path_passes_anywhere(references: References, word: str, place: tuple[Any, ...]) -> None:
    """The rest of the message is left out, so that it is this one that is refused."""
    full = next(
        plain(each.message)
        for each in examples()
        if each.kind == "request" and each.form == "full" and word_of(each.message) == word
    )
    message = {"request": word, place[0]: full[place[0]]}
    with pytest.raises(BadRequest) as refused:
        references.resolve(message)
    assert "reference" in refused.value.message or "folder" in refused.value.message


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["source", "reference", "sources", "take", "loras"])
def test_what_only_looks_like_a_reference_is_refused(references: References, field: str, path: str) -> None:
    value: Any = {"source": {"path": path}, "reference": {"path": path}, "take": path}.get(field, [{"path": path}])
    with pytest.raises(BadRequest):
        references.resolve({"request": "x", field: value})


@given(st.text(max_size=80))
def test_no_text_becomes_a_path(text: str) -> None:
    """Nothing is known here, so nothing may pass."""

    class Nothing:
        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: []

    home = Home(Path("nowhere"))
    known = References(home, Nothing(), Regions(Path("nowhere")))  # type: ignore[arg-type]
    for message in (
        {"source": {"path": text}},
        {"sources": [{"path": text}]},
        {"take": text},
        {"project": text or "/"},
    ):
        with pytest.raises(BridgeError):
            known.resolve({"request": "repaint", **message})


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"take": "take:abcdefgh/1"}, UnknownJob),
        ({"source": {"path": "source:abcdefgh"}}, UnknownJob),
        ({"source": {"path": "upload:0123abcd"}}, NotFound),
        ({"source": {"path": "region:0123abcd"}}, NotFound),
        ({"project": "project:0123abcd"}, NotFound),
        ({"loras": [{"path": "lora:nobody"}]}, NotFound),
    ],
)
def test_what_is_not_there_is_said(references: References, message: dict[str, Any], error: type[BridgeError]) -> None:
    with pytest.raises(error):
        references.resolve({"request": "x", **message})


def test_loras_and_uploads_are_found_by_name(references: References, tmp_path: Path) -> None:
    (tmp_path / "loras" / "singer").mkdir(parents=True)
    (tmp_path / "loras" / "singer" / "x.safetensors").touch()
    (tmp_path / "loras" / "rap.safetensors").touch()
    (tmp_path / "panel" / "uploads").mkdir(parents=True)
    (tmp_path / "panel" / "uploads" / "0123abcd.wav").touch()
    wanted = {
        "loras": [{"path": "lora:singer", "weight": 0.5}, {"path": "lora:rap"}],
        "source": {"path": "upload:0123abcd", "gain_db": -3.0},
    }
    filled = references.resolve({"request": "repaint", **wanted}).message
    assert filled["loras"] == [
        {"path": str(tmp_path / "loras" / "singer"), "weight": 0.5},
        {"path": str(tmp_path / "loras" / "rap.safetensors")},
    ]
    assert filled["source"] == {"path": str(tmp_path / "panel" / "uploads" / "0123abcd.wav"), "gain_db": -3.0}


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A project's folder with a file of sound in it."""
    (tmp_path / "Song").mkdir()
    soundfile.write(tmp_path / "Song" / "guitar.wav", make_tone(seconds=2).T, 48_000, subtype="PCM_24")
    return tmp_path / "Song"


def regions_of(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.http.get("/api/regions").json()["regions"]
    return found


def test_the_region_of_a_daw_becomes_a_take_that_the_daw_places(caller: Caller, song: Path) -> None:
    clips = Source(clips=(Clip(path=str(song / "guitar.wav"), start=0, length=96_000),))
    with caller.wire() as wire:
        link_into(caller.bridge, "reaper", source=clips, span=BAR, timeline=480_000, project=str(song), lyrics="la")
        assert wire.until(lambda event: event.get("panel") == "open")["page"] == "lyrics"
        region = regions_of(caller)[0]
        assert (region["client"], region["source_name"], region["timeline"]) == ("reaper", "guitar.wav", 480_000)
        assert str(song) not in str(region)

        job, span = new_job_id(), msgspec.to_builtins(BAR)
        wire.say(request="repaint", job=job, source={"path": region["source"]}, span=span, project=region["project"])
        done = wire.until(lambda event: event.get("event") in ("done", "failed") and event["job"] == job)
        take = done["takes"][0]
        assert Path(take["path"]).parent.parent == song / "Dawbridge"
        assert take["parts"][0]["timeline"] == 480_000
        assert regions_of(caller)[0]["jobs"] == [job]

        assert wire.ask(request="choose", id="keep", job=job, number=1)["event"] == "ok"
    with caller.bridge.client("reaper") as reaper:
        reaper.hello(after=0)
        assert next(event for event in reaper.events() if isinstance(event, Place)).job == job


def test_takes_sources_and_projects_of_earlier_jobs(caller: Caller, song: Path) -> None:
    job = new_job_id()
    with caller.bridge.client("ardour") as ardour:
        source = Source(path=str(song / "guitar.wav"), start=7)
        folder = str(song / "Takes")
        events = list(ardour.run(Repaint(job=job, source=source, span=BAR, project=str(song), folder=folder)))
    take = events[-1].takes[0]  # type: ignore[union-attr]
    project = f"project:{project_id(str(song))}"
    with caller.wire() as wire:
        for given_source in (f"source:{job}", f"take:{job}/1"):
            again = new_job_id()
            span = {"start": 0, "end": take.samples, "rate": 48_000}
            wire.say(request="repaint", job=again, source={"path": given_source}, span=span, project=project)
            done = wire.until(lambda event, job=again: event.get("event") in ("done", "failed") and event["job"] == job)
            assert done["event"] == "done", done
            assert Path(done["takes"][0]["path"]).parent.parent == song / "Takes"
        retake = new_job_id()
        wire.say(request="retake", job=retake, take=f"take:{job}/1")
        wire.until(lambda event: event.get("event") == "done" and event["job"] == retake)
        listed = wire.ask(request="list", id="l", what="takes", project=project)["takes"]
        assert {each["job"] for each in listed} >= {job}
    with closing(caller.bridge.journal()) as journal:
        sent = [each.request for each in journal.latest(10) if isinstance(each.request, Repaint) and each.id != job]
    assert source in [request.source for request in sent]


def test_choose_can_name_who_places(caller: Caller, song: Path) -> None:
    job = new_job_id()
    with caller.bridge.client("ardour") as ardour, caller.wire() as wire:
        list(ardour.run(Generate(job=job, span=BAR, project=str(song))))
        assert wire.ask(request="choose", id="k", job=job, number=1, client="live")["event"] == "ok"
    with caller.bridge.client("live") as live:
        live.hello(after=0)
        assert next(event for event in live.events() if isinstance(event, Place)).job == job


def test_regions_outlive_the_bridge_and_are_kept_once(tmp_path: Path) -> None:
    regions = Regions(tmp_path / "regions")
    ask = Panel(id="1", span=BAR, tags="rock", page="lyrics")
    first = regions.receive(ask, "reaper")
    assert first is not None
    regions.note_job(first.id, "abcdefgh")
    same = regions.receive(msgspec.structs.replace(ask, id="2", page="studio"), "reaper")
    other = regions.receive(ask, "live")
    assert same is not None and other is not None
    assert (same.id == first.id, other.id == first.id, same.jobs) == (True, False, ("abcdefgh",))
    again = Regions(tmp_path / "regions")
    assert {region.id for region in again.newest()} == {first.id, other.id}
    owner = again.of_job("abcdefgh")
    assert owner is not None and owner.client == "reaper"


def test_regions_take_only_so_much_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions_module, "MOST_BYTES", 5_000)
    regions = Regions(tmp_path / "regions")
    for number in range(9):
        regions.receive(Panel(id="1", span=BAR, lyrics=f"{number}" * 1_000), "reaper")
    assert [region.lyrics[0] for region in regions.newest()] == ["8", "7", "6", "5"]
    assert len(list((tmp_path / "regions").iterdir())) == 4
    regions.receive(Panel(id="1", span=BAR, lyrics="x" * 9_000), "reaper")
    assert [region.lyrics[0] for region in regions.newest()] == ["x"], "the newest is kept however large"


def test_a_host_that_only_sent_a_region_is_found_after_a_restart(tmp_path: Path) -> None:
    """It speaks by mailbox, has never sent a job, and has not spoken since the bridge was started anew."""
    with RunningBridge(tmp_path / "home") as first:
        knock = MailboxKnock(first.connection)
        question = {"request": "panel", "id": "p", "span": msgspec.to_builtins(BAR), "lyrics": "la"}
        assert answer_to(knock, question)["event"] == "panel_link"
    with RunningBridge(tmp_path / "home") as second, Caller(second) as caller, caller.wire() as wire:
        second.wait_for_engine()
        region, job = regions_of(caller)[0], new_job_id()
        assert region["client"] == knock.name
        wire.say(request="generate", job=job, span=region["span"], project=f"region:{region['id']}")
        wire.until(lambda event: event.get("event") == "done" and event["job"] == job)
        assert wire.ask(request="choose", id="k", job=job, number=1)["event"] == "ok"
        out = second.home.mailbox / "out" / knock.name
        until(lambda: list(out.glob("*-place.json")), 5, "the host is told")
    knock.close()


@pytest.mark.parametrize("job", ["x" * 100_000, "../x", "ABCDEFGH", 7, None, ["abcdefgh"]])
def test_only_a_job_is_noted_with_a_region(caller: Caller, job: object) -> None:
    link_into(caller.bridge, "live", span=BAR)
    region = regions_of(caller)[0]
    with caller.wire() as wire:
        wire.say(request="generate", job=job, project=region["source"] or f"region:{region['id']}", span={})
        assert wire.until(lambda event: event.get("event") == "refused")["error"]["code"] == "bad_request"
    assert regions_of(caller)[0]["jobs"] == []


def test_a_page_may_ask_what_can_be_named(caller: Caller) -> None:
    assert caller.http.get("/api/loras").json()["loras"] == []
    assert "tests" in caller.http.get("/api/hosts").json()["hosts"]
    assert caller.http.get("/api/regions/0123").status_code == 404


def test_what_is_filled_in_is_what_the_protocol_reads(references: References) -> None:
    plain = {"request": "hello", "id": "1", "watch": "all"}
    assert references.resolve(plain).message == plain
    assert codec.read_request(msgspec.json.encode(plain), "json")


def test_doctor_is_not_offered_as_a_program_that_could_place_a_take(caller: Caller) -> None:
    with caller.bridge.client("doctor-mailbox"), caller.bridge.client("reaper-1"):
        hosts = caller.http.get("/api/hosts").json()["hosts"]
    assert "reaper-1" in hosts
    assert "doctor-mailbox" not in hosts
