"""The music server of the user's own: written down for its owner alone, and asked through the engine's own code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from bridge_server.home import Home
from bridge_server.protocol.errors import BridgeFault, DiskFull, NotFound, Problem, ReadOnly, from_problem
from bridge_server.protocol.servers import NAME, Offer, Server

ASK_SECONDS = 60.0
ADD = "`dawbridge server add ADDRESS` names one."


def read_server(home: Home) -> Server:
    """Raises NotFound where none was added, BridgeFault for a file that is not what was written."""
    try:
        return msgspec.json.decode(home.music_server.read_bytes(), type=Server)
    except FileNotFoundError:
        raise NotFound("No music server was added.", ADD) from None
    except (OSError, ValueError) as error:
        raise BridgeFault(f"{home.music_server} cannot be read ({error}).", f"Delete that file. {ADD}") from error


def write_server(home: Home, server: Server) -> None:
    """Write it so that nobody but its owner can ever read the key. Raises ReadOnly, DiskFull."""
    path = home.music_server
    part = path.with_name(f".{path.name}.part")
    try:
        home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(server), indent=2) + b"\n")
        part.replace(path)
    except PermissionError as error:
        raise ReadOnly(f"{path} may not be written.") from error
    except OSError as error:
        raise DiskFull(f"{path} could not be written: {error.strerror or error}.") from error


def remove_server(home: Home) -> None:
    """Raises NotFound where none was added."""
    try:
        home.music_server.unlink()
    except FileNotFoundError:
        raise NotFound("No music server was added.", ADD) from None


def ask_server(server: Server) -> Offer:
    """What the server can do right now.

    A process of the engine's asks, as it will ask later. It is told on its input, so that the key is in no list of
    processes, and runs in a folder of ours, so that no project's folder can take a package's place.
    Raises ServerUnreachable, ServerRefused, ServerBusy, ServerFailed, BadAnswer.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "engine.backends.acestep_api"],
            input=msgspec.json.encode(server),
            capture_output=True,
            timeout=ASK_SECONDS,
            cwd=Path(__file__).resolve().parents[1],
            check=False,
        )
        if done.returncode == 0:
            return msgspec.json.decode(done.stdout, type=Offer)
        problem = msgspec.json.decode(done.stdout, type=Problem)
    except (subprocess.TimeoutExpired, msgspec.DecodeError) as error:
        raise BridgeFault(f"{NAME} could not be asked ({type(error).__name__}).") from error
    raise from_problem(problem)
