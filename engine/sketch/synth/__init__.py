"""Synthesis: a score becomes stems. Own numpy, no samples, no downloads."""
