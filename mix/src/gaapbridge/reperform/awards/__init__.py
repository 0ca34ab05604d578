"""The awards of a run, calculated again one at a time."""
