"""What was charged off of who owed nothing overdue, sooner than a default can be recognised."""

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation.recognition import recognised, told_sooner

HAZARDS = [0.02, 0.05, 0.05, 0.01]


def tables(performing: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    hazard = np.tile(HAZARDS, (2, len(BUCKETS), 1))
    hazard[1, :, :2] = 0.0
    return hazard, np.full_like(hazard, performing)


@pytest.mark.parametrize(("days", "held"), [(90, [0, 0, 1 - 0.98 * 0.95 * 0.95, 0.01]), (60, [0, 1 - 0.98 * 0.95, 0.05, 0.01])])
def test_it_stands_in_the_month_of_recognition(days: int, held: list[float]) -> None:
    """What defaults until then is the same; who is past due is as it was, and so is a segment without any."""
    before, _ = tables()
    hazard, _ = recognised(*tables(), days)
    moved = [BUCKETS.index(bucket) for bucket in ("current", "recently_late")]
    others = [place for place in range(len(BUCKETS)) if place not in moved]
    assert hazard[0, moved] == pytest.approx(np.array([held, held]))
    assert np.prod(1 - hazard, axis=-1) == pytest.approx(np.prod(1 - before, axis=-1))
    assert (hazard[:, others] == before[:, others]).all()
    if days == 90:
        assert (hazard[1] == before[1]).all()


def test_at_thirty_days_nothing_is_sooner() -> None:
    assert (recognised(*tables(), 30)[0] == tables()[0]).all()


def test_hazard_and_performing_are_at_most_all() -> None:
    hazard, performing = recognised(*tables(performing=0.95), 90)
    assert (hazard + performing <= 1.0 + 1e-12)[:, BUCKETS.index("current"), 2].all()


@pytest.mark.parametrize(
    ("bucket", "days", "said"),
    [
        ("current", 90, "; 6.9% that came in the first 2, sooner than 90 days past due can, stands in month 3"),
        ("recently_late", 60, "; 2% that came in the first, sooner than 60 days past due can, stands in month 2"),
        ("current", 30, ""),
        ("1-30", 90, ""),
    ],
)
def test_it_is_told(bucket: str, days: int, said: str) -> None:
    assert told_sooner(bucket, np.array(HAZARDS), days) == said
