"""The panel: what a page waits for, over its own HTTP and in a real browser."""
