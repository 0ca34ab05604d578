"""What a lender calls its own in another language: refused with the plan, before a close, where no exhibit would print it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import read_plan
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The plan of the starter."""
    return write_starter(tmp_path_factory.mktemp("stated") / "lender").plan.read_text(encoding="utf-8")


def saying(folder: Path, stated: str, lines: str) -> Path:
    """The plan with tables of words."""
    path = folder / "plan.toml"
    path.write_text(f"{stated}\n{lines}\n", encoding="utf-8")
    return path


def test_a_plan_says_its_own_names_in_chinese(tmp_path: Path, stated: str) -> None:
    plan = read_plan(saying(tmp_path, stated, '[words.zh]\n"Rent" = "租金"'), DECLARED)
    assert plan.words == {"zh": {"Rent": "租金"}}


@pytest.mark.parametrize(
    ("lines", "key", "rule", "remedy"),
    [
        ('[words.fr]\n"Rent" = "Loyer"', "words.fr", "besides English: zh", "name the table by one of these: [words.zh]"),
        ("[words.fr]", "words.fr", "besides English: zh", "[words.zh], or remove it"),
        ('[words.ZH]\n"Rent" = "租金"', "words.ZH", "besides English: zh", "did you mean zh?"),
        ('[words."../x"]\n"Rent" = "租金"', "words.../x", "besides English: zh", "[words.zh], or remove it"),
        ('[words.en]\n"Rent" = "Rents"', "words.en", "besides English: zh", "[words.zh], or remove it"),
        ('[words.zh]\n"TOTAL ASSETS" = "   "', 'words.zh."TOTAL ASSETS"', "a name is not blank", "remove the line"),
        ('[words.zh]\n"TOTAL ASSETS" = "\u200b"', 'words.zh."TOTAL ASSETS"', "a name is not blank", "remove the line"),
        ('[words.zh]\n"TOTAL ASSETS" = ""', 'words.zh."TOTAL ASSETS"', "a name is not blank", "remove the line"),
    ],
)
def test_what_no_exhibit_would_print_is_refused(
    tmp_path: Path, stated: str, lines: str, key: str, rule: str, remedy: str
) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_plan(saying(tmp_path, stated, lines), DECLARED)
    refused = caught.value
    assert refused.key == key and rule in str(refused.rule) and remedy in str(refused.remedy), str(refused)
