"""Measured: what sketch hears, how it sounds and how fast it is."""
