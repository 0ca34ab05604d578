"""The command line: a thin layer on the Python API. Exit code 0 clean, 1 findings, 2 unusable input, 3 a fault of ours."""

from __future__ import annotations

from gaapbridge.cli.command_line import main
from gaapbridge.cli.commands import app

__all__ = ["app", "main"]
