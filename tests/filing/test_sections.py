"""What the rows of a section are of is told in one place, in both languages, and every rule that asks is told the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from gaapbridge.statement.document import Row, Statement
from gaapbridge.statement.effects import moves_beyond_equity
from gaapbridge.statement.layout import LayoutRow
from gaapbridge.terms.captions import deferred_tax_sign, is_of_balance_sheet, side_of
from gaapbridge.terms.sections import WORDS
from gaapbridge.verification import verify
from tests.published import published

IN_CHINESE = {
    "current assets": "流动资产", "non-current assets": "非流动资产", "assets": "资产", "current liabilities": "流动负债",
    "non-current liabilities": "非流动负债", "liabilities": "负债", "equity": "所有者权益",
}  # fmt: skip
EVERY_WORD = [(kind, word) for kind, words in WORDS.items() for word in words]
SIGNS = {"assets": 1, "liabilities": -1}


@pytest.mark.parametrize(("kind", "word"), EVERY_WORD)
def test_every_word_tells_every_rule_the_same(kind: str, word: str) -> None:
    """The row of a layout, that of a statement, deferred tax by its section, totals of a sheet and what moves beyond equity."""
    for section in (word, f"Other {word}", word.upper(), f"其他{word}"):
        row = Row("loans", "Loans", section, "line", 100, {"ecl": 5}, 105)
        equity = Row("eq", "Total equity", "", "total", 100, {"ecl": 5}, 105)
        assert row.of_what == LayoutRow("loans", "Loans", section, "line", (), "debit").of_what == kind
        assert is_of_balance_sheet("x", "Total", section)
        assert kind == "equity" or deferred_tax_sign("x", "Deferred tax", section) == SIGNS[kind]
        sheet = Statement("bs", "balance sheet", "2023-12-31", None, (row, equity))
        assert moves_beyond_equity(sheet, "ecl") is (kind != "equity")


@pytest.mark.parametrize(
    ("section", "of_what"),
    [
        ("Net assets", "equity"), ("Shareholders' deficit", "equity"), ("Equity and liabilities", "equity"),
        ("净资产", "equity"), ("负债和所有者权益", "equity"), ("Other liabilities", "liabilities"),
        ("Right-of-use assets", "assets"), ("total", None), ("", None),
    ],
)  # fmt: skip
def test_net_assets_are_equity(section: str, of_what: str | None) -> None:
    assert LayoutRow("row", "Row", section, "line", (), "debit").of_what == of_what


def in_other_sections(name: str, sections: Mapping[str, str], folder: Path) -> Path:
    """A published filing with other names of its sections."""
    content = json.loads(published(name).read_text(encoding="utf-8"))
    for statement in content["statements"]:
        for row in statement["rows"]:
            row["section"] = sections.get(row["section"], row["section"])
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_filing_with_sections_in_chinese_is_checked_as_it_is(tmp_path: Path) -> None:
    """R7 adds the value-added tax of the lines of both sides: without their sections it finds faults that are none."""
    told = [
        verify(file, opening=published("qifu-2021"), statutory_rate="0.25", vat_rate="0.06")
        for file in (published("qifu-2023"), in_other_sections("qifu-2023", IN_CHINESE, tmp_path))
    ]
    english, chinese = ([(check.id, check.expected, check.actual, check.holds) for check in outcome.checks] for outcome in told)
    assert chinese == english and any(name.startswith("R7") for name, *_ in english)
    assert [one.as_dict() for one in told[1].findings] == [one.as_dict() for one in told[0].findings]


@pytest.mark.parametrize(
    ("texts", "side"),
    [
        (("", "Total current assets"), "assets"), (("equity", "Net assets"), None), (("", "净资产合计"), None),
        (("", "Total mezzanine equity"), "equity"), (("", "Redeemable noncontrolling interests"), "equity"),
        (("", "Total liabilities and equity"), None), (("", "Total liabilities, mezzanine equity and deficit"), None),
        (("net assets", "Paid in"), "equity"), (("others", "Total assets"), "assets"), (("", "Total"), None),
        (("", "Summe der Schulden"), "liabilities"), (("", "Total de l'actif"), "assets"),
    ],
)  # fmt: skip
def test_a_total_is_of_the_side_that_the_same_words_tell(texts: tuple[str, str], side: str | None) -> None:
    """Totals read from their rows and rules that ask of sections know one table: net assets are equity to both."""
    assert side_of(*texts) == side


def test_net_assets_add_up_either_equity_or_assets_less_liabilities(tmp_path: Path) -> None:
    """As in Britain, liabilities below nil lead from assets of 100 to net assets of 40; 41 was not read as their sum."""
    text = "Item,US GAAP,Effect,IFRS\nBalance sheet at 31 December 2023\nLoans,100,-10,90\nTotal assets,100,-10,90\n"
    text += "Debt,(60),0,(60)\n"
    text += "Total liabilities,(60),0,(60)\nNet assets,{},-10,{}\n"
    for net, found in ((40, []), (41, [("R2", "us_gaap", 1), ("R2", "ifrs", 1)])):
        (tmp_path / "x.csv").write_text(text.format(net, net - 10), encoding="utf-8")
        outcome = verify(tmp_path / "x.csv")
        assert [(one.check, one.column, one.difference) for one in outcome.findings if one.check == "R2"] == found
        assert "Net assets = Total assets + Total liabilities" in [one.text for one in outcome.totals]
