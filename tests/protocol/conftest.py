"""What all protocol tests share: the golden vectors, and the way a door opens a letter."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge_server.protocol import codec

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/protocol/vectors.json").read_text(encoding="utf-8"))


def open_letter(data: bytes, wire: str, key: str = VECTORS["key"]) -> Any:
    """Envelope, key and version, message: the order in which every door reads a letter."""
    envelope = codec.open_envelope(data, wire)
    codec.check_key(envelope.key, key, envelope.version)
    return codec.read_request(envelope.message, wire)


@pytest.fixture(scope="session")
def lua_source() -> str:
    return (ROOT / "daw_scripts/shared/protocol.lua").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def javascript_source() -> str:
    return (ROOT / "daw_scripts/max/protocol.js").read_text(encoding="ascii")


@pytest.fixture(scope="session")
def page() -> str:
    return (ROOT / "docs/PROTOCOL.md").read_text(encoding="utf-8")
