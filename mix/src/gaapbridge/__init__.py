"""gaapbridge: the reconciliation of a lender's US GAAP statements to IFRS, measured from its own contracts.

The verbs: ``close(plan)`` closes a period, ``check(plan)`` looks at its inputs only, ``compare(old, new)`` tells two runs
apart, ``verify(file)`` challenges a published reconciliation, ``explain(run, address)`` opens a number, ``export(run, ledger)``
writes its journals for a ledger, ``write_report(run)`` what people open of it: workbook, pack, exhibit.
``Run(folder)`` reads what a close left, as Polars frames (docs/reference/python.md). They are imported when first used; the
modules behind them bear nouns, so a verb is always the function.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which takes longer to load than all else that is needed here

if TYPE_CHECKING:
    from gaapbridge.checking import check
    from gaapbridge.comparison import compare
    from gaapbridge.explanation import explain
    from gaapbridge.period_close.period import close
    from gaapbridge.report import write_report
    from gaapbridge.run.reader import Run
    from gaapbridge.verification import verify
    from gaapbridge.vouchers import export

    __version__: str

__all__ = ["Run", "check", "close", "compare", "explain", "export", "verify", "write_report"]

_HOMES = {
    "Run": "gaapbridge.run.reader",
    "check": "gaapbridge.checking",
    "close": "gaapbridge.period_close.period",
    "compare": "gaapbridge.comparison",
    "explain": "gaapbridge.explanation",
    "export": "gaapbridge.vouchers",
    "verify": "gaapbridge.verification",
    "write_report": "gaapbridge.report",
}


if not TYPE_CHECKING:  # a type checker sees the verbs above, and refuses what is none of them

    def __getattr__(name):
        from importlib import import_module

        if name == "__version__":
            return import_module("gaapbridge.terms.version").VERSION
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"gaapbridge has no {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
