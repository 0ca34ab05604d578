"""A starter plan: every election asked, explained and answered by an example, on miniature tapes or a lender's own loans."""

from gaapbridge.starter.write import Starter, write_starter

__all__ = ["Starter", "write_starter"]
