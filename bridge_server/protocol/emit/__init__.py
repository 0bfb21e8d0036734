"""Writes what other languages and people read about the protocol: `python -m bridge_server.protocol.emit`."""
