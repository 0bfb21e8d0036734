"""How a take was made: the sheet that a publisher gets, what is told about one take, and a folder that is shown."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bridge_server.models.catalogue import CATALOGUE
from bridge_server.panel.media import reveal as revealing
from bridge_server.panel.media.licences import terms_of, terms_of_lora
from bridge_server.panel.media.marks import Mark
from bridge_server.panel.media.presets import PRESETS
from bridge_server.panel.media.provenance import COLUMNS, Sheet, as_csv, clock, sheet
from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.reveal import commands, reveal
from bridge_server.panel.media.told import file_of, tell
from bridge_server.panel.references import project_id
from bridge_server.protocol import codec
from bridge_server.protocol.errors import NotFound, UnknownJob, Unsupported
from bridge_server.protocol.requests import Extend, Generate, Repaint, Retake
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, Lora, Midi, Music, Source
from tests.panel.as_played import song
from tests.panel.made import Made, ids

RATE = 48_000


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def test_which_seconds_which_model_which_licence(made: Made) -> None:
    path = song(made, "Lead vocal.wav")
    request = Repaint(
        job="job-0001",
        project="/music/Night drive",
        source=Source(path=str(path)),
        span=Span(48_000, 96_024, RATE),
        timeline=48_000 * 61,
        tags='lofi, "rhodes"',
        lyrics="one\ntwo",
        handles=500,
        seed=77,
        loras=(
            Lora(path="/loras/my-singer.safetensors", weight=0.5),
            Lora(path="/m/ace-step-v1-chinese-rap/pytorch_lora_weights.safetensors"),
        ),
    )
    takes = made.add(request, backend="ace-step-v1", model="ACE-Step v1 3.5B")
    rows = list(csv.DictReader(io.StringIO(as_csv(sheet(made.desk.records, ids(takes))).decode("utf-8-sig"))))
    assert len(rows) == 1
    row = rows[0]
    assert tuple(row) == COLUMNS
    expected = {
        "project": "Night drive",
        "start": "0:01:01.000",
        "end": "0:01:02.001",
        "seconds": "1.000",
        "start_samples": str(48_000 * 61),
        "end_samples": str(48_000 * 62 + 24),
        "task": "repaint",
        "made_by_ai": "yes",
        "model": "ACE-Step v1 3.5B",
        "licence": "Apache-2.0",
        "loras": "my-singer at 0.5; ace-step-v1-chinese-rap at 1 (Apache-2.0)",
        "tags": 'lofi, "rhodes"',
        "lyrics": "one\ntwo",
        "seed": "7",
        "made_from": "Lead vocal.wav",
        "take": "job-0001/1",
        "file": "take-1.wav",
        "remark": "",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["created"].endswith("Z")


def test_rows_lie_as_the_music_does(made: Made) -> None:
    path = song(made)
    both = Extend(
        job="job-0001", source=Source(path=str(path)), span=Span(40_000, 90_000, RATE), left=9_000, right=9_000
    )
    early = Generate(job="job-0002", span=Span(0, 9_000, RATE))
    takes = (*made.add(both), *made.add(early))
    rows = sheet(made.desk.records, [*ids(takes), *ids(takes)]).rows
    assert [(row["take"], row["what"], row["start_samples"]) for row in rows] == [
        ("job-0002/1", "all of it", "0"),
        ("job-0001/1", "left", "31000"),
        ("job-0001/1", "right", "90000"),
    ]


def test_a_lost_file_leaves_what_the_journal_knows(made: Made) -> None:
    (take,) = made.add(Generate(job="job-0001", span=Span(0, 9_000, RATE), tags="lofi"))
    Path(take.path).unlink()
    (row,) = sheet(made.desk.records, ids((take,))).rows
    assert (row["model"], row["licence"], row["made_by_ai"], row["tags"]) == ("", "", "", "lofi")
    assert row["remark"]
    with pytest.raises(UnknownJob):
        sheet(made.desk.records, [TakeId("job-4711", 1)])


def test_a_variation_names_the_take_that_it_varies(made: Made) -> None:
    (first,) = made.add(Generate(job="job-0001", span=Span(0, 9_000, RATE), tags="lofi"))
    takes = made.add(Retake(job="job-0002", take=first.path))
    (row,) = sheet(made.desk.records, ids(takes)).rows
    assert (row["task"], row["tags"]) == ("retake", "lofi")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_no_cell_is_a_formula_and_nothing_is_lost(words: list[str]) -> None:
    columns = tuple(f"c{number}" for number in range(len(words)))
    data = as_csv(Sheet(columns, [dict(zip(columns, words, strict=True))]))
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    for given_, found in zip(words, row.values(), strict=True):
        assert found[:1] not in {"=", "+", "-", "@", "\t", "\r"}
        assert found in (given_, f"'{given_}")


@pytest.mark.parametrize(
    ("backend", "model", "is_ai", "licence"),
    [
        ("sketch", "sketch 2.2", False, "no model: rules and synthesis of Dawbridge"),
        ("ace-step-v1", "ACE-Step v1 3.5B", True, "Apache-2.0"),
        ("ace-step-1.5", "ACE-Step 1.5 turbo", True, "MIT"),
        ("ace-step-1.5", "ACE-Step 1.5 sft", True, "MIT"),
        ("ace-step-1.5", "random weights (noise)", False, "no model: random numbers"),
        ("ace-step-1.5", "acestep-v15-turbo on a server", True, ""),
        ("another", "Something 9", True, ""),
    ],
)
def test_a_licence_is_told_where_it_is_known(backend: str, model: str, is_ai: bool, licence: str) -> None:
    terms = terms_of(backend, model)
    assert (terms.is_ai, terms.licence) == (is_ai, licence)
    assert bool(terms.page) == (is_ai and bool(licence))


def test_loras_of_ours_have_theirs() -> None:
    assert terms_of_lora("ace-step-v1-chinese-rap") == CATALOGUE["ace-step-v1-chinese-rap"].licence
    assert terms_of_lora("my-singer") == ""


@given(st.integers(-(2**41), 2**41), st.sampled_from([22_050, 44_100, 48_000, 192_000]))
def test_a_clock_is_right_to_the_thousandth(samples: int, rate: int) -> None:
    text = clock(samples, rate)
    hours, minutes, seconds = text.removeprefix("-").split(":")
    total = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert abs(total - abs(samples) / rate) < 0.00051
    assert int(minutes) < 60 and float(seconds) < 60


# one take


def test_a_take_is_told_without_a_path(made: Made) -> None:
    path = song(made)
    request = Repaint(
        job="job-0001",
        project=str(made.root),
        folder=str(made.root / "takes"),
        source=Source(clips=(Clip(path=str(path), start=0, length=100_000),)),
        span=Span(30_000, 60_000, RATE),
        tags="lofi",
        music=Music(bpm=90.0),
    )
    (take,) = made.add(request, roles=("drums", "bass"))
    told = tell(made.desk.records, made.home, TakeId("job-0001", 1), Mark(starred=True))
    assert told.request["source"] == {"path": "source:job-0001"}
    assert told.request["project"] == f"project:{project_id(str(made.root))}"
    assert "folder" not in told.request
    assert told.rendered == told.request
    assert told.line.starred
    assert told.recipe is not None and told.recipe["model"] == "test 1"
    assert [stem["name"] for stem in told.parts[0]["stems"]] == ["drums.wav", "bass.wav"]
    assert str(made.root) not in repr(told)
    assert file_of(take, "bass") == Path(take.path).parent / "take-1.stems" / "bass.wav"
    for missing in (("keys",), ("", "left"), ("", "", "drums")):
        with pytest.raises(NotFound):
            file_of(take, *missing)


def test_the_notes_of_an_instrument_are_a_file_too(made: Made) -> None:
    (take,) = made.add(Generate(job="job-0001", span=Span(0, 9_000, RATE)))
    notes = made.root / "bass.mid"
    notes.write_bytes(b"MThd")
    part = structs.replace(take.parts[0], midi=(Midi(role="bass", path=str(notes), timeline=0),))
    with_notes = structs.replace(take, parts=(part,))
    assert file_of(with_notes, midi="bass") == notes
    notes.unlink()
    with pytest.raises(NotFound, match="not there any more"):
        file_of(with_notes, midi="bass")


def test_a_variation_is_told_with_what_it_stands_for(made: Made) -> None:
    path = song(made)
    (first,) = made.add(
        Repaint(job="job-0001", source=Source(path=str(path)), span=Span(30_000, 60_000, RATE), tags="lofi")
    )
    made.add(Retake(job="job-0002", take=first.path, variance=0.25))
    told = tell(made.desk.records, made.home, TakeId("job-0002", 1), Mark())
    assert told.request["take"] == "take:job-0001/1"
    assert told.request["variance"] == 0.25
    assert (told.rendered["request"], told.rendered["tags"]) == ("repaint", "lofi")
    assert told.rendered["source"] == {"path": "source:job-0002"}
    Path(first.path).unlink()
    Path(made.desk.records.take(TakeId("job-0002", 1)).path).unlink()
    lost = tell(made.desk.records, made.home, TakeId("job-0002", 1), Mark())
    assert lost.recipe is None
    assert lost.problem is not None and lost.problem.code == "not_found"


def test_a_lora_that_is_offered_has_a_reference(made: Made) -> None:
    made.home.loras.mkdir()
    offered = made.home.loras / "singer.safetensors"
    offered.write_bytes(b"")
    loras = (Lora(path=str(offered), weight=0.5), Lora(path="/elsewhere/other.safetensors"))
    made.add(Generate(job="job-0001", span=Span(0, 9_000, RATE), loras=loras))
    told = tell(made.desk.records, made.home, TakeId("job-0001", 1), Mark())
    assert told.request["loras"] == [
        {"path": "lora:singer", "weight": 0.5, "name": "singer"},
        {"path": "", "name": "other"},
    ]


# a folder that is shown


@pytest.mark.skipif(sys.platform == "win32", reason="programs are shell scripts here")
@pytest.mark.parametrize("has_browser", [True, False])
def test_a_take_is_shown_in_its_folder(tmp_path: Path, has_browser: bool) -> None:
    """With the desktop's file browser where it answers, else by opening the folder."""
    take = tmp_path / "it's a take; rm -rf $HOME.wav"
    take.write_bytes(b"")
    heard = tmp_path / "heard"
    for name, status in (("gdbus", 0 if has_browser else 1), ("xdg-open", 0)):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "{name}" "$@" > "{heard}.part"; mv "{heard}.part" "{heard}"; exit {status}\n'
        )
        program.chmod(0o755)
    reveal(take, "linux", lambda name: str(tmp_path / name))
    words = wait_for(heard, "gdbus" if has_browser else "xdg-open")
    if has_browser:
        assert words[-1] == f"['file://{tmp_path}/it%27s%20a%20take%3B%20rm%20-rf%20%24HOME.wav']"
    else:
        assert words == ["xdg-open", str(tmp_path)]


def wait_for(path: Path, program: str) -> list[str]:
    from tests.fakes.waiting import until

    def said() -> list[str] | None:
        words = path.read_text().split("\n")[:-1] if path.exists() else []
        return [word for word in words if word] if words and words[0] == program else None

    found: list[str] = until(said, 10, f"{program} was called")
    return found


def test_every_system_has_its_way() -> None:
    path = PurePosixPath("/takes/a b.wav")
    assert commands(path, "darwin") == [["open", "-R", "/takes/a b.wav"]]  # type: ignore[arg-type]
    assert commands(path, "win32") == [["explorer.exe", "/select,/takes/a b.wav"]]  # type: ignore[arg-type]


def test_where_nothing_can_show_a_folder_it_is_said(tmp_path: Path) -> None:
    take = tmp_path / "take.wav"
    take.write_bytes(b"")
    with pytest.raises(Unsupported) as said:
        reveal(take, "linux", lambda name: None)
    assert str(take) in said.value.hint
    with pytest.raises(NotFound):
        reveal(tmp_path / "gone.wav", "linux")
    assert not revealing._works(os.fspath(tmp_path / "no such program"), ["xdg-open", "x"])


def test_words_to_begin_with_are_fit_to_be_sent() -> None:
    """Every preset and example is a request that the protocol takes."""
    names = [preset.name for preset in PRESETS.presets]
    assert names == ["Modern Pop", "Rock", "Hip Hop", "Country", "EDM", "Reggae", "Classical", "Jazz", "Metal", "R&B"]
    for preset in PRESETS.presets:
        assert len(preset.tags.split(",")) > 5
    assert PRESETS.defaults.lyrics.count("[") == 6
    for example in PRESETS.examples:
        music = Music(bpm=example.bpm, meter=example.meter, key=example.key)
        request = Generate(
            job="job-0001",
            span=Span(0, round(example.seconds * RATE), RATE),
            tags=example.tags,
            lyrics=example.lyrics,
            language=example.language,
            music=music,
        )
        assert codec.read_request(codec.to_json(request), "json") == request
        assert not example.lora or example.lora in CATALOGUE
    assert any(example.lora for example in PRESETS.examples)
    assert len({example.language for example in PRESETS.examples}) > 5
