"""Max's patcher, made from the description: the boxes, the cords between them, and what Live wants to know."""

import json
from typing import Any

from daw_scripts.max.description import Build, Description
from daw_scripts.max.frame import frame
from daw_scripts.max.objects import SCRIPT_CLASSES, Shape
from daw_scripts.max.parameters import listing, memory, value_of
from daw_scripts.max.patch import Patch
from daw_scripts.max.strip import control_with_cords, to_controls, window

FIRST_PORT = 49_151
"""What [udpreceive] listens on until the script has chosen a port; a box needs one. [U udpreceive] `port n` moves it,
and a port that is taken does no harm but a line in Max's console."""
BRIDGE_PORT = 39_951
"""Where the bridge usually listens; the script reads the real port from connection.json."""
LOOPBACK = "127.0.0.1"


def device_patcher(description: Description, build: Build) -> bytes:
    """The JSON of one of the devices, without the ending that the container adds."""
    patch = Patch()
    _audio(patch)
    _script(patch, description, build)
    named = {f"obj-{control.id}": control for control in description.controls if control.is_parameter}
    for pane in description.windows:
        window(patch, pane)
        named |= {f"obj-{pane.name}-window::obj-{c.id}": c for c in pane.controls if c.is_parameter}
    for control in description.controls:
        control_with_cords(patch, control)
    to_controls(patch, description)
    _live(patch)
    named["obj-memory"] = memory()
    return as_text({"patcher": frame(patch, description, build) | {"parameters": listing(named)}})


def as_text(patcher: dict[str, Any]) -> bytes:
    return json.dumps(patcher, indent=1, ensure_ascii=False).encode()


def _audio(patch: Patch) -> None:
    """The sound passes untouched; without these cords the track would be silent."""
    patch.add("plugin", "newobj", "plugin~")
    patch.add("plugout", "newobj", "plugout~")
    for channel in (0, 1):
        patch.cord("plugin", channel, "plugout", channel)


def _script(patch: Patch, description: Description, build: Build) -> None:
    """The script, and what goes to it and from it beside the controls."""
    if build.script_class not in SCRIPT_CLASSES:
        raise ValueError(f"{build.file}: no object {build.script_class} runs scripts")
    outlets = description.outlets
    patch.add(
        "script",
        "newobj",
        f"{build.script_class} {description.script}",
        shape=Shape(1, ("",) * len(outlets)),
        textfile={"filename": description.script, "flags": 0, "embed": 0, "autowatch": 0},
        **_named_as(build.script_class, description.script),
    )
    patch.add("in", "newobj", "deferlow")
    patch.chain("in", "script")
    _start(patch)
    patch.add("udpsend", "newobj", f"udpsend {LOOPBACK} {BRIDGE_PORT}")
    patch.add("udpreceive", "newobj", f"udpreceive {FIRST_PORT} @defer 1")  # [U firewall]
    patch.add("osc", "newobj", "prepend osc")
    patch.chain("udpreceive", "osc", "in")
    # [U pattr] keeps a symbol with the set, and says it when the set is opened.
    patch.add(
        "memory",
        "newobj",
        "pattr memory @parameter_enable 1",
        saved_attribute_attributes={"valueof": value_of(memory())},
        saved_object_attributes={"parameter_enable": 1, "parameter_mappable": 0},
        varname="memory",
    )
    patch.add("memory-back", "newobj", "prepend memory")
    patch.chain("memory", "memory-back", "in")
    for target in ("udpsend", "udpreceive", "memory"):
        patch.cord("script", outlets.index(target), target)


def _named_as(script_class: str, script: str) -> dict[str, Any]:
    """Where Max 9 and Max 8 save the name of a script beside the text of its box."""
    if script_class == "v8":
        return {"filename": script, "saved_object_attributes": {"parameter_enable": 0}}
    return {"saved_object_attributes": {"filename": script, "parameter_enable": 0}}


def _start(patch: Patch) -> None:
    """When the device is complete: first the sample rate, then the word."""
    patch.add("thisdevice", "newobj", "live.thisdevice")
    patch.add("start", "newobj", "t b b")
    patch.add("loaded", "message", "loaded")
    patch.add("dspstate", "newobj", "dspstate~")  # [U rate] in Live it tells the rate of the set, also on a bang
    patch.add("rate", "newobj", "prepend rate")
    patch.chain("thisdevice", "start", "loaded", "in")
    patch.cord("start", 1, "dspstate")
    patch.cord("dspstate", 1, "rate")
    patch.chain("rate", "in")


def _live(patch: Patch) -> None:
    """Another way to call Live, for arguments that LiveAPI.call would split."""
    patch.add("calls", "newobj", "route target call")
    patch.add("target", "newobj", "prepend id")
    patch.add("call", "newobj", "prepend call")
    # [U live-object] takes a path with spaces as one symbol.
    patch.add("live", "newobj", "live.object", saved_object_attributes={"_persistence": 0})
    patch.add("made", "newobj", "prepend made")
    patch.cord("script", 4, "calls")
    patch.cord("calls", 0, "target")
    patch.cord("calls", 1, "call")
    patch.cord("target", 0, "live", 1)
    patch.chain("call", "live", "made", "in")
