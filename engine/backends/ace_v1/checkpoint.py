"""Whether ACE-Step v1 can run here: are its libraries installed, and where does its checkpoint lie.

Looks at names of files only: an engine that plays nothing but `sketch` starts as fast as before.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bridge_server.protocol.errors import UnknownBackend

NAME = "ace-step-v1"
FOLDER_VARIABLE, VOCABULARY_VARIABLE = "DAWBRIDGE_ACE_STEP_V1", "DAWBRIDGE_LYRIC_VOCABULARY"
HOME_VARIABLE = "DAWBRIDGE_HOME"
"""Set by the bridge for its engine: the folder in which `models.json` says where models are."""
LIBRARIES = ("torch", "transformers", "diffusers", "tokenizers", "safetensors", "huggingface_hub")
PARTS = ("ace_step_transformer", "music_dcae_f8c8", "music_vocoder", "umt5-base")
HUB_FOLDER = "models--ACE-Step--ACE-Step-v1-3.5B"
PULL = f"`dawbridge models pull {NAME}` fetches it."


@dataclass(frozen=True)
class Place:
    """Where everything lies. `vocabulary` is None where lyrics cannot be read; `is_noise` marks random weights."""

    checkpoint: Path
    vocabulary: Path | None
    is_noise: bool = False


def find() -> Place:
    """The checkpoint of this machine. Raises UnknownBackend with the reason why there is none that could be used."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise UnknownBackend(
            f"{NAME} cannot run here: {', '.join(missing)} is not installed.",
            'Install Dawbridge with its engine: pip install "dawbridge[engine,lyrics]".',
        )
    checkpoint = _checkpoint()
    return Place(checkpoint, _vocabulary(checkpoint), _is_noise(checkpoint))


def _checkpoint() -> Path:
    """A folder that the user names is taken or refused, never passed over for another one."""
    named = os.environ.get(FOLDER_VARIABLE) or _listed(NAME)
    if named:
        folder = _whole(Path(named).expanduser())
        if folder is None:
            what = (
                f"{named} does not hold a whole ACE-Step v1 model, which has the folders {', '.join(PARTS)}."
                if Path(named).expanduser().is_dir()
                else f"There is no folder {named}, where the model of {NAME} should be."
            )
            raise UnknownBackend(what, f"Correct {FOLDER_VARIABLE}, or `dawbridge models path {NAME}`. Or: {PULL}")
        return folder
    found = _whole(_downloads())
    if found is not None:
        return found
    raise UnknownBackend(f"The model of {NAME} is not on this machine.", PULL)


def _whole(folder: Path) -> Path | None:
    """The folder, or the newest snapshot in it if it is a cache of the hub, if it holds all parts."""
    snapshots = sorted(folder.glob(f"{HUB_FOLDER}/snapshots/*"), key=lambda path: path.stat().st_mtime, reverse=True)
    return next((place for place in (folder, *snapshots) if all((place / part).is_dir() for part in PARTS)), None)


def _listed(name: str) -> str:
    """The folder that `dawbridge models` has written down for it; empty if there is none, or it is not complete."""
    home = os.environ.get(HOME_VARIABLE)
    if not home:
        return ""
    try:
        entries = json.loads((Path(home) / "models.json").read_text("utf-8"))
        entry = entries[name]
        return str(entry["folder"]) if entry.get("complete", True) or entry["kind"] == "own" else ""
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def _downloads() -> Path:
    """Where the Hugging Face library keeps what it fetches, by its own environment variables."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = os.environ.get("HF_HOME") or Path(cache) / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or Path(home) / "hub")


def _vocabulary(checkpoint: Path) -> Path | None:
    """The lyric vocabulary, which is not part of the checkpoint."""
    named = os.environ.get(VOCABULARY_VARIABLE) or _listed("lyric-vocabulary")
    place = Path(named).expanduser() if named else checkpoint
    return next((path for path in (place, place / "vocab.json") if path.is_file()), None)


def _is_noise(checkpoint: Path) -> bool:
    """Whether the weights are random ones, made for tests; their config says so."""
    try:
        config = json.loads((checkpoint / PARTS[0] / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and bool(config.get("random_weights"))
