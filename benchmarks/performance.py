"""Writes docs/performance.md from what the benchmarks left under build/, and measures where the time goes.

    python -m benchmarks.close --loans 1000000 --ways one,totals,contracts
    python -m benchmarks.rivals --loans 1000000
    python -m benchmarks.performance

Figures are those of the machine that ran these, which the page names with its load: on one that does other things besides, the
page says so and its seconds mean little.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.close import tapes
from benchmarks.timed import BUILD, ROOT, child

PAGE = ROOT / "docs" / "performance.md"
WHERE = (sys.executable, "-m", "benchmarks.where")
QUIET = 0.5
"""The load at which nothing else runs."""

MADE = "Made by `python -m benchmarks.performance` from measurements of whole processes: [benchmarks](../benchmarks/README.md)."
SIZES = "N loans on the closing tape, as many guarantees with thirteen fee instalments each, an opening tape of each."
SAMPLED = """\
Processor nanoseconds of one loan more, with its guarantee and their fees, by the room of the code whose line runs, its
libraries included; one worker, two sizes compared, so that start-up has no part in it. Sampling adds about a tenth."""
EQUAL = """\
Whole processes; every total of every segment is equal to the minor unit, or the line says void. pyxirr and
creditriskengine do a part, in processor time on one thread."""

SHOWN = 0.01
"""Rooms with a smaller share of the time stand together in one row."""

EVALUATIONS = 8 + 2 + 2
"""Evaluations of a loan's payments at the least: four for each rate, one for each amortised cost and each allowance."""


def main() -> int:
    """Measure where the time goes, and write the page; 1 where a benchmark has not run."""
    bench, rivals = BUILD / "bench.json", BUILD / "rivals.json"
    for one in (bench, rivals):
        if not one.exists():
            print(f"{one.relative_to(ROOT)} is missing: run the commands that `python -m benchmarks.performance --help` names")
            return 1
    if sys.argv[1:]:
        print(__doc__)
        return 0
    closes = json.loads(bench.read_text())
    small, large = closes["sizes"]
    where = [child("sampled", tapes(size["loans"], young=False)["plan"], command=WHERE).answer for size in (small, large)]
    limits = child("limits", *tapes(large["loans"], young=False)["tapes"], command=WHERE).answer
    PAGE.write_text(page(closes, json.loads(rivals.read_text()), where, limits), encoding="utf-8", newline="\n")
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


def page(closes: dict[str, Any], rivals: dict[str, Any], where: list[dict[str, Any]], limits: dict[str, Any]) -> str:
    """The page: the machine, closes against reading, where the time goes, how far from the machine's limits, rivals."""
    small, large = closes["sizes"]
    more = large["loans"] - small["loans"]
    heads = ("N", "way", "reading s", "close s", "ratio", "of the columns at first", "processor us a contract", "peak MB")
    closed = [_close_row(size, one) for size in (small, large) for one in size["closes"]]
    others = ("", "seconds", "processor us a loan", "peak MB", "times ours", "target", "")
    parts = [
        ["# How fast it is", "", MADE, "", *_machine(closes["machine"], rivals["machine"])],
        ["## A close against merely reading its tapes", "", SIZES, "", *_table(heads, closed)],
        [*_workers(large), _tapes(large)],
        ["## Where the time goes", "", SAMPLED],
        _shares("room", "rooms", where, more),
        _shares("library", "libraries", where, more),
        ["## How far from the machine's limits", "", *_limits(large, limits, where, more)],
        ["## The same slice by others", "", f"N = {rivals['loans']:,}. {EQUAL}"],
        _table(others, [_rival_row(one) for one in rivals["compared"]]),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _tapes(size: dict[str, Any]) -> str:
    """What was read, and what all closes came to."""
    read, ledger = size["tapes_sha256"][:16], size["ledger"][:16]
    return f"Tapes of N = {size['loans']:,}: SHA-256 `{read}`; ledger of all closes: `{ledger}`."


def _machine(closes: dict[str, str], rivals: dict[str, str]) -> list[str]:
    """The machine and its versions, and whether it had anything else to do."""
    told = " · ".join(f"{name} {fact}" for name, fact in closes.items() if name != "load")
    loads = sorted({float(closes["load"]), float(rivals["load"])})
    if loads[-1] <= QUIET:
        return [told]
    return [told, "", f"**The machine was not quiet: its load was {loads[-1]:g}.** Processor time says more than seconds."]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table of Markdown."""
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows)]


def _close_row(size: dict[str, Any], one: dict[str, Any]) -> tuple[str, ...]:
    """A size closed in one way."""
    seconds = (f"{size['read_s']:.2f}", f"{one['close_s']:.2f}", f"{one['ratio']:.1f}", f"{one['ratio_first']:.1f}")
    return (f"{size['loans']:,}", one["way"], *seconds, f"{one['thread_us']:.1f}", f"{one['rss_mb']:.0f}")


def _workers(size: dict[str, Any]) -> list[str]:
    """What a second worker gives, where both were measured."""
    by_way = {one["way"]: one["close_s"] for one in size["closes"]}
    if not {"one", "contracts"} <= by_way.keys():
        return []
    return [f"All workers are {by_way['one'] / by_way['contracts']:.2f} times as fast as one.", ""]


def _shares(head: str, name: str, where: list[dict[str, Any]], more: int) -> list[str]:
    """Rooms or libraries with the nanoseconds of one more loan, largest first."""
    small, large = (one[name] for one in where)
    each = {key: (took - small.get(key, 0.0)) / more * 1e9 for key, took in large.items()}
    whole = sum(each.values()) or 1.0
    shown = sorted(((took, key) for key, took in each.items() if took >= SHOWN * whole), reverse=True)
    rows = [(key, f"{took:,.0f}", f"{took / whole:.0%}") for took, key in shown]
    rest = whole - sum(took for took, _ in shown)
    rows += [("others", f"{rest:,.0f}", f"{rest / whole:.0%}"), ("together", f"{whole:,.0f}", "")]
    return _table((head, "ns a loan", ""), rows)


def _limits(size: dict[str, Any], limits: dict[str, Any], where: list[dict[str, Any]], more: int) -> list[str]:
    """What memory and arithmetic would take at best, of a loan with its guarantee, and how many times that a close takes."""
    each = (sum(where[1]["rooms"].values()) - sum(where[0]["rooms"].values())) / more * 1e9
    bytes_each = limits["decoded_bytes"] / size["loans"]
    memory = bytes_each / limits["copy_gb_s"]
    arithmetic = EVALUATIONS * 24 * limits["horner_ns"]
    copied = f"copied at {limits['copy_gb_s']:.1f} GB/s: {memory:,.0f} ns"
    stepped = (
        f"{EVALUATIONS} evaluations of 24 instalments, {limits['horner_ns']:.2f} ns a step with its slope: {arithmetic:,.0f} ns"
    )
    return [
        f"- memory: {bytes_each:,.0f} bytes of a loan, its guarantee and fees, once decoded, {copied}.",
        f"  A close takes {each / memory:,.0f} times that.",
        f"- arithmetic: {stepped} of a loan at one instant.",
        f"  A close takes {each / arithmetic:,.0f} times that, of a loan at three states, its guarantee and fees.",
    ]


def _rival_row(one: dict[str, Any]) -> tuple[str, ...]:
    """A rival, or why there is no figure of it."""
    if one["times_ours"] is None:
        return (one["name"], "", "", "", "", f"{one['target']:g}", one["said"])
    seconds = "" if one["process_s"] is None else f"{one['process_s']:.2f}"
    figures = (seconds, f"{one['thread_us']:.2f}", f"{one['rss_mb']:.0f}", f"{one['times_ours']:.1f}")
    return (one["name"], *figures, f"{one['target']:g}", one["said"])


if __name__ == "__main__":
    sys.exit(main())
