"""Pay that depends on what comes of the work: by result, and a commission on sales.

Both are terms of a contract: they stand in its document, so in what is accepted, word for word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from campaigns.choices import ConversionKind, PayMetric
from campaigns.services.money import AMOUNT_MAX, money
from campaigns.services.offers.wanted import MONTHS_MAX
from campaigns.services.payments import results
from campaigns.services.refusals import CampaignRefused

RESULTS_MAX, NET_DAYS_MAX, WAIT_DAYS_MAX = 6, 180, 180
_DECIMALS = ("each", "most", "least", "amount", "percent", "minimum")


@dataclass(frozen=True)
class ResultPart:
    """Something that is counted: an amount once it reaches a threshold, or so much for each."""

    metric: str = PayMetric.VIEWS.value
    # So many days after the last publication.
    days: int = 30
    net_days: int = 30
    threshold: int | None = None
    amount: Decimal | None = None
    each: Decimal | None = None
    most: Decimal | None = None
    least: Decimal = Decimal(0)

    @property
    def rule(self) -> results.Rule | results.Goal:
        """What payments evaluate."""
        metric = PayMetric(self.metric)
        if self.threshold is not None:
            return results.Goal(metric, self.threshold, self.amount or Decimal(0), self.days)
        return results.Rule(
            metric, self.each or Decimal(0), self.most or Decimal(0), self.least, self.days
        )


@dataclass(frozen=True)
class CommissionPart:
    """So much of each sale that the creator brought: a percentage of its value, or an amount."""

    kind: str = ConversionKind.ORDER.value
    percent: Decimal | None = None
    each: Decimal | None = None
    # From the acceptance on; None: as long as the contract runs.
    months: int | None = None
    # Goods may come back: a sale counts when it is so many days old.
    wait_days: int = 30
    # Less than this is carried to the next statement.
    minimum: Decimal = Decimal(0)
    net_days: int = 30

    def words(self, currency: str) -> tuple[str, ...]:
        """As people agree on it."""
        what = ConversionKind(self.kind).label.lower()
        rate = (
            f"{self.percent.normalize():f} % of the value of each {what}"
            if self.percent is not None
            else f"{money(self.each or Decimal(0), currency)} for each {what}"
        )
        how_long = "as long as this contract runs"
        if self.months is not None:
            how_long = f"for {self.months} month{'s'[: self.months != 1]} from acceptance"
        least = f" Less than {money(self.minimum, currency)} is carried on." if self.minimum else ""
        paid = f"is paid within {_days(self.net_days)}"
        return (
            f"The creator gets {rate} that comes by the creator's own code or link, {how_long}.",
            f"It counts when it is {_days(self.wait_days)} old; what is given back is taken off.",
            f"Each statement lists what it is for, and {paid}.{least}",
        )

    def last_day(self, first: date, ends_on: date | None) -> date | None:
        """Until when sales count."""
        if self.months is None:
            return ends_on
        last: date = first + relativedelta(months=self.months, days=-1)
        return last


def result_of(form: Mapping[str, Any]) -> ResultPart:
    """As the terms keep it."""
    return ResultPart(**_plain(form))


def commission_of(form: Mapping[str, Any] | None) -> CommissionPart | None:
    """As the terms keep it; None: there is none."""
    return None if form is None else CommissionPart(**_plain(form))


def checked_results(parts: tuple[ResultPart, ...]) -> tuple[ResultPart, ...]:
    """Parts that can be carried out. Raises CampaignRefused, with the field at fault."""
    if len(parts) > RESULTS_MAX:
        raise CampaignRefused(f"{RESULTS_MAX} lines are the most.", field="results")
    found: list[ResultPart] = []
    for number, part in enumerate(parts):
        place = f"results/{number}"
        if part.metric not in PayMetric.values:
            raise CampaignRefused("Choose what is counted.", field=f"{place}/metric")
        is_goal = part.threshold is not None or part.amount is not None
        if is_goal and (part.each is not None or part.most is not None or part.least):
            raise CampaignRefused(
                "Either an amount once it is reached, or so much for each: empty one of the two.",
                field=f"{place}/each",
            )
        if is_goal and part.threshold is None:
            raise CampaignRefused("Say how much has to be reached.", field=f"{place}/threshold")
        _range(part.net_days, NET_DAYS_MAX, f"{place}/net_days")
        try:
            rule = results.checked(part.rule)
        except CampaignRefused as refusal:
            raise CampaignRefused(str(refusal), field=f"{place}/{refusal.field}") from refusal
        if any(one.rule == rule for one in found):
            raise CampaignRefused("This stands there already.", field=f"{place}/metric")
        found.append(part)
    return tuple(found)


def checked_commission(part: CommissionPart | None) -> CommissionPart | None:
    """One that can be carried out. Raises CampaignRefused, with the field at fault."""
    if part is None:
        return None
    if part.kind not in ConversionKind.values:
        raise CampaignRefused("Choose what counts as a sale.", field="commission/kind")
    if (part.percent is None) == (part.each is None):
        raise CampaignRefused(
            "Write a percentage or an amount for each sale: one of them.",
            field="commission/percent",
        )
    if part.percent is not None and not 0 < part.percent <= 100:
        raise CampaignRefused(
            "The percentage must be above 0 and 100 at most.", field="commission/percent"
        )
    if part.percent is not None and part.percent != round(part.percent, 4):
        raise CampaignRefused("4 decimal places are the most.", field="commission/percent")
    if part.each is not None and not 0 < part.each <= AMOUNT_MAX:
        raise CampaignRefused(
            "The amount must be above 0 and below ten billion.", field="commission/each"
        )
    if not 0 <= part.minimum <= AMOUNT_MAX:
        raise CampaignRefused(
            "The amount must be 0 or more and below ten billion.", field="commission/minimum"
        )
    for name in ("each", "minimum"):
        value = getattr(part, name)
        if value is not None and value != round(value, 2):
            raise CampaignRefused("2 decimal places are the most.", field=f"commission/{name}")
    if part.months is not None and not 1 <= part.months <= MONTHS_MAX:
        raise CampaignRefused(f"Months go from 1 to {MONTHS_MAX}.", field="commission/months")
    _range(part.wait_days, WAIT_DAYS_MAX, "commission/wait_days")
    _range(part.net_days, NET_DAYS_MAX, "commission/net_days")
    return part


def _plain(form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value) if name in _DECIMALS and value is not None else value
        for name, value in form.items()
    }


def _range(value: int, most: int, field: str) -> None:
    if not 0 <= value <= most:
        raise CampaignRefused(f"The days go from 0 to {most}.", field=field)


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
