"""Ableton Live's device: what `python -m daw_scripts.build` and `dawbridge install ableton` write."""

from daw_scripts.max.description import read_description
from daw_scripts.max.devices import UNFROZEN, devices
from daw_scripts.max.script import bundle


def files(version: str) -> dict[str, bytes]:
    """Every installable file by its path below Live's folder. Raises BrokenSource."""
    description = read_description()
    source = bundle(version).encode()
    made = {f"{UNFROZEN}/{description.script}": source}
    for build in description.builds:
        made |= devices(description, build, source)
    return made
