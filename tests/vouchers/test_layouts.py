"""Layouts: those of the package as their page says, a user's own as it is changed, and what is wrong with one by its key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.cli import app
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers import proof
from gaapbridge.vouchers.layout import layout_path, packaged, read_layout
from gaapbridge.vouchers.values import VALUES
from tests.vouchers.lender import ANSWERS, posted, sums, table, vouchers

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "export.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_layout_says_what_it_follows_and_asks(name: str) -> None:
    layout = read_layout(layout_path(name)).layout
    assert layout.follows and layout.ledger and layout.answered(ANSWERS[name])
    assert f"`{name}`" in PAGE and all(f"`{key}`" in PAGE for key in layout.answers)


def test_the_page_lists_every_value_with_its_meaning() -> None:
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE[PAGE.index("### Values") :], flags=re.MULTILINE))
    assert listed == {name: value.meaning for name, value in VALUES.items()}


def own(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """A layout as the command writes it, changed."""
    file = folder / "own.toml"
    done = CliRunner().invoke(app, ["new", "layout", name, str(file)])
    assert done.exit_code == 0 and str(file) in done.stdout
    text = file.read_text(encoding="utf-8")
    assert text == layout_path(name).read_text(encoding="utf-8") and change(text) != text
    file.write_text(change(text), encoding="utf-8")
    return file


def test_a_layout_of_ones_own(years: tuple[Path, Path], tmp_path: Path) -> None:
    """Segments of Oracle's account where they stand in the user's chart, the ledger's own codes, words of the user's."""

    def change(text: str) -> str:
        text = text.replace('{ caption = "Segment3" }', '{ caption = "Segment3", text = "000" }')
        text = text.replace('value = "account", longest = 25', 'value = "account", longest = 10')
        codes = "\n".join(f'"{account}" = "00{account}0"' for account in posted(years[1], "movement", "tax"))
        text = text.replace('all = ""', 'all = ""\necl = "IFRS 9 losses"\nconsumer = "C01"')
        return text + f"\n[accounts]\n{codes}\n"

    layout = own(tmp_path, "oracle", change)
    done = gaapbridge.export(years[1], layout=layout, book="movements", answers=ANSWERS["oracle"], to=tmp_path / "out")
    read = vouchers("oracle", tmp_path / "out" / "GlInterface.csv")
    moved = posted(years[1], "movement", "tax")
    assert sums([line for one in read for line in one.lines]) == {f"00{account}0": amount for account, amount in moved.items()}
    rows = table(tmp_path / "out" / "GlInterface.csv")
    assert (
        {row[10] for row in rows} == {"000"} and rows[0][51].startswith("IFRS 9 losses ") and "C01" in {row[53] for row in rows}
    )
    assert done.stated()["layout"]["file"] == "own.toml"


def test_accounts_are_called_as_the_ledger_calls_them(years: tuple[Path, Path], tmp_path: Path) -> None:
    layout = own(tmp_path, "kingdee", lambda text: text + '\n[account_names]\n"1311" = "贷款损失准备"\n')
    gaapbridge.export(years[1], layout=layout, book="movements", answers=ANSWERS["kingdee"], to=tmp_path / "out")
    rows = table(tmp_path / "out" / "凭证引入.xlsx")
    code, name = rows[0].index("科目代码"), rows[0].index("科目名称")
    plan = gaapbridge.Run(years[1]).manifest.accounts
    called = {row[code]: row[name] for row in rows[1:]}
    assert called == {account: plan[account].name for account in called} | {"1311": "贷款损失准备"}


def test_the_default_folder_is_called_by_the_layout(years: tuple[Path, Path], tmp_path: Path) -> None:
    layout = own(tmp_path, "generic", lambda text: text.replace('file = "vouchers"', 'file = "ours"'))
    done = gaapbridge.export(years[1], layout=layout, book="movements")
    assert done.folder == years[1].with_name("v1-export") / "own" and [*done.files] == ["ours.csv"]


def test_a_new_layout_overwrites_nothing(tmp_path: Path) -> None:
    layout = own(tmp_path, "sap", lambda text: text + "\n# ours\n")
    done = CliRunner().invoke(app, ["new", "layout", "sap", str(layout)])
    assert isinstance(done.exception, UnusableInput) and "# ours" in layout.read_text(encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "no TOML": (lambda text: text + "\n[", "a layout is TOML in UTF-8"),
    "an unknown key": (lambda text: text.replace("tax_apart", "tax_aparte"), "no such key in a layout"),
    "an unknown value": (lambda text: text.replace('value = "debit"', 'value = "debet"'), "no value is called 'debet'"),
    "an answer not asked for": (lambda text: text.replace("[answers.ledger]", "[answers.book]"), r"add \[answers.ledger\]"),
    "no account": (lambda text: text.replace('value = "account" }', 'value = "segment" }'), "a column with the account"),
    "no amounts": (lambda text: text.replace('value = "credit"', 'value = "text"'), "columns with debit and credit"),
    "no number": (
        lambda text: text.replace('value = "document" }', 'value = "run" }').replace(
            'value = "reference" }', 'value = "run" }'
        ),
        "a column tells vouchers apart",
    ),
    "two at once": (lambda text: text.replace('value = "kind"', 'value = "kind", text = "x"'), "one of them"),
    "a voucher's column of a line": (lambda text: text.replace('value = "kind"', 'value = "text"'), "a value of a line"),
    "an amount cut": (lambda text: text.replace('value = "debit"', 'value = "debit", longest = 3'), "limited by most_digits"),
    "blocks of Parquet": (
        lambda text: text.replace('arrangement = "table"', 'arrangement = "blocks"'),
        "written as csv or xlsx",
    ),
    "captions alike": (lambda text: text.replace('caption = "segment"', 'caption = "note"'), "have captions that differ"),
    "no encoding": (lambda text: text.replace("utf-8-sig", "utf-99"), "no encoding is called 'utf-99'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_layout_is_refused_by_what_is_wrong(tmp_path: Path, fault: str) -> None:
    change, told = FAULTS[fault]
    with pytest.raises(UnusableInput, match=told) as refused:
        read_layout(own(tmp_path, "generic", change))
    assert refused.value.file == str(tmp_path / "own.toml")


def test_a_layout_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="the layout can be read"):
        read_layout(tmp_path / "none.toml")


@pytest.mark.parametrize("ledger", ["generic", "sap", "netsuite"])
def test_a_file_that_says_something_else_is_seen(years: tuple[Path, Path], tmp_path: Path, ledger: str) -> None:
    """The proof from the file can fail: an amount, an account or a voucher that is not what was to be written."""
    done = gaapbridge.export(years[1], ledger, book="movements", answers=ANSWERS[ledger], form="csv", to=tmp_path / "out")
    layout, facts = done.layout_file.layout, done.facts
    content = (tmp_path / "out" / next(iter(done.files))).read_bytes()
    proof.prove(layout, facts, done.vouchers, "csv", content)
    amount = re.search(rb",(\d+\.\d\d),", content)
    assert amount is not None
    other = [content.replace(amount[0], b",1000000.01,", 1), content.replace(b",1311,", b",1319,", 1)]
    for wrong in other:
        with pytest.raises(ValueError, match="not read from the file as they were written"):
            proof.prove(layout, facts, done.vouchers, "csv", wrong)
    with pytest.raises(ValueError, match="not read from the file"):
        proof.prove(layout, facts, done.vouchers[1:], "csv", content)
