"""Whether ACE-Step 1.5 can run here: are its libraries installed, and where do its checkpoints lie.

Looks at names and small configuration files only: an engine that plays nothing but `sketch` starts as fast as before.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bridge_server.protocol.errors import BridgeError, UnknownBackend
from engine.backends.ace_15.variant import Variant, told_by

NAME = "ace-step-1.5"
FOLDER_VARIABLE, VARIANT_VARIABLE = "DAWBRIDGE_ACE_STEP_1_5", "DAWBRIDGE_ACE_STEP_1_5_VARIANT"
KINDS = ("turbo", "base", "xl-turbo", "xl-sft", "xl-base")
"""Those that `dawbridge models` knows; each has a variable too, as DAWBRIDGE_ACE_STEP_1_5_XL_SFT."""
HOME_VARIABLE = "DAWBRIDGE_HOME"
"""Set by the bridge for its engine: the folder in which `models.json` says where models are."""
LIBRARIES = ("torch", "transformers", "diffusers", "tokenizers", "safetensors")
PARTS = ("vae", "text_encoder", "tokenizer", "transformer", "condition_encoder", "scheduler")
TOKENIZERS = ("audio_tokenizer", "audio_token_detokenizer")
"""Without these two a checkpoint cannot follow a reference."""
ABOUT_FILE = "dawbridge.json"
"""May lie beside model_index.json: {"variant": "base", "random_weights": false}."""
PULL = f"`dawbridge models list` shows where to get {NAME}."
DIFFUSERS_HINT = (
    "It needs the diffusers layout (model_index.json and a folder for each part); "
    "ACE-Step's own files can be converted with diffusers' convert_ace_step_to_diffusers.py."
)


@dataclass(frozen=True)
class Place:
    """One checkpoint: the name of its backend, its folder, what kind it is; `is_noise` marks random weights."""

    name: str
    folder: Path
    variant: Variant
    has_tokenizer: bool = True
    is_noise: bool = False


@dataclass(frozen=True)
class Found:
    """Checkpoints that can run, and by name why others cannot."""

    places: tuple[Place, ...] = ()
    problems: tuple[tuple[str, BridgeError], ...] = ()


def find() -> Found:
    """Every checkpoint of this machine: `ace-step-1.5` itself and what `models.json` lists as `ace-step-1.5-…`."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        error = UnknownBackend(
            f"{NAME} cannot run here: {', '.join(missing)} is not installed.",
            'Install Dawbridge with its engine: pip install "dawbridge[engine]".',
        )
        return Found(problems=((NAME, error),))
    named = {**_listed(), **_set()}
    places, problems = [], []
    for name, folder in sorted(named.items()):
        try:
            places.append(_place(name, Path(folder).expanduser()))
        except BridgeError as error:
            problems.append((name, error))
    if not places and not problems:
        problems.append((NAME, UnknownBackend(f"The model of {NAME} is not on this machine.", PULL)))
    return Found(tuple(places), tuple(problems))


def _place(name: str, folder: Path) -> Place:
    """Raises UnknownBackend for a folder that does not hold a whole checkpoint in safetensors."""
    hint = f"Correct {FOLDER_VARIABLE}, or `dawbridge models path {name}`. {DIFFUSERS_HINT}"
    if not folder.is_dir():
        raise UnknownBackend(f"There is no folder {folder}, where the model of {name} should be.", hint)
    if not isinstance(_json(folder / "model_index.json").get("_class_name"), str):
        raise UnknownBackend(f"{folder} is no ACE-Step 1.5 in the layout of diffusers.", hint)
    if gone := [part for part in PARTS if not (folder / part).is_dir()]:
        raise UnknownBackend(f"The model of {name} in {folder} is not whole: {', '.join(gone)} is missing.", hint)
    if pickled := [part for part in PARTS if any((folder / part).glob("*.bin")) and not _has_safetensors(folder, part)]:
        raise UnknownBackend(
            f"The weights of {', '.join(pickled)} in {folder} are pickles, which can run code when they are read.",
            "Use a copy in safetensors; Dawbridge opens nothing else.",
        )
    about = _json(folder / ABOUT_FILE)
    kind = os.environ.get(VARIANT_VARIABLE) or about.get("variant") or ""
    return Place(
        name,
        folder,
        told_by(str(kind), _json(folder / "transformer" / "config.json"), f"{name} {folder.name}"),
        has_tokenizer=all((folder / part).is_dir() for part in TOKENIZERS),
        is_noise=about.get("random_weights") is True,
    )


def _has_safetensors(folder: Path, part: str) -> bool:
    return any((folder / part).glob("*.safetensors"))


def _json(path: Path) -> dict[str, Any]:
    """What a small file says; nothing where it is missing or unreadable, which the caller then notices."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _set() -> dict[str, str]:
    """Checkpoints whose folders stand in the environment: name → folder. They go before those in the list."""
    variables = {NAME: FOLDER_VARIABLE}
    variables |= {f"{NAME}-{kind}": f"{FOLDER_VARIABLE}_{kind.upper().replace('-', '_')}" for kind in KINDS}
    return {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}


def _listed() -> dict[str, str]:
    """Complete checkpoints of this family that `dawbridge models` has written down: name → folder."""
    home = os.environ.get(HOME_VARIABLE)
    if not home:
        return {}
    return {
        name: str(entry["folder"])
        for name, entry in _json(Path(home) / "models.json").items()
        if isinstance(entry, dict)
        and (name == NAME or name.startswith(f"{NAME}-"))
        and isinstance(entry.get("folder"), str)
        and (entry.get("complete", True) or entry.get("kind") == "own")
        and "lora" not in name
    }
