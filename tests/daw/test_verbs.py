"""Verbs, wishes, requests, offers, starting and marks: what REAPER's and Ardour's scripts share, without a host."""

from typing import Any

import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.requests import Again, Edit, Extend, Generate, Layer, Repaint, Retake
from bridge_server.protocol.span import Span

RATE = 48_000


def module(lua: Any, name: str) -> Any:
    return lua.execute(f'local found = require("shared.{name}"); return found')


def table(lua: Any, values: Any) -> Any:
    """Python dicts and lists as Lua tables."""
    if isinstance(values, dict):
        return lua.table_from({key: table(lua, value) for key, value in values.items()})
    if isinstance(values, list):
        return lua.table_from([table(lua, value) for value in values])
    return values


def read(lua: Any, verb: str, extra: Any = None, **answers: str) -> Any:
    verbs = module(lua, "verbs")
    return module(lua, "wishes").read(verbs.get(verb), table(lua, answers), extra)


def wishes(lua: Any, verb: str, **answers: str) -> dict[str, Any]:
    found = read(lua, verb, **answers)
    assert not isinstance(found, tuple), found
    return dict(found)


def subject(lua: Any, **changes: Any) -> Any:
    given = {
        "project": "/songs/one",
        "source": {"path": "/songs/one/voice.wav"},
        "span": {"start": 96_000, "end": 192_000, "rate": RATE},
        "timeline": 480_000,
        "music": {"bpm": 93.5, "meter": "7/8", "since_bar": 4_800},
        "bar": 96_000.5,
        "take": "/songs/one/take-1.wav",
        "sources": [{"path": "/songs/one/drums.wav", "start": -4_800, "gain_db": -6.0}],
        **changes,
    }
    return table(lua, {name: value for name, value in given.items() if value is not None})


def build(lua: Any, verb: str, what: Any = None, **answers: str) -> list[Any]:
    """The requests as the bridge reads them from letters."""
    entropy = lua.eval("function() return 'the same' end")
    made = module(lua, "requests").build(
        module(lua, "verbs").get(verb), what or subject(lua), read(lua, verb, **answers), entropy
    )
    found = []
    for request in made.values():
        sealed, fault = module(lua, "letter").seal(request, "k", "reaper-1")
        assert sealed, fault
        envelope = codec.open_envelope(sealed.encode(), "json")
        found.append(codec.read_request(envelope.message, "json"))
    return found


def test_the_verbs_are_those_of_every_host(lua: Any):
    verbs, text = module(lua, "verbs"), module(lua, "text")
    ids = [verb.id for verb in verbs.list.values()]
    assert ids[:8] == ["repaint", "extend_left", "extend_right", "generate", "retake", "layer", "edit", "again"]
    assert ids[8:] == ["choose", "keep", "discard", "cancel", "status", "open_panel"]
    assert [verb.id for verb in verbs.working().values()] == ids[:8]
    wished = set(module(lua, "wishes").fields.keys())
    for verb in verbs.list.values():
        assert text.say(f"verb_{verb.id}")
        assert set(verb.fields.values()) <= wished
        assert all(text.has(f"ask_{name}") for name in verb.fields.values())
    with pytest.raises(Exception, match="no verb sing"):
        verbs.get("sing")


def test_a_form_left_alone_has_its_defaults(lua: Any):
    assert wishes(lua, "repaint") == {
        "tags": "",
        "lyrics": "",
        "key": "",
        "chords": "",
        "strength": 1,
        "variants": 2,
    }
    assert wishes(lua, "retake") == {"variance": 0.5, "variants": 2}
    assert wishes(lua, "again") == {}


def test_landing_fields_are_asked_where_a_host_can_obey(lua: Any):
    found = read(lua, "repaint", module(lua, "verbs").landing_fields, replace="Yes", stems="0")
    assert (found.replace, found.stems) == (True, False)


@pytest.mark.parametrize(
    ("verb", "field", "typed", "wish"),
    [
        ("repaint", "strength", " 0,25 ", 0.25),
        ("repaint", "seed", "9007199254740991", 9007199254740991),
        ("repaint", "key", "Dm", "D minor"),
        ("repaint", "key", "bb", "Bb"),
        ("repaint", "key", "F♯ moll", "F# minor"),
        ("repaint", "key", "c maj", "C major"),
        ("repaint", "key", "CM", "C major"),
        ("repaint", "lyrics", "שלום 🎷, ひ\nnew", "שלום 🎷, ひ\nnew"),
        ("layer", "role", "drums", "drums"),
    ],
)
def test_answers_are_read_as_musicians_write_them(lua: Any, verb: str, field: str, typed: str, wish: Any):
    assert wishes(lua, verb, **{field: typed})[field] == wish


@pytest.mark.parametrize(
    ("typed", "wish"),
    [("8", {"seconds": 8}), ("2,5 s", {"seconds": 2.5}), ("4 bars", {"bars": 4}), ("1 Bar", {"bars": 1})],
)
def test_lengths_are_seconds_or_bars(lua: Any, typed: str, wish: dict[str, float]):
    assert dict(wishes(lua, "extend_left", length=typed)["length"]) == wish


@pytest.mark.parametrize(
    ("verb", "field", "typed", "words"),
    [
        ("repaint", "strength", "1.5", "0 to 1"),
        ("repaint", "strength", "nan", "0 to 1"),
        ("retake", "variance", "-0.1", "variance must be"),
        ("repaint", "variants", "9", "1 to 8"),
        ("repaint", "variants", "2.5", "1 to 8"),
        ("repaint", "seed", "-1", "whole number"),
        ("repaint", "key", "H minor", "is no key"),
        ("repaint", "key", "D dorian", "is no key"),
        ("repaint", "tags", "x" * 2_001, "2001 characters"),
        ("repaint", "lyrics", "x" * 40_001, "40001 characters"),
        ("layer", "role", "x" * 33, "33 characters"),
        ("generate", "chords", "C" * 2_001, "chords have 2001 characters"),
        ("extend_right", "length", "0", "seconds or bars"),
        ("extend_right", "length", "4 miles", "seconds or bars"),
        ("extend_right", "length", "1e999", "seconds or bars"),
        ("edit", "mode", "perhaps", "yes or no"),
    ],
)
def test_an_answer_that_makes_no_sense_is_explained(lua: Any, verb: str, field: str, typed: str, words: str):
    answers = {"lyrics": "la", field: typed}
    found, sentence, name = read(lua, verb, **answers)
    assert found is None
    assert words in sentence
    assert name == field


def test_bytes_that_are_no_text_are_refused(lua: Any):
    broken = lua.execute(
        'return require("shared.wishes").read(require("shared.verbs").get("repaint"), {tags = "caf\\xe9"})'
    )
    assert "no characters" in broken[1]


@pytest.mark.parametrize(
    ("answers", "words"),
    [({}, "Nothing would change"), ({"tags": "jazz"}, "Type the new words"), ({"tags": "jazz", "mode": "no"}, "")],
)
def test_an_edit_changes_words_or_style(lua: Any, answers: dict[str, str], words: str):
    found = read(lua, "edit", **answers)
    if words:
        assert words in found[1]
    else:
        assert found.mode == "remix"


@pytest.mark.parametrize(
    ("typed", "versions"),
    [
        ("one\ntwo", ["one\ntwo"]),
        ("one\n---\ntwo\r\n  ----  \nthree\n---\n", ["one", "two", "three"]),
        ("a --- b\n--", ["a --- b\n--"]),
        ("\n---\n", [""]),
    ],
)
def test_a_line_of_dashes_separates_versions_of_the_words(lua: Any, typed: str, versions: list[str]):
    assert list(module(lua, "wishes").versions(typed).values()) == versions


def test_a_single_line_holds_lyrics_too(lua: Any):
    shared = module(lua, "wishes")
    assert shared.unfolded("one | two|three |  | ---| four") == "one\ntwo\nthree\n\n---\nfour"
    assert shared.folded("one\r\ntwo\n---\nthree") == "one | two | --- | three"
    lyrics = "[verse]\none, two\n---\nthree"
    assert shared.unfolded(shared.folded(lyrics)) == lyrics


# requests


def test_a_repaint(lua: Any):
    (request,) = build(lua, "repaint", tags="rhodes", strength="0.5", key="Em", variants="3", seed="7")
    assert isinstance(request, Repaint)
    assert request.source.path == "/songs/one/voice.wav"
    assert (request.span, request.timeline) == (Span(96_000, 192_000, RATE), 480_000)
    assert (request.tags, request.strength, request.variants, request.seed) == ("rhodes", 0.5, 3, 7)
    assert (request.music.bpm, request.music.meter, request.music.key) == (93.5, "7/8", "E minor")
    assert (request.project, request.form) == ("/songs/one", "region")
    assert request.job.startswith("repaint-")


def test_an_unsaved_project_has_no_folder_and_unknown_music_is_left_out(lua: Any):
    (request,) = build(lua, "repaint", subject(lua, project="", music=None, form="whole"))
    assert (request.project, request.form) == ("", "whole")
    assert request.music.bpm is None


def test_a_key_of_the_project_is_kept_unless_another_is_wished(lua: Any):
    given = subject(lua, music={"key": "A minor"})
    assert build(lua, "repaint", given)[0].music.key == "A minor"
    assert build(lua, "repaint", given, key="C")[0].music.key == "C"


@pytest.mark.parametrize("verb", ["repaint", "extend_left", "extend_right", "generate", "layer"])
def test_chords_go_along_as_they_are_typed(lua: Any, verb: str):
    assert build(lua, verb, chords=" Am F | C . . G7/B ")[0].music.chords == "Am F | C . . G7/B"
    assert build(lua, verb, chords="")[0].music.chords == ""


@pytest.mark.parametrize("verb", ["edit", "retake", "again"])
def test_the_same_performance_keeps_its_chords(lua: Any, verb: str):
    assert "chords" not in module(lua, "verbs").get(verb).fields.values()


def test_every_form_fits_the_dialog_that_has_room_for_sixteen_fields(lua: Any):
    verbs = module(lua, "verbs")
    extra = len(verbs.landing_fields)
    for verb in verbs.list.values():
        captions = [module(lua, "text").say(f"ask_{name}") for name in verb.fields.values()]
        assert len(captions) + extra <= 16
        assert not any("," in caption for caption in captions)


@pytest.mark.parametrize(("verb", "side"), [("extend_left", "left"), ("extend_right", "right")])
@pytest.mark.parametrize(("length", "samples"), [("2 bars", 192_001), ("1.5", 72_000)])
def test_extending_is_counted_in_samples(lua: Any, verb: str, side: str, length: str, samples: int):
    (request,) = build(lua, verb, length=length)
    assert isinstance(request, Extend)
    assert {"left": request.left, "right": request.right} == {"left": 0, "right": 0, side: samples}


def test_bars_need_a_tempo(lua: Any):
    made = module(lua, "requests").build(
        module(lua, "verbs").get("extend_left"), subject(lua, bar=None), read(lua, "extend_left"), lua.eval("tostring")
    )
    assert made[0] is None
    assert "in seconds" in made[1]


def test_generate_needs_no_source(lua: Any):
    (request,) = build(lua, "generate", tags="dub")
    assert isinstance(request, Generate)
    assert request.span == Span(96_000, 192_000, RATE)


def test_a_layer_hears_the_other_tracks(lua: Any):
    (request,) = build(lua, "layer", role="bass")
    assert isinstance(request, Layer)
    assert [(source.path, source.start, source.gain_db) for source in request.sources] == [
        ("/songs/one/drums.wav", -4_800, -6.0)
    ]
    assert request.role == "bass"


def test_versions_of_the_words_are_jobs_with_one_seed(lua: Any):
    first, second, third = build(lua, "edit", lyrics="one\n---\ntwo\n---\nthree", source_lyrics="zero", variants="1")
    assert isinstance(first, Edit)
    assert [request.lyrics for request in (first, second, third)] == ["one", "two", "three"]
    assert first.seed == second.seed == third.seed
    assert first.seed is not None
    assert len({first.job, second.job, third.job}) == 3
    assert (first.mode, first.source_lyrics) == ("only_lyrics", "zero")


def test_a_single_version_has_the_seed_that_was_wished_or_none(lua: Any):
    assert build(lua, "edit", lyrics="one", seed="5")[0].seed == 5
    assert build(lua, "edit", lyrics="one")[0].seed is None


def test_seeds_by_chance_fit_the_protocol(lua: Any):
    ids = module(lua, "ids")
    seeds = {ids.seed("the same") for _ in range(500)}
    assert len(seeds) == 500
    assert all(isinstance(seed, int) and 0 <= seed < 2**53 for seed in seeds)


def test_retake_and_again_name_the_take(lua: Any):
    (retake,) = build(lua, "retake", variance="0.2", seed="3")
    (again,) = build(lua, "again")
    assert isinstance(retake, Retake)
    assert isinstance(again, Again)
    assert (retake.take, retake.variance, retake.seed) == ("/songs/one/take-1.wav", 0.2, 3)
    assert (again.take, again.seed, again.project) == ("/songs/one/take-1.wav", None, "/songs/one")
