"""The compiled passes over monthly histories: where each contract stood at each month's end, and what came of it later.

One contract after another, each from its first month to its last, in whole numbers: the order of contracts moves nothing.
"""

from __future__ import annotations

from gaapbridge.measure.compile import compiled

IN_DEFAULT, NOT_SEEN = -1, -2
"""Standings that are no bucket: default is recognised and not cured; not on book, or the month was not observed."""

NOWHERE, STAYED, DEFAULTED, REPAID = 0, 1, 2, 3
"""Steps: what a month was to who was on book and not in default at its start. ``NOWHERE`` is counted as nothing."""

ON_BOOK, LEFT_REPAID, LEFT_DEFAULTED, LEFT_OTHERWISE, LEFT_BEFORE = 0, 1, 2, 3, 4
"""How a month ended for who was on book: see ``ENDINGS`` of ``estimation.states``."""

FADING_MONTHS = 6
"""Months ahead in which a bucket prepays otherwise than contracts of its age that pay."""

BAND_MONTHS, BANDS = 6, 81
"""Ages are counted in bands of six months, 1 to 6 first; the last band is of ages that the history does not state."""

OUTCOMES = 6
"""What a month leads to: nothing overdue, three stages of arrears, default, repaid."""


@compiled
def fill_standings(  # type: ignore[no-untyped-def]
    contract,
    age,
    remaining,
    arrears_days,
    ending,
    observed,
    frozen,
    terms,
    bucket,
    recency,
    default_recency,
    step,
    origin,
    past,
):
    """Fills by row, walking each contract once forwards, so that nothing is known of a month before its end.

    ``terms`` are default_days, look_back_months and the fewest months that must have been seen. ``bucket`` 0..3 by days past
    due, 4 cured within the look-back, 5 missed within it, else a standing above. ``recency`` months since something was last
    overdue at a month's end, ``default_recency`` since default was last recognised there: 0 now, at most look-back + 1.
    ``past`` is true from the month in which the last instalment falls due.
    """
    default_days, look_back, fewest = terms
    overdue, beyond, seen, in_default, before = 0, 0, 0, False, False
    missed, defaulted = look_back + 1, look_back + 1
    for row in range(contract.size):
        if row == 0 or contract[row] != contract[row - 1]:
            overdue, beyond, seen, in_default, before = 0, 0, 0, False, False
            missed, defaulted = look_back + 1, look_back + 1
            overdue = arrears_days[row]
            past[row] = remaining[row] == 0
        else:
            past[row] = past[row - 1] or remaining[row] == 0
        missed, defaulted = min(missed + 1, look_back + 1), min(defaulted + 1, look_back + 1)
        step[row], origin[row], bucket[row] = NOWHERE, False, NOT_SEEN
        if not observed[row] or ending[row] != ON_BOOK:
            if before and observed[row] and not in_default:
                step[row] = REPAID if ending[row] == LEFT_REPAID else DEFAULTED if ending[row] == LEFT_DEFAULTED else NOWHERE
            in_default = in_default or ending[row] == LEFT_DEFAULTED
            defaulted = 0 if in_default else defaulted
            before, seen = False, 0
            recency[row], default_recency[row] = missed, defaulted
            continue
        if frozen[row]:  # arrears may fall but not rise, and what the month adds to the count is left out until it is paid
            overdue = min(overdue, arrears_days[row])
            beyond = arrears_days[row] - overdue
        else:
            beyond = min(beyond, arrears_days[row])
            overdue = arrears_days[row] - beyond
        was_in_default = in_default
        in_default = overdue >= default_days or (in_default and overdue > 0)
        missed = 0 if overdue > 0 else missed
        defaulted = 0 if in_default else defaulted
        recency[row], default_recency[row] = missed, defaulted
        if before and not was_in_default:
            step[row] = DEFAULTED if in_default else STAYED
        before, seen = True, seen + 1
        if in_default:
            bucket[row] = IN_DEFAULT
        elif overdue > 0:
            bucket[row] = min((overdue - 1) // 30 + 1, 3)
        else:
            bucket[row] = 4 if defaulted <= look_back else 5 if missed <= look_back else 0
        origin[row] = not in_default and (seen >= fewest or 0 <= age[row] <= seen)


@compiled
def fill_cohorts(  # type: ignore[no-untyped-def]
    rows, standings, until, on_book, paying, fading, defaulted, prepaid, steps, aged, aged_prepaid, distinct
):
    """Counts, of the rows up to month ``until``, what came of every origin in each month ahead, until it is no longer on book.

    Nothing is from the month in which the last instalment falls due: who pays leaves then, and who stays is late.

    ``rows`` are contract, month, band of age, age, segment and fold of each row's contract; ``standings`` bucket, recency,
    default_recency, step, origin and past as filled above, where before ``origin`` stands which rows are ``known``, that is
    all that could be. Arrays begin with fold x segment: ``on_book``, ``paying``, ``defaulted`` and ``prepaid`` x bucket x month
    ahead; ``fading`` x bucket x month ahead x band, those who pay in the first months; ``steps`` x stage of arrears x recency x
    default recency x outcome; ``aged`` and ``aged_prepaid`` x age, who pays and prepays of all on book and not in default.
    ``distinct`` x bucket x (loans, defaults, loans that defaulted, prepayments within the months that fade) counts each once.
    """
    contract, month, band, age, segment, fold = rows
    bucket, recency, default_recency, step, known, origin, past = standings
    first, size, months = 0, contract.size, on_book.shape[3]
    while first < size:
        last, stood, fell = first, 0, 0
        while last < size and contract[last] == contract[first]:
            last += 1
        place = contract[first]
        f, s = fold[place], segment[place]
        since = first
        for u in range(first, last):
            if month[u] > until or past[u]:
                break
            if step[u] != NOWHERE and pays(step[u], bucket[u]):
                aged[f, s, age[u]] += 1
                aged_prepaid[f, s, age[u]] += step[u] == REPAID
            if step[u] == DEFAULTED or step[u] == REPAID:
                caught = 0
                for t in range(since if step[u] == DEFAULTED else max(since, u - FADING_MONTHS), u):
                    caught |= (1 << bucket[t]) if origin[t] else 0
                for b in range(6):
                    distinct[f, s, b, 1 if step[u] == DEFAULTED else 3] += (caught >> b) & 1
                fell |= caught if step[u] == DEFAULTED else 0
            if step[u] == NOWHERE or step[u] == DEFAULTED:
                since = u
        for t in range(first, last):
            if month[t] >= until or past[t]:
                break
            b = bucket[t]
            if known[t] and t + 1 < last and month[t + 1] <= until and not past[t + 1] and step[t + 1] != NOWHERE:
                outcome = 4 if step[t + 1] == DEFAULTED else 5 if step[t + 1] == REPAID else stage(bucket[t + 1])
                steps[f, s, stage(b), recency[t], default_recency[t], outcome] += 1
            if not origin[t]:
                continue
            stood |= 1 << b
            for u in range(t + 1, min(last, t + 1 + months)):
                if month[u] > until or past[u] or step[u] == NOWHERE:
                    break
                ahead = u - t - 1
                on_book[f, s, b, ahead] += 1
                if pays(step[u], bucket[u]):
                    paying[f, s, b, ahead] += 1
                    if ahead < FADING_MONTHS:
                        fading[f, s, b, ahead, band[u]] += 1
                if step[u] == DEFAULTED:
                    defaulted[f, s, b, ahead] += 1
                    break
                if step[u] == REPAID:
                    prepaid[f, s, b, ahead] += 1
                    break
        for b in range(6):
            distinct[f, s, b, 0] += (stood >> b) & 1
            distinct[f, s, b, 2] += (fell >> b) & 1
        first = last


@compiled
def pays(step, bucket):  # type: ignore[no-untyped-def]
    """Whether who was on book is current and pays in a month: it prepays, or owes nothing overdue at its end."""
    return step == REPAID or (step == STAYED and stage(bucket) == 0)


@compiled
def stage(bucket):  # type: ignore[no-untyped-def]
    """The stage of arrears of a bucket: nothing overdue is 0, whatever its past."""
    return bucket if bucket < 4 else 0
