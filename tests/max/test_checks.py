"""Every check finds the fault that it is there for, and finds nothing in our own devices."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from daw_scripts.max.checks import faults
from daw_scripts.max.container import frozen, read, unfrozen
from daw_scripts.max.description import read_description
from daw_scripts.max.patcher import as_text, device_patcher
from daw_scripts.max.syntax import es5_faults

Patcher = dict[str, Any]
DESCRIPTION = read_description()
GOOD: Patcher = json.loads(device_patcher(DESCRIPTION, DESCRIPTION.builds[0]))["patcher"]


def packed(patcher: Patcher, kind: bytes = b"aaaa", name: str = "dawbridge.js") -> bytes:
    return frozen(kind, "Dawbridge.amxd", as_text({"patcher": patcher}), {name: b"post();"}, DESCRIPTION.written)


def box(patcher: Patcher, name: str) -> Patcher:
    return next(entry["box"] for entry in patcher["boxes"] if entry["box"]["id"] == f"obj-{name}")


def parameter(patcher: Patcher, name: str) -> Patcher:
    return box(patcher, name)["saved_attribute_attributes"]["valueof"]


def drop_cord(patcher: Patcher, source: str, outlet: int) -> None:
    ends = [f"obj-{source}", outlet]
    patcher["lines"] = [line for line in patcher["lines"] if line["patchline"]["source"] != ends]


def new_cord(patcher: Patcher, source: str, outlet: int, destination: str, inlet: int) -> None:
    ends = {"source": [f"obj-{source}", outlet], "destination": [f"obj-{destination}", inlet]}
    patcher["lines"].append({"patchline": ends})


def inner(patcher: Patcher) -> Patcher:
    return box(patcher, "words-window")["patcher"]


BREAKS: dict[str, Callable[[Patcher], Any]] = {
    "two boxes have the id obj-osc": lambda p: p["boxes"].append({"box": copy.deepcopy(box(p, "osc"))}),
    "two boxes have the id obj-words-window::obj-seed": lambda p: inner(p)["boxes"].append(
        {"box": copy.deepcopy(box(inner(p), "seed"))}
    ),
    "ends at obj-nobody": lambda p: new_cord(p, "osc", 0, "nobody", 0),
    "ends at outlet 5 of obj-script, which has 5": lambda p: new_cord(p, "script", 5, "osc", 0),
    "ends at inlet 1 of obj-osc, which has 1": lambda p: new_cord(p, "script", 0, "osc", 1),
    "not an object we know": lambda p: box(p, "osc").update(text="prepnd osc"),
    "obj-dot (○): not an object we know": lambda p: box(p, "dot").update(maxclass="live.led"),
    "inlets and outlets": lambda p: box(p, "strength").update(numinlets=2),
    "types of them": lambda p: box(p, "strength").update(outlettype=[""]),
    "is missing in the dependency cache": lambda p: p.update(dependency_cache=[]),
    "nothing uses it": lambda p: p["dependency_cache"].append({"name": "old.js"}),
    "are both called": lambda p: parameter(p, "strength").update(parameter_longname="Dawbridge Send"),
    "too many or too few": lambda p: p["parameters"].pop("obj-send"),
    "the patcher says type 1": lambda p: p["project"].update(amxdtype=1),
    "channel 2 does not get": lambda p: drop_cord(p, "plugin", 1),
    "channel 1 does not get": lambda p: drop_cord(p, "plugin", 0),
    "lies outside": lambda p: box(p, "page")["presentation_rect"].__setitem__(0, 380.0),
    "obj-send lies upon obj-cancel": lambda p: box(p, "send")["presentation_rect"].__setitem__(2, 90.0),
    "is not shown": lambda p: box(p, "send").pop("presentation"),
    "no text for the Info View": lambda p: box(p, "send").update(annotation=""),
    "169 pixels high": lambda p: p["openrect"].__setitem__(3, 170.0),
    "not a device": lambda p: p.pop("boxes"),
}


@pytest.mark.parametrize("said", BREAKS)
def test_each_fault_is_found(said: str):
    patcher = copy.deepcopy(GOOD)
    BREAKS[said](patcher)
    assert said in "\n".join(faults(packed(patcher)))


def test_crossed_channels_are_found():
    patcher = copy.deepcopy(GOOD)
    for channel in (0, 1):
        drop_cord(patcher, "plugin", channel)
        new_cord(patcher, "plugin", channel, "plugout", 1 - channel)
    assert len([fault for fault in faults(packed(patcher)) if "does not get" in fault]) == 2


def test_faults_of_the_container():
    text = as_text({"patcher": GOOD})
    assert faults(packed(GOOD)) == []
    assert faults(unfrozen(b"aaaa", text)) == []
    assert "the file b'mmmm'" in "\n".join(faults(packed(GOOD, kind=b"mmmm")))
    assert "packed are ['other.js']" in "\n".join(faults(packed(GOOD, name="other.js")))
    assert faults(b"RIFF") != []
    wrong_meta = packed(GOOD).replace(b"\x07\0\0\0", b"\x01\0\0\0", 1)
    assert faults(wrong_meta) == ["meta is 1, which does not fit the contents"]
    no_ending = unfrozen(b"aaaa", text)[:-2]
    no_ending = no_ending[:28] + (len(text)).to_bytes(4, "little") + no_ending[32:]
    assert read(no_ending).patcher == text
    assert faults(no_ending) == ["the patcher does not end in a line feed and a zero"]


@pytest.mark.parametrize(
    "newer",
    ["let a = 1;", "const a = 1;", "var f = () => 1;", "var s = `x`;", "class A {}", "var o = {a, b: 1};", "f(...x);"],
)
def test_newer_javascript_is_not_es5(newer: str):
    told = es5_faults("var ok = 1;\n" + newer)
    assert len(told) == 1
    assert told[0].startswith("line 2: ")


def test_es5_is_es5():
    assert es5_faults('var o = {get x() { return 1; }, "if": 2};\nfunction loaded() { outlet(0, ["a", o.x]); }') == []
