"""The disclosures beside the statements, in minor units: allowances by stage and how they moved, gross amounts, write-offs by
year of origination, what is past due, guarantees and their fees, share awards. Each is held against the books of the run.

Books are the US GAAP ledger of the run; under IFRS, with what the notes' journals brought to the same accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.period_close.note_texts import LINES
from gaapbridge.run.reader import Movements, Run
from gaapbridge.statement.notes_text import as_filed
from gaapbridge.statement.printing import caption_when

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

US = as_filed(FRAMEWORKS["us"])

STAGES = {
    "within_period": "Outside the stages",
    "stage_1": "Stage 1",
    "stage_2": "Stage 2",
    "stage_3": "Stage 3",
    "not_allocated": "Not allocated",
}
"""Columns of a movement table, as they are printed."""

ALLOWANCES = {
    "loans": ("loss_allowance_current", "loss_allowance_non_current"),
    "guarantees": ("guarantee_contingent", "recoveries_receivable"),
}
"""The roles on whose accounts the losses of a kind's movement tables stand."""

FEES = tuple(f"{{}}{related}{term}" for related in ("", "_related") for term in ("_current", "_non_current"))
"""Roles of a guarantee's fee: of related parties or not, due within twelve months or later."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a disclosure comes to, and what the books say, both debit positive or both as disclosed."""

    what: str
    disclosed_minor: int
    books_minor: int

    @property
    def holds(self) -> bool:
        """Whether both are the same, to the minor unit."""
        return self.disclosed_minor == self.books_minor


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A table with the paragraph that asks for it: amounts by row and column in minor units, and what it is held against."""

    title: str
    paragraph: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    ties: tuple[Tie, ...] = ()


def told_disclosures(run: Run) -> tuple[Disclosure, ...]:
    """The disclosures that a run has figures for, in the order in which they are printed.

    A run of one instant has no period, so none of how anything moved.
    """
    has_period = run.manifest.statements.income is not None
    made: list[Disclosure] = [_movement(run, one) for one in run.movements if has_period]
    if "loans" in run.kinds:
        made += [_gross_by_stage(run), *([_written_off(run)] if has_period else ()), _past_due(run)]
    if "guarantees" in run.kinds and has_period:
        made += [_stand_ready(run), _fees_receivable(run), _fee_allowance(run)]
    if "awards" in run.kinds and has_period:
        made += [_awards(run)]
    return tuple(one for one in made if any(any(amounts) for _, amounts in one.rows))


def _movement(run: Run, moved: Movements) -> Disclosure:
    """How the losses expected of one kind of contract moved: under IFRS by stage (IFRS 7.35H, 35I), under US GAAP, which has
    none, in sum (ASC 326-20-50-13)."""
    is_ifrs = moved.framework == "ifrs"
    held = (*moved.lines.values(), moved.closing)
    stages = [stage for stage in STAGES if is_ifrs and any(line.get(stage, 0) for line in held)]
    first, last = _days(run)
    lines = {LINES.get(name, name): line for name, line in moved.lines.items() if name != "opening"}
    named = {first: moved.lines.get("opening", {}), **lines, last: moved.closing}
    across = ((caption, _across(line, stages)) for caption, line in named.items())
    rows = tuple((caption, amounts) for caption, amounts in across if any(amounts))
    paragraph = "IFRS 7.35H, 35I" if is_ifrs else "ASC 326-20-50-13"
    what = as_filed(f"Losses expected of {moved.kind} under {FRAMEWORKS[moved.framework]}")
    books = -_books(run, ALLOWANCES.get(moved.kind, ()), moved.framework)
    tie = Tie(what, sum(moved.closing.values()), books)
    return Disclosure(what, paragraph, (*(STAGES[stage] for stage in stages), "Total"), rows, (tie,))


def _across(line: Mapping[str, int], stages: Sequence[str]) -> tuple[int, ...]:
    return (*(line.get(stage, 0) for stage in stages), sum(line.values()))


def _gross_by_stage(run: Run) -> Disclosure:
    """What loans on book come to before and after their allowance, by stage (IFRS 7.35M)."""
    import polars as pl

    parts = ("closing_principal", "ifrs_accrued_interest", "ifrs_deferred_costs", "ifrs_deferred_fees")
    gross = pl.sum_horizontal(*parts)
    by = _grouped(run, "loans", "stage_closing", {"gross": gross.sum(), "allowance": pl.col("ifrs_loss_allowance").sum()})
    stages = sorted((stage for stage, one in by.items() if stage is not None and any(one.values())), key=str)
    amounts = {name: [by[stage][name] for stage in stages] for name in ("gross", "allowance")}
    rows = {
        "Gross carrying amount": amounts["gross"],
        "Loss allowance": [-one for one in amounts["allowance"]],
        "Carrying amount": [one - other for one, other in zip(amounts["gross"], amounts["allowance"], strict=True)],
    }
    roles = ("principal_current", "principal_non_current", "deferred_current", "deferred_non_current", "accrued_interest")
    total = sum(one["gross"] for one in by.values())
    tie = Tie("Gross carrying amount of loans under IFRS", total, _books(run, roles, "ifrs"))
    return Disclosure(
        "Gross carrying amount of loans by stage",
        "IFRS 7.35M",
        (*(f"Stage {stage}" for stage in stages), "Total"),
        tuple((caption, (*line, sum(line))) for caption, line in rows.items()),
        (tie,),
    )


def _written_off(run: Run) -> Disclosure:
    """What was written off in the period, by the year in which the loan was originated (ASC 326-20-50-6A)."""
    import polars as pl

    by = _grouped(run, "loans", "origination_year", {"amount": pl.col("principal_written_off").sum()})
    years = sorted((year for year, one in by.items() if one["amount"]), key=str, reverse=True)
    rows = [(str(year), (by[year]["amount"],)) for year in years]
    total = sum(one["amount"] for one in by.values())
    moved = next((one for one in run.movements if (one.kind, one.framework) == ("loans", "us")), None)
    ties = () if moved is None else (Tie("Written off", total, -sum(moved.lines["write_off"].values())),)
    return Disclosure("Loans written off by year of origination", "ASC 326-20-50-6A", ("Principal",), _totalled(rows), ties)


def _past_due(run: Run) -> Disclosure:
    """Principal of loans on book by days past due, and that of it on non-accrual (ASC 326-20-50-14, 50-16)."""
    import polars as pl

    frozen = pl.col("closing_principal").filter(pl.col("nonaccrual_closing")).sum()
    sums = {"principal": pl.col("closing_principal").sum(), "frozen": frozen}
    by = _grouped(run, "loans", "bucket_closing", sums)
    held = {bucket: one for bucket, one in by.items() if one["principal"]}
    rows = [(_bucket(bucket), (held[bucket]["principal"], held[bucket]["frozen"])) for bucket in sorted(held, key=str)]
    principal = sum(one["principal"] for one in by.values())
    tie = Tie("Principal of loans", principal, _books(run, ("principal_current", "principal_non_current"), "us"))
    heads = ("Principal", "of it on non-accrual")
    return Disclosure("Loans by days past due", "ASC 326-20-50-14, 50-16", heads, _totalled(rows), (tie,))


def _bucket(bucket: object) -> str:
    """A bucket of arrears in words; the last one is open, as of loans past due for longer."""
    name = ARREARS[bucket] if isinstance(bucket, int) and 0 <= bucket < len(ARREARS) else str(bucket)
    return {"current": "Current", ARREARS[-1]: "61 days past due or more"}.get(name, f"{name} days past due")


def _stand_ready(run: Run) -> Disclosure:
    """The liability to stand ready, from the guarantees issued to those on book (ASC 460-10-50-4)."""
    sums = _sums(run, "guarantees", "opening_us_stand_ready", "us_inception", "us_release", "us_set_off", "us_stand_ready")
    causes = {
        "Guarantees issued": sums["us_inception"],
        "Released to revenue": -sums["us_release"],
        "Set off against fees not collected": -sums["us_set_off"],
    }
    closing, books = sums["us_stand_ready"], -_books(run, ("stand_ready_liability",), "us")
    rows = _rolled(run, sums["opening_us_stand_ready"], causes, closing)
    return Disclosure("Stand-ready liability", "ASC 460-10-50-4", (US,), rows, _ties("Stand-ready liability", rows, books))


def _fees_receivable(run: Run) -> Disclosure:
    """Fees receivable of guarantees before their allowance (ASC 326-20-50-13)."""
    names = ("us_inception", "us_fee_accretion", "fees_collected", "us_fee_write_off", "us_set_off")
    sums = _sums(run, "guarantees", "opening_us_fee_receivable", *names, "us_fee_receivable")
    causes = {
        "Guarantees issued": sums["us_inception"],
        "Collected above fair value": sums["us_fee_accretion"],
        "Collected": -sums["fees_collected"],
        "Written off": -sums["us_fee_write_off"],
        "Set off against the stand-ready liability": -sums["us_set_off"],
    }
    books = _books(run, tuple(form.format("fee_receivable") for form in FEES), "us")
    rows = _rolled(run, sums["opening_us_fee_receivable"], causes, sums["us_fee_receivable"])
    title = "Fees receivable of guarantees, gross"
    return Disclosure(title, "ASC 326-20-50-13", (US,), rows, _ties(title, rows, books))


def _fee_allowance(run: Run) -> Disclosure:
    """The allowance on these fees: what is charged to the provision is what leads from opening to closing (326-20-50-13)."""
    sums = _sums(run, "guarantees", "opening_us_fee_allowance", "us_fee_write_off", "us_fee_allowance")
    opening, closing = sums["opening_us_fee_allowance"], sums["us_fee_allowance"]
    causes = {"Provision": closing - opening + sums["us_fee_write_off"], "Written off": -sums["us_fee_write_off"]}
    books = -_books(run, tuple(form.format("fee_allowance") for form in FEES), "us")
    title = "Allowance on fees receivable of guarantees"
    rows = _rolled(run, opening, causes, closing)
    return Disclosure(title, "ASC 326-20-50-13", (US,), rows, _ties(title, rows, books))


def _awards(run: Run) -> Disclosure:
    """Cost of share awards that was recognised, under both frameworks (ASC 718-10-50-2; IFRS 2.51)."""
    names = [f"{prefix}{side}_cumulative_cost" for prefix in ("opening_", "") for side in FRAMEWORKS]
    sums = _sums(run, "awards", *names)
    opening, closing = ([sums[f"{prefix}{side}_cumulative_cost"] for side in FRAMEWORKS] for prefix in ("opening_", ""))
    first, last = _days(run)
    moved = tuple(end - begin for begin, end in zip(opening, closing, strict=True))
    rows = ((first, tuple(opening)), ("Cost of the period", moved), (last, tuple(closing)))
    brought = sum(
        one.closing_minor for one in run.roll_forward if one.component == "cumulative_cost" and _in_sheet(run, one.account)
    )
    tie = Tie("Cost of share awards, IFRS less U.S. GAAP", -(closing[1] - closing[0]), brought)
    title = "Cost of share awards recognised to date"
    return Disclosure(title, "ASC 718-10-50-2; IFRS 2.51", (US, "IFRS"), rows, (tie,))


def _in_sheet(run: Run, account: str) -> bool:
    """Whether an account is of the balance sheet, retained earnings left out."""
    line = run.manifest.accounts[account].line
    return line not in (*run.manifest.profit_rows, run.manifest.retained_row)


def _books(run: Run, roles: Iterable[str], side: str) -> int:
    """What the accounts of some roles hold at the closing, debit positive; under IFRS with what the notes brought to them."""
    accounts = {run.manifest.posting[role] for role in roles if role in run.manifest.posting}
    ledger = run.ledgers[run.manifest.statements.closing]
    held = sum(ledger.get(account, 0) for account in accounts)
    brought = sum(one.closing_minor for one in run.roll_forward if one.account in accounts)
    return held + (brought if side == "ifrs" else 0)


def _rolled(run: Run, opening: int, causes: Mapping[str, int], closing: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Opening, causes and closing of one column; what they leave unexplained is a row, so that it is seen."""
    first, last = _days(run)
    left = closing - opening - sum(causes.values())
    named = {first: opening, **causes, "Not explained": left, last: closing}
    return tuple((caption, (amount,)) for caption, amount in named.items() if amount or caption in (first, last))


def _ties(title: str, rows: Sequence[tuple[str, tuple[int, ...]]], books: int) -> tuple[Tie, ...]:
    """That a roll-forward closes at what the books hold, and explains it."""
    *before, (_, (closing,)) = rows
    explained = sum(amount for caption, (amount,) in before if caption != "Not explained")
    return Tie(title, closing, books), Tie(f"{title}: opening and causes", explained, closing)


def _totalled(rows: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    total = tuple(map(sum, zip(*(amounts for _, amounts in rows), strict=True)))
    return (*rows, ("Total", total)) if rows else ()


def _days(run: Run) -> tuple[str, str]:
    period = run.manifest.period
    return caption_when(period.opening), caption_when(period.closing)


def _sums(run: Run, kind: str, *columns: str) -> dict[str, int]:
    """The sums of some columns of the table of a kind's contracts; a column that it lacks is nil."""
    return next(iter(_grouped(run, kind, None, {name: _column(run, kind, name) for name in columns}).values()))


def _column(run: Run, kind: str, name: str) -> pl.Expr:
    import polars as pl

    known = run.measurements(kind).collect_schema().names()
    return pl.col(name).sum() if name in known else pl.lit(0)


def _grouped(run: Run, kind: str, key: str | None, sums: Mapping[str, pl.Expr]) -> dict[object, dict[str, int]]:
    """Sums over the contracts of a kind by a column of their table, or over all of them."""
    table = run.measurements(kind)
    named = [expression.alias(name) for name, expression in sums.items()]
    frame = (table.select(named) if key is None else table.group_by(key).agg(named)).collect()
    return {
        None if key is None else row[key]: {name: int(row[name] or 0) for name in sums} for row in frame.iter_rows(named=True)
    }
