"""Arithmetic that no standard owns: time grids, effective rates, survival, credit loss, rounding, tax.

Nothing here knows US GAAP, IFRS or an election. Policy files under ``differences`` choose; this package computes.
It imports NumPy and Numba only.
"""
