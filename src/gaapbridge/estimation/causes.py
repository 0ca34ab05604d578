"""What a finding about a history says: its name, why it matters, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """What a finding says of all that share a cause."""

    name: str
    why: str
    remedy: str


CAUSES: Mapping[str, Cause] = {
    "gap": Cause(
        name="months missing in a history",
        why="between two months of a contract its row is missing or rejected; nothing is counted that begins or ends there",
        remedy="give the rows, or correct those that are rejected; where they were left out on purpose, add "
        '[[history.KIND.exclusions]] with rule = "months_left_out", from, to and its reason',
    ),
    "month_lacking": Cause(
        name="month that nobody has in a history",
        why="who has no row any more may have been repaid or written off in it, so it ends there as no outcome, and nothing is "
        "counted that begins or ends in the month",
        remedy="give the file of that month; nothing is estimated of it until then",
    ),
    "moved": Cause(
        name="charge-off in another month in a history",
        why="what was written off stands in another month than the row by which the contract left; all of it counts in that "
        "row's month, as a default",
        remedy="give the charge-off the month in which its balance left, and the row of it the status charged_off",
    ),
    "repaid_off": Cause(
        name="repaid and charged off in a history",
        why="a row says repaid, and something was written off in that month or later: counted as a default of which this is "
        "the loss",
        remedy='correct the status to "charged_off", or remove the charge-off that was none',
    ),
    "in_part": Cause(
        name="written off in part in a history",
        why="something is written off, and the contract stays on book: a part of it, which is a loss of its default, and a "
        "default recognised in that month where days past due had opened none",
        remedy="give the row of a contract that was written off whole the status charged_off; else nothing is to be done",
    ),
    "sold_off": Cause(
        name="sold and charged off in a history",
        why="its last row says sold, which is no outcome, and something was written off in that month or later: it is no loss "
        "of the curves",
        remedy='give the status "charged_off" and the price as a recovery, if it was sold in default',
    ),
    "never_written_off": Cause(
        name="recoveries without a charge-off",
        why="they came of contracts that were never charged off, and not in arrears then: they are in no curve",
        remedy="give the charge-offs; or remove what a borrower paid, as agreed or all of it while in default, which the "
        "balances of the months tell already",
    ),
    "far_from_owed": Cause(
        name="charge-offs far from what was owed",
        why="what was written off comes to less than half, or more than twice, what the same contracts owed the month before",
        remedy="correct the unit, amounts under [history.KIND.outcomes], or state what was written off before any proceeds, "
        "which are recoveries",
    ),
    "no_recoveries": Cause(
        name="no recoveries in a history",
        why="so all that was written off is lost, and severity is 100 %",
        remedy="give recoveries as outcomes; where there were truly none, raise findings under [history] by this one",
    ),
    "arrears_differ": Cause(
        name="arrears contradict in a history",
        why="0 days past due stand beside instalments missed: the days count, and nothing is overdue",
        remedy="correct days_past_due, or list its column in ignore of the tape, so that instalments missed count",
    ),
    "segment_changes": Cause(
        name="segment changed in a history",
        why="its segment is another than the month before: all its months count for that of the tape of contracts, or else for "
        "the first",
        remedy="give the segment by which a contract is to be measured, the same in all months, or on the tape of contracts",
    ),
    "rule_of_nobody": Cause(
        name="exclusion of nobody in a history",
        why="a rule names them, and they have no month in the history, so it changes nothing of them",
        remedy="correct the ids, as the tapes write them, or take them out of the rule",
    ),
    "rises": Cause(
        name="balance rose in a history",
        why="the balance is above that of the month before and what was advanced since",
        remedy="give what was lent or capitalised as advanced_minor, or correct the balance",
    ),
    "left_with_balance": Cause(
        name="left a history with a balance",
        why="its rows end before the history does, with a balance and nothing that repaid it: counted as a default",
        remedy='give the row in which it left, with its status: "repaid", "charged_off", or "sold" for what is no outcome',
    ),
    "end_together": Cause(
        name="many leave a history at once",
        why="so many with a balance in one month are no defaults, but the end of what was exported",
        remedy="give their later months; or state last_month, after which rows are left out, or give their last rows as sold",
    ),
    "maturity_not_known": Cause(
        name="maturity not known in a history",
        why="it was repaid, and neither maturity_date nor remaining_instalments says whether before time: counted as prepaid",
        remedy="give maturity_date or remaining_instalments, so that a contract which ends as agreed is not counted as prepaid",
    ),
    "age_not_known": Cause(
        name="age not known in a history",
        why="neither month_on_book nor first_payment_date nor origination_date is given: it says nothing of prepayment by age",
        remedy="give one of them",
    ),
    "no_rate": Cause(
        name="no rate in a history",
        why="recoveries are discounted at the contracts' own rates, and it has none: those of it are not discounted",
        remedy="give annual_rate, or state one for all under [history.KIND], as discount_rate = 0.08 a year",
    ),
    "no_segment": Cause(
        name="no segment in a history",
        why="its segment is empty, so it counts nowhere",
        remedy='give the segment; where all are of one, add read.constant = { segment = "all" } to the tape that has it',
    ),
    "recovered_more": Cause(
        name="recoveries above what was written off",
        why="recoveries, less the cost of collecting them, are above what was written off of the contract, and what is above "
        "it counts nowhere: the amount is too much, or proceeds stand twice, as recovery and as proceeds of collateral",
        remedy="leave one of two rows that state the same cash; where interest and fees were recovered too, leave these out",
    ),
    "recovered_below_nil": Cause(
        name="recoveries below nil",
        why="all recoveries of the contract together are below nil",
        remedy="give what collecting cost as collection_cost; a reversal takes back no more than was recovered",
    ),
    "charged_off_again": Cause(
        name="charge-off stated again",
        why="the same is charged off as in the month before, and all of it is more than was ever owed: it counts once",
        remedy="state a charge-off in the month in which it was made",
    ),
    "net": Cause(
        name="charge-off less proceeds",
        why="what was charged off and what came in are together what was owed: the charge-off is stated after proceeds, which "
        "would count twice; it counts as what was owed",
        remedy="state what was owed as charged off, and all proceeds as recoveries",
    ),
    "segment_never_seen": Cause(
        name="segment never seen in a history",
        why="it has no month in the history, so nothing can be estimated of it",
        remedy="give its history, or take it out of segments of [history.KIND]",
    ),
    "thin_segment": Cause(
        name="thin segment in a history",
        why="its curves lean on those of all segments",
        remedy="give a longer history, put it together with a segment that behaves alike, or lower minimum_months",
    ),
    "one_vintage": Cause(
        name="one vintage in a history",
        why="age and calendar are one thing in it, so what ageing does and what those months did cannot be told apart",
        remedy="add contracts made in other years; until then say so where the curves are approved",
    ),
    "weekend": Cause(
        name="arrears at weekends in a history",
        why="what is due on a Saturday or Sunday is paid on the Monday, so instalments counted as missed are not",
        remedy="give days_past_due as the records have them, or month ends that are business days",
    ),
}
"""Causes of findings about a history, by their names in the code."""
