"""Pay by result: so much for each of something that was counted, or an amount once it is reached.

"0.01 EUR for each view that is counted 30 days after publication, 500 EUR at most." "500 EUR once
100,000 views are reached." A count that is not known of every published post is not known: nothing
is paid on a guess, and nothing that was reached waits for a count that can only add to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from campaigns.choices import PayMetric
from campaigns.services.money import AMOUNT_MAX, money
from campaigns.services.refusals import CampaignRefused

CENT = Decimal("0.01")
# What one is worth may be a fraction of a cent.
EACH_PLACES = 6
DAYS_MAX = 365
THRESHOLD_MAX = 10_000_000_000
_PLURALS = {PayMetric.REACH: "people reached"}


@dataclass(frozen=True)
class Rule:
    """What is counted, what each is worth, the least and the most, and when it is counted."""

    metric: PayMetric
    each: Decimal
    most: Decimal
    # Paid in any case, once it is counted.
    least: Decimal = Decimal(0)
    # So many days after the last publication.
    days: int = 30

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Rule:
        """A rule as `to_json` wrote it."""
        return cls(
            metric=PayMetric(form["metric"]),
            each=Decimal(form["each"]),
            most=Decimal(form["most"]),
            least=Decimal(form["least"]),
            days=form["days"],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values: decimals as text."""
        return {
            "metric": self.metric.value,
            "each": f"{self.each:f}",
            "most": f"{self.most:f}",
            "least": f"{self.least:f}",
            "days": self.days,
        }

    def words(self, currency: str) -> str:
        """As people agree on it."""
        each = f"{self.each.normalize():f} {currency}"
        when = f", counted {_days(self.days)} after the last publication"
        least = f", {money(self.least, currency)} at least" if self.least else ""
        most = f", {money(self.most, currency)} at most"
        return f"{each} for each {self.metric.label}{when}{least}{most}"


@dataclass(frozen=True)
class Goal:
    """An amount that is due once so many were counted, in so many days."""

    metric: PayMetric
    threshold: int
    amount: Decimal
    # So many days after the last publication.
    days: int = 30

    def to_json(self) -> dict[str, Any]:
        """Plain values: decimals as text."""
        return {
            "metric": self.metric.value,
            "threshold": self.threshold,
            "amount": f"{self.amount:f}",
            "days": self.days,
        }

    def words(self, currency: str) -> str:
        """As people agree on it."""
        return (
            f"{money(self.amount, currency)} once {self.threshold:,} {things(self.metric)} are "
            f"counted, {_days(self.days)} after the last publication at the latest"
        )


@dataclass(frozen=True)
class Counted:
    """What a rule comes to, with what it was computed from."""

    total: int
    amount: Decimal
    # In words: the sum, and which limit held.
    words: str


AnyRule = TypeVar("AnyRule", bound=Rule | Goal)


def rule_of(form: Mapping[str, Any]) -> Rule | Goal:
    """What a row keeps: a goal has a threshold."""
    if "threshold" not in form:
        return Rule.of(form)
    return Goal(PayMetric(form["metric"]), form["threshold"], Decimal(form["amount"]), form["days"])


def checked(rule: AnyRule) -> AnyRule:
    """A rule that can be carried out. Raises CampaignRefused."""
    if not 0 <= rule.days <= DAYS_MAX:
        raise CampaignRefused(f"The days go from 0 to {DAYS_MAX}.", field="days")
    if isinstance(rule, Goal):
        _check_goal(rule)
    else:
        _check_rule(rule)
    return rule


def _check_goal(goal: Goal) -> None:
    if not 1 <= goal.threshold <= THRESHOLD_MAX:
        raise CampaignRefused(
            f"What has to be reached goes from 1 to {THRESHOLD_MAX:,}.", field="threshold"
        )
    amount = goal.amount
    if not amount.is_finite() or not 0 < amount <= AMOUNT_MAX or amount != round(amount, 2):
        raise CampaignRefused(
            "The amount is more than 0 and has two decimal places at most.", field="amount"
        )


def _check_rule(rule: Rule) -> None:
    exponent = rule.each.as_tuple().exponent
    if (
        not rule.each.is_finite()
        or not 0 < rule.each <= AMOUNT_MAX
        or (isinstance(exponent, int) and -exponent > EACH_PLACES)
    ):
        raise CampaignRefused(
            f"What each is worth is more than 0 and has {EACH_PLACES} decimal places at most.",
            field="each",
        )
    for name in ("least", "most"):
        value = getattr(rule, name)
        if not value.is_finite() or not 0 <= value <= AMOUNT_MAX or value != round(value, 2):
            raise CampaignRefused(
                "The amount is 0 or more and has two decimal places at most.", field=name
            )
    if not rule.most:
        raise CampaignRefused("Say what the most is: without it nobody can plan.", field="most")
    if rule.least > rule.most:
        raise CampaignRefused("The least is more than the most.", field="least")


def count_of(metric: PayMetric, counts: Mapping[str, int | None]) -> int | None:
    """What a post has of it; None: not known. Engagements as everywhere (docs/metrics.md)."""
    if metric != PayMetric.ENGAGEMENTS:
        return counts[metric.value]
    if counts["likes"] is None and counts["comments"] is None:
        return None
    names = ("likes", "comments", "saves", "shares")
    return sum(value for name in names if (value := counts[name]) is not None)


def pay_for(rule: Rule, counts: Sequence[int], currency: str) -> Counted:
    """What is due for counts that are all known."""
    total = sum(counts)
    plain = (rule.each * total).quantize(CENT, ROUND_HALF_UP)
    amount = min(max(plain, rule.least), rule.most)
    words = (
        f"{total:,} {things(rule.metric)} x {rule.each.normalize():f} {currency} = "
        f"{money(plain, currency)}"
    )
    if amount < plain:
        words += f"; {money(rule.most, currency)} is the most"
    elif amount > plain:
        words += f"; {money(rule.least, currency)} is the least"
    return Counted(total, amount, words)


def reached_by(goal: Goal, counts: Sequence[int], currency: str) -> Counted:
    """What is due for counts: the amount, or nothing."""
    total = sum(counts)
    is_reached = total >= goal.threshold
    words = f"{total:,} of {goal.threshold:,} {things(goal.metric)}: " + (
        money(goal.amount, currency) if is_reached else "not reached"
    )
    return Counted(total, goal.amount if is_reached else Decimal(0), words)


def things(metric: PayMetric) -> str:
    """More than one of it."""
    return _PLURALS.get(metric, f"{metric.label}s")


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
