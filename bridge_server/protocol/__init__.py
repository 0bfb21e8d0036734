"""The contract between DAW scripts, bridge and engine: messages, spans, errors. Imports only stdlib and msgspec."""

VERSION = 1
"""Raised when a message changes in a way that an older peer would misread. Part of every OSC path and every letter."""
