"""Settings of the bridge, read once in `__main__` and passed on."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from bridge_server.home import Home


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """How the bridge watches its engine (the shape is supriya's `HealthCheck`)."""

    every_seconds: float = 1.0
    start_within_seconds: float = 120.0
    lost_after_seconds: float = 15.0
    abort_within_seconds: float = 10.0
    restarts: int = 3
    window_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """engine_command  program that becomes the engine; it is given `--connect ADDRESS`
    osc_port        preferred; another one is taken, and written to connection.json, when it is not free
    share           address beyond loopback to listen on as well, with CURVE keys; empty for none
    panel_port      preferred for the panel, where it has none from last time
    share_lan       address and port beyond loopback at which paired devices reach the panel; empty for none
    idle_exit_seconds  stop when nothing happened for so long; 0 for never
    """

    home: Home
    engine_command: tuple[str, ...] = field(default_factory=lambda: (sys.executable, "-m", "engine"))
    heartbeat: Heartbeat = Heartbeat()
    osc_port: int = 39951
    share: str = ""
    panel_port: int = 39953
    share_lan: str = ""
    idle_exit_seconds: float = 0.0
