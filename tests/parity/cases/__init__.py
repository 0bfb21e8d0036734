"""One module for each kind of case. Each has `run(case)`, which yields what we compute, as claims."""
