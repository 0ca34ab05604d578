"""The period close: from a plan to an immutable run."""

from gaapbridge.period_close.period import Run, close

__all__ = ["Run", "close"]
