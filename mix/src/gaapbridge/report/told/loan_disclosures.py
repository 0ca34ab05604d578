"""The disclosures of loans: losses by stage and gross carrying amounts under IFRS 7, allowance by segment, year of origination,
past due and non-accrual under ASC 326-20-50."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.report.told.disclosed import (
    BESIDE,
    TOTAL,
    Books,
    Disclosure,
    Row,
    Tie,
    across,
    added,
    explained,
    largest,
    rolled,
    totalled,
)
from gaapbridge.report.told.loan_days import band_of, keeps_days, past_due, starts_of
from gaapbridge.report.told.provision_disclosure import (
    LOST,
    PARTS,
    cost_written_off,
    gross_used,
    provision_disclosure,
    written_off,
)
from gaapbridge.run.movements import LINES, STAGES, Movements

ALLOWANCE = ("loss_allowance_current", "loss_allowance_non_current")
RECOVERIES = ("expected_recoveries",)
PRINCIPAL = ("principal_current", "principal_non_current")
CARRYING = (*PRINCIPAL, "deferred_current", "deferred_non_current", "accrued_interest")
"""Roles of a loan's allowance, of what is expected of loans written off, of its principal and of its gross carrying amount."""

YEARS = 5
"""Years of origination that are told apart; those before are one column (326-20-50-6)."""

_WRITTEN_OFF = "Written off, gross carrying amount"
_EXPECTED = "Expected recoveries of loans written off"


def loan_disclosures(books: Books, *, has_period: bool) -> Iterator[Disclosure]:
    """What a run tells of its loans; without a period only what stands at its one instant."""
    if has_period:
        moved = {one.framework: one for one in books.run.movements if one.kind == "loans"}
        if "ifrs" in moved:
            yield _by_stage(books, moved["ifrs"])
        yield _gross_moved(books)
        if len(moved) == len(FRAMEWORKS):
            yield provision_disclosure(books, moved)
    yield _exposed(books)
    if has_period:
        yield _allowance(books)
    yield _by_year(books, has_period=has_period)
    yield _past_due(books)
    yield _frozen(books, has_period=has_period)


def loan_balances(books: Books) -> Iterator[Disclosure]:
    """What a run tells of its loans at one instant alone: at the opening as at the closing."""
    yield _exposed(books)
    yield _by_year(books, has_period=False)
    yield _past_due(books)
    yield _frozen(books, has_period=False)


def stages_of(lines: Sequence[Mapping[str, int]]) -> list[str]:
    """The stages that some line has an amount in; the three of them always."""
    return [stage for stage in STAGES if stage.startswith("stage") or any(line.get(stage, 0) for line in lines)]


def stage_rows(
    books: Books, moved: Movements, lines: Mapping[str, Mapping[str, int]], stages: Sequence[str]
) -> tuple[Row, ...]:
    """A movement table by stage and in sum: opening, each line, closing."""
    opening = [moved.lines.get("opening", {}).get(stage, 0) for stage in stages]
    causes = {caption: [line.get(stage, 0) for stage in stages] for caption, line in lines.items()}
    return across(rolled(books, opening, causes, [moved.closing.get(stage, 0) for stage in stages]))


def _by_stage(books: Books, moved: Movements) -> Disclosure:
    """The loss allowance from opening to closing by stage (IFRS 7.35H); what is written off is the gross carrying amount, so
    what of it no allowance stood against is a line of its own: it is charged to profit as it is lost."""
    lines = {LINES.get(name, name): line for name, line in moved.lines.items() if name not in ("opening", "write_off")}
    lost = _of_stage_3(written_off(books, "ifrs"))
    off = {stage: moved.lines["write_off"].get(stage, 0) - lost.get(stage, 0) for stage in STAGES}
    lines = {**lines, LOST: lost, _WRITTEN_OFF: off}
    stages = stages_of((*lines.values(), moved.closing))
    rows = stage_rows(books, moved, lines, stages)
    title = "Loss allowance of loans"
    opening, closing = rows[0].amounts[-1], rows[-1].amounts[-1]
    ties = (*books.ends(title, opening, closing, ALLOWANCE, "ifrs", -1), explained(title, rows))
    heads = (*(STAGES[stage] for stage in stages), "Total")
    return Disclosure(title, "IFRS 7.35H", heads, rows, ties, sums=(len(stages),))


def _of_stage_3(lost: Mapping[str, int]) -> dict[str, int]:
    """What is lost at write-off, in stage 3; of loans that came and went within the period outside the stages."""
    return {"stage_3": lost.get("written_off", 0), "within_period": lost.get("new_written_off", 0)}


def _gross_moved(books: Books) -> Disclosure:
    """The gross carrying amount from opening to closing by stage (IFRS 7.35I): originated, derecognised, written off,
    transferred between stages, and what payments and interest of those that stayed moved."""
    import polars as pl

    def gross(state: str, principal: str) -> pl.Expr:
        return pl.sum_horizontal(pl.col(principal), *(pl.col(f"{state}ifrs_{part}") for part in PARTS))

    sums = {
        "opening": gross("opening_", "opening_principal"),
        "exit": gross("exit_", "principal_written_off"),
        "closing": gross("", "closing_principal"),
        "principal_off": pl.col("principal_written_off"),
    }
    by = books.grouped("loans", ("path", "stage_opening", "stage_closing"), sums)
    stages = ("stage_1", "stage_2", "stage_3", "within_period")
    lines: dict[str, dict[str, int]] = {name: dict.fromkeys(stages, 0) for name in ("opening", *_GROSS.values(), "closing")}
    for (path, first, last), amounts in by.items():
        begin, end = (f"stage_{stage}" if stage else "within_period" for stage in (first, last))
        _move(lines, str(path), begin, end, amounts)
    shown = [stage for stage in stages if stage.startswith("stage") or any(line[stage] for line in lines.values())]
    causes = {caption: [lines[caption][stage] for stage in shown] for caption in _GROSS.values()}
    opening, closing = ([lines[name][stage] for stage in shown] for name in ("opening", "closing"))
    rows = across(rolled(books, opening, causes, closing))
    title = "Gross carrying amount of loans"
    off = -sum(lines[_GROSS["off"]].values())
    moved = next((one for one in books.run.movements if (one.kind, one.framework) == ("loans", "ifrs")), None)
    ties = [*books.ends(title, sum(opening), sum(closing), CARRYING, "ifrs"), explained(title, rows)]
    if moved is not None:
        used = gross_used(books, moved)
        ties.append(Tie("Gross carrying amount written off: by loan, and of the allowance", off, used))
    heads = (*(STAGES[stage] for stage in shown), "Total")
    return Disclosure(title, "IFRS 7.35I", heads, rows, tuple(ties), sums=(len(shown),))


_GROSS = {
    "new": "Originated in the period",
    "transfers": "Transferred between stages",
    "gone": "Derecognised: repaid in full",
    "moved": "Payments, interest and amortisation",
    "off": "Written off",
}
"""The movements of a gross carrying amount, in the order of IFRS 7.35I."""


def _move(lines: dict[str, dict[str, int]], path: str, begin: str, end: str, amounts: Mapping[str, int]) -> None:
    """Put the amounts of loans of one path and stages to their lines: what is written off is of stage 3, where it stood at
    the day it was (IFRS 9 5.4.4), or of no stage where the loan came and went within the period. A part written off of a loan
    that stayed goes by stage 3, the rest to where the loan stands."""
    opening, at_exit, closing = amounts["opening"], amounts["exit"], amounts["closing"]
    part = amounts["principal_off"]
    lines["opening"][begin] += opening
    lines["closing"][end] += closing
    if path in ("settled", "lost"):
        lines[_GROSS["gone"]][begin] -= opening
        lines[_GROSS["gone"]]["stage_3"] += part
        lines[_GROSS["off"]]["stage_3"] -= part
    elif path == "stayed":
        lines[_GROSS["transfers"]][begin] -= opening
        lines[_GROSS["transfers"]]["stage_3"] += part
        lines[_GROSS["transfers"]][end] += opening - part
        lines[_GROSS["moved"]][end] += closing - opening + part
        lines[_GROSS["off"]]["stage_3"] -= part
    elif path == "written_off":
        lines[_GROSS["transfers"]][begin] -= opening
        lines[_GROSS["transfers"]]["stage_3"] += opening
        lines[_GROSS["moved"]]["stage_3"] += at_exit - opening
        lines[_GROSS["off"]]["stage_3"] -= at_exit
    elif path == "new_settled":
        lines[_GROSS["new"]][end] += part
        lines[_GROSS["off"]][end] -= part
    elif path in ("new", "new_written_off"):
        lines[_GROSS["new"]][end] += closing + at_exit
        lines[_GROSS["off"]][end] -= at_exit


def _exposed(books: Books) -> Disclosure:
    """Gross carrying amount by days past due and stage, the lender's grades of credit risk (IFRS 7.35M, B8I), its allowance,
    what is expected of loans written off, an asset in stage 3 (IFRS 9 5.4.4), and the carrying amount that these make."""
    import polars as pl

    gross = pl.sum_horizontal(f"{books.instant}_principal", *(f"{books.state}ifrs_{part}" for part in PARTS))
    allowance, of_recoveries = (f"{books.state}ifrs_{name}" for name in ("loss_allowance", "expected_recoveries"))
    by = books.grouped("loans", (band_of(books).alias("band"), f"stage_{books.instant}"), {"gross": gross, allowance: None})
    held = {key: one for key, one in by.items() if any(one.values())}
    stages = sorted({int(str(stage)) for _, stage in held} | {1, 2, 3})
    buckets, starts = sorted({int(str(band)) for band, _ in held}), starts_of(books)

    def of(name: str, bucket: int, stage: int) -> int:
        return held.get((bucket, stage), {}).get(name, 0)

    grades = [Row(past_due(bucket, starts), tuple(of("gross", bucket, stage) for stage in stages)) for bucket in buckets]
    allowed = tuple(-sum(of(allowance, bucket, stage) for bucket in buckets) for stage in stages)
    total = totalled(grades, "Gross carrying amount")
    expected = books.sums("loans", of_recoveries)[of_recoveries]
    recovered = tuple(expected if stage == 3 else 0 for stage in stages)
    less = [Row("Loss allowance", allowed), *([Row(_EXPECTED, recovered)] if expected else [])]
    net = tuple(map(sum, zip(total[-1].amounts, *(row.amounts for row in less), strict=True))) if total else ()
    rows = across((*total, *less, Row("Carrying amount", net, TOTAL))) if total else ()
    title = "Loans by days past due and stage"
    ties = (
        *books.tie(title, sum(one["gross"] for one in by.values()), CARRYING, "ifrs"),
        *books.stated("Carrying amount of loans, IFRS", sum(net), (*CARRYING, *ALLOWANCE, *RECOVERIES), "ifrs"),
    )
    heads = (*(STAGES[f"stage_{stage}"] if stage else STAGES["within_period"] for stage in stages), "Total")
    return Disclosure(title, "IFRS 7.35M, B8I", heads, rows, ties, sums=(len(stages),), is_instant=True)


def _amortised(state: str = "") -> tuple[str, ...]:
    """The columns whose sum is amortised cost under US GAAP, at the closing or the opening."""
    return (f"{state or 'closing_'}principal", *(f"{state}us_{part}" for part in PARTS))


def _allowance(books: Books) -> Disclosure:
    """The allowance for credit losses by segment (326-20-50-13): opening, provision, write-offs, recoveries, closing. What is
    expected of loans written off is part of it (326-20-30-1), and write-offs are of amortised cost."""
    import polars as pl

    sums = {
        "opening": pl.col("opening_us_loss_allowance") - pl.col("opening_us_expected_recoveries"),
        "off": cost_written_off(),
        "recovered": pl.col("recoveries_received"),
        "closing": pl.col("us_loss_allowance") - pl.col("us_expected_recoveries"),
        "cost": pl.sum_horizontal(_amortised()),
    }
    by = {str(segment): one for (segment,), one in books.grouped("loans", ("segment",), sums).items()}
    rows = totalled([Row(name, _provided(ones)) for name, ones in _named(by, "opening", "closing", "off")])
    title = "Allowance for credit losses of loans, by segment"
    opening, provided, closing = (rows[-1].amounts[place] for place in (0, 1, 4)) if rows else (0, 0, 0)
    held = added(by.values(), "cost") - closing
    ties = (
        *books.ends(title, opening, closing, (*ALLOWANCE, *RECOVERIES), sign=-1),
        *books.stated("Provision in the allowance by segment", provided, ("provision_for_loans",)),
        *books.stated("Carrying amount of loans, U.S. GAAP", held, (*CARRYING, *ALLOWANCE, *RECOVERIES)),
    )
    first, last = books.days
    heads = (first, "Provision", "Written off", "Recoveries", last)
    return Disclosure(title, "ASC 326-20-50-13", heads, rows, ties, sums=(4,))


def _provided(ones: Sequence[Mapping[str, int]]) -> tuple[int, ...]:
    """Opening, what was provided, write-offs, recoveries and closing of some segments: the provision is what leads there."""
    opening, off, recovered, closing = (added(ones, name) for name in ("opening", "off", "recovered", "closing"))
    return opening, closing - opening + off - recovered, -off, recovered, closing


def _named(by: Mapping[str, Mapping[str, int]], *sizes: str) -> Iterator[tuple[str, list[Mapping[str, int]]]]:
    """The segments that have an amount, each by name; the smallest of very many together."""
    held = {name: one for name, one in by.items() if any(one.values())}
    named, others = largest({name: sum(abs(one[size]) for size in sizes) for name, one in held.items()})
    yield from ((name, [held[name]]) for name in named)
    if others:
        yield f"{len(others)} other segments", [held[name] for name in others]


def _by_year(books: Books, *, has_period: bool) -> Disclosure:
    """Amortised cost by days past due and year of origination, with the gross write-offs of the period (326-20-50-6, 50-6A)."""
    import polars as pl

    off = cost_written_off() if has_period else pl.lit(0)
    sums = {"cost": pl.sum_horizontal(_amortised(books.state)), "off": off}
    by = books.grouped("loans", (band_of(books).alias("band"), "origination_year"), sums)
    latest = books.closing_year
    years = [str(year) for year in range(latest, latest - YEARS, -1)] + ["Before"]

    def of(name: str, bucket: object = None) -> tuple[int, ...]:
        amounts = dict.fromkeys(years, 0)
        for (held, year), one in by.items():
            if name == "off" or held == bucket:
                amounts[str(year) if str(year) in amounts else "Before"] += one[name]
        return tuple(amounts.values())

    bands, starts = sorted({int(str(band)) for (band, _), one in by.items() if one["cost"]}), starts_of(books)
    rows = totalled([Row(past_due(band, starts), of("cost", band)) for band in bands], "Amortised cost")
    written = of("off")
    rows = across((*rows, *([Row("Gross write-offs of the period", written, BESIDE)] if any(written) else [])))
    shown = [place for place in range(len(years)) if any(row.amounts[place] for row in rows)]
    rows = tuple(Row(row.caption, (*(row.amounts[at] for at in shown), row.amounts[-1]), row.kind) for row in rows)
    title = "Loans by year of origination"
    ties = list(books.tie(title, sum(one["cost"] for one in by.values()), CARRYING))
    moved = next((one for one in books.run.movements if (one.kind, one.framework) == ("loans", "us")), None)
    if has_period and moved is not None:
        used = gross_used(books, moved)
        ties.append(Tie("Gross write-offs: by year of origination, and of the allowance", sum(written), used))
    if not has_period:
        ties += _allowed(books)
    heads = (*(years[at] for at in shown), "Total")
    paragraph = "ASC 326-20-50-6, 50-6A" if has_period else "ASC 326-20-50-6"
    return Disclosure(title, paragraph, heads, rows, tuple(ties), sums=(len(shown),), is_instant=True)


def _allowed(books: Books) -> tuple[Tie, ...]:
    """What no roll-forward holds of an instant: the allowance, what is expected of loans written off in it, and what they carry
    net of it under US GAAP (326-20-45-1)."""
    names = (*_amortised(books.state), *(f"{books.state}us_{name}" for name in ("loss_allowance", "expected_recoveries")))
    *cost, allowance, expected = books.sums("loans", *names).values()
    allowed = allowance - expected
    return (
        *books.tie("Allowance for credit losses of loans", allowed, (*ALLOWANCE, *RECOVERIES), sign=-1),
        *books.stated("Carrying amount of loans, U.S. GAAP", sum(cost) - allowed, (*CARRYING, *ALLOWANCE, *RECOVERIES)),
    )


def _past_due(books: Books) -> Disclosure:
    """The aging of amortised cost by segment (326-20-50-14)."""
    import polars as pl

    cost, band, starts = pl.sum_horizontal(_amortised(books.state)), band_of(books), starts_of(books)
    bands = {past_due(start, starts, ""): band == start for start in (*starts, 0)}
    sums = {name: pl.when(held).then(cost).otherwise(0) for name, held in bands.items()}
    by = {str(segment): one for (segment,), one in books.grouped("loans", ("segment",), sums).items()}
    *late, now = bands
    rows = [
        Row(name, (*(past := [added(ones, band) for band in late]), sum(past), added(ones, now), sum(past) + added(ones, now)))
        for name, ones in _named(by, *bands)
    ]
    title = "Aging of loans, amortised cost"
    ties = books.tie(title, sum(sum(one.values()) for one in by.values()), CARRYING)
    heads = (*late, "Total past due", now, "Total")
    return Disclosure(title, "ASC 326-20-50-14", heads, totalled(rows), ties, sums=(len(late), len(late) + 2), is_instant=True)


def _frozen(books: Books, *, has_period: bool) -> Disclosure:
    """Amortised cost of loans on non-accrual at both instants, that of it without an allowance, and of loans 90 days past due
    or more that still accrue, by segment (326-20-50-16). Of a run that keeps no days past due the last are told where they are
    nil, as non-accrual begins at 90 days or before; else the column is left out."""
    import polars as pl

    cost, before = pl.sum_horizontal(_amortised(books.state)), pl.sum_horizontal(_amortised("opening_"))
    frozen, days = pl.col(f"nonaccrual_{books.instant}"), pl.col(f"days_past_due_{books.instant}")
    sums = {
        "opening": pl.when(pl.col("nonaccrual_opening")).then(before).otherwise(0) if has_period else pl.lit(0),
        "closing": pl.when(frozen).then(cost).otherwise(0),
        "bare": pl.when(frozen & (pl.col(f"{books.state}us_loss_allowance") == 0)).then(cost).otherwise(0),
        "others": pl.when(frozen).then(0).otherwise(cost),
        "accruing": pl.when(~frozen & (days >= 90)).then(cost).otherwise(0) if keeps_days(books) else pl.lit(0),
    }
    by = {str(segment): one for (segment,), one in books.grouped("loans", ("segment",), sums).items()}
    first, last = books.days
    heads = {"opening": first} if has_period else {}
    heads |= {"closing": first if books.is_opening else last, "bare": "Of it without an allowance"}
    heads |= {"accruing": "90 days past due or more, accruing"} if tells_accruing(books) else {}
    named = [
        (name, ones) for name, ones in _named(by, "opening", "closing", "accruing") if any(added(ones, key) for key in heads)
    ]
    rows = totalled([Row(name, tuple(added(ones, key) for key in heads)) for name, ones in named])
    accounted = sum(one["closing"] + one["others"] for one in by.values())
    ties = books.tie("Loans on non-accrual, and those that accrue", accounted, CARRYING)
    paragraph = f"ASC 326-20-50-16(a), {'(c), ' if tells_accruing(books) else ''}(d)"
    return Disclosure("Loans on non-accrual, amortised cost", paragraph, tuple(heads.values()), rows, ties)


def tells_accruing(books: Books) -> bool:
    """Whether a run tells what is 90 days past due or more and accrues: it keeps days, or non-accrual begins by then."""
    return keeps_days(books) or books.frozen_from <= 90
