"""Put our scripts into Ardour's slots, so that nobody has to do it by hand; never while Ardour runs.

A slot that is set by hand holds a copy of the script, which stays old when the script is brought up to date. Ours
holds a few lines that load the installed file, so it is always the installed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bridge_server.install.ardour import SCRIPTS
from bridge_server.install.list_file import listed, unlisted
from bridge_server.install.place import Place
from bridge_server.install.plan import Plan, current
from bridge_server.install.ui_scripts import EMPTY, Script, quoted, slots_of, with_scripts, without_scripts

FILE = PurePosixPath("ui_scripts")
HEAD = re.compile(r'\["type"\]\s*=\s*"(EditorAction|EditorHook)",\s*name\s*=\s*"([^"]+)"')
HEARS = re.compile(r"\[LuaSignal\.(\w+)\]\s*=\s*true")
LIKE_7 = re.compile(r"ardour7", re.IGNORECASE)
SIGNALS_OF_7 = (
    "SessionLoad", "SessionClose", "ConfigChanged", "EngineRunning", "EngineStopped", "EngineHalted",
    "EngineDeviceListChanged", "BufferSizeChanged", "SampleRateChanged", "FeedbackDetected",
    "SuccessfulGraphSort", "StartTimeChanged", "EndTimeChanged", "Exported", "Change", "SessionConfigChanged",
    "TransportStateChange", "DirtyChanged", "StateSaved", "Xrun", "TransportLooped", "SoloActive", "SoloChanged",
    "IsolatedChanged", "MonitorChanged", "RecordStateChanged", "RecordArmStateChanged",
    "AudioLoopLocationChanged", "AudioPunchLocationChanged", "LocationsModified", "AuditionActive",
    "BundleAddedOrRemoved", "PositionChanged", "Located", "RoutesReconnected", "RouteAdded",
    "RouteGroupPropertyChanged", "RouteAddedToRouteGroup", "RouteRemovedFromRouteGroup", "StepEditStatusChange",
    "RouteGroupAdded", "RouteGroupRemoved", "RouteGroupsReordered", "PluginListChanged", "PluginStatusChanged",
    "DiskOverrun", "DiskUnderrun", "RegionsPropertyChanged", "LuaTimerS", "LuaTimerDS", "SetSession",
)  # fmt: skip
"""The signals of Ardour 7.3 in its order, which is run. [U ardour-signals]: other versions may count them otherwise, so
there a hook is set by hand."""

LOADER = """\
ardour {{ ["type"] = "{kind}", name = {name}, license = "Apache-2.0", author = "Dawbridge",
  description = [[Runs the installed script; made by `dawbridge install ardour --register`.]] }}
function factory(parameters)
  local path, run = {path}, nil
  return function(...)
    if not run then
      local file = io.open(path, "rb")
      if not file then error("Dawbridge: " .. path .. " is gone; `dawbridge install ardour` puts it back.") end
      local text = file:read("a")
      file:close()
      local space = setmetatable({{ ardour = function() end }}, {{ __index = _ENV }})
      assert(load(text, "=" .. path, "t", space))()
      run = space.factory(parameters)
    end
    return run(...)
  end
end
"""
CHUNK = "local factory, signals; local ardour = function() end\n{source}\nreturn factory(...)"


def registered(plan: Plan) -> Plan:
    """The plan, with its actions in Ardour's slots and, in version 7, its watcher as a hook. Raises BadRequest."""
    here = [step for step in plan.steps if step.kind not in ("remove", "leave") and step.path.suffix == ".lua"]
    texts = {step.path: (step.data or current(plan.place.folder / step.path) or b"").decode() for step in here}
    actions, hooks = {}, {}
    for path, text in texts.items():
        kind, script = _loader(plan.place, path, text)
        if kind == "EditorAction":
            actions[script.name] = script
        elif kind == "EditorHook" and counts_as_7(plan.place):
            hooks[script.name] = (script, bits_of(text))
    before = current(plan.place.folder / FILE) or EMPTY
    rest = without_scripts(before, _leaving(plan))
    is_first = without_scripts(rest, {**actions, **hooks}) == before
    return listed(plan, FILE, with_scripts(rest, actions, hooks), is_first=is_first)


def unregistered(plan: Plan) -> Plan:
    """The plan, with the scripts that it removes taken out of slots and hooks too. Raises BadRequest."""
    before = current(plan.place.folder / FILE)
    if before is None or not (leaving := _leaving(plan)):
        return plan
    return unlisted(plan, FILE, without_scripts(before, leaving))


def _leaving(plan: Plan) -> list[str]:
    """Names of the scripts that the plan removes."""
    paths = [plan.place.folder / step.path for step in plan.steps if step.kind == "remove"]
    return [name for path in paths for _, name in _heads((current(path) or b"").decode("utf-8", "replace"))]


def stale_slots(place: Place) -> list[str]:
    """Names of slots that hold another version of our scripts than the installed one. Raises BadRequest, ReadOnly."""
    file = current(place.folder / FILE)
    if file is None:
        return []
    installed = {}
    for path in sorted((place.folder / SCRIPTS).glob("dawbridge_*.lua")):
        text = (current(path) or b"").decode("utf-8", "replace")
        for _, name in _heads(text):
            below = PurePosixPath(path.relative_to(place.folder).as_posix())
            installed[name] = {text, _loader(place, below, text)[1].source}
    return [name for name, source in slots_of(file).values() if name in installed and source not in installed[name]]


def counts_as_7(place: Place) -> bool:
    return LIKE_7.fullmatch(place.folder.name) is not None


def bits_of(text: str) -> str:
    """What a hook's `signals` asks for, as 7.3 writes it: the last signal first."""
    heard = set(HEARS.findall(text))
    return "".join("1" if signal in heard else "0" for signal in reversed(SIGNALS_OF_7))


def _heads(text: str) -> Iterator[tuple[str, str]]:
    if found := HEAD.search(text):
        yield found[1], found[2]


def _loader(place: Place, path: PurePosixPath, text: str) -> tuple[str, Script]:
    """Kind, and the few lines that load the file at `path`; no kind for a file that is no script of Ardour's."""
    kind, name = next(_heads(text), ("", path.name))
    origin = str(Path(place.folder, path))
    source = LOADER.format(kind=kind, name=quoted(name), path=quoted(origin))
    return kind, Script(name=name, source=source, chunk=CHUNK.format(source=source), origin=origin)
