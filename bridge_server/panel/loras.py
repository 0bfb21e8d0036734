"""LoRAs that the panel offers by name: those in the home's folder `loras`, and those of `dawbridge models`."""

from __future__ import annotations

from pathlib import Path

from bridge_server.home import Home
from bridge_server.protocol.errors import NotFound

SUFFIX = ".safetensors"


def loras(home: Home) -> dict[str, Path]:
    """Name → a safetensors file or the folder that holds one; a link out of the folder counts for nothing."""
    folder = home.loras
    if not folder.is_dir():
        return {}
    real = folder.resolve()
    found = {}
    for path in sorted(folder.iterdir()):
        if path.resolve().parent == real and (path.suffix == SUFFIX or _holds_one(path)):
            found[path.stem if path.suffix == SUFFIX else path.name] = path
    return found


def find_lora(home: Home, name: str) -> Path:
    """Raises NotFound."""
    try:
        return loras(home)[name]
    except KeyError:
        raise NotFound(f"There is no LoRA called {name!r}.", f"Put its file into {home.loras}.") from None


def _holds_one(path: Path) -> bool:
    return path.is_dir() and any(path.glob(f"*{SUFFIX}"))
