"""The control surface as Live sees it: it is asked for its ports, told of MIDI that it has none of, and given a tick.

Everything happens on that tick, about ten times a second, on Live's main thread. [U surface] Live takes any object
with these methods, without its own framework.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .commands import ControlPort
from .desk import Desk
from .home import home_folder
from .texts import say


class Surface:
    """No MIDI, no ports: a name in the list of control surfaces, and a tick."""

    def __init__(self, c_instance: Any, home: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._c_instance = c_instance
        self._clock = clock
        self._broken = ""
        self._port = ControlPort()
        # [U set-reload] When another set is opened, `song` gives that one, or Live makes this script anew.
        self._desk = Desk(home or home_folder(Path(__file__).parent), c_instance.song, self._port, self.show)
        self.show(say("help", port=self._port.port) if self._port.port else _ports_taken())

    def show(self, sentence: str) -> None:
        """Into Live's status bar."""
        self._c_instance.show_message("Dawbridge: " + sentence if not sentence.startswith("Dawbridge") else sentence)

    def update_display(self) -> None:
        """Live's tick. A slip of ours must not stop Live from drawing, so it ends here, and is told once."""
        try:
            self._desk.tick(self._clock())
        except Exception:  # noqa: BLE001 — the door between Live and us
            trace = traceback.format_exc()
            if trace != self._broken:
                self._broken = trace
                self._c_instance.log_message("Dawbridge: " + trace)
                self.show(say("slip"))

    def disconnect(self) -> None:
        """Live closes, or another script was chosen. The jobs go on; their results wait."""
        self._desk.close()
        self._port.close()

    # What Live asks of every control surface.

    def connect_script_instances(self, instanciated_scripts: Any) -> None:
        """Other scripts are none of our business."""

    def can_lock_to_devices(self) -> bool:
        return False

    def suggest_input_port(self) -> str:
        return ""

    def suggest_output_port(self) -> str:
        return ""

    def suggest_map_mode(self, cc_no: int, channel: int) -> int:
        return -1

    def build_midi_map(self, midi_map_handle: Any) -> None:
        """No MIDI is mapped."""

    def receive_midi(self, midi_bytes: Any) -> None:
        """No MIDI is heard."""

    def refresh_state(self) -> None:
        """There is no display to refresh."""

    def port_settings_changed(self) -> None:
        """There are no ports."""

    def instance_identifier(self) -> Any:
        return self._c_instance.instance_identifier()


def _ports_taken() -> str:
    from .commands import PORTS

    return say("port_taken", first=PORTS[0], last=PORTS[-1])
