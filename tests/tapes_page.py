"""The page of the documentation about tapes: their schemas, and what is found of contracts whose rows are good."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.reference import tapes_reference

FOUND = """
## Findings about contracts

Rows that break no rule may contradict what else is known of their contract. They are measured as they stand, and a finding
names them; each has an example in [findings.md](../findings.md). Where the records are right as they stand, the plan says why:

```toml
[records.severity]
"principal rose" = { as = "accepted", reason = "revolving loans, drawn again within their limit" }
```

The finding is then printed as accepted, with the reason, stands so in `findings.json`, and does not count against
`thresholds.findings`. A reason is needed, and a name that is none of these, nor a finding about names of
accounts (`income on a row of the balance sheet`, `balance on a row of the income statement`, `cash is overdrawn`), is refused.
"""


def tapes_page() -> str:
    """The text of ``docs/reference/tapes.md``."""
    return tapes_reference() + FOUND + "".join(_tables())


def _tables() -> Iterator[str]:
    for kind in KINDS.values():
        yield f"\n| of {kind.key} | severity | found when | remedy |\n|---|---|---|---|\n"
        causes = import_module(f"gaapbridge.contracts.{kind.key}.population").CAUSES
        for cause in sorted(causes.values(), key=lambda cause: cause.name):
            yield f"| {cause.name} | finding | {cause.why} | {cause.remedy} |\n"
