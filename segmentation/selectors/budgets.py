"""Plans of a budget as people read and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from campaigns.models import Campaign
from segmentation.choices import Forecasted
from segmentation.models import BudgetPick, BudgetPlan
from segmentation.selectors.forecasts import platform_names
from segmentation.services.budgets.asks import Asks


@dataclass(frozen=True)
class Line:
    """A creator in or beside a plan, with why."""

    pick: BudgetPick
    platform: str
    words: str

    @property
    def cost(self) -> Any:
        """Of all their pieces; None: they have none, or nobody knows."""
        if self.pick.price is None or not self.pick.pieces:
            return None
        return self.pick.price * self.pick.pieces


@dataclass(frozen=True)
class Whole:
    """A plan that is worked out."""

    plan: BudgetPlan
    asks: Asks
    measure: str
    chosen: Sequence[Line]
    left_out: Sequence[Line]
    # A binding limit in words, and what one more of its unit would bring.
    limits: Sequence[tuple[str, float]]

    @property
    def per_unit(self) -> float | None:
        """What a unit of money brings on average."""
        spent = self.plan.result.get("spent")
        return self.plan.result["brings"] / spent if spent else None


def plans_of(campaign: Campaign) -> QuerySet[BudgetPlan]:
    """All plans of a campaign, the newest first."""
    return (
        BudgetPlan.objects.filter(campaign=campaign)
        .select_related("campaign__brand", "requested_by", "taken_by")
        .order_by("-created_at", "-pk")
    )


def whole_of(plan: BudgetPlan) -> Whole:
    """A plan with its creators: three statements."""
    asks = Asks.of(plan.asks)
    names = platform_names()
    worth = plan.result.get("worth", 0.0)
    # Who objects to profiling since is shown no more.
    rows = plan.picks.filter(relationship__unprofiled_at=None).order_by("position", "pk")
    rows = rows.select_related("relationship__creator")
    lines = [
        Line(
            one,
            names.get(one.platform, one.platform),
            _words(one, asks, worth, plan.campaign.currency),
        )
        for one in rows
    ]
    return Whole(
        plan,
        asks,
        Forecasted(asks.measure).label.lower(),
        [line for line in lines if line.pick.pieces],
        [line for line in lines if not line.pick.pieces],
        [(limit_words(one["name"]), one["worth"]) for one in plan.result.get("limits", [])],
    )


def limit_words(name: str) -> str:
    """ "spend:tier micro" as "spend of tier micro", with where it presses from."""
    is_least = name.endswith(":least")
    of, _, group = name.removesuffix(":least").partition(":")
    what = f"{of} of {group}" if group else of
    return f"the least {what}" if is_least else f"the most {what}"


def _words(pick: BudgetPick, asks: Asks, worth: float, currency: str) -> str:
    """Why somebody is in or out."""
    reason = pick.reason
    code = reason.get("code", "")
    per = reason.get("per_unit", 0.0)
    measure = Forecasted(asks.measure).label.lower()
    brings = f"first piece brings {per:,.3g} {measure} for each {currency}"
    line = f"the budget's last {currency} brings {worth:,.3g}"
    limit = limit_words(reason["limit"]) if "limit" in reason else ""
    return {
        "in": f"In: a {brings}; {line}.",
        "must": f"In, because somebody said so. A {brings}; {line}.",
        "least": f"In for the sake of {limit}. A {brings}; {line}.",
        "limit": f"Out by {limit}. A {brings}; {line}.",
        "near": f"Out by little: whole pieces do not fit better. A {brings}; {line}.",
        "below": f"Out: a {brings}; {line}.",
        "never": "Out, because somebody said so.",
        "unknown": "Not among those who were asked for.",
    }.get(code, "Waits to be worked out.")


def pick_row(line: Line) -> dict[str, Any]:
    """A line as the API tells it."""
    pick = line.pick
    return {
        "creator": pick.relationship.creator.uid,
        "name": pick.relationship.creator.name,
        "wish": pick.wish or None,
        "pieces": pick.pieces,
        "platform": pick.platform or None,
        "price": pick.price,
        "price_source": pick.price_source or None,
        "brings": pick.brings,
        "why": line.words,
    }
