"""The kinds of contracts, one folder each: loans, guarantees, awards; and what measuring any of them has in common."""
