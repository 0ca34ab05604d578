"""The words every other part speaks: exact money, addresses, findings, unusable input, hashes.

This package imports nothing but the standard library, so that any part may import it.
"""

from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.finding import Finding

__all__ = ["Finding", "UnusableInput", "nearest"]
