"""The guarantees of a close: tapes and fee instalments of both instants, measured for notes (i) and (iv)."""
