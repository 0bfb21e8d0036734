"""The small shared modules: ids, texts, letters, home folders, the store."""

import re
from pathlib import Path
from typing import Any

import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.errors import ERRORS
from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.span import Span
from tests.daw.studio import SCRIPTS

JOB_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{7,63}$")


def module(lua: Any, name: str) -> Any:
    return lua.execute(f'local found = require("shared.{name}"); return found')


def test_ids_are_fresh_and_fit_the_protocol(lua: Any):
    ids = module(lua, "ids")
    made = [ids.job("repaint", "the same entropy", 1_763_809_385) for _ in range(1_000)]
    assert len(set(made)) == 1_000
    assert all(JOB_ID.match(one) and one.startswith("repaint-20251122-110305-") for one in made)


@pytest.mark.parametrize(
    ("system", "environment", "home"),
    [
        ("linux", {"HOME": "/home/zoë"}, "/home/zoë/.local/share/dawbridge"),
        ("linux", {"HOME": "/home/x", "XDG_DATA_HOME": "/data"}, "/data/dawbridge"),
        ("linux", {"HOME": "/home/x", "XDG_DATA_HOME": ""}, "/home/x/.local/share/dawbridge"),
        ("macos", {"HOME": "/Users/x"}, "/Users/x/Library/Application Support/dawbridge"),
        ("windows", {"LOCALAPPDATA": r"C:\Users\Zoë\AppData\Local"}, r"C:\Users\Zoë\AppData\Local\dawbridge"),
        ("windows", {"LOCALAPPDATA": r"C:\x", "DAWBRIDGE_HOME": r"D:\own"}, r"D:\own"),
    ],
)
def test_where_the_bridge_lives(lua: Any, system: str, environment: dict[str, str], home: str):
    assert module(lua, "mailbox").home(system, environment.get) == home


@pytest.mark.parametrize(
    ("folder", "joined"),
    [("/a", "/a/b"), ("/a/", "/a/b"), (r"C:\a", r"C:\a\b"), (r"\\srv\x", r"\\srv\x\b"), ("C:/a", "C:/a/b")],
)
def test_joining_paths_keeps_their_separator(lua: Any, folder: str, joined: str):
    assert module(lua, "files").join(folder, "b") == joined


def repaint(lua: Any, **changes: Any) -> Any:
    fields = {
        "request": "repaint",
        "job": "repaint-1",
        "source": lua.table_from({"path": "/a.wav"}),
        "span": lua.table_from({"start": 0, "end": 48_000, "rate": 48_000}),
        **changes,
    }
    return lua.table_from({name: value for name, value in fields.items() if value is not None})


def test_a_letter_is_read_by_the_bridge(lua: Any):
    sealed, _ = module(lua, "letter").seal(repaint(lua, tags="a, b 🎷", strength=0.5), "k", "reaper-1")
    envelope = codec.open_envelope(sealed.encode(), "json")
    assert (envelope.key, envelope.client, envelope.version) == ("k", "reaper-1", 1)
    request = codec.read_request(envelope.message, "json")
    assert isinstance(request, Repaint)
    assert (request.span, request.tags, request.strength) == (Span(0, 48_000, 48_000), "a, b 🎷", 0.5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, "colour is no field"),
        ({"span": None}, "span is missing"),
        ({"variants": 2.0}, "variants is no whole number"),
        ({"variants": 9}, "variants is 9, outside 1 to 8"),
        ({"strength": 1.5}, "strength is 1.5, outside 0 to 1"),
        ({"strength": "1"}, "strength is no number"),
        ({"match_loudness": 1}, "match_loudness is no boolean"),
        ({"tags": "x" * 2_001}, "tags has 2001 characters"),
        ({"source": "a.wav"}, "source is no source"),
        ({"request": "sing"}, "sing is no request"),
    ],
)
def test_a_letter_that_the_bridge_would_refuse_is_not_sent(lua: Any, changes: dict[str, Any], words: str):
    sealed, fault = module(lua, "letter").seal(repaint(lua, **changes), "k", "reaper-1")
    assert sealed is None
    assert words in fault


def test_nested_fields_are_checked_too(lua: Any):
    span = lua.table_from({"start": 0, "end": 48_000.5, "rate": 48_000})
    sealed, fault = module(lua, "letter").seal(repaint(lua, span=span), "k", "reaper-1")
    assert sealed is None
    assert fault == "span.end is no whole number"


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_is_told_with_a_hint(lua: Any, code: str):
    text = module(lua, "text")
    problem = lua.table_from({"code": code, "message": "It went wrong."})
    assert text.problem(problem) == f"It went wrong.\n{ERRORS[code].default_hint}"


def test_an_error_of_a_newer_bridge_is_told_as_it_came(lua: Any):
    text = module(lua, "text")
    assert text.problem(lua.table_from({"code": "new", "message": "Odd."})) == "Odd."
    assert text.problem(lua.table_from({"code": "new", "message": "Odd.", "hint": "Wait."})) == "Odd.\nWait."


def test_texts_are_shortened_between_characters(lua: Any):
    text = module(lua, "text")
    assert text.shortened("ひらがな", 4) == "ひらがな"
    assert text.shortened("ひらがなカ", 4) == "ひらが…"


def sentences(lua: Any) -> dict[str, str]:
    """Every sentence of all hosts. Two hosts may have their own words for the same thing."""
    known = dict(module(lua, "text").english)
    for path in SCRIPTS.rglob("text*.lua"):
        if path.stem != "text":
            name = ".".join(path.relative_to(SCRIPTS).with_suffix("").parts)
            known.update(lua.execute(f'local found = require("{name}"); return found'))
    return known


def test_every_sentence_that_is_named_exists_and_every_shared_one_is_used(lua: Any):
    known = sentences(lua)
    sources = [path for path in SCRIPTS.rglob("*.lua") if not re.match(r"text|protocol\.lua", path.name)]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = set(re.findall(r'text\.say\("(\w+[a-z])"', code))
    assert named <= known.keys()
    words = set(re.findall(r'"(\w+)"', code))
    fields = module(lua, "wishes").fields.keys()
    made = {f"{kind}_{name}" for name in fields for kind in ("ask", "bad", "long")}
    made |= {f"verb_{verb.id}" for verb in module(lua, "verbs").list.values()}
    made |= {"verb_accompany", "verb_separate"}  # what other programs ask for, and is laid in here
    made |= {f"engine_is_{state}" for state in ("starting", "ready", "down", "unknown")}
    shared = {name for path in (SCRIPTS / "shared").glob("text_*.lua") for name in module(lua, path.stem)}
    assert shared - words - made == set()


def test_two_sentences_cannot_have_one_name(lua: Any):
    with pytest.raises(Exception, match="two texts named title"):
        module(lua, "text").add(lua.table_from({"title": "Another"}))


def test_no_caption_has_a_comma(lua: Any):
    """REAPER separates captions with commas."""
    assert [text for name, text in sentences(lua).items() if name.startswith("ask_") and "," in text] == []


STORE = """
local folder, names = ...
local files = require("shared.files")
files.list = function() return names() end
return require("shared.store").open(files, folder)
"""


def open_store(lua: Any, folder: Path) -> Any:
    return lua.execute(STORE, str(folder), lambda: lua.table_from([path.name for path in folder.iterdir()]))


def test_the_store_gives_back_what_it_was_given(lua: Any, tmp_path: Path):
    store = open_store(lua, tmp_path)
    for name in ("b", "a"):
        assert store.save(store, lua.table_from({"id": name, "seq": 3, "text": "ü"}))
    assert store.save(store, lua.table_from({"id": "a", "seq": 4}))
    records, broken = store.load(store)
    assert [(record.id, record.seq) for record in records.values()] == [("a", 4), ("b", 3)]
    assert list(broken.values()) == []
    store.forget(store, "a")
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


def test_the_store_survives_a_crash_between_remove_and_rename(lua: Any, tmp_path: Path):
    """On Windows a file is not renamed over another: for a moment only the temporary one is there."""
    (tmp_path / "a.tmp").write_text('{"id":"a","seq":5}')
    (tmp_path / "b.tmp").write_text('{"id":"b","seq"')
    (tmp_path / "b.json").write_text('{"id":"b","seq":1}')
    (tmp_path / "c.json").write_text("{")
    store = open_store(lua, tmp_path)
    records, broken = store.load(store)
    assert [(record.id, record.seq) for record in records.values()] == [("a", 5), ("b", 1)]
    assert list(broken.values()) == ["c.json"]


def test_where_a_rename_over_a_file_is_refused_the_record_is_still_replaced(lua: Any, tmp_path: Path):
    lua.execute(
        """
        local rename, open = os.rename, io.open
        os.rename = function(from, to)
          local there = open(to)
          if there then there:close() return nil, "File exists" end
          return rename(from, to)
        end
        """
    )
    store = open_store(lua, tmp_path)
    assert store.save(store, lua.table_from({"id": "a", "seq": 1}))
    assert store.save(store, lua.table_from({"id": "a", "seq": 2}))
    assert (tmp_path / "a.json").read_text() == '{"id":"a","seq":2}'


def test_a_disk_that_is_full_leaves_nothing_half_written(lua: Any, tmp_path: Path):
    lua.execute(
        """
        local open = io.open
        io.open = function(path, mode)
          local file = open(path, mode)
          local full = {close = function() return file:close() end}
          function full:write() return nil, "No space left on device" end
          return full
        end
        """
    )
    files = module(lua, "files")
    done = files.publish(str(tmp_path / "a.tmp"), str(tmp_path / "a.json"), "x")
    assert done == (None, "No space left on device")
    assert list(tmp_path.iterdir()) == []
