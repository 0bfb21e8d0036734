"""All commands, in the order in which `dawbridge --help` lists them."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "compose",
    "join",
    "rework",
    "takes",
    "queue",
    "process",
    "panel",
    "engine",
    "install",
    "doctor",
    "models",
    "server",
    "demo",
)


def load() -> None:
    """Importing a module of commands registers them."""
    for name in MODULES:
        import_module(f"bridge_server.cli.{name}")
