"""Programs from Flatpak live behind a fence: they have settings of their own, and do not see the user's own folders."""

from __future__ import annotations

from pathlib import Path

from bridge_server.home import Home
from bridge_server.install.surroundings import Surroundings

APPS = Path(".var") / "app"


def settings_of(around: Surroundings, app: str) -> Path:
    """Where a program from Flatpak keeps what the user set, instead of `~/.config`."""
    return around.home / APPS / app / "config"


def gate(folder: Path) -> tuple[str, ...]:
    """What opens the fence, for a folder of such a program; nothing for any other.

    [U flatpak]: the program then reads the mailbox; it still cannot start the bridge.
    """
    parents = [parent for parent in folder.parents if parent.parts[-2:] == APPS.parts]
    if not parents:
        return ()
    app = folder.relative_to(parents[0]).parts[0]
    home = Home.find().root.absolute()
    command = f'flatpak override --user --filesystem="{home}" --env=DAWBRIDGE_HOME="{home}" {app}'
    return (
        f"Flatpak keeps it apart from the bridge until you run: `{command}`. Start the bridge with `dawbridge up`.",
    )
