"""A file of all transactions: which of its rows are of the kind that a tape holds, told by the words of a column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gaapbridge.starter.guess import NONE, Guess, open_question, sure, together
from gaapbridge.starter.plan_text import array, quoted
from gaapbridge.starter.tape_words import FEW_WORDS, different
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.trade_words import meanings

KIND = "kind"
"""The column of a tape of events that says what each is."""

_PAID = (
    "payment", "regular payment", "scheduled payment", "partial payment", "repayment", "instalment", "prepayment", "payoff",
    "paid off", "paid in full", "early repayment", "early payoff", "receipt", "collection", "还款", "正常还款", "提前还款",
    "部分提前还款", "提前结清", "结清", "逾期还款", "代扣", "扣款", "收款", "回款",
)  # fmt: skip
_NOT_PAID = (
    "advance", "disbursement", "funding", "drawdown", "origination", "new loan", "charge off", "chargeoff", "write off",
    "written off", "charged off", "recovery", "放款", "发放", "发放贷款", "核销", "核销收回", "核销后收回",
)  # fmt: skip
"""Words of rows that stand beside payments in a file of all transactions, and belong to other tapes."""


def kinds_of_rows(
    raws: Sequence[Raw], first: pl.DataFrame, unread: Sequence[str], schema: Schema, kinds: str | None
) -> tuple[str | None, Guess]:
    """The column that tells the kinds of rows apart, if one holds words of rows that the tape holds and of others; and which it
    takes: of a tape of payments, each of which has its number. A word that is not known is in neither: a close asks for it. Of
    a tape of events, which has a column of ``kinds``, it is asked whether rows of other tapes are left out."""
    texts = [name for name in unread if first.schema.get(name) == pl.String and first[name].n_unique() <= FEW_WORDS]
    if schema.number is None:
        said = [kinds] if kinds is not None else texts
        asked = (_among_events(raws, name) for name in said if KIND in schema.names)
        return None, next((guess for guess in asked if guess is not NONE), NONE)
    taken, left = ({plain(word) for word in words} for words in (_PAID, _NOT_PAID))
    for name in texts:
        words = _words(raws, name)
        read, others = ([word for word in words if plain(word) in known] for known in (taken, left))
        if not read or not others:
            continue
        unknown = [word for word in words if word not in (*read, *others)]
        why = f"{name} tells payments from what is none"
        asking = [open_question("only", f"{name} holds {', '.join(unknown)}: read, or left out")] if unknown else []
        return name, together((sure("only", {name: read}, why), sure("left_out", {name: others}, why), *asking))
    return None, NONE


def _among_events(raws: Sequence[Raw], name: str) -> Guess:
    """The question which rows of a tape of events are none: what was lent, or paid as agreed, in a file of all transactions."""
    words = _words(raws, name)
    known = {plain(word) for word in (*_PAID, *_NOT_PAID)}
    others = [word for word in words if plain(word) in known and not meanings(KIND, word)]
    if not others or not any(meanings(KIND, word) for word in words):
        return NONE
    why = f"{name} holds {', '.join(others)}, as a file of all transactions does, and those rows are no events: left out"
    read = array([word for word in words if word not in others])
    both = f"only = {{ {quoted(name)} = {read} }}\nleft_out = {{ {quoted(name)} = {array(others)} }}"
    return open_question("only", why, both)


def _words(raws: Sequence[Raw], name: str) -> list[str]:
    """The different words of a column, in all files."""
    found = (raw.batches([name], BATCH_ROWS) for raw in raws if name in raw.header)
    return list(dict.fromkeys(word for batches in found for batch in batches for word in different(batch[name])))
