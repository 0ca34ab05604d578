"""Numbers of vouchers: never the same twice, of whatever period, version, note, kind or part."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.numbers import Numbered
from gaapbridge.vouchers.voucher import KINDS
from tests.vouchers.lender import ANSWERS, changed, vouchers

MONTHS = [date(2022, 12, 31), *(date(2023, month + 1, 1) - timedelta(days=1) for month in range(1, 12)), date(2023, 12, 31)]
PERIODS = [(MONTHS[0], MONTHS[12]), (MONTHS[0], MONTHS[6]), (MONTHS[6], MONTHS[12])]
EXPORTED = {"generic": "movements", "kingdee-k3": "balances", "sap": "balances", "netsuite": "movements"}


@pytest.mark.campaign
def test_twelve_months_the_halves_and_the_year_share_no_number(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Exported in both books, each of two versions: a number in a file is of one voucher alone."""
    spans = [*pairwise(MONTHS), *PERIODS]
    seen: dict[str, list[tuple[str, ...]]] = {ledger: [] for ledger in EXPORTED}
    for place, (opening, closing) in enumerate(spans):
        period = {"opening": str(opening), "closing": str(closing)}
        run = changed(years[1], tmp_path / str(place), {"period": period})
        for version in ("v1", "v2"):
            if version == "v2":
                run = Path(shutil.copytree(run, run.with_name("v2")))
            for ledger, book in EXPORTED.items():
                to, form = tmp_path / "out" / ledger / str(place) / version, None if ledger == "sap" else "csv"
                done = gaapbridge.export(run, ledger, book=book, answers=ANSWERS[ledger], form=form, to=to)  # type: ignore[arg-type]
                seen[ledger] += [one.number for one in vouchers(ledger, to / next(iter(done.files)))]
    for numbers in seen.values():
        assert len(numbers) == len(set(numbers))
    assert len(seen["generic"]) == 15 * 2 * 7 and len(seen["kingdee-k3"]) == 15 * 2 * 11


NUMBERED = st.builds(
    Numbered,
    entity=st.just("Lender"),
    opening=st.just(date(2022, 12, 31)),
    closing=st.dates(date(2023, 1, 1), date(2025, 9, 1)),
    version=st.integers(1, 99),
    place=st.integers(1, 9),
    letter=st.just("M"),
    kind_place=st.just(4),
    part=st.just(0),
)


@given(NUMBERED, NUMBERED)
def test_two_of_one_entity_differ_where_anything_does(one: Numbered, other: Numbered) -> None:
    assert (one.number == other.number) == (one == other)
    assert len(one.number) == 16 and one.number.isascii() and one.number.isalnum()
    if (one.closing.year, one.closing.month) == (other.closing.year, other.closing.month):
        assert (one.number_in_period(one.closing) == other.number_in_period(other.closing)) == (one == other)
    assert one.number_in_period(one.closing) < 2**31


def test_every_field_is_in_the_number() -> None:
    spans, versions, places, parts = PERIODS, (1, 2, 37), (1, 2), (0, 1)
    made = {
        Numbered(entity, *span, version, place, letter, kind, part).number
        for entity, span, version, place, (kind, letter), part in product(
            ("甲公司", "乙公司"), spans, versions, places, enumerate(KINDS.values(), start=1), parts
        )
    }
    assert len(made) == 2 * 3 * 3 * 2 * len(KINDS) * 2 and len({*KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("fault", [{"version": 1296}, {"place": 36}, {"part": 36}, {"opening": date(2019, 1, 1)}])
def test_a_number_without_room_is_refused(fault: dict[str, object]) -> None:
    fields = {
        "entity": "Lender", "opening": date(2022, 12, 31), "closing": date(2023, 12, 31), "version": 1, "place": 1,
        "letter": "M", "kind_place": 4, "part": 0,
    }  # fmt: skip
    with pytest.raises(UnusableInput, match="has room for at most 1,295 days, 1,295 versions, 35 notes and 35 parts"):
        _ = Numbered(**{**fields, **fault}).number  # type: ignore[arg-type]
    with pytest.raises(UnusableInput, match="999 days, 99 versions, 9 notes"):
        Numbered(**{**fields, **fault}).number_in_period(date(2023, 12, 31))  # type: ignore[arg-type]
