"""The share awards of a close: tapes of their whole life, measured award by award at both instants for note (iii)."""
