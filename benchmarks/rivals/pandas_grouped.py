"""pandas: a row for each month of each loan, one row group at a time; each step of Newton's method is a grouped sum over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.slice import (
    ANSWERED,
    BULLET,
    LEVEL,
    SOLVING_STEPS,
    TERMS,
    Column,
    Columns,
    rounded,
    tables,
    terms,
    timed,
)


def main() -> None:
    """The slice of a tape."""
    timed(sliced)


def sliced(tape: Path, folder: Path) -> Column:
    """Totals by segment of all row groups."""
    names, assumed = tables(folder)
    found = np.zeros((len(names["segments"]), len(ANSWERED)), dtype=np.int64)
    with parquet.ParquetFile(tape) as file:
        for number in range(file.num_row_groups):
            of = terms(file.read_row_group(number, columns=list(TERMS)), names)
            by_segment = measured(of, assumed).groupby("segment")[list(ANSWERED)].sum()
            found[by_segment.index.to_numpy()] += by_segment.to_numpy()
    return found


def measured(of: Columns, assumed: Columns) -> Any:
    """The five amounts of each loan, a frame."""
    import pandas as pd

    loans = pd.DataFrame(dict(of))
    n = loans["n"].to_numpy()
    months = loans.loc[loans.index.repeat(n)]
    months = months.assign(loan=months.index, j=np.arange(len(months)) - np.repeat(np.cumsum(n) - n, n) + 1)
    alive = np.cumprod(np.hstack([np.ones((assumed["mortality"].shape[0], 1)), 1.0 - assumed["mortality"]]), axis=1)
    months["before"], months["after"] = balance(months, months["j"] - 1), balance(months, months["j"])
    months["flow"] = months["before"] * (1.0 + months["rate"]) - months["after"]
    months["alive"] = alive[months["segment"], months["j"] - 1]
    repaid = assumed["mortality"][months["segment"], months["j"] - 1]
    months["expected"] = months["alive"] * (months["flow"] + repaid * months["after"])
    us = solved(months, "flow", loans["initial"], 1.0 / (1.0 + loans["rate"]))
    ifrs = solved(months, "expected", loans["initial"], us)
    left = months[months["j"] > months["k"]]
    ahead = (left["j"] - left["k"]).to_numpy()
    of_loan, discount = left["loan"].to_numpy(), ifrs.to_numpy()[left["loan"]] ** ahead
    near = np.where(ahead <= left["horizon"], assumed["ifrs"][left["cell"], ahead - 1] * left["before"] * discount, 0.0)
    sums = pd.DataFrame(
        {
            "worth": left["flow"] * us.to_numpy()[of_loan] ** ahead,
            "expected_worth": left["expected"] * discount,
            "lost": assumed["us"][left["cell"], ahead - 1] * left["before"],
            "near": near,
        }
    )
    sums = sums.groupby(of_loan, sort=True).sum()
    now = left.loc[ahead == 1].set_index("loan")
    own, owed = loans["outstanding"], now["before"]
    scale = own / owed
    return pd.DataFrame(
        {
            "segment": loans["segment"],
            "outstanding": own,
            "amortised_us": own + rounded(((sums["worth"] - owed) * scale).to_numpy()),
            "amortised_ifrs": own + rounded(((sums["expected_worth"] / now["alive"] - owed) * scale).to_numpy()),
            "allowance_us": rounded((sums["lost"] * scale).to_numpy()),
            "allowance_ifrs": rounded((sums["near"] * scale).to_numpy()),
        }
    )


def balance(months: Any, number: Any) -> Any:
    """The scheduled balance after an instalment; nil after the last."""
    growth = (1.0 + months["rate"]) ** number
    annuity = np.where(months["rate"] > 0.0, (growth - 1.0) / months["rate"].where(months["rate"] > 0.0, 1.0), number)
    level = months["principal"] * growth - months["instalment"] * annuity
    parts = np.where(months["kind"] == BULLET, months["principal"], months["principal"] - months["part"] * number)
    return np.where(number == months["n"], 0.0, np.where(months["kind"] == LEVEL, level, parts))


def solved(months: Any, flow: str, initial: Any, guess: Any) -> Any:
    """Discount factors at which the flows are worth ``initial``, by Newton's method."""
    import pandas as pd

    loan, j, amount, factor = months["loan"].to_numpy(), months["j"].to_numpy(), months[flow].to_numpy(), guess
    for _ in range(SOLVING_STEPS):
        slope = amount * factor.to_numpy()[loan] ** (j - 1)
        sums = pd.DataFrame({"value": slope * factor.to_numpy()[loan], "slope": slope * j}).groupby(loan, sort=True).sum()
        factor = factor - (sums["value"] - initial) / sums["slope"]
    return factor


if __name__ == "__main__":
    main()
