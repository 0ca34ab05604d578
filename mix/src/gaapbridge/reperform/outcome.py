"""The outcome of a re-performance: what was drawn of each kind, how much was compared, and every difference."""

from __future__ import annotations

from dataclasses import dataclass

from gaapbridge.reperform.compare import Difference
from gaapbridge.reperform.exact import plain
from gaapbridge.terms.text import text_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reperformed:
    """The contracts of one kind: how many were measured, which were drawn from which strata, figures compared."""

    population: int
    contract_ids: tuple[str, ...]
    strata: dict[str, int]
    figures_compared: int

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "population": self.population,
            "contracts": len(self.contract_ids),
            "strata": self.strata,
            "figures_compared": self.figures_compared,
        }


@dataclass(frozen=True, slots=True)
class Reperformance:
    """The outcome over all kinds of contracts of a run.

    `differences` includes those within rounding; `disagreements` are the others. `not_checked` says what
    could not be compared, and why.
    """

    run_folder: str
    seed: int | None
    kinds: dict[str, Reperformed]
    differences: tuple[Difference, ...]
    not_checked: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every contract calculated again."""
        return tuple(f"{kind}/{one}" for kind, drawn in self.kinds.items() for one in drawn.contract_ids)

    @property
    def population(self) -> int:
        """Contracts measured, of all kinds."""
        return sum(drawn.population for drawn in self.kinds.values())

    @property
    def figures_compared(self) -> int:
        """Figures compared, of all kinds."""
        return sum(drawn.figures_compared for drawn in self.kinds.values())

    @property
    def disagreements(self) -> tuple[Difference, ...]:
        """Differences that rounding does not explain."""
        return tuple(found for found in self.differences if found.verdict == "disagreement")

    @property
    def within_rounding(self) -> tuple[Difference, ...]:
        """Differences of an amount near half a minor unit, or of a test at its threshold."""
        return tuple(found for found in self.differences if found.verdict != "disagreement")

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "run": self.run_folder,
            "seed": self.seed,
            "population": self.population,
            "contracts": len(self.addresses),
            "figures_compared": self.figures_compared,
            "kinds": {kind: drawn.as_dict() for kind, drawn in self.kinds.items()},
            "within_rounding": [found.as_dict() for found in self.within_rounding],
            "disagreements": [found.as_dict() for found in self.disagreements],
            "not_checked": list(self.not_checked),
        }

    def as_text(self, width: int | None = None) -> str:
        """For reading, in lines of so many columns: counts first, kind by kind, then disagreements and what was not checked."""
        lines = [
            f"Independent calculation of {len(self.addresses):,} of {self.population:,} measured contracts"
            + ("" if self.seed is None else f" (seed {self.seed})"),
            f"  figures compared    {self.figures_compared:>10,}",
            f"  within rounding     {len(self.within_rounding):>10,}",
            f"  disagreements       {len(self.disagreements):>10,}",
        ]
        for kind, drawn in self.kinds.items():
            title = f"{kind.capitalize()}s: {len(drawn.contract_ids):,} of {drawn.population:,}"
            lines += ["", f"{title}, {drawn.figures_compared:,} figures"]
            lines += [f"  drawn {count:>6,}  {stratum}" for stratum, count in drawn.strata.items()]
        for title, found in (
            ("Disagreements", self.disagreements),
            ("Within rounding", self.within_rounding),
        ):
            if found:
                lines += ["", title, *(_line(one) for one in found[:SHOWN])]
                lines += [f"  and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
        if self.not_checked:
            lines += ["", "Not checked", *(f"  {reason}" for reason in self.not_checked)]
        return text_of(lines, width) + "\n"


def _line(found: Difference) -> str:
    """One difference on one line."""
    exact = f" exact {plain(found.exact, 7)}" if isinstance(found.measured, int) else ""
    reason = f" ({found.reason})" if found.reason else ""
    measured, here = f"measured {found.measured}", f"here {found.calculated}"
    return f"  {found.address}  {found.column}  {measured}  {here}{exact}{reason}"
