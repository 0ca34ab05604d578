"""The loans of a close: tapes of both instants, measured contract by contract for notes (i) and (ii)."""
