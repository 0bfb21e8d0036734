"""What tags do, to see and to hear: makes docs/sketch/ anew with `python -m benchmarks.gallery`."""
