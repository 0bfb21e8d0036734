"""What `dawbridge server check` runs: a Server as JSON on standard input, its Offer or a Problem on standard output.

The bridge's side must not import the engine's, and the address and key stay out of the list of processes.
"""

from __future__ import annotations

import sys

import msgspec

from bridge_server.protocol.errors import BadMessage, BridgeError
from bridge_server.protocol.servers import Server
from engine.backends.acestep_api.offer import probe
from engine.backends.acestep_api.patience import USUAL


def main() -> int:
    try:
        server = msgspec.json.decode(sys.stdin.buffer.read(), type=Server)
        found = probe(server, lambda _: None, USUAL)
    except msgspec.DecodeError as error:
        return _say(BadMessage(f"This is no server: {error}.").problem, 1)
    except BridgeError as error:
        return _say(error.problem, 1)
    return _say(found, 0)


def _say(word: msgspec.Struct, code: int) -> int:
    sys.stdout.buffer.write(msgspec.json.encode(word))
    return code


if __name__ == "__main__":
    sys.exit(main())
