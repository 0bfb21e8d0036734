"""A user of Ardour whom it asks nothing at the start, without a sound card, with our scripts installed as usual."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bridge_server.install.ui_scripts import EMPTY, Script, slots_of, with_scripts

ALONE = """
from bridge_server import cli
from bridge_server.cli import install
install.is_running = lambda *_: False
cli.main()
"""
"""The command, which would refuse while any Ardour runs: another one on this machine is not this user's."""

VERSION = 7
PROBE = "Test: Probe"
CHUNK = "local factory, signals; local ardour = function() end\n{source}\nreturn factory(...)"

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


def config_folder(home: Path) -> Path:
    return home / ".config" / f"ardour{VERSION}"


def write(home: Path, rate: int, probe: Path) -> None:
    """Make `home` the home folder of somebody who has used Ardour before, with the test's own script in slot 1."""
    folder = config_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    (home / ".local" / "share").mkdir(parents=True, exist_ok=True)
    (folder / f".a{VERSION}").touch()
    (folder / "config").write_text(CONFIG.format(rate=rate, now=int(time.time())), encoding="utf-8")
    (folder / "ui_config").write_text(UI_CONFIG, encoding="utf-8")
    source = probe.read_text(encoding="utf-8")
    script = Script(name=PROBE, source=source, chunk=CHUNK.format(source=source), origin=str(probe))
    (folder / "ui_scripts").write_bytes(with_scripts(EMPTY, {PROBE: script}, {}))


def opened(home: Path) -> Path:
    """The file that lists what the user's browser was told to open."""
    return home / "opened.txt"


def give_browser(home: Path) -> None:
    """Put a browser in front of the system's own that only writes down what it is asked for."""
    program = home / "bin" / "xdg-open"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{opened(home)}'\n", encoding="utf-8")
    program.chmod(0o755)


def install(home: Path, dawbridge: Path) -> None:
    """What a musician types: `dawbridge install ardour --register`."""
    arguments = ["install", "ardour", "--register", "--path", str(config_folder(home))]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *arguments],
        env={**os.environ, "HOME": str(home), "DAWBRIDGE_HOME": str(dawbridge)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def slots(home: Path) -> dict[str, int]:
    """Number of the slot of each script, by its name."""
    found = slots_of((config_folder(home) / "ui_scripts").read_bytes())
    return {name: number for number, (name, _) in found.items()}
