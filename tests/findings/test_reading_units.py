"""The unit that a header names is the one that the plan states: no amount is read ten thousand times too small."""

from pathlib import Path
from typing import Any

import pytest

from gaapbridge.plan.reading import ReadTable
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Amounts
from gaapbridge.terms.errors import UnusableInput
from tests.findings.tapes_made import write_csv
from tests.findings.test_reading_rows import SMALL


def tape(folder: Path, header: str, amounts: Amounts, read: ReadTable | None, theirs: str | None = None) -> Source:
    path = write_csv(folder, f"contract_id,day,months,{header}\nA1,2023-01-31,12,5\n", "small.csv")
    return open_tape(path, SMALL, columns={"lent_minor": theirs or header}, ignore=["*"], amounts=amounts, read=read)


@pytest.mark.parametrize(
    ("header", "amounts", "units", "remedy"),
    [
        ("放款金额(万元)", "major", None, 'add lent_minor = "ten_thousand" to units of read'),
        ("放款金额(元)", "minor", None, 'add lent_minor = "major" to units of read'),
        ("Lent ($000s)", "major", {}, 'add lent_minor = "thousand" to units of read'),
        ("Lent in thousands", "minor", {}, 'add lent_minor = "thousand" to units of read'),
        ("放款金额(元)", "major", {"lent_minor": "ten_thousand"}, 'add lent_minor = "major" to units of read'),
        ("Lent (k EUR)", "major", None, 'add lent_minor = "thousand" to units of read'),
        ("Lent (lakhs)", "major", None, 'add lent_minor = "lakh" to units of read'),
        ("Lent (Tsd. EUR)", "major", None, 'add lent_minor = "thousand" to units of read'),
        ("放款金额(亿元)", "major", None, 'add lent_minor = "hundred_million" to units of read'),
        ("Lent (cents)", "major", None, 'add lent_minor = "minor" to units of read'),
    ],
)
def test_a_header_of_another_unit_is_refused(
    header: str, amounts: Amounts, units: dict[str, Any] | None, remedy: str, tmp_path: Path
) -> None:
    read = None if units is None else ReadTable(units=units)
    with pytest.raises(UnusableInput, match="the header names the unit") as refused:
        tape(tmp_path, header, amounts, read)
    assert refused.value.column == header and remedy in refused.value.remedy


@pytest.mark.parametrize(
    ("header", "amounts", "units", "read"),
    [
        ("放款金额(万元)", "major", {"lent_minor": "ten_thousand"}, 5_000_000),
        ("放款金额(元)", "minor", {"lent_minor": "major"}, 500),
        ("Lent ($000s)", "major", {"lent_minor": "thousand"}, 500_000),
        ("放款金额(元)", "major", {}, 500),
        ("Lent (k EUR)", "major", {"lent_minor": "thousand"}, 500_000),
        ("Lent (lakhs)", "major", {"lent_minor": "lakh"}, 50_000_000),
        ("Lent (Mio. EUR)", "major", {"lent_minor": "million"}, 500_000_000),
        ("Lent ₹ crore", "minor", {"lent_minor": "crore"}, 5_000_000_000),
        ("Lent (USD)", "minor", {}, 5),
        ("Lent", "minor", {}, 5),
    ],
)
def test_a_header_of_the_unit_that_is_stated_is_read(
    header: str, amounts: Amounts, units: dict[str, Any], read: int, tmp_path: Path
) -> None:
    """A currency alone names no unit."""
    assert tape(tmp_path, header, amounts, ReadTable(units=units)).whole().frame["lent_minor"].to_list() == [read]


def test_each_of_several_columns_is_looked_at(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,day,months,余额(元),核销金额(万元)\nA1,2023-01-31,12,,5\n", "small.csv")
    read = ReadTable(first_of={"lent_minor": ["余额(元)", "核销金额(万元)"]})
    with pytest.raises(UnusableInput, match="the header names the unit") as refused:
        open_tape(path, SMALL, amounts="major", read=read)
    assert refused.value.column == "核销金额(万元)"


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ("放款金额（元）", "did you mean 放款金额（元）?"),
        ("放款金额(万元)", 'the file has 放款金额(万元), which names ten thousand units: where it is meant, map it, and add '
         'lent_minor = "ten_thousand" to units of read'),
        ("放款金额", "the file has 放款金额, which names no unit: where it is meant, map it, once you know its unit"),
    ],
)  # fmt: skip
def test_a_column_of_another_unit_is_not_offered(header: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        tape(tmp_path, header, "major", None, theirs="放款金额(元)")
    assert refused.value.column == "放款金额(元)" and refused.value.remedy == remedy
