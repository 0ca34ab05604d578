"""Tapes of two instants that contradict each other: nothing is lost in silence, and the plan's limits hold."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.run.folder import slug
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.manifests import rewrite

LOANS, GUARANTEES, FEES = ("loans-{}-12-31.csv", "guarantees-{}-12-31.csv", "guarantee-fees-{}-12-31.csv")
ALLOWED = (
    ("\nrejected_rows = 0", "\nrejected_rows = 99"),
    ("rejected_principal_minor = 0", "rejected_principal_minor = 99999999"),
)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a starter plan without ledger and control totals, as it is found clean."""
    plan = write_starter(tmp_path_factory.mktemp("untouched") / "mine").plan
    tables = re.split(r"(?m)^(?=\[)", plan.read_text())
    plan.write_text("".join(one for one in tables if not re.match(r"\[(trial_balance|tapes\.\w+\.control)", one)))
    assert close(plan).exit_code == 0
    return plan.parent


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    """A test's own copy of it."""
    return Path(shutil.copytree(untouched, tmp_path / "mine"))


@pytest.fixture
def tape(folder: Path) -> Callable[..., None]:
    """Replace a text of a tape, found once."""

    def replace(name: str, old: str, new: str) -> None:
        path = folder / "tapes" / name
        assert path.read_text().count(old) == 1, (name, old)
        path.write_text(path.read_text().replace(old, new))

    return replace


def closed(folder: Path, *changes: tuple[str, str]) -> Run:
    """A close of the folder's plan, its texts replaced."""
    text = (folder / "plan.toml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "changed.toml").write_text(text)
    return close(folder / "changed.toml")


def named(run: Run) -> dict[str, int]:
    """Findings by name, with their amounts."""
    return {finding.name: finding.amount_minor for finding in run.listed.findings}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("file", "old", "new", "finding", "amount_minor"),
    [
        (LOANS.format(2023), ",0,4950000,0,", ",0,0,0,", "less interest received to date than before", 18_000_000),
        (LOANS.format(2023), "LOAN-2,consumer,CNY,2023-03-16", "LOAN-2,consumer,CNY,2022-03-16",
         "contract missing at the opening", 5_174_662),
        (FEES.format(2023), "GUARANTEE-1,2022-04-15,2022-04-15,2022-05-15,31000,31000",
         "GUARANTEE-1,2022-04-15,2022-04-15,2022-05-15,91000,91000", "fees of a guarantee changed", 60_000),
        (FEES.format(2023), "GUARANTEE-1,2022-04-15,2022-04-15,2022-05-15,31000,31000\n", "",
         "fees of a guarantee changed", -31_000),
        (LOANS.format(2023), ",0,on_book,,0.012,0.011", ",0,on_book,,0.012,0.009", "terms changed without a modification",
         18_000_000),
        (GUARANTEES.format(2023), "matured,2023-04-15,0.05,0.048", "matured,2023-04-15,0.05,0.03",
         "terms of a guarantee changed", 1_000_000),
    ],
)  # fmt: skip
def test_a_tape_that_takes_back_what_the_opening_tape_says(
    folder: Path, tape: Callable[..., None], file: str, old: str, new: str, finding: str, amount_minor: int
) -> None:
    tape(file, old, new)
    assert named(closed(folder))[finding] == amount_minor


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("rating", "found"), [("A", set()), ("B", {"terms of a guarantee changed", "terms changed without a modification"})]
)
def test_a_rating_at_origination_does_not_change_once_both_tapes_state_it(folder: Path, rating: str, found: set[str]) -> None:
    """The probabilities are stated on one tape only: what was not known a year ago is no contradiction."""
    for name in (LOANS, GUARANTEES):
        for year, stated in ((2022, "A"), (2023, rating)):
            tape = pl.read_csv(folder / "tapes" / name.format(year), infer_schema=False)
            if year == 2022:
                tape = tape.drop("pd_12m", "pd_12m_at_origination")
            tape.with_columns(rating_at_origination=pl.lit(stated)).write_csv(folder / "tapes" / name.format(year))
    changed = {name for name in named(closed(folder)) if "changed" in name}
    assert changed == found


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("days", "left_out"), [("61", 0), ("31", 1 + 12)])
def test_a_guarantee_paid_on_another_day_than_its_hazards_say_is_left_out(folder: Path, days: str, left_out: int) -> None:
    """Its row and its twelve fees, or nothing: the starter's hazards are made for 61 days."""
    path = folder / "tapes" / GUARANTEES.format(2023)
    of_the_second = pl.when(pl.col("contract_id") == "GUARANTEE-2").then(pl.lit(days))
    pl.read_csv(path, infer_schema=False).with_columns(payout_trigger_days=of_the_second).write_csv(path)
    run = closed(folder, *ALLOWED)
    assert run.rejected_rows == left_out
    if left_out:
        first = pl.read_csv(run.folder / "rejects.csv").row(0, named=True)
        assert (first["column"], first["value"]) == ("payout_trigger_days", "31 (segment guaranteed)")


def test_fees_collected_to_date_do_not_fall(folder: Path) -> None:
    path = folder / "tapes" / FEES.format(2023)
    path.write_text(re.sub(r"(?m)^(GUARANTEE-1,.*),31000$", r"\1,1000", path.read_text()))
    assert "less collected to date than before" in named(closed(folder))


def test_a_reject_elsewhere_does_not_excuse_a_contract_that_is_missing(folder: Path) -> None:
    path = folder / "tapes" / LOANS.format(2023)
    path.write_text(re.sub(r"(?m)^LOAN-1,.*\n", "", path.read_text()))
    with (folder / "tapes" / "loan-events-2023.csv").open("a") as events:
        events.write("LOAN-1,2023-06-05,prepayment,0\n")
    run = closed(folder, *ALLOWED)
    assert run.rejected_rows == 1
    assert named(run)["contract left without a reason"] == 30_000_000


def test_a_loan_that_cannot_be_measured_is_named_on_its_own_tape(folder: Path) -> None:
    """It stands on the opening tape alone; a row of the same number on the closing tape is another reject."""
    path = folder / "tapes" / LOANS.format(2022)
    header, first, *others = path.read_text().splitlines()
    nothing_lent = first.replace("LOAN-1,", "LOAN-0,").replace(",0,0,720000,", ",0,36000001,0,")
    path.write_text("\n".join([header, nothing_lent, first, *others]) + "\n")
    rejects = pl.read_csv(closed(folder, *ALLOWED).folder / "rejects.csv")
    assert rejects.select("file", "row", "contract_id").rows() == [(f"tapes/{LOANS.format(2022)}", 1, "LOAN-0")]
    with pytest.raises(UnusableInput, match=r"1 rows rejected with 30,000,000 minor units"):
        closed(folder)


def test_all_rows_of_a_guarantee_that_cannot_be_measured_are_rejects(folder: Path, tape: Callable[..., None]) -> None:
    tape(GUARANTEES.format(2023), "GUARANTEE-2,FUNDED-2,guaranteed,CNY,2023-06-15,2023-07-15,2024-06-15,12000000,0.12,12,"
         "equal_principal,1.0,336000", "GUARANTEE-2,FUNDED-2,guaranteed,CNY,2023-06-15,2023-07-15,2024-06-15,12000000,0.12,12,"
         "equal_principal,1.0,9999999")  # fmt: skip
    run = closed(folder, *ALLOWED)
    rejects = pl.read_csv(run.folder / "rejects.csv")
    assert rejects["column"][0] == "stand_ready_minor" and rejects["value"][0] == "9999999"
    assert dict(rejects["file"].value_counts().rows()) == {
        f"tapes/{GUARANTEES.format(2023)}": 1,
        f"tapes/{FEES.format(2023)}": 12,
    }
    assert set(rejects["contract_id"]) == {"GUARANTEE-2"}


def test_amounts_of_opposite_signs_do_not_make_up_for_each_other(folder: Path, tape: Callable[..., None]) -> None:
    """An unknown segment on one tape, a negative balance on the other: 30 and 18 million, not 12; and 12 of payments."""
    tape(LOANS.format(2022), "LOAN-1,business", "LOAN-1,bsiness")
    tape(LOANS.format(2023), "720000,18000000,", "720000,-18000000,")
    with pytest.raises(UnusableInput, match="14 rows rejected with 60,000,000 minor units"):
        closed(folder)


def test_a_single_instant_misses_no_guarantee(folder: Path) -> None:
    """Without an opening tape none can be missing on it."""
    text = (folder / "plan.toml").read_text()
    text = re.sub(r'(?m)^source = "opening_tape".*$', 'source = "none"', text)
    text = re.sub(r'(?m)^opening = "?tapes/.*\n', "", text)
    (folder / "plan.toml").write_text(text.replace("opening = 2022-12-31", "opening = 2023-11-30"))
    (folder / "tapes" / "loan-events-2023.csv").write_text("contract_id,event_date,kind,amount_minor\n")
    (folder / "tapes" / "loan-payments-2023.csv").write_text("contract_id,date,principal_minor\n")
    loans = folder / "tapes" / LOANS.format(2023)
    loans.write_text(re.sub(r"(?m)^LOAN-3,.*\n", "", loans.read_text()))
    assert named(closed(folder)) == {}


def test_amounts_brought_forward_are_on_accounts_of_the_note(folder: Path) -> None:
    (folder / "bf.csv").write_text(
        "note,account,segment,debit_minor,credit_minor\nshare_based_compensation,1301,business,0,100\n"
    )
    with pytest.raises(UnusableInput, match="a balance-sheet account that share_based_compensation posts to"):
        closed(folder, ('source = "opening_tape"', 'source = "amounts"\nfile = "bf.csv"'))


@pytest.fixture
def next_year(folder: Path) -> Path:
    """The folder, its plan opened by a prior run that is there."""
    run = folder / "runs" / "example-lender" / "2022-12-31" / "v1"
    shutil.copytree(closed(folder).folder, run)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["period"] = {"opening": "2021-12-31", "closing": "2022-12-31"}
    rewrite(run, manifest)
    return folder


OPENED = ('source = "opening_tape"', 'source = "prior_run"\nrun = "latest"')


def test_a_run_of_another_entity_is_no_prior_run(next_year: Path) -> None:
    run = next_year / "runs" / "example-lender" / "2022-12-31" / "v1"
    manifest = json.loads((run / "manifest.json").read_text())
    rewrite(run, {**manifest, "entity": "Other Lender"})
    with pytest.raises(UnusableInput, match="the prior run is one of Example Lender, this one is of Other Lender"):
        closed(next_year, OPENED)


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_prior_run_is_refused(next_year: Path, content: str) -> None:
    (next_year / "runs" / "example-lender" / "2022-12-31" / "v1" / "manifest.json").write_text(content)
    with pytest.raises(UnusableInput, match="manifest"):
        closed(next_year, OPENED)


def test_names_of_any_script_have_folders_of_their_own() -> None:
    assert slug("甲公司") != slug("乙公司")


def test_a_refused_close_leaves_no_folder(folder: Path, tape: Callable[..., None]) -> None:
    shutil.rmtree(folder / "runs")
    tape(LOANS.format(2022), "LOAN-1,business", "LOAN-1,bsiness")
    with pytest.raises(UnusableInput):
        closed(folder)
    assert list((folder / "runs").iterdir()) == []


def test_runs_cannot_be_written_into_a_file(folder: Path) -> None:
    with pytest.raises(UnusableInput, match="runs can be written there"):
        closed(folder, ('folder = "runs"', 'folder = "plan.toml"'))


@pytest.mark.campaign
def test_fees_have_a_control_total_of_their_own(folder: Path) -> None:
    control = "\n[tapes.guarantee_fees.control.closing]\nrows = 24\nfee_minor = {}\n"
    fees = pl.read_csv(folder / "tapes" / FEES.format(2023))["fee_minor"].sum()
    text = (folder / "plan.toml").read_text()
    for stated, found in ((fees, {}), (fees + 7, {"control total differs": -7})):
        (folder / "plan.toml").write_text(text + control.format(stated))
        assert named(closed(folder)) == found
