"""Arithmetic that no standard owns: calendar, the kernels of the tapes, survival, fees, vesting, rounding, tax.

Nothing here knows US GAAP, IFRS or an election. Policy files under ``differences`` choose; this package computes.
It imports NumPy and Numba only.
"""
