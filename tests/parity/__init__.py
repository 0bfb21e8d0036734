"""Parity: our model against vectors recorded from the reference. `python -m tests.parity DIR [--vocab FILE]`."""
