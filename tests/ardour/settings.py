"""A user configuration for an Ardour that nobody sits at: no questions at the start, no sound card, our scripts in place.

Ardour keeps scripts that are in use in `ui_scripts`: base64 of Lua that builds a table. What it calls `f` is bytecode,
but it is read with `load`, so plain source does as well.
"""

import base64
import time
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

VERSION = 7
SIGNALS = tuple(
    [
        "SessionLoad",
        "SessionClose",
        "ConfigChanged",
        "EngineRunning",
        "EngineStopped",
        "EngineHalted",
        "EngineDeviceListChanged",
        "BufferSizeChanged",
        "SampleRateChanged",
        "FeedbackDetected",
        "SuccessfulGraphSort",
        "StartTimeChanged",
        "EndTimeChanged",
        "Exported",
        "Change",
        "SessionConfigChanged",
        "TransportStateChange",
        "DirtyChanged",
        "StateSaved",
        "Xrun",
        "TransportLooped",
        "SoloActive",
        "SoloChanged",
        "IsolatedChanged",
        "MonitorChanged",
        "RecordStateChanged",
        "RecordArmStateChanged",
        "AudioLoopLocationChanged",
        "AudioPunchLocationChanged",
        "LocationsModified",
        "AuditionActive",
        "BundleAddedOrRemoved",
        "PositionChanged",
        "Located",
        "RoutesReconnected",
        "RouteAdded",
        "RouteGroupPropertyChanged",
        "RouteAddedToRouteGroup",
        "RouteRemovedFromRouteGroup",
        "StepEditStatusChange",
        "RouteGroupAdded",
        "RouteGroupRemoved",
        "RouteGroupsReordered",
        "PluginListChanged",
        "PluginStatusChanged",
        "DiskOverrun",
        "DiskUnderrun",
        "RegionsPropertyChanged",
        "LuaTimerS",
        "LuaTimerDS",
        "SetSession",
    ]
)
"""Of 7.3, in its order: what a hook listens to is a row of bits, the last signal first."""

CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="hide-dummy-backend" value="0"/>
    <Option name="try-autostart-engine" value="1"/>
  </Config>
  <Extra>
    <AudioMIDISetup>
      <EngineStates>
        <State backend="None (Dummy)" driver="Normal Speed" device="Silence" input-device="" output-device=""
          sample-rate="{rate}" buffer-size="1024" n-periods="0" input-latency="0" output-latency="0" lm-input=""
          lm-output="" active="1" use-buffered-io="0" midi-option="1 in, 1 out, Silence" lru="{now}">
          <MIDIDevices/></State>
      </EngineStates>
    </AudioMIDISetup>
  </Extra>
  <ControlProtocols>
    <Protocol name="Open Sound Control (OSC)" active="1" feedback="0" debugmode="0" address-only="0" remote-port="8000"
      banksize="0" striptypes="159" gainmode="0" send-page-size="0" plug-page-size="0"/>
  </ControlProtocols>
</Ardour>
"""
UI_CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <UI>
    <Option name="check-announcements" value="0"/>
    <Option name="show-plugin-scan-window" value="0"/>
  </UI>
</Ardour>
"""


@dataclass(frozen=True)
class Script:
    """A script as its user puts it into a slot. `signals` are those of a hook."""

    name: str
    path: Path
    signals: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def lua_quote(text: str) -> str:
    out = []
    for byte in text.encode():
        if byte in b'"\\':
            out.append("\\" + chr(byte))
        elif byte < 32 or byte > 126:
            out.append(f"\\{byte:03d}")
        else:
            out.append(chr(byte))
    return '"' + "".join(out) + '"'


def _fields(name: str, script: Script) -> str:
    chunk = "local factory; local signals; local ardour = function () end " + script.text + "\nreturn factory (...)"
    origin = lua_quote(str(script.path))
    return (
        f'{name} = {{}} {name}["n"] = {lua_quote(script.name)} {name}["s"] = {lua_quote(script.text)}'
        f' {name}["f"] = {lua_quote(chunk)} {name}["a"] = {{}} {name}["a"]["x-script-origin"] = {origin} '
    )


def _encoded(lua: str) -> str:
    return base64.b64encode(lua.encode()).decode()


def ui_scripts(actions: list[Script], hooks: list[Script]) -> str:
    """The file with `actions` in slots 1, 2, … and with `hooks`."""
    lua = "scripts = {} "
    for slot, script in enumerate(actions, 1):
        lua += _fields(f"scripts[{slot}]", script) + f'scripts[{slot}]["c"] = "" '
    lines = []
    for number, hook in enumerate(hooks):
        bits = "".join("1" if signal in hook.signals else "0" for signal in reversed(SIGNALS))
        lines.append(
            f'<LuaCallback lua="Lua 5.3" id="{90_000 + number}" name={quoteattr(hook.name)} signals="{bits}">'
            f"{_encoded(_fields('s', hook))}</LuaCallback>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<UIScripts>\n'
        f'  <ActionScript lua="Lua 5.3">{_encoded(lua)}</ActionScript>\n'
        f"  <ActionHooks>{''.join(lines)}</ActionHooks>\n</UIScripts>\n"
    )


def config_folder(home: Path) -> Path:
    return home / ".config" / f"ardour{VERSION}"


def write(home: Path, actions: list[Script], hooks: list[Script], rate: int = 48_000) -> None:
    """Make `home` the home folder of somebody who has used Ardour before."""
    folder = config_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    (home / ".local" / "share").mkdir(parents=True, exist_ok=True)
    (folder / f".a{VERSION}").touch()
    (folder / "config").write_text(CONFIG.format(rate=rate, now=int(time.time())), encoding="utf-8")
    (folder / "ui_config").write_text(UI_CONFIG, encoding="utf-8")
    (folder / "ui_scripts").write_text(ui_scripts(actions, hooks), encoding="utf-8")
