"""KEY=VALUE on the command line: `--set`, `--with` and `--columns` read it alike, and refuse the same in the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gaapbridge.filings.column_map import column_map
from gaapbridge.plan.settings import settings_of
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.key_values import ONCE, key_values

READERS: dict[str, Callable[[list[str]], object]] = {
    "--set": settings_of,
    "--with": lambda texts: key_values("--with", texts, "company_code=1000", blank=True),
    "--columns": lambda texts: column_map(",".join(texts)),
}


@pytest.mark.parametrize("option", READERS)
@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["memo"], "memo"),
        (["=memo"], "=memo"),
        (["a=memo", "a=sum"], "a=sum"),
        (["a=memo", " a = sum"], " a = sum"),
    ],
    ids=["no equals sign", "no key", "twice", "twice with spaces"],
)
def test_what_is_none_is_refused_alike(option: str, texts: list[str], told: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        READERS[option](texts)
    assert (refused.value.column, refused.value.value, refused.value.rule) == (option, told, ONCE)
    assert refused.value.remedy.startswith(f"write {option} ")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(UnusableInput) as refused:
        key_values("--with", ["a", "b=1", "b=2"], "company_code=1000")
    assert [refused.value.value, *(one.value for one in refused.value.further)] == ["a", "b=2"]


def test_spaces_stay_out_and_a_value_may_hold_an_equals_sign() -> None:
    assert key_values("--with", [" a = b=c "], "company_code=1000") == {"a": "b=c"}
    assert [str(one) for one in settings_of([" vat.rate = 0.06 "])] == ["vat.rate = 0.06"]
    assert column_map(" us_gaap = As reported , Note = memo").figures.keys() == {"As reported", "Note"}


def test_only_an_answer_may_be_blank() -> None:
    assert READERS["--with"](["ledger_group="]) == {"ledger_group": ""}
    for option in ("--set", "--columns"):
        with pytest.raises(UnusableInput, match=ONCE):
            READERS[option](["ledger_group="])
