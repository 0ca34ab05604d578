"""Engines: they move batches to workers and results back in order; they never compute."""
