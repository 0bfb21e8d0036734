"""CURVE keys: without them nothing listens beyond this machine (promise P8).

`<home>/curve/server.key` is the bridge's public key, to be copied to the other machine together with a client pair of
`curve/clients/`. Source: ZeroMQ RFC 26/CurveZMQ; files as written by `zmq.auth`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import zmq
import zmq.asyncio
import zmq.auth
from zmq.auth.asyncio import AsyncioAuthenticator


def is_loopback(address: str) -> bool:
    """Whether `tcp://host:port` can only be reached from this machine; names other than localhost count as remote."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Curve:
    """The keys of one home. `make` writes a pair for the bridge and one for a first client, owner-only, once."""

    folder: Path

    @property
    def clients(self) -> Path:
        return self.folder / "clients"

    def make(self) -> None:
        """Raises OSError."""
        self.clients.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder, name in ((self.folder, "server"), (self.clients, "client")):
            if not (folder / f"{name}.key_secret").exists():
                zmq.auth.create_certificates(folder, name)
                (folder / f"{name}.key_secret").chmod(0o600)

    def guard(self, context: zmq.asyncio.Context, socket: zmq.asyncio.Socket) -> AsyncioAuthenticator:
        """Let only clients whose public key lies in `clients` speak to `socket`, and encrypt what is said."""
        authenticator = AsyncioAuthenticator(context)
        authenticator.start()
        authenticator.configure_curve(domain="*", location=str(self.clients))
        public, secret = zmq.auth.load_certificate(self.folder / "server.key_secret")
        socket.curve_publickey, socket.curve_secretkey, socket.curve_server = public, secret, True
        return authenticator

    def open_as_client(self, socket: zmq.Socket[bytes]) -> None:
        """The other side: `folder` holds `server.key` and `clients/client.key_secret` copied from its machine."""
        server, _ = zmq.auth.load_certificate(self.folder / "server.key")
        public, secret = zmq.auth.load_certificate(self.clients / "client.key_secret")
        socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = public, secret, server
