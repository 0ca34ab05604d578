"""The loans of a run, calculated again one at a time."""
