"""Ableton Live's Remote Script: the folder that Live finds in its User Library, as it is here."""

from pathlib import Path

SOURCES = Path(__file__).parent / "Dawbridge"
FOLDER = "Remote Scripts/Dawbridge"


def files(version: str) -> dict[str, bytes]:
    """Every installable file by its path below Live's folder; `version.txt` says of which Dawbridge."""
    found = {f"{FOLDER}/{path.name}": path.read_bytes() for path in sorted(SOURCES.glob("*.py"))}
    return {**found, f"{FOLDER}/version.txt": f"{version}\n".encode()}
