"""LoRAs that the panel offers by name: those in the home's folder `loras`, and those of `dawbridge models`."""

from __future__ import annotations

from pathlib import Path

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE
from bridge_server.models.places import find_place
from bridge_server.models.trouble import DamagedModel
from bridge_server.protocol.errors import NotFound

SUFFIX = ".safetensors"
WEIGHTS = "pytorch_lora_weights"
"""What the weights of a LoRA are called in the catalogue."""


def loras(home: Home) -> dict[str, Path]:
    """Name → a safetensors file or the folder that holds one, the user's own first."""
    return {**_of_the_catalogue(home), **_of_the_user(home)}


def find_lora(home: Home, name: str) -> Path:
    """Raises NotFound."""
    try:
        return loras(home)[name]
    except KeyError:
        raise NotFound(f"There is no LoRA called {name!r}.", f"Put its file into {home.loras}.") from None


def _of_the_user(home: Home) -> dict[str, Path]:
    """A link that leads out of the folder is followed: the user has put it there."""
    if not home.loras.is_dir():
        return {}
    found = sorted(home.loras.iterdir())
    files = {path.stem: path for path in found if path.suffix == SUFFIX and path.is_file()}
    return {path.name: path for path in found if _holds_one(path)} | files


def _of_the_catalogue(home: Home) -> dict[str, Path]:
    found = {}
    for model in CATALOGUE.values():
        if any(part.weights == WEIGHTS for part in model.parts):
            try:
                place = find_place(model, home)
            except DamagedModel:
                continue
            if place is not None and _holds_one(place.folder):
                found[model.name] = place.folder
    return found


def _holds_one(path: Path) -> bool:
    return path.is_dir() and any(path.glob(f"*{SUFFIX}"))
