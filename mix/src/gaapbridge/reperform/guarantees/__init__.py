"""The guarantees of a run, calculated again one at a time."""
