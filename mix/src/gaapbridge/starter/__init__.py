"""A starter plan: every election asked, explained and answered by an example, on miniature tapes or a lender's own files."""

from gaapbridge.starter.own_files import OwnFiles
from gaapbridge.starter.write import Starter, write_starter

__all__ = ["OwnFiles", "Starter", "write_starter"]
