"""What the rows of a section are of is told in one place, in both languages, and every rule that asks is told the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from gaapbridge.statement.document import Row, Statement
from gaapbridge.statement.effects import moves_beyond_equity
from gaapbridge.statement.layout import LayoutRow
from gaapbridge.terms.captions import deferred_tax_sign, is_of_balance_sheet
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
