"""A finding that the plan accepts, with the reason; and what is no reason, no severity and no finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.findings.test_records_contradict import GUARANTEES, change

ROSE = '"guaranteed principal rose" = {{ as = "{}", reason = "{}" }}'


def named(run: Run) -> dict[str, int | None]:
    return {finding.name: finding.amount_minor for finding in run.listed.findings}


def with_severity(folder: Path, stated: str) -> Path:
    """The plan with what it states of a finding, of a guarantee whose principal rose, and without ledger and control totals."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-2", outstanding_principal_minor="12500000")
    text = (folder / "plan.toml").read_text().replace("[records.severity]", f"[records.severity]\n{stated}")
    tables = re.split(r"(?m)^(?=\[)", text)
    kept = "".join(one for one in tables if not re.match(r"\[(trial_balance|tapes\.\w+\.control)", one))
    (folder / "plan.toml").write_text(kept)
    return folder / "plan.toml"


def test_a_finding_that_the_plan_accepts_is_printed_with_its_reason_and_does_not_count(starter_copy: Path) -> None:
    found = close(with_severity(starter_copy, ""))
    assert (found.exit_code, list(named(found))) == (1, ["guaranteed principal rose"])
    accepted = close(with_severity(starter_copy, ROSE.format("accepted", "a second drawing, agreed in June.")))
    assert (accepted.exit_code, named(accepted)) == (0, named(found))
    assert "Findings: 1, 1 accepted." in accepted.as_text()
    assert "Accepted: guaranteed principal rose, guarantee/GUARANTEE-2 (500,000 minor units): " in accepted.as_text()
    assert "Reason: a second drawing, agreed in June.\n" in accepted.as_text()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (ROSE.format("accepted", " "), "reason"),
        (ROSE.format("ignored", "it is so"), "accepted"),
        (ROSE.format("accepted", "it is so").replace("rose", "rised"), "did you mean guaranteed principal rose"),
    ],
)
def test_a_severity_without_a_reason_or_of_no_finding_is_refused(starter_copy: Path, stated: str, said: str) -> None:
    plan = with_severity(starter_copy, stated)
    for read in (close, check):
        with pytest.raises(UnusableInput, match=said):
            read(plan)
