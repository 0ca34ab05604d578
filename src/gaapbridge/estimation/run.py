"""The estimation of a plan's curves: its history read once, counted for every month end, fitted, written in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import reduce
from operator import add, or_
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.tape_rows import TapeRows, tape_findings
from gaapbridge.engine.local import Threads, processors
from gaapbridge.estimation import awards
from gaapbridge.estimation.destination import ESTIMATION, FINDINGS, destination, refuse_inputs, refuse_others
from gaapbridge.estimation.fitting import Counted, Curves, fit
from gaapbridge.estimation.guarantee_tables import further_tables
from gaapbridge.estimation.history import History, history_findings, rejects_of, stated_paths, stated_queries
from gaapbridge.estimation.months import month_number
from gaapbridge.estimation.outcome import AwardsEstimated, Effect, Estimation, Figures, KindEstimated, SourceRead
from gaapbridge.estimation.pools import Pool
from gaapbridge.estimation.reading import found_files, read_months, refuse_rejects
from gaapbridge.estimation.recognition import told_sooner
from gaapbridge.estimation.scenarios.by_scenario import ByScenario, by_scenario
from gaapbridge.estimation.scenarios.weighed import HEAD, scenario_findings, scenario_rows, scenario_words
from gaapbridge.estimation.seen import last_day, month_name
from gaapbridge.estimation.severity import not_as_elected
from gaapbridge.estimation.tables import Version, write_frames, write_tables
from gaapbridge.estimation.validating import months_needed, validated
from gaapbridge.estimation.validation.conclusions import conclusions
from gaapbridge.estimation.validation.report import write_validation
from gaapbridge.extracts.asking import answered
from gaapbridge.plan.history import ContractHistory, Exclusion, Validation, judgements_of
from gaapbridge.plan.history import History as StatedHistory
from gaapbridge.plan.history_file import SERIES, HistoryPlan, read_history
from gaapbridge.plan.refusals import MISSING, refusal
from gaapbridge.progress import Progress
from gaapbridge.run import frames
from gaapbridge.run.folder import REJECTS
from gaapbridge.run.manifest import EVERY_SEGMENT
from gaapbridge.scratch import put_in_place, scratch_folder, temporary_folder
from gaapbridge.tapes.members import tape_of
from gaapbridge.tapes.read import Source
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen as SeenFile
from gaapbridge.terms.hashes import at_once, changed, sha256_of
from gaapbridge.terms.version import VERSION
from gaapbridge.terms.writing import writing

Variant = tuple[int, int]
"""A month end, and the rule that is left out, by its number; -1 where all are in force."""


def estimate(
    plan: str | os.PathLike[str],
    *,
    settings: Sequence[str] = (),
    validate: bool = False,
    to: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Estimation:
    """Estimate the curves of a plan from its history, and write them as tables that a plan names, with how each was made.

    ``settings`` are as ``close`` takes them; ``validate`` holds the curves against what came, as ``[history.validation]`` says,
    and writes a report of it; ``to`` is the folder to write, in the place of the one that the plan names. It has
    a folder for each kind of contracts, and stands as it was until all of them are whole. Raises ``UnusableInput`` where the
    plan or a file cannot be used, more rows are rejected than the plan bears, or the folder holds what was not estimated.
    """
    expect("plan", plan, str, os.PathLike)
    stated, shown = read_history(Path(plan), DECLARED, settings), progress or Progress(show=False)
    folder = stated.locate(stated.history.to) if to is None else Path(to)
    refuse_others(destination(folder))
    test = _asked(stated) if validate else None
    with answered(stated, stated_queries(stated), shown) as asked:
        return _estimated(asked, folder, test, shown)


def _asked(plan: HistoryPlan) -> Validation:
    """How a plan says that its curves are validated."""
    if plan.history.validation is None:
        rule, remedy = "a validation is stated in the plan", "add [history.validation]; docs/reference/history.md has its keys"
        raise refusal(plan.path, "history.validation", MISSING, rule, remedy)
    return plan.history.validation


def _estimated(plan: HistoryPlan, folder: Path, test: Validation | None, progress: Progress) -> Estimation:
    paths, place = stated_paths(plan), destination(folder)
    refuse_inputs(place, paths)
    files = dict(zip(paths, at_once(lambda path: SeenFile.of(path, plan.folder), found_files(plan, paths)), strict=True))
    with temporary_folder() as scratch, scratch_folder(place.parent, ".estimated-") as unfinished:
        kinds: list[KindEstimated | AwardsEstimated] = []
        for kind in plan.history.kinds:
            (scratch / kind).mkdir()
            history = read_months(plan, kind, paths, scratch / kind, progress)
            (unfinished / kind).mkdir()
            kinds.append(_of_kind(plan, history, files, unfinished / kind, test, progress))
        if plan.history.awards is not None:
            (unfinished / awards.KIND).mkdir()
            kinds.append(_of_awards(plan, paths, files, unfinished / awards.KIND, progress))
        for name, seen in files.items():
            if not seen.untouched:
                raise changed(plan.name_of(seen.path), name)
        refuse_others(place)
        put_in_place(unfinished, place)
    return Estimation(plan, folder, tuple(replace(one, folder=folder / one.kind) for one in kinds))


def _of_awards(
    plan: HistoryPlan, paths: Mapping[str, Path], files: Mapping[str, SeenFile], folder: Path, progress: Progress
) -> AwardsEstimated:
    """The forfeiture rates of awards, written into a folder."""
    with progress.stage("counting forfeitures of awards"):
        history = awards.read_history_of_awards(plan, paths)
        refuse_rejects(plan, history.rejects)
        found = awards.forfeitures_of(history, [month_number(day) for day in plan.known_at])
    names = write_frames(folder, {awards.FORFEITURES: found.table})
    made = AwardsEstimated(
        kind=awards.KIND,
        folder=folder,
        files={name: sha256_of(folder / name) for name in names},
        sources=tuple(_sources(history.tape_rows, history.sources, plan, files)),
        table=found.table,
        told=tuple(found.told),
        contract_months=found.tranche_months,
        findings=(*tape_findings(history.tape_rows), *found.findings),
        rejects=history.rejects,
    )
    _write_account(folder, made, plan.history)
    return made


def _of_kind(
    plan: HistoryPlan,
    history: History,
    files: Mapping[str, SeenFile],
    folder: Path,
    test: Validation | None,
    progress: Progress,
) -> KindEstimated:
    tapes, stated, pools = history.tapes, history.tapes.stated, history.pools
    known = [month_number(day) for day in plan.known_at]
    variants = [(one, -1) for one in known]
    variants += [
        (one, rule) for rule in range(len(stated.exclusions)) for one in known if _reaches(stated.exclusions[rule], one)
    ]
    needed = [(one, -1) for one in months_needed(test)] if test is not None else []
    counted = _counted(history, [*variants, *(one for one in needed if one not in variants)], progress)
    with progress.stage(f"fitting curves of {tapes.kind}"):
        fitted = {variant: _fitted(plan, tapes.kind, counted[variant], variant[0], pools) for variant in variants}
    of_pools = [(pool, one) for known_at in known for pool, one in zip(pools, fitted[known_at, -1], strict=True)]
    curves = [one for _, one in of_pools]
    series = {name.removeprefix(SERIES): seen.path for name, seen in files.items() if name.startswith(SERIES)}
    scenarios = [_by_scenario(plan, one, stated, series) for one in curves]
    odds = plan.history.scenarios.lgd_odds
    versions = [Version(pool, one, laid.tables, odds) for (pool, one), laid in zip(of_pools, scenarios, strict=True)]
    further = further_tables(history, known)
    names = write_tables(folder, versions, further.frames)
    figures = {variant: _figures(some, pools) for variant, some in fitted.items()}
    effects = [Effect(stated.exclusions[rule], figures[one, -1], figures[one, rule]) for one, rule in variants if rule >= 0]
    made = KindEstimated(
        kind=tapes.kind,
        folder=folder,
        files={name: sha256_of(folder / name) for name in names},
        segments=tapes.setting.segments,
        sources=tuple(
            _sources(tapes.tape_rows(history.read), {key: tape.source for key, tape in tapes.tapes.items()}, plan, files)
        ),
        seen=history.seen,
        figures=tuple(figures[one, -1] for one in known),
        told=_cells(of_pools) | further.told,
        effects=tuple(effects),
        details={
            "losses": [_of_losses(one) for one in curves],
            "scenarios": [laid.told for laid in scenarios],
            "validation": None if test is None else _validation(plan, history, test, counted, folder, progress),
        },
        findings=(
            *history_findings(history),
            *_of_curves(curves, tapes.kind, stated.minimum_charge_offs),
            *further.findings,
            *scenario_findings(plan, tapes.kind),
            *(finding for laid in scenarios for finding in laid.findings),
        ),
        rejects=rejects_of(history),
    )
    _write_account(folder, made, plan.history)
    return made


def _figures(curves: Sequence[Curves], pools: Sequence[Pool]) -> Figures:
    """The figures of the segments of all pools."""
    return reduce(or_, (Figures.of(one, pool.segments) for one, pool in zip(curves, pools, strict=True)))


def _reaches(rule: Exclusion, known: int) -> bool:
    """Whether a rule is about something that is known at the end of a month."""
    return rule.from_ is None or month_number(rule.from_) <= known


def _counted(history: History, variants: Sequence[Variant], progress: Progress) -> dict[Variant, list[Counted]]:
    """The counts of each pool of a history by month end and rules, each chunk of it read from disk once."""
    stated, pools = history.tapes.stated, history.pools
    rules = {left_out: [one for number, one in enumerate(stated.exclusions) if number != left_out] for _, left_out in variants}

    def of_chunk(number: int) -> dict[Variant, list[Counted]]:
        chunks = dict(zip(rules, history.under(number, rules.values()), strict=True))
        months = {left_out: [pool.of(chunk) for pool in pools] for left_out, chunk in chunks.items()}
        return {
            (known, left_out): [
                Counted.of(some, known, pool.stated, pool.segments) for some, pool in zip(months[left_out], pools, strict=True)
            ]
            for known, left_out in variants
        }

    total: dict[Variant, list[Counted]] = {}
    with progress.stage(f"counting {history.tapes.kind}", len(history.chunks)) as step:
        for counted in Threads(processors()).map_in_order(of_chunk, history.chunks):
            total = {variant: list(map(add, total[variant], some)) if total else some for variant, some in counted.items()}
            step(1)
    return total


def _fitted(plan: HistoryPlan, kind: str, counted: Sequence[Counted], known: int, pools: Sequence[Pool]) -> list[Curves]:
    """The curves of what was counted of each pool; a refusal says of which kind and day."""
    try:
        return [fit(one, known, pool.stated) for one, pool in zip(counted, pools, strict=True)]
    except UnusableInput as refused:
        rule = f"as known at {last_day(known)}, of {kind}: {refused.rule}"
        remedy = f"{refused.remedy}; or leave the day out of known_at, or less out by rules"
        raise refusal(plan.path, "history.known_at", str(last_day(known)), rule, remedy) from None


def _by_scenario(plan: HistoryPlan, curves: Curves, stated: ContractHistory, series: Mapping[str, Path]) -> ByScenario:
    """Hazard and performing of every scenario."""
    made, least = curves.defaults, stated.minimum_on_book
    return by_scenario(
        plan.history.scenarios, made.hazard, made.performing, curves.counted.steps, curves.known, least, series
    )  # fmt: skip


def _validation(
    plan: HistoryPlan,
    history: History,
    test: Validation,
    counted: Mapping[Variant, Sequence[Counted]],
    folder: Path,
    progress: Progress,
) -> dict[str, Any]:
    """The curves held against what came, with its report in the folder."""
    try:
        told = validated(history, test, {known: counted[known, -1] for known in months_needed(test)}, progress)
    except UnusableInput as refused:
        raise refusal(plan.path, "history.validation", None, refused.rule, refused.remedy) from None
    told["scenarios"] = {"head": HEAD, "rows": scenario_rows(plan), "said": scenario_words(plan)}
    with writing(folder):
        written = write_validation(told, folder)
    first = ("name", "openings", "summary", "run_off_summary", "without_rules")
    return {
        "files": {file.name: sha256_of(file) for file in written}, "conclusions": list(conclusions(told)),
        "tests": [{name: one[name] for name in first} for one in told["tests"]], "limits": told["limits"],
    }  # fmt: skip


def _sources(
    tapes: Iterable[TapeRows], sources: Mapping[str, Source], plan: HistoryPlan, files: Mapping[str, SeenFile]
) -> Iterator[SourceRead]:
    for tape in tapes:
        of_tape = [seen for name, seen in files.items() if tape_of(name) == tape.source]
        rows = dict(sources[tape.source.rpartition(".")[2]].raw.members)
        named = tuple((file := plan.name_of(seen.path), seen.sha256, rows.get(file, tape.rows)) for seen in of_tape)
        yield SourceRead(tape.source, named, tape.rows, tape.rejected_rows, (*tape.controls, *tape.totals_of_file))


def _cells(of_pools: Sequence[tuple[Pool, Curves]]) -> dict[str, list[dict[str, Any]]]:
    """How every cell of every table was made."""
    told: dict[str, list[dict[str, Any]]] = {}
    for pool, one in of_pools:
        known = {"known_at": str(last_day(one.known))}
        for cell in one.defaults.cells:
            at = {"segment": cell.segment, "bucket": cell.bucket, "from_month": cell.from_month, "to_month": cell.to_month}
            figures = {"contracts": cell.contracts, "defaults": cell.defaults, "own_weight": cell.own_weight, "thin": cell.thin}
            hazard = one.defaults.hazard[pool.segments.index(cell.segment), BUCKETS.index(cell.bucket)]
            from_ages = _counted_from(pool.stated) if cell.how == "counts" else ""
            sooner = told_sooner(cell.bucket, hazard, pool.stated.default_days) if cell.from_month == 1 else ""
            told.setdefault("hazard.csv", []).append(
                {**known, **at, "how": cell.told() + from_ages + sooner, "made": cell.how, **figures}
            )
        for made in one.losses.made if one.losses is not None else ():
            at = {"segment": made.segment, "from_month": made.first_month, "to_month": made.last_month}
            figures = {"own_weight": made.own_weight, "thin": made.thin}
            told.setdefault(f"{made.table}.csv", []).append({**known, **at, "how": made.how, **figures})
        seen = one.defaults.prepayment.seen
        how = "age is not stated, so mortality is the same at all ages"
        if seen is not None:
            how = f"counted in bands of six months of age, {seen[0]} to {seen[1]}; other ages have that of the nearest band"
        ages = [
            {
                "segment": age.segment, "from_month": age.from_month, "to_month": age.to_month, "how": age.told(),
                "made": age.how,
                "paying_months": age.paying, "prepaid": age.prepaid, "own_weight": age.own_weight, "thin": age.thin,
            }
            for age in one.defaults.prepayment.ages
        ]  # fmt: skip
        told.setdefault("prepayment.csv", []).append({**known, "segment": EVERY_SEGMENT, "how": how, "ages": ages})
    return told


def _counted_from(stated: ContractHistory) -> str:
    """From which months on book hazards are counted, in words; nothing where from all."""
    if stated.ages_counted is None:
        return ""
    first, last = stated.ages_counted
    return f"; counted from {first} to {last} months on book alone, and for a book of those"


def _of_losses(curves: Curves) -> dict[str, Any]:
    """Severity by year and what came of defaults, as a validator asks for them."""
    known = {"known_at": str(last_day(curves.known))}
    losses = curves.losses
    if losses is None:
        return {**known, "not_estimated": curves.why}
    by_segment = zip(losses.segments, losses.severities, strict=True)
    return {
        **known,
        "severity": _plain(losses.severity_of_all),
        "severity_by_segment": {segment: _plain(one) for segment, one in by_segment},
        "outcomes": [_plain(one) for one in (losses.outcomes_of_all, *losses.outcomes)],
        "clipped": [_plain(one) for one in losses.clipped],
    }


def _plain(of: Any) -> dict[str, Any]:
    """What a dataclass holds, arrays as lists."""
    return asdict(
        of, dict_factory=lambda pairs: {key: one.tolist() if isinstance(one, np.ndarray) else one for key, one in pairs}
    )  # fmt: skip


def _of_curves(curves: Sequence[Curves], kind: str, minimum_charge_offs: int) -> Iterator[Finding]:
    """What is found of curves: none of losses, years not as elected, cells nobody stood in, values that none can have."""
    for one in curves:
        at = f"history.{kind}/{month_name(one.known)}"
        if one.losses is None:
            yield Finding(
                name="losses not estimated", where=at, amount_minor=None, why=one.why,
                remedy="give a longer history with what was charged off, or state the loss table yourself",
            )  # fmt: skip
        for clipped in one.losses.clipped if one.losses is not None else ():
            yield Finding(
                name="estimate outside its bounds", where=f"{at}/{clipped.segment}", amount_minor=None,
                why=f"{clipped.table}, month {clipped.month}, is {clipped.estimated:.4f}; {clipped.stands:g} stands for it",
                remedy="look for recoveries that stand twice, or balances that were too low when they were written off",
            )  # fmt: skip
        if one.losses is not None and (why := not_as_elected(one.losses.severity_of_all, minimum_charge_offs)):
            yield Finding(
                name="severity_years not as elected", where=at, amount_minor=None, why=why,
                remedy='state as severity_years the years that serve, or "all"; or fewer minimum_charge_offs, with the reason',
            )  # fmt: skip
        empty = sorted({cell.bucket for cell in one.defaults.cells if cell.how == "borrowed"})
        if empty:
            yield Finding(
                name="nobody seen in a bucket", where=f"{at}/{', '.join(empty)}", amount_minor=None,
                why="no contract stood there at a month end: its hazards are those of the next bucket, and no estimate of it",
                remedy="give days_past_due as the records have them; nothing is to be done where nobody can stand there",
            )  # fmt: skip
        thin = sorted({cell.bucket for cell in one.defaults.cells if cell.thin and cell.how != "borrowed"})
        if thin:
            yield Finding(
                name="thin cells of a hazard table", where=f"{at}/{', '.join(thin)}", amount_minor=None,
                why="even all segments together have fewer contracts with a default than minimum_defaults",
                remedy="give a longer history; until then say so where the curves are approved",
            )  # fmt: skip


def _write_account(folder: Path, made: KindEstimated | AwardsEstimated, history: StatedHistory) -> None:
    """Write beside the tables how they were made, what was rejected and what was found."""
    account = {"gaapbridge": VERSION, **made.as_dict(), "stated": judgements_of(history, made.kind)}
    del account["folder"]
    with writing(folder / ESTIMATION):
        text = json.dumps(account, ensure_ascii=False, indent=1)
        (folder / ESTIMATION).write_text(text + "\n", encoding="utf-8")
    with writing(folder / REJECTS):
        made.rejects.write_csv(folder / REJECTS)
    with writing(folder / FINDINGS):
        rows = [finding.as_dict() for finding in made.findings]
        pl.DataFrame(rows, schema=frames.FINDINGS).write_csv(folder / FINDINGS)
