"""A file of all transactions: which of its rows are of the kind that a tape holds, told by the words of a column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gaapbridge.starter.guess import NONE, Guess, open_question, sure, together
from gaapbridge.starter.names import plain
from gaapbridge.starter.tape_words import FEW_WORDS, different
from gaapbridge.tapes.raw import CHUNK_ROWS, Raw
from gaapbridge.tapes.schema import Schema

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


def kinds_of_rows(raws: Sequence[Raw], first: pl.DataFrame, unread: Sequence[str], schema: Schema) -> tuple[str | None, Guess]:
    """The column that tells the kinds of rows apart, if one holds words of rows that the tape holds and of others; and which it
    takes: of a tape of payments, each of which has its number. A word that is not known is in neither: a close asks for it."""
    if schema.number is None:
        return None, NONE
    taken, left = ({plain(word) for word in words} for words in (_PAID, _NOT_PAID))
    for name in (name for name in unread if first.schema.get(name) == pl.String):
        if first[name].n_unique() > FEW_WORDS:
            continue
        words = dict.fromkeys(
            word for raw in raws for batch in raw.batches([name], CHUNK_ROWS) for word in different(batch[name])
        )
        read, others = ([word for word in words if plain(word) in known] for known in (taken, left))
        if not read or not others:
            continue
        unknown = [word for word in words if word not in (*read, *others)]
        why = f"{name} tells payments from what is none"
        asked = [open_question("only", f"{name} holds {', '.join(unknown)}: read, or left out")] if unknown else []
        return name, together((sure("only", {name: read}, why), sure("left_out", {name: others}, why), *asked))
    return None, NONE
