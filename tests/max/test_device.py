"""Our device: what is on the strip, how it is wired, and that it is the same each time it is made."""

import json
from typing import Any, get_args

import pytest

from bridge_server.protocol.requests import Request
from daw_scripts.bundle import BrokenSource
from daw_scripts.max import description as described
from daw_scripts.max.container import read
from daw_scripts.max.description import read_description
from daw_scripts.max.devices import devices
from daw_scripts.max.parameters import double_names, long_name, value_of
from daw_scripts.max.patcher import device_patcher
from engine.sketch.vocabulary import ROLES

DESCRIPTION = read_description()
SCRIPT = b"outlets = 5;\n"
VERBS = ["repaint", "extend_left", "extend_right", "generate", "retake", "layer", "edit", "again"]


def patcher(index: int = 0) -> dict[str, Any]:
    return json.loads(device_patcher(DESCRIPTION, DESCRIPTION.builds[index]))["patcher"]


def boxes(level: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["box"]["id"].removeprefix("obj-"): entry["box"] for entry in level["boxes"]}


def follow(level: dict[str, Any], source: str, outlet: int) -> set[tuple[str, int]]:
    """Where the cords of an outlet lead."""
    lines = [line["patchline"] for line in level["lines"]]
    wanted = [f"obj-{source}", outlet]
    return {
        (line["destination"][0].removeprefix("obj-"), line["destination"][1])
        for line in lines
        if line["source"] == wanted
    }


def control(name: str) -> described.Control:
    return next(control for control in DESCRIPTION.all_controls if control.id == name)


def test_the_same_sources_give_the_same_bytes():
    for build in DESCRIPTION.builds:
        assert devices(DESCRIPTION, build, SCRIPT) == devices(read_description(), build, SCRIPT)


def test_two_devices_differ_only_in_what_runs_the_script():
    new, old = patcher(0), patcher(1)
    assert boxes(new)["script"].pop("text") == "v8 dawbridge.js"
    assert boxes(old)["script"].pop("text") == "js dawbridge.js"
    assert boxes(new)["script"].pop("filename") == "dawbridge.js"
    assert boxes(new)["script"].pop("saved_object_attributes") == {"parameter_enable": 0}
    assert boxes(old)["script"].pop("saved_object_attributes")["filename"] == "dawbridge.js"
    assert new.pop("appversion")["major"] == 9
    assert old.pop("appversion")["major"] == 8
    assert new == old


def test_frozen_and_unfrozen_hold_the_same_device():
    made = devices(DESCRIPTION, DESCRIPTION.builds[0], SCRIPT)
    whole, bare = read(made["Dawbridge.amxd"]), read(made["unfrozen/Dawbridge.amxd"])
    assert whole.patcher == bare.patcher
    assert [(file.name, file.data) for file in whole.files[1:]] == [("dawbridge.js", SCRIPT)]


def test_the_verbs_in_their_order():
    """Sets store the index: a verb may be appended, none may move."""
    assert list(control("operation").values[:8]) == VERBS
    tags = {kind.__struct_config__.tag for kind in get_args(Request)}
    assert {verb.split("_")[0] for verb in control("operation").values} <= tags
    assert len(control("operation").items) == len(control("operation").values)


def test_the_stems_are_those_that_a_backend_knows():
    assert control("role").values[0] == ""
    assert set(ROLES) <= set(control("role").values)
    assert len(control("role").items) == len(control("role").values)


def test_every_word_to_the_script_comes_through_deferlow():
    level = patcher()
    found = boxes(level)
    said = set()
    for name, box in found.items():
        if ("in", 0) in follow(level, name, 0):
            word = box["text"].split()
            said.add(word[1] if word[0] == "prepend" else word[0])
    windows = {entry.id for window in DESCRIPTION.windows for entry in window.controls}
    assert said - {"p"} == DESCRIPTION.to_script - windows
    assert follow(level, "in", 0) == {("script", 0)}
    assert found["in"]["text"] == "deferlow"
    to_script = {
        line["patchline"]["source"][0] for line in level["lines"] if line["patchline"]["destination"][0] == "obj-script"
    }
    assert to_script == {"obj-in"}


def test_what_the_script_says_reaches_its_control():
    level = patcher()
    found = boxes(level)
    names = found["ui"]["text"].split()[1:]
    assert set(names) == set(DESCRIPTION.from_script)
    assert follow(level, "script", 0) == {("ui", 0)}
    for index, name in enumerate(names):
        (target,) = follow(level, "ui", index)
        if name in found:
            assert target == (name, 0)
        else:
            assert found[target[0]]["text"] == f"prepend {name}"
            assert follow(level, target[0], 0) == {("words-window", 0)}


def test_the_window_tells_and_hears():
    level = patcher()
    inner = boxes(level)["words-window"]["patcher"]
    assert follow(level, "words-window", 0) == {("in", 0)}
    assert follow(inner, "from", 0) == {("which", 0)}
    assert boxes(inner)["which"]["text"] == "route words seed"
    for index, name in enumerate(["words", "seed"]):
        assert follow(inner, "which", index) == {(name, 0)}
        assert follow(inner, name, 0) == {(f"{name}-text", 0)}
        assert boxes(inner)[f"{name}-text"]["text"] == "route text"
        assert boxes(inner)[f"{name}-word"]["text"] == f"prepend {name}"
        assert follow(inner, f"{name}-word", 0) == {("to", 0)}


def test_send_asks_for_the_texts_first():
    """A trigger's last outlet speaks first."""
    level = patcher()
    assert follow(level, "send", 0) == {("send-order", 0)}
    assert boxes(level)["send-order"]["text"] == "t b b b"
    assert follow(level, "send-order", 2) == {("send-words", 0), ("send-seed", 0)}
    assert follow(level, "send-order", 1) == {("tags", 0)}
    assert follow(level, "send-order", 0) == {("send-word", 0)}
    assert follow(level, "send-words", 0) == {("words-window", 0)}


def test_the_script_s_other_outlets():
    level = patcher()
    assert boxes(level)["script"]["numoutlets"] == len(DESCRIPTION.outlets) == 5
    for outlet, name in enumerate(DESCRIPTION.outlets[1:4], start=1):
        assert follow(level, "script", outlet) == {(name, 0)}
    assert follow(level, "script", 4) == {("calls", 0)}
    assert boxes(level)["udpreceive"]["text"].endswith("@defer 1")
    assert boxes(level)["udpsend"]["text"].startswith("udpsend 127.0.0.1 ")
    assert follow(level, "target", 0) == {("live", 1)}
    assert follow(level, "call", 0) == {("live", 0)}


def test_what_jobs_change_is_hidden_from_undo():
    """A parameter that changes by itself would fill Live's undo list."""
    moved = [
        entry
        for entry in DESCRIPTION.all_controls
        if "set" in entry.takes and entry.kind not in ("live.comment", "textedit")
    ]
    assert {entry.id for entry in moved} == {"dot", "progress", "pick"}
    assert {value_of(entry)["parameter_invisible"] for entry in moved} == {2}
    assert all(entry.keep == "hidden" for entry in DESCRIPTION.all_controls if entry.mode == "button")


def test_names_are_unique_and_ours():
    assert double_names(DESCRIPTION) == []
    assert all(long_name(entry).startswith("Dawbridge ") for entry in DESCRIPTION.all_controls)
    ids = [entry.id for entry in DESCRIPTION.all_controls]
    assert len(ids) == len(set(ids))


def test_push_shows_what_can_be_automated():
    bank = patcher()["parameters"]["parameterbanks"]["0"]["parameters"]
    assert len(bank) == 8
    automated = [long_name(entry) for entry in DESCRIPTION.controls if entry.keep == "automated"]
    assert [name for name in bank if name != "-"] == automated


def test_only_live_s_own_controls_and_text_fields():
    kinds = {entry.kind for entry in DESCRIPTION.all_controls}
    assert {kind for kind in kinds if not kind.startswith("live.")} == {"textedit"}
    assert 340 <= DESCRIPTION.width <= 420


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("height = 169", "height = 200", "169 pixels"),
        ('id = "dot"', 'id = "dot"\nblink = 1', "blink"),
        ('[device]\nname = "Dawbridge"', "[device]", "name"),
        ("[script]", "[script", "line"),
    ],
)
def test_a_slip_in_the_description_is_told(tmp_path, old: str, new: str, why: str):
    text = described.SOURCE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "device.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenSource, match=why):
        read_description(path)
