"""Input rows that a run keeps: which contracts, whatever the ranges; and what they are for when the tapes have gone."""

from __future__ import annotations

import csv
import random
import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.kept_rows import KEPT, KEPT_OF_COMPONENT, MOST_ROWS, SEED, KeptRows, Ranking, kept_rows
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example import write_example
from gaapbridge.explanation import explain
from gaapbridge.explanation.form import Explanation
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput

RANKING = Ranking("contract_id", ("tapes.loans.opening", "tapes.loans.closing"), "held", ("allowance", "fees"))


def population(number: int, seed: int) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """A table of contracts with many equal differences, and their rows on three tapes, in the order of their ids."""
    chance = random.Random(seed)
    ids = [f"L{place:05}" for place in range(number)]
    columns = ("us_allowance", "ifrs_allowance", "opening_us_fees", "opening_ifrs_fees")
    table = pl.DataFrame({"contract_id": ids, **{name: [chance.randrange(40) for _ in ids] for name in columns}})
    unmeasured = [f"M{place:05}" for place in range(3)]  # larger than all others, and not in the table
    held = pl.DataFrame({"contract_id": ids, "held": [chance.randrange(1, 60) for _ in ids]})
    also = pl.DataFrame({"contract_id": unmeasured, "held": [10**6] * 3})
    events = [one for one in ids for _ in range(chance.randrange(4))]
    tapes = {
        "tapes.loans.opening": held.filter(pl.int_range(pl.len()) % 3 > 0),
        "tapes.loans.closing": pl.concat([held.with_columns(pl.col("held") // 2), also]),
        "tapes.events": pl.DataFrame({"contract_id": events}, schema={"contract_id": pl.String}),
    }
    return table, {name: rows.with_row_index("row", offset=1) for name, rows in tapes.items()}


def first(ranks: dict[str, int], number: int) -> set[str]:
    """The first contracts of a ranking by the plain rule: largest first, then by id; none of nil."""
    in_order = sorted(ranks, key=lambda one: (-ranks[one], one))
    return {one for one in in_order[:number] if ranks[one] > 0}


def expected(table: pl.DataFrame, tapes: dict[str, pl.DataFrame]) -> dict[str, set[str]]:
    """Each ranking worked out one contract at a time."""
    rows = {row["contract_id"]: row for row in table.iter_rows(named=True)}
    allowance = {one: abs(row["ifrs_allowance"] - row["us_allowance"]) for one, row in rows.items()}
    fees = {one: abs(row["opening_ifrs_fees"] - row["opening_us_fees"]) for one, row in rows.items()}
    held = dict.fromkeys(rows, 0)
    for name in RANKING.weighed:
        for one, amount in tapes[name].select("contract_id", "held").rows():
            if one in held:
                held[one] = max(held[one], amount)
    return {
        "allowance": first(allowance, KEPT_OF_COMPONENT),
        "opening fees": first(fees, KEPT_OF_COMPONENT),
        "difference": first({one: allowance[one] + fees[one] for one in rows}, KEPT),
        "size": first(held, KEPT),
        "sample": first({one: 1 + zlib.crc32(f"{SEED}/{one}".encode()) for one in rows}, KEPT),
    }


def ranges_of(table: pl.DataFrame, tapes: dict[str, pl.DataFrame], cuts: list[str]) -> list[KeptRows]:
    """What is kept of each range of ids."""
    parts = []
    for low, high in zip(["", *cuts], [*cuts, "~"], strict=True):
        within = (pl.col("contract_id") >= low) & (pl.col("contract_id") < high)
        part = table.filter(within)
        if part.height:
            parts.append(kept_rows(RANKING, part, {name: rows.filter(within) for name, rows in tapes.items()}))
    return parts


@pytest.mark.parametrize("number", [1, 12, 400, 1_500])
def test_the_first_of_each_ranking_are_kept_however_ranges_are_cut(number: int) -> None:
    table, tapes = population(number, seed=number)
    chosen = expected(table, tapes)
    for cuts in ([], ["L00007"], [f"L{place:05}" for place in range(0, number, 100)], [f"L{place:05}" for place in range(3)]):
        first, *others = ranges_of(table, tapes, sorted(set(cuts)))
        kept = KeptRows.together([KeptRows.together([first, *others[:3]]), *others[3:]])
        found: dict[str, set[str]] = {}
        for ranking, contract_id, _ in kept.first.rows():
            found.setdefault(ranking, set()).add(contract_id)
        assert found == {name: ids for name, ids in chosen.items() if ids}
        every = set().union(*chosen.values())
        for name, rows in tapes.items():
            assert kept.rows[name].rows() == rows.filter(pl.col("contract_id").is_in(every)).rows()
        assert dict(kept.kept_for) == {one: ", ".join(sorted(n for n, ids in chosen.items() if one in ids)) for one in every}


def test_a_contract_of_too_many_rows_is_not_kept() -> None:
    table, tapes = population(5, seed=1)
    tapes["tapes.events"] = pl.DataFrame({"row": range(MOST_ROWS + 1), "contract_id": ["L00002"] * (MOST_ROWS + 1)})
    kept = kept_rows(RANKING, table, tapes)
    assert [one for one, _ in kept.kept_for] == ["L00000", "L00001", "L00003", "L00004"]
    assert kept.rows["tapes.events"].height == 0
    tapes["tapes.events"] = tapes["tapes.events"].head(MOST_ROWS)
    assert "L00002" in dict(kept_rows(RANKING, table, tapes).kept_for)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A year of a small example lender."""
    return close(write_example(tmp_path_factory.mktemp("kept") / "lender", loans=400).plans[2022])


@pytest.fixture
def run(closed: Run, tmp_path: Path) -> Run:
    """The run in a copy of its lender, so that files can go."""
    lender = closed.plan_folder
    shutil.copytree(lender, tmp_path / "lender")
    return Run(tmp_path / "lender" / closed.folder.relative_to(lender))


def kept_for(run: Run, kind: str) -> dict[str, str]:
    with (run.folder / "samples" / kind / "contracts.csv").open(encoding="utf-8", newline="") as stream:
        return {row["contract_id"]: row["kept_for"] for row in csv.DictReader(stream)}


def test_a_run_keeps_the_rows_of_some_contracts_of_each_kind(closed: Run) -> None:
    assert closed.kinds == sorted(KINDS)
    for kind in KINDS.values():
        kept, measured = kept_for(closed, kind.key), closed.measurements(kind.key).collect()
        assert set(kept) <= set(measured["contract_id"])
        rankings = 3 + 3 * len(kind.components)
        assert 0 < len(kept) <= rankings * KEPT
        named = {name for tape in kind.tapes for name in tape.sources if name in closed.sources}
        files = {f"samples/{kind.key}/{name.removeprefix('tapes.')}.parquet" for name in named}
        assert files < set(closed.manifest.artefacts_sha256)
        identity = kind.tapes[0].schema.identity or ""
        contracts = kind.tapes[0].sources[-1].removeprefix("tapes.")
        rows = pl.read_parquet(closed.folder / f"samples/{kind.key}/{contracts}.parquet")
        assert rows.columns[:2] == ["file", "row"] and set(rows[identity]) <= set(kept)


def test_rows_are_those_of_the_tapes(closed: Run) -> None:
    kept = pl.read_parquet(closed.folder / "samples/loans/loans.closing.parquet")
    tape = pl.read_parquet(closed.sources["tapes.loans.closing"].path)
    of_tape = tape[(kept["row"] - 1).to_list()]
    assert kept.height > KEPT
    assert kept.select(tape.columns).rows() == of_tape.rows()
    assert set(kept["file"]) == {closed.sources["tapes.loans.closing"].stated}


def gone(run: Run) -> None:
    for name, source in run.sources.items():
        if name.startswith("tapes."):
            source.path.unlink()


def changed(run: Run) -> None:
    for name, source in run.sources.items():
        if name.startswith("tapes."):
            source.path.write_bytes(source.path.read_bytes() + b"\n")


def all_inputs_gone(run: Run) -> None:
    for source in run.sources.values():
        if source.path.exists():
            source.path.unlink()


@pytest.fixture(scope="module")
def explained(closed: Run) -> dict[str, Explanation]:
    """Some of the contracts that are kept, of every kind, as they are explained while the tapes are there."""
    addresses = [f"{kind.word}/{one}" for kind in KINDS.values() for one in list(kept_for(closed, kind.key))[::40]]
    return {address: explain(closed.folder, address) for address in addresses}


@pytest.mark.campaign
@pytest.mark.parametrize(("lose", "why"), [(gone, "the source is gone"), (changed, "the source has changed since the run")])
def test_a_kept_contract_is_explained_without_its_tapes(
    lose: Callable[[Run], None], why: str, run: Run, explained: Mapping[str, Explanation]
) -> None:
    lose(run)
    for address, told in explained.items():
        again = explain(run.folder, address)
        assert again.tables == told.tables and any(table.title.startswith("Input row") for table in told.tables)
        assert again.facts["independent calculation"] == told.facts["independent calculation"]
        assert "calculated from" not in told.facts
        assert again.facts["calculated from"].startswith("the input rows that the run keeps (")
        assert again.facts["calculated from"].endswith(f": {why})")
    assert len(explained) > 5


def test_a_contract_that_is_not_kept_needs_its_tapes(run: Run) -> None:
    ids = run.measurements("loans").collect()["contract_id"].to_list()
    other = next(one for one in ids if one not in kept_for(run, "loans"))
    told = explain(run.folder, f"loan/{other}")
    assert not any(table.title.startswith("Input row") for table in told.tables)
    gone(run)
    with pytest.raises(UnusableInput, match=r"the run keeps the input rows .*source is gone.*name one of the \d+"):
        explain(run.folder, f"loan/{other}")


def test_without_any_input_the_rows_are_still_shown(run: Run) -> None:
    """Of what was assumed nothing is kept: a contract is not calculated again."""
    address = f"loan/{next(iter(kept_for(run, 'loans')))}"
    before = explain(run.folder, address)
    all_inputs_gone(run)
    told = explain(run.folder, address)
    assert [table for table in before.tables if not table.title.startswith("Steps")] == list(told.tables)
    assert any(table.title.startswith("Input row") for table in told.tables)
    assert told.facts["independent calculation"].startswith("not made (file: ") and "curves" in told.as_text()


@pytest.mark.campaign
def test_a_sample_is_calculated_again_without_tapes(run: Run) -> None:
    lost = Run(Path(shutil.copytree(run.folder, run.folder.with_name("v2"))))
    kept = {f"{kind.word}/{one}" for kind in KINDS.values() for one in kept_for(run, kind.key)}
    with_tapes = reperform(run, addresses=sorted(kept))
    gone(lost)
    found = reperform(lost, sample=30)
    expected = [one for one in with_tapes.differences if one.address in found.addresses]
    assert sorted(found.differences, key=repr) == sorted(expected, key=repr)
    assert len(found.addresses) == 30 and found.figures_compared > 1_000
    for kind in KINDS.values():
        kept = kept_for(run, kind.key)
        assert set(found.kinds[kind.word].contract_ids) <= set(kept)
        assert found.kinds[kind.word].population == run.measurements(kind.key).collect().height
        assert any(reason.startswith(f"{kind.word}s but the {len(kept):,} whose rows") for reason in found.not_checked)
    with pytest.raises(UnusableInput, match="the run keeps the input rows"):
        reperform(lost, addresses=["loan/L000000000x"])


def test_a_tape_of_one_kind_that_is_gone_leaves_the_others(run: Run) -> None:
    run.sources["tapes.loans.closing"].path.unlink()
    found = reperform(run, sample=12)
    assert [reason.partition(" ")[0] for reason in found.not_checked if "whose rows the run keeps" in reason] == ["loans"]
