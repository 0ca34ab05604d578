"""DuckDB: a row for each month of each loan, made once; each step of Newton's method is one grouped sum over it. All in SQL."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rivals.slice import (
    ANSWERED,
    BUCKETS,
    CLOSING_MONTH,
    KINDS,
    LATE_DAYS,
    NEAR_MONTHS,
    SOLVING_STEPS,
    timed,
)

LOANS = f"""
create temp table loans as
select row_number() over () as loan, list_position($segments, segment) - 1 as segment,
    ((list_position($segments, segment) - 1) * len($ratings) + list_position($ratings, rating) - 1) * {BUCKETS}
        + least((days_past_due + 29) // 30, {BUCKETS - 1}) as cell,
    list_position({list(KINDS)}, repayment_type) - 1 as kind, term_instalments as n,
    greatest(0, least(term_instalments, {CLOSING_MONTH} - year(first_payment_date) * 12 - month(first_payment_date) + 2)) as k,
    principal_minor::double as principal, annual_rate / 12.0 as rate, coalesce(instalment_minor, 0)::double as instalment,
    floor(principal_minor / term_instalments + 0.5) as part,
    (principal_minor - fees_received_minor + costs_paid_minor)::double as initial, outstanding_principal_minor as outstanding,
    case when days_past_due > {LATE_DAYS} then term_instalments else {NEAR_MONTHS} end as horizon
from read_parquet($tape)"""

SCHEDULE = """
create temp table months as
with balances as (
    select loan, segment, n, k, j, kind, rate, principal, instalment, part,
        case when j = n then 0.0
            when kind = 0 and rate > 0.0
                then principal * pow(1.0 + rate, j) - instalment * (pow(1.0 + rate, j) - 1.0) / rate
            when kind = 0 then principal - instalment * j
            when kind = 2 then principal else principal - part * j end as after,
        case when j = 1 then principal
            when kind = 0 and rate > 0.0
                then principal * pow(1.0 + rate, j - 1) - instalment * (pow(1.0 + rate, j - 1) - 1.0) / rate
            when kind = 0 then principal - instalment * (j - 1)
            when kind = 2 then principal else principal - part * (j - 1) end as before
    from loans, lateral (select unnest(generate_series(1, n)) as j)
), alive as (
    select segment, month as j, mortality, coalesce(exp(sum(ln(1.0 - mortality)) over (
        partition by segment order by month rows between unbounded preceding and 1 preceding)), 1.0) as alive
    from read_parquet($mortality)
)
select loan, j, k, before, after, alive, before * (1.0 + rate) - after as flow,
    alive * (before * (1.0 + rate) - after + mortality * after) as expected
from balances join alive using (segment, j)"""

STEP = """
create or replace temp table {name} as
select loan, any_value(v) - (sum({flow} * pow(v, j)) - any_value(initial)) / sum({flow} * j * pow(v, j - 1)) as v
from months join {before} using (loan) join (select loan, initial from loans) using (loan) group by loan"""

TOTALS = """
with measured as (
    select loan, sum(case when j > k then flow * pow(u.v, j - k) end) as worth,
        sum(case when j > k then expected * pow(e.v, j - k) end)
            / coalesce(max(case when j = k + 1 then alive end), 1.0) as expected_worth,
        max(case when j = k + 1 then before end) as owed,
        sum(case when j > k then w.us * before end) as lost,
        sum(case when j > k and j - k <= horizon then w.ifrs * before * pow(e.v, j - k) end) as near
    from months join us u using (loan) join ifrs e using (loan) join (select loan, cell, horizon from loans) terms using (loan)
    left join read_parquet($weights) w on w.cell = terms.cell and w.month = j - k
    group by loan
)
select segment, sum(outstanding), sum(outstanding + minor((worth - owed) * outstanding / owed)),
    sum(outstanding + minor((expected_worth - owed) * outstanding / owed)),
    sum(minor(lost * outstanding / owed)), sum(minor(near * outstanding / owed))
from measured join loans using (loan) group by segment order by segment"""


def main() -> None:
    """The slice of a tape."""
    timed(sliced)


def sliced(tape: Path, folder: Path) -> list[list[int]]:
    """Totals by segment."""
    import duckdb

    names = json.loads((folder / "names.json").read_text())
    base = duckdb.connect()
    base.execute("set threads = 2")
    base.execute("create macro minor(x) as (trunc(x) + trunc(2.0 * (x - trunc(x))))::bigint")
    base.execute(LOANS, {"segments": names["segments"], "ratings": names["ratings"], "tape": str(tape)})
    base.execute(SCHEDULE, {"mortality": str(folder / "mortality.parquet")})
    base.execute("create temp table us as select loan, 1.0 / (1.0 + rate) as v from loans")
    for _ in range(SOLVING_STEPS):
        base.execute(STEP.format(name="us", flow="flow", before="us"))
    base.execute("create temp table ifrs as from us")
    for _ in range(SOLVING_STEPS):
        base.execute(STEP.format(name="ifrs", flow="expected", before="ifrs"))
    rows = base.execute(TOTALS, {"weights": str(folder / "weights.parquet")}).fetchall()
    found = {row[0]: [int(amount) for amount in row[1:]] for row in rows}
    return [found.get(segment, [0] * len(ANSWERED)) for segment in range(len(names["segments"]))]


if __name__ == "__main__":
    main()
