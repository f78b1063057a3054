"""The sums from which on a written contract is asked for: by advertiser, calendar year and aim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from campaigns.disclosure.case import Connection
from campaigns.disclosure.finding import Outcome
from campaigns.disclosure.packs import Datum
from campaigns.disclosure.vocabulary import Result


@dataclass(frozen=True, slots=True)
class YearlySum:
    """What a creator received from an advertiser in a year for one aim."""

    advertiser: str | None
    year: int
    aim: str | None
    amount: Decimal
    unvalued: int  # connections whose value, currency or day is not known


def yearly_sums(connections: Iterable[Connection], currency: str, at: date) -> list[YearlySum]:
    """Pay and benefits in kind by advertiser, year and aim, in that currency.

    A connection without a day counts for the year of `at`; without a value, or in another currency,
    it is counted as not valued.
    """
    amounts: dict[tuple[str | None, int, str | None], Decimal] = defaultdict(Decimal)
    unvalued: dict[tuple[str | None, int, str | None], int] = defaultdict(int)
    for one in connections:
        key = (one.advertiser, (one.on or at).year, one.aim)
        if one.value is None or one.currency != currency:
            unvalued[key] += 1
            amounts[key] += 0
        else:
            amounts[key] += one.value
    return [
        YearlySum(advertiser, year, aim, amount, unvalued[advertiser, year, aim])
        for (advertiser, year, aim), amount in amounts.items()
    ]


def written_contract(connections: tuple[Connection, ...] | None, datum: Datum, at: date) -> Outcome:
    """Whether the year's sum asks for a written contract, and whether there is one."""
    if connections is None:
        return Outcome(Result.UNKNOWN, "What the creator received was not looked up.")
    since = datum.effective_from or date.min
    in_force = [one for one in connections if one.on is None or one.on >= since]
    states = contract_states(connections, datum, at)
    if states:
        # The one that is worst off stands for all of them.
        order = [Result.FAIL, Result.UNKNOWN, Result.PASS]
        worst = min(states, key=lambda one: (order.index(one[1].result), -one[0].amount))
        return worst[1]
    limit, currency = Decimal(datum.params["amount"]), datum.params["currency"]
    sums = [one for one in yearly_sums(in_force, currency, at) if one.year == at.year]
    if any(one.unvalued for one in sums):
        return Outcome(Result.UNKNOWN, f"Some of what was received has no value in {currency}.")
    total = max((one.amount for one in sums), default=Decimal(0))
    return Outcome(Result.NOT_APPLICABLE, f"{total:,.2f} {currency}, below {limit:,.0f}.")


def contract_states(
    connections: tuple[Connection, ...], datum: Datum, at: date
) -> list[tuple[YearlySum, Outcome]]:
    """The sums of the year that ask for a written contract, and whether there is one for each."""
    limit, currency = Decimal(datum.params["amount"]), datum.params["currency"]
    since = datum.effective_from or date.min
    in_force = [one for one in connections if one.on is None or one.on >= since]
    found = []
    for one in yearly_sums(in_force, currency, at):
        if one.year != at.year or one.amount < limit:
            continue
        words = (
            f"{one.amount:,.2f} {currency} in {one.year}; "
            f"from {limit:,.0f} a written contract is required"
        )
        theirs = [
            tie
            for tie in in_force
            if (tie.advertiser, tie.aim) == (one.advertiser, one.aim)
            and (tie.on or at).year == one.year
        ]
        if any(tie.written_contract for tie in theirs):
            outcome = Outcome(Result.PASS, f"{words}; there is one.")
        elif all(tie.written_contract is False for tie in theirs):
            outcome = Outcome(Result.FAIL, f"{words}; there is none.")
        else:
            outcome = Outcome(Result.UNKNOWN, f"{words}; whether there is one is not noted.")
        found.append((one, outcome))
    return found
