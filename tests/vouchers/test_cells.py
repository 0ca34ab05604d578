"""What stands in cells: texts within limits that act as nothing, exact amounts, whatever names and currencies hold."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.cells import shortened_at_word
from gaapbridge.vouchers.layout import layout_path, packaged, read_layout
from tests.vouchers.lender import ANSWERS, changed, minor, table, toml_of, vouchers

LIMITS = {"SGTXT": 50, "BKTXT": 25, "XBLNR": 16, "HKONT": 10, "ZUONR": 18, "摘要": 100, "凭证摘要": 100}
NAMES = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "two\nlines\r\n=3",
    "x" * 300,
    "贷款损失准备，一年以内" * 20,
    "#N/A",
    "\x1b[2J",
    "",
]


def hostile(years: tuple[Path, Path], folder: Path) -> Path:
    """A run whose names, segments and texts are what nobody would call anything."""
    manifest = json.loads((years[1] / "manifest.json").read_text(encoding="utf-8"))
    accounts = {
        code: {**account, "name": NAMES[place % len(NAMES)]}
        for place, (code, account) in enumerate(manifest["accounts"].items())
    }

    def worse(text: str) -> str:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        segments = {row["segment"]: NAMES[place % 6] for place, row in enumerate(rows) if row["segment"] != "all"}
        for place, row in enumerate(rows):
            row["segment"] = segments.get(row["segment"], "all")
            row["text"] = NAMES[place % len(NAMES)]
        stream = io.StringIO()
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue()

    return changed(years[1], folder, {"accounts": accounts, "entity": "=Lender\n甲公司 " + "y" * 200}, journals=worse)


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize(
    ("ledger", "form"), [(name, form) for name in packaged() for form in read_layout(layout_path(name)).layout.forms]
)
def test_hostile_names_act_as_nothing_and_stay_within_limits(
    years: tuple[Path, Path], tmp_path: Path, ledger: str, form: str
) -> None:
    run = hostile(years, tmp_path)
    if ledger == "oracle":
        with pytest.raises(UnusableInput, match="takes 240 characters there, and a code is not cut"):
            gaapbridge.export(run, ledger, book="balances", answers=ANSWERS[ledger], to=tmp_path / "out")
        run = changed(run, tmp_path / "shorter", {"entity": "=Lender\n甲公司"})
    done = gaapbridge.export(run, ledger, book="balances", answers=ANSWERS[ledger], form=form, to=tmp_path / "out")
    encoding = toml_of(ledger).get("encoding", "utf-8")
    rows = table(tmp_path / "out" / next(iter(done.files)), encoding)
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    acting = [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)]
    assert not [cell for cell in acting if not re.fullmatch(r"-\d+(\.\d+)?", cell)], "an amount alone begins with a sign"
    assert not [cell for cell in cells if re.search(r"[\x00-\x1f\x7f]", cell)]
    if ledger == "generic":
        assert any(len(cell) == 300 for cell in cells), "nothing is shortened there"
    for header in (place for place, row in enumerate(rows) if LIMITS.keys() & {*map(str, row)}):
        for row in rows[header + 1 :]:
            if not any(cell not in ("", None) for cell in row):
                break
            if "(" not in str(row):  # captions of SAP say how long an entry may be
                of_row = zip(rows[header], row, strict=False)
                assert not [cell for name, cell in of_row if len(str(cell)) > LIMITS.get(str(name), 999)]
    if (ledger, form) != ("sap", "csv"):
        read = vouchers(ledger, tmp_path / "out" / next(iter(done.files)))
        assert read and all(sum(amount for _, amount in one.lines) == 0 for one in read)


def test_accounts_without_names_are_blank(years: tuple[Path, Path], tmp_path: Path) -> None:
    manifest = json.loads((years[1] / "manifest.json").read_text(encoding="utf-8"))
    accounts = {code: {**account, "name": ""} for code, account in manifest["accounts"].items()}
    run = changed(years[1], tmp_path, {"accounts": accounts})
    for ledger, caption in (("generic", "account name"), ("kingdee", "科目名称")):
        to = tmp_path / ledger
        done = gaapbridge.export(run, ledger, book="movements", answers=ANSWERS[ledger], form="xlsx", to=to)
        rows = table(to / next(iter(done.files)))
        assert {row[rows[0].index(caption)] for row in rows[1:]} == {""}


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize(("digits", "largest"), [(0, "1"), (3, "0.001"), (4, "0.0001")])
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_amounts_have_the_decimals_of_the_currency(
    years: tuple[Path, Path], tmp_path: Path, digits: int, largest: str, form: str
) -> None:
    run = changed(years[1], tmp_path, plan=lambda text: text.replace("minor_digits = 2", f"minor_digits = {digits}"))
    gaapbridge.export(run, "generic", book="movements", form=form, to=tmp_path / "out")
    read = vouchers("generic", tmp_path / "out" / f"vouchers.{form}", digits)
    kept = vouchers_of_two_digits(years[1], tmp_path)
    assert [one.lines for one in read] == kept
    if form == "csv":
        rows = table(tmp_path / "out" / "vouchers.csv", "utf-8-sig")
        amounts = [cell for row in rows[1:] for cell in (row[13], row[14]) if cell]
        point = r"\d+" if not digits else rf"\d+\.\d{{{digits}}}"
        assert amounts and all(re.fullmatch(point, amount) for amount in amounts)


def vouchers_of_two_digits(run: Path, folder: Path) -> list[list[tuple[str, int]]]:
    gaapbridge.export(run, "generic", book="movements", to=folder / "two")
    return [one.lines for one in vouchers("generic", folder / "two" / "vouchers.csv")]


@pytest.mark.parametrize("ledger", ["netsuite", "kingdee"])
def test_more_decimals_than_a_ledger_takes_are_refused_not_rounded(
    years: tuple[Path, Path], tmp_path: Path, ledger: str
) -> None:
    run = changed(years[1], tmp_path, plan=lambda text: text.replace("minor_digits = 2", "minor_digits = 3"))
    with pytest.raises(UnusableInput, match="takes 2 decimals, and the currency has 3; nothing is rounded"):
        gaapbridge.export(run, ledger, book="movements", answers=ANSWERS[ledger])


@pytest.mark.parametrize(("ledger", "form"), [("netsuite", "csv"), ("generic", "xlsx")])
def test_an_amount_too_long_is_refused_and_one_that_just_fits_is_exact(
    years: tuple[Path, Path], tmp_path: Path, ledger: str, form: str
) -> None:
    most = {"netsuite": 10**12 - 1, "generic": 10**15 - 1}[ledger]

    def large(amount_minor: int, text: str) -> str:
        debit = f"ecl,2023-12-31,i-large-x,large,x,movement,1311,loans_c,all,{amount_minor},0,large\n"
        return text + debit + f"ecl,2023-12-31,i-large-x,large,x,movement,6701,p_loans,all,0,{amount_minor},large\n"

    for place, (amount, fits) in enumerate(((most, True), (most + 1, False))):
        run = changed(years[1], tmp_path / str(place), journals=lambda text, amount=amount: large(amount, text))  # type: ignore[misc]
        to = tmp_path / str(place) / "out"
        if not fits:
            with pytest.raises(UnusableInput, match="digits"):
                gaapbridge.export(run, ledger, book="movements", answers=ANSWERS[ledger], form=form, to=to)
            continue
        done = gaapbridge.export(run, ledger, book="movements", answers=ANSWERS[ledger], form=form, to=to)
        amounts = [amount for one in vouchers(ledger, to / next(iter(done.files))) for _, amount in one.lines]
        assert amounts.count(most) == amounts.count(-most) == 1


def test_a_character_that_an_encoding_lacks_is_named(years: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = (Path(gaapbridge.__file__).parent / "vouchers" / "layouts" / "generic.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('encoding = "utf-8-sig"', 'encoding = "cp1252"'), encoding="utf-8")
    run = changed(years[1], tmp_path, {"entity": "甲公司"})
    with pytest.raises(UnusableInput, match="cp1252 has every character written") as refused:
        gaapbridge.export(run, layout=own, book="movements", to=tmp_path / "out")
    assert refused.value.value == "甲公司"[: len(refused.value.value or "")] and not (tmp_path / "out").exists()


@given(st.text(min_size=1), st.integers(1, 60))
def test_a_cut_text_is_a_beginning_of_it_within_the_limit(text: str, longest: int) -> None:
    cut = shortened_at_word(text, longest)
    assert len(cut) <= longest and text.startswith(cut)
    if cut != text:
        rest = text[len(cut) :]
        assert rest.startswith(" ") or 2 * len(cut) <= longest or len(cut) >= len(text[:longest].rstrip())


def test_a_month_of_another_fiscal_year(years: tuple[Path, Path], tmp_path: Path) -> None:
    """A fiscal year that ends in March: December is its ninth month, January its tenth, of the year that ends then."""
    run = changed(years[1], tmp_path, plan=lambda text: text.replace('fiscal_year_end = "12-31"', 'fiscal_year_end = "03-31"'))
    done = gaapbridge.export(run, "kingdee-k3", book="balances", answers=ANSWERS["kingdee-k3"], to=tmp_path / "out")
    rows = table(tmp_path / "out" / next(iter(done.files)))
    assert {tuple(row[:3]) for row in rows[1:]} == {("2023-01-01", 2023, 10), ("2023-12-31", 2024, 9)}


def test_minor_reads_exactly() -> None:
    assert [minor(cell) for cell in ("1234.56", 0.07, "", None)] == [123456, 7, 0, 0]
