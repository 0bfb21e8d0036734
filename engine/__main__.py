"""The engine process: `python -m engine --connect ADDRESS`. Started by the bridge; ends with it."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="engine", description="Renders music for the Dawbridge bridge that starts it."
    )
    parser.add_argument("--connect", required=True, metavar="ADDRESS", help="ZeroMQ address of the bridge")
    options = parser.parse_args()
    key = os.environ.pop("DAWBRIDGE_ENGINE_KEY", "")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    threading.Thread(target=_die_with_parent, name="parent", daemon=True).start()

    # Loading takes up to seconds on a busy machine, and a bridge may be gone before that.
    from engine.backends.lookout import Lookout
    from engine.backends.registry import DEFAULT, survey
    from engine.server import Server

    found = survey()
    Server(options.connect, key, found, DEFAULT, Lookout(found).look).run()


def _die_with_parent() -> None:
    """The bridge holds the other end of our standard input: it closes with the bridge, however that ends."""
    while os.read(sys.stdin.fileno(), 1024):
        continue
    os._exit(0)


if __name__ == "__main__":
    main()
