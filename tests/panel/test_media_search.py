"""History: takes are found by what people remember of them; marks stay; nothing in an address is a path."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bridge_server.jobs.journal import Journal
from bridge_server.panel.media import asked
from bridge_server.panel.media.marks import Change, Mark, Marks
from bridge_server.panel.media.names import clean, download_name
from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.search import Found, Query, project_names, search
from bridge_server.panel.references import project_id
from bridge_server.protocol.errors import BadRequest, BridgeError, BridgeFault, UnknownJob
from bridge_server.protocol.requests import Edit, Generate, Layer, Retake
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Part, Source, Take
from tests.panel.made import Made

RATE = 48_000
SPAN = Span(0, 96_000, RATE)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Five jobs, oldest first, two takes each."""
    made = Made(tmp_path)
    for number, request in enumerate(
        (
            Generate(job="job-0001", span=SPAN, tags="lofi, rhodes", project="/music/Song"),
            Generate(job="job-0002", span=SPAN, tags="Metal", lyrics="[verse]\nÜber den Wolken", project="/old/Song"),
            Edit(job="job-0003", span=SPAN, source=Source(path="/a.wav"), lyrics="夜の坂道", project="/music/Suite"),
            Layer(job="job-0004", span=SPAN, sources=(Source(path="/a.wav"),), role="strings"),
            Retake(job="job-0005", take="/takes/job-0001/1.wav"),
        )
    ):
        takes = tuple(a_take(request.job, one, seed=10 * number + one) for one in (1, 2))
        made.keep(request, takes, client="reaper" if number else "ableton")
    return made


def a_take(job: str, number: int, seed: int = 1, backend: str = "sketch") -> Take:
    path = f"/takes/{job}/{number}.wav"
    part = Part(path=path, samples=96_000, span=SPAN, timeline=0)
    return Take(
        job=job,
        number=number,
        path=path,
        seed=seed,
        sample_rate=RATE,
        samples=96_000,
        channels=2,
        span=SPAN,
        backend=backend,
        parts=(part,),
    )


def find(made: Made, **query: object) -> Found:
    return search(made.desk.records.all(), made.desk.marks.all(), Query(**query))  # type: ignore[arg-type]


def named(found: Found) -> list[str]:
    return [f"{line.job}/{line.number}" for line in found.takes]


def jobs(found: Found) -> set[int]:
    return {int(line.job[-1]) for line in found.takes}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {1, 2, 3, 4, 5}),
        ({"text": "RHODES"}, {1, 5}),
        ({"text": "über wolken"}, {2}),
        ({"text": "ÜBER"}, {2}),
        ({"text": "坂道"}, {3}),
        ({"text": "strings"}, {4}),
        ({"text": "job-0004"}, {4}),
        ({"text": "rhodes metal"}, set()),
        ({"tags": "lofi,rhodes"}, {1, 5}),
        ({"tags": "wolken"}, set()),
        ({"seed": 12}, {2}),
        ({"seed": 0}, set()),
        ({"backend": "sketch"}, {1, 2, 3, 4, 5}),
        ({"backend": "ace-step-v1"}, set()),
        ({"project": project_id("/music/Song")}, {1, 5}),
        ({"project": project_id("/old/Song")}, {2}),
        ({"since": 4e9}, set()),
        ({"until": 4e9}, {1, 2, 3, 4, 5}),
        ({"starred": False}, {1, 2, 3, 4, 5}),
        ({"starred": True}, set()),
        ({"chosen": False}, {1, 2, 3, 4, 5}),
        ({"chosen": True}, set()),
    ],
)
def test_takes_are_found_by_what_is_remembered(made: Made, query: dict[str, object], expected: set[int]) -> None:
    found = find(made, **query)
    assert jobs(found) == expected
    assert found.total == len(found.takes)


def test_what_was_chosen_is_found_however_old_it_is(made: Made) -> None:
    with closing(Journal(made.home.journal)) as journal:
        journal.keep_take(structs.replace(a_take("job-0001", 2), chosen=True), "/music/Song")
    assert named(find(made, chosen=True, limit=1)) == ["job-0001/2"]
    assert find(made, chosen=False).total == 9


def test_newest_first_and_nothing_twice(made: Made) -> None:
    every = named(find(made))
    assert every == sorted(every, reverse=True)
    assert len(set(every)) == 10
    created = [line.created for line in find(made).takes]
    assert created == sorted(created, reverse=True)


def test_since_and_until_share_no_moment(made: Made) -> None:
    moment = find(made).takes[3].created
    earlier, later = find(made, until=moment), find(made, since=moment)
    assert (len(later.takes), len(earlier.takes)) == (4, 6)


def test_page_by_page_is_the_same_as_all_at_once(made: Made) -> None:
    pages, before = [], ""
    while True:
        page = find(made, limit=3, before=before)
        assert page.total == 10
        pages += named(page)
        before = page.next
        if not before:
            break
    assert pages == named(find(made))


def test_a_page_goes_on_where_it_was_while_takes_arrive_and_are_marked(made: Made) -> None:
    first = find(made, limit=4, discarded=False)
    made.keep(Generate(job="job-0009", span=SPAN), (a_take("job-0009", 1),))
    made.desk.marks.change(TakeId(first.takes[-1].job, first.takes[-1].number), Change(discarded=True))
    rest = find(made, limit=100, discarded=False, before=first.next)
    assert not set(named(first)) & set(named(rest))
    assert len(named(rest)) == 6


def test_a_page_after_a_take_that_is_not_there(made: Made) -> None:
    with pytest.raises(BadRequest):
        find(made, before="job-4711/1")


def test_a_retake_of_a_retake_is_found_by_the_first_words(made: Made) -> None:
    made.keep(Retake(job="job-0006", take="/takes/job-0005/2.wav"), (a_take("job-0006", 1),))
    assert 6 in jobs(find(made, tags="rhodes"))
    made.keep(Retake(job="job-0007", take="/takes/job-0007/1.wav"), (a_take("job-0007", 1),))  # of itself: no circle
    assert 7 in jobs(find(made))


def test_lines_say_what_lists_show(made: Made) -> None:
    line = next(line for line in find(made).takes if line.job == "job-0005")
    assert (line.task, line.tags, line.seconds, line.rate, line.client) == (
        "retake",
        "lofi, rhodes",
        2.0,
        RATE,
        "reaper",
    )
    assert line.project == project_id("/music/Song")
    assert not next(line for line in find(made).takes if line.job == "job-0004").project
    assert "/" not in "".join(project.id for project in find(made).projects)


def test_projects_are_told_apart_by_what_lies_above_them(made: Made) -> None:
    assert {project.name for project in find(made).projects} == {"music/Song", "old/Song", "Suite"}
    assert project_names([]) == {}


def test_the_journal_is_read_while_the_bridge_writes_it(made: Made) -> None:
    """The second connection never blocks the first, and sees what was committed."""
    with closing(Journal(made.home.journal)) as journal, journal.transaction():
        journal.keep_take(a_take("job-0001", 3), "")
        assert len(named(find(made))) == 10
    assert len(named(find(made))) == 11


def test_the_journal_cannot_be_written_through_the_panel(made: Made) -> None:
    with pytest.raises(BridgeFault, match="readonly"):
        made.desk.records._rows("DELETE FROM takes")
    assert len(named(find(made))) == 10


def test_one_take_and_one_request(made: Made) -> None:
    assert made.desk.records.take(TakeId("job-0002", 1)).seed == 11
    assert [take.number for take in made.desk.records.takes_of("job-0002")] == [1, 2]
    assert made.desk.records.takes_of("job-4711") == []
    assert made.desk.records.facts(TakeId("job-0001", 2))[1:] == ("/music/Song", "ableton")
    for question in (made.desk.records.take, made.desk.records.facts):
        with pytest.raises(UnknownJob):
            question(TakeId("job-0002", 3))
    with pytest.raises(UnknownJob):
        made.desk.records.request("job-4711")


# marks


def test_marks_outlive_the_bridge(tmp_path: Path) -> None:
    take = TakeId("job-0001", 1)
    marks = Marks(tmp_path / "marks.sqlite3")
    assert marks.of(take) == Mark()
    assert marks.change(take, Change(starred=True)) == Mark(starred=True)
    again = Marks(tmp_path / "marks.sqlite3")
    assert again.all() == {take: Mark(starred=True)}
    assert again.change(take, Change(starred=False)) == Mark() == again.of(take)


def test_a_star_takes_back_what_was_put_away(tmp_path: Path) -> None:
    take, marks = TakeId("job-0001", 1), Marks(tmp_path / "marks.sqlite3")
    assert marks.change(take, Change(discarded=True)) == Mark(discarded=True)
    assert marks.change(take, Change(starred=True)) == Mark(starred=True)
    assert marks.change(take, Change(discarded=True)) == Mark(starred=True, discarded=True)
    assert marks.change(take, Change()) == Mark(starred=True, discarded=True)


def test_two_tabs_mark_at_the_same_moment(tmp_path: Path) -> None:
    """One stars, one puts away: neither change is lost."""
    marks = Marks(tmp_path / "marks.sqlite3")
    takes = [TakeId("job-0001", number) for number in range(1, 9)]

    def all_of_them(change: Change) -> None:
        for take in takes:
            marks.change(take, change)

    threads = [threading.Thread(target=all_of_them, args=(Change(discarded=True),)) for _ in range(2)]
    threads += [threading.Thread(target=all_of_them, args=(Change(starred=True, discarded=True),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(marks.all().values()) == {Mark(starred=True, discarded=True)}


def test_damaged_marks_are_laid_aside(tmp_path: Path) -> None:
    """The panel opens all the same, and what there was is still there for somebody to save."""
    damage = b"this is no database, but it is long enough to be looked at" * 20
    (tmp_path / "marks.sqlite3").write_bytes(damage)
    marks = Marks(tmp_path / "marks.sqlite3")
    assert marks.change(TakeId("job-0001", 1), Change(starred=True)).starred
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == damage


def test_marks_that_cannot_be_kept_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(BridgeFault):
        Marks(tmp_path / "no such folder" / "marks.sqlite3")


# what addresses say


@given(st.text(max_size=60))
def test_no_text_is_a_take_unless_it_is_one(text: str) -> None:
    try:
        (found,) = asked.take_ids(text)
    except BadRequest:
        return
    assert text.strip(",") == str(found)
    assert "." not in found.job


@pytest.mark.parametrize(
    "text", ["", ",", "job-0001", "job-0001/0", "job-0001/1/../x", "../../x/1", "JOB-0001/1", "job-0001/1\n"]
)
def test_what_only_looks_like_a_take(text: str) -> None:
    with pytest.raises(BadRequest):
        asked.take_ids(text)


@given(st.dictionaries(st.sampled_from([*Query.__dataclass_fields__, "x"]), st.text(max_size=20)))
def test_any_search_is_a_search_or_refused(given_: dict[str, str]) -> None:
    try:
        query = asked.query(given_)
    except BridgeError as error:
        assert isinstance(error, BadRequest)
        return
    assert 1 <= query.limit <= asked.MOST_LISTED


def test_a_search_in_an_address() -> None:
    given_ = {"text": "a b", "seed": "7", "starred": "true", "discarded": "0", "since": "1.5", "project": "project:abc"}
    query = asked.query(given_)
    assert query == Query(text="a b", seed=7, starred=True, discarded=False, since=1.5, project="abc")
    for wrong in ({"seed": "x"}, {"starred": "maybe"}, {"since": "nan"}, {"until": "inf"}, {"limit": "0"}, {"y": "1"}):
        with pytest.raises(BadRequest):
            asked.query(wrong)


# names of files


@given(st.text(max_size=300), st.text(max_size=40))
def test_a_download_has_a_name_that_every_system_takes(tags: str, role: str) -> None:
    request = Generate(job="job-0001", span=SPAN, tags=tags)
    name = download_name(a_take("job-0001", 2, seed=77), request, request, clean(role))
    assert name.endswith(".wav")
    assert len(name) <= 160
    assert not set(name) & set('<>:"/\\|?*\n\0')
    assert name == name.strip()
    assert "generate 2" in name
    assert "seed 77" in name


def test_a_name_says_what_the_file_is() -> None:
    request = Generate(job="job-0001", span=SPAN, tags="lofi, rhodes")
    assert download_name(a_take("job-0001", 2, seed=7), request, request) == "Lofi, rhodes - generate 2 (seed 7).wav"
    retake = Retake(job="job-0002", take="/x.wav")
    assert download_name(a_take("job-0002", 1), retake, retake, "bass") == "Dawbridge retake 1 bass (seed 1).wav"
