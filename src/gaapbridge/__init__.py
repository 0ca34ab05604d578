"""gaapbridge: the reconciliation of a lender's US GAAP statements to IFRS, measured from its own contracts.

The verbs: ``close(plan)`` closes a period, ``check(plan)`` looks at its inputs only, ``compare(old, new)`` tells two runs
apart, ``verify(file)`` challenges a published reconciliation, ``explain(run, address)`` opens a number. They are imported
when first used; the modules behind them bear nouns, so a verb is always the function.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["check", "close", "compare", "explain", "verify"]

_VERBS = {
    "check": "gaapbridge.checking",
    "close": "gaapbridge.period_close.period",
    "compare": "gaapbridge.comparison",
    "explain": "gaapbridge.explanation",
    "verify": "gaapbridge.verification",
}


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        from importlib import import_module

        return getattr(import_module(_VERBS[name]), name)
    raise AttributeError(f"gaapbridge has no {name!r}")
