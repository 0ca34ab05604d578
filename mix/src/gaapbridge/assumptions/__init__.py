"""Assumptions: curves and rates in dated versions, read complete or refused, and their estimation from history."""
