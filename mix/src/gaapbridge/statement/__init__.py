"""The statement: reconciled from the books, tied out rule by rule, and printed as a filing prints it.

Pure functions on whole numbers; standard library only.
"""
