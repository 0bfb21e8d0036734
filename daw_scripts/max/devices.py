"""The .amxd files: one frozen to drag into Live and one unfrozen to work on, for each build of the description.

Two builds, because `[v8]` exists only from Live 12.2 on and `[js]` is the older, slower engine; see device.toml.
"""

from daw_scripts.bundle import BrokenSource
from daw_scripts.max.checks import faults
from daw_scripts.max.container import KINDS, frozen, unfrozen
from daw_scripts.max.description import Build, Description
from daw_scripts.max.patcher import device_patcher

UNFROZEN = "unfrozen"


def devices(description: Description, build: Build, source: bytes) -> dict[str, bytes]:
    """Path below Live's folder → bytes, for one build; `source` is the script. Raises BrokenSource.

    A device that Max would not take as it is counts as broken.
    """
    kind = KINDS[description.kind]
    patcher = device_patcher(description, build)
    made = {
        build.file: frozen(kind, build.file, patcher, {description.script: source}, description.written),
        f"{UNFROZEN}/{build.file}": unfrozen(kind, patcher),
    }
    for path, data in made.items():
        if found := faults(data):
            raise BrokenSource(f"{path}: " + "; ".join(found))
    return made
