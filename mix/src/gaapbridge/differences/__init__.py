"""The differences between US GAAP and IFRS, one folder each.

In every folder ``us_gaap.py`` and ``ifrs.py`` have the same functions in the same order: comparing the two files shows
the accounting difference and nothing else.
"""
