"""Who signs a close, as its plan states it: by two, the review not before the work, neither before the period has closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import read_plan
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput

PREPARED = 'prepared_by = "A. Preparer"\nprepared_on = 2024-02-20\n'


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The plan of the starter."""
    return write_starter(tmp_path_factory.mktemp("stated") / "lender").plan.read_text(encoding="utf-8")


def signed(folder: Path, stated: str, lines: str) -> Path:
    """The plan with a table of who signed."""
    path = folder / "plan.toml"
    assert "\n[opening]\n" in stated
    path.write_text(stated.replace("\n[opening]\n", f"\n[sign_off]\n{lines}\n[opening]\n", 1), encoding="utf-8")
    return path


def test_a_plan_states_who_signed_or_nobody(tmp_path: Path, stated: str) -> None:
    plan = read_plan(signed(tmp_path, stated, f'{PREPARED}reviewed_by = "B. Reviewer"\nreviewed_on = 2024-02-20'), DECLARED)
    assert (plan.sign_off.prepared_by, plan.sign_off.prepared_on) == ("A. Preparer", date(2024, 2, 20))
    assert (plan.sign_off.reviewed_by, plan.sign_off.reviewed_on) == ("B. Reviewer", date(2024, 2, 20))
    empty = read_plan(signed(tmp_path, stated, ""), DECLARED).sign_off
    assert set(empty.model_dump().values()) == {None}, "nobody is put in the place of who is not named"


@pytest.mark.parametrize(
    ("lines", "rule", "remedy"),
    [
        ("prepared_on = 2024-02-20", "somebody signs on a day", "add prepared_by, or remove prepared_on"),
        ('reviewed_by = "B."', "a review is of what somebody prepared", "add prepared_by, or remove reviewed_by"),
        (f'{PREPARED}reviewed_by = " a.  preparer"', "a review is by another person", "who did not prepare the close"),
        (f'{PREPARED}reviewed_by = "B."\nreviewed_on = 2024-02-19', "what is reviewed was prepared before", "from 2024-02-20"),
        ('prepared_by = "A."\nreviewed_by = "B."\nreviewed_on = 2024-02-19', "was prepared before", "add prepared_on"),
        ('prepared_by = "A."\nprepared_on = 2023-12-30', "nobody signs a period before it closes", "from 2023-12-31 on"),
        ('prepared_by = " "', "a name is not blank", "or remove the key"),
        ('approved_by = "C."', "no such key", ""),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, stated: str, lines: str, rule: str, remedy: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_plan(signed(tmp_path, stated, lines), DECLARED)
    said = str(caught.value)
    assert "sign_off" in said and rule in said and remedy in said, said
