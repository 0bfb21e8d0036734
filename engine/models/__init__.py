"""Models: torch and nothing of ours above it. What a task means is decided in the layers that call them."""
