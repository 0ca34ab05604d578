"""The plans of the example lender: what it states in the packaged template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gaapbridge.example.chart import CHART
from gaapbridge.example.curves import CURVE_FILES
from gaapbridge.example.losses import GUARANTEE_DISCOUNT_A_YEAR
from gaapbridge.example.market import GUARANTEED_LOANS, VERSIONS
from gaapbridge.example.tapes import CURRENCY
from gaapbridge.starter.plan_text import Facts, notes_in_order, plan_text, tape_lines

_PAYOUT_DAYS = ", ".join(
    f"{segment} = {days}" for segment, days in zip(GUARANTEED_LOANS.segments, GUARANTEED_LOANS.default_days, strict=True)
)
ANSWERS = {
    "expected_credit_loss": {
        "us_reversion": '"straight_line"',
        "us_reversion_months": "6",
        "payout_days_past_due": f"{{ {_PAYOUT_DAYS} }}",
        "guarantee_discount_rate": f"[{{ valid_from = {VERSIONS[0]}, value = {GUARANTEE_DISCOUNT_A_YEAR} }}]",
        "hindsight_confidence": "0.995",
    }
}
"""Answers to elections that are not those of the starter: after its forecast the lender reverts to history month by month,
each funder is paid on the day agreed with it, guarantees are discounted at the rate at which their curves are, and of two
hundred true expectations one may be taken for a surprise.
"""

_ABOUT = """\
# The synthetic lender of the demonstration. Change an answer and close again; what was printed is kept:
#   gaapbridge close plan.toml"""


def write_plan(
    path: Path,
    *,
    entity: str,
    opening: date,
    closing: date,
    tapes: Mapping[str, tuple[str, str]],
    events: str,
    payments: str | None,
    awards: Mapping[str, str],
    prior_run: bool,
    control: Mapping[str, tuple[int, int]],
    trial_balances: tuple[str, str] | None,
) -> None:
    """Write one plan. ``tapes`` gives the opening and closing path of ``loans``, ``guarantees`` and ``guarantee_fees``,
    ``events``, ``payments`` and ``awards`` those of the tapes of the whole period; paths are relative to the plan.

    ``control`` is the closing tape's rows and outstanding principal; without trial balances the ledger is not
    checked.
    """
    at_both = {key: dict(zip(("opening", "closing"), files, strict=True)) for key, files in tapes.items()}
    whole = {key: {"path": file} for key, file in {"events": events, "payments": payments, **awards}.items() if file}
    facts = Facts(
        about=_ABOUT,
        reference="docs/reference/tapes.md",
        entity=entity,
        currency=CURRENCY,
        presentation_unit=1000,
        opening=opening,
        closing=closing,
        source="prior_run" if prior_run else "opening_tape",
        notes=[folder.note.key for folder in notes_in_order() if any(kind in {*tapes, *awards} for kind in folder.note.kinds)],
        tapes={key: tape_lines(files) for key, files in (at_both | whole).items()},
        control={key: {"rows": rows, "outstanding_principal_minor": total} for key, (rows, total) in control.items()},
        curves=CURVE_FILES,
        chart=CHART,
        ledger=None if trial_balances is None else dict(zip(("opening", "closing"), trial_balances, strict=True)),
        answers=ANSWERS,
    )
    path.write_text(plan_text(facts), encoding="utf-8", newline="\n")
