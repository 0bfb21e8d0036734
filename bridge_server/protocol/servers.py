"""A music server of the user's own: what `dawbridge server` writes down about it, and what the engine reads.

One server is known at a time. It lies in `acestep-api.json` in the home, which only its owner may read.
"""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from bridge_server.protocol.errors import BadRequest

FILE_NAME = "acestep-api.json"
NAME = "acestep-api"
"""Of the backend that it serves as."""

LONGEST_KEY = 512
HINT = "Write it like http://192.168.1.20:8001 or https://studio.example."


class OfferedModel(Struct, frozen=True, kw_only=True):
    """A model on the server."""

    name: str
    tasks: Annotated[tuple[str, ...], Meta(description="in the server's words; empty where it does not say")] = ()
    is_loaded: Annotated[bool | None, Meta(description="None where it does not say")] = None
    is_default: bool = False


class Offer(Struct, frozen=True, kw_only=True):
    """What a server said that it can do, when it was asked last."""

    release: Annotated[str, Meta(description="as it names its own version; empty where it does not")] = ""
    models: tuple[OfferedModel, ...] = ()
    requests: Annotated[tuple[str, ...], Meta(description="that it can serve, in our words")] = ()


class Server(Struct, frozen=True, kw_only=True):
    """Where the server is, what it wants to hear before it works, and what it can do."""

    address: str
    key: str = ""
    offer: Offer | None = None

    def __post_init__(self) -> None:
        if self.address != check_address(self.address):
            raise ValueError("the address of the server is not written as an address")
        check_key(self.key)

    @property
    def host(self) -> str:
        """To name it in a sentence: 'studio.example:8001'."""
        return urlsplit(self.address).netloc

    @property
    def is_here(self) -> bool:
        """Whether it is on this very machine, so that nothing leaves it."""
        name = urlsplit(self.address).hostname or ""
        try:
            return ip_address(name).is_loopback
        except ValueError:
            return name == "localhost"

    @property
    def is_encrypted(self) -> bool:
        return self.address.startswith("https://")


def check_address(text: str) -> str:
    """The address without a slash at its end. Raises BadRequest (a ValueError, too) for what is none.

    >>> check_address("http://Studio.Local:8001/")
    'http://studio.local:8001'
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").lower()
    is_plain = re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", host) is not None
    is_address = parts.scheme in ("http", "https") and text.isprintable() and is_plain and port != 0
    if not is_address:
        raise BadAddress(f"{text[:120]!a} is not the address of a server that is asked by http or https.", HINT)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadAddress("An address of a server has no name, password, question or mark in it.", f"{HINT} Add --key.")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/*", parts.path) or ".." in parts.path:
        raise BadAddress(f"The path {parts.path[:60]!a} of the address is odd.", HINT)
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def check_key(key: str) -> str:
    """The key, if it can stand in a header. Raises BadRequest."""
    if len(key) > LONGEST_KEY or not re.fullmatch(r"[\x21-\x7e]*", key):
        raise BadAddress(f"A key has at most {LONGEST_KEY} letters, digits and marks of ASCII, and no spaces.")
    return key


class BadAddress(BadRequest, ValueError):
    """Also a ValueError, so that a file with such an address is refused when it is read."""
