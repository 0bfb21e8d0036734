"""ACE-Step v1 measured: a plain implementation of its formulas, and how much faster ours is on the same machine."""
