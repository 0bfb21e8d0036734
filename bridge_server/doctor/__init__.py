"""Is everything in order from the DAW to the engine, and what to do where it is not. Command and panel show it."""
