"""Tapes: files held against their schemas, read in exact types, checked row by row and streamed."""
