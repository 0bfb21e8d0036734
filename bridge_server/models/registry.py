"""models.json in the home: which folder each model is in. The engine reads it, so its shape is written down here.

One entry for each model that a command has placed, by its name in the catalogue:

    {"ace-step-v1": {"folder": "/home/me/weights/ace", "kind": "own", "complete": true},
     "lyric-vocabulary": {"folder": "/home/me/…/models/lyric-vocabulary", "kind": "pulled", "complete": true}}

`folder` is absolute. `kind` is 'own' (a folder of the user's, registered with `dawbridge models path`), 'pulled' or
'hub cache' (found there by `dawbridge models pull`). `complete` is false while a model is being pulled, and after
`verify` has found it damaged. A reader ignores what it does not know. An environment variable, DAWBRIDGE_ACE_STEP_V1
and so on, wins over the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bridge_server.home import Home
from bridge_server.models.trouble import DamagedModel
from bridge_server.region.storage import make_folder, write_file

Kind = Literal["own", "pulled", "hub cache"]


class Entry(Struct, frozen=True):
    folder: str
    kind: Kind
    complete: bool = True


def registry_path(home: Home) -> Path:
    return home.root / "models.json"


def read_registry(home: Home) -> dict[str, Entry]:
    """model → where it is. Raises DamagedModel if the file is not what these commands wrote."""
    path = registry_path(home)
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise DamagedModel(
            f"The list of models cannot be read: {path} ({error}).",
            "Delete that file; `dawbridge models path` and `dawbridge models pull` write it anew.",
        ) from error


def write_entry(home: Home, model: str, entry: Entry | None) -> None:
    """Register where a model is, or with None that it is nowhere. Raises DamagedModel, DiskFull, ReadOnly."""
    entries = read_registry(home)
    if entries.get(model) == entry:
        return
    entries.pop(model, None)
    if entry is not None:
        entries[model] = entry
    make_folder(home.root)
    write_file(registry_path(home), msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
