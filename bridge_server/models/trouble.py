"""What can go wrong with models. These errors never cross a wire, so PROTOCOL.md does not list their codes.

BridgeFault
└── ModelTrouble
    ├── Offline         offline         a download was asked for, and forbidden
    ├── Unreachable     unreachable     the server does not answer, or not as long as it takes
    │   └── Interrupted unreachable     the same, but another try may work
    ├── AccessDenied    access_denied   the server wants to know who asks
    ├── BadServer       bad_server      the server sends something else than it promised
    └── DamagedModel    damaged_model   what lies on this disk is not what was fetched
"""

from __future__ import annotations

from bridge_server.protocol.errors import BridgeFault


class ModelTrouble(BridgeFault):
    """Base of all; never raised itself."""


class Offline(ModelTrouble):
    code = "offline"
    meaning = "A download was asked for while downloads are forbidden."
    default_hint = "Leave out --offline, or clear the environment variable HF_HUB_OFFLINE."


class Unreachable(ModelTrouble):
    code = "unreachable"
    meaning = "The server cannot be reached, or the connection does not last."
    default_hint = "Run the same command again when the network is back; it goes on where it stopped."


class Interrupted(Unreachable):
    """`after_seconds` is how long the server asks to be left alone; 0 where it says nothing."""

    def __init__(self, message: str, hint: str = "", after_seconds: float = 0.0) -> None:
        super().__init__(message, hint)
        self.after_seconds = after_seconds


class AccessDenied(ModelTrouble):
    code = "access_denied"
    meaning = "The server wants to know who asks."
    default_hint = "Accept the model's terms on its page, then set HF_TOKEN to an access token of your account."


class BadServer(ModelTrouble):
    code = "bad_server"
    meaning = "The server sends something else than it promised."
    default_hint = "A network that asks to log in may stand between: open a web page, then run the command again."


class DamagedModel(ModelTrouble):
    code = "damaged_model"
    meaning = "What lies on the disk is not what was fetched."
    default_hint = "`dawbridge models verify NAME --repair` fetches what is damaged."
