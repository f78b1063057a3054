"""What a campaign must say to be saved, and to be activated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import pycountry
from django.db.models import Sum

from campaigns.choices import BudgetKind
from campaigns.disclosure import packs
from campaigns.disclosure.goods import goods_of
from campaigns.models import BudgetLine, Campaign
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.money import money
from campaigns.services.objectives import OBJECTIVES, SHARE_MAX, Unit
from campaigns.services.refusals import CampaignRefused
from campaigns.services.use_cases import templates
from crm.models import Platform, UserRole

AMOUNT_MAX = Decimal(10) ** 11
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")


def refuse(message: str, code: str, field: str) -> CampaignRefused:
    """A refusal of one input."""
    return CampaignRefused(message, code=code, field=field)


def check_campaign(campaign: Campaign) -> None:
    """Raises CampaignRefused for the first thing that is wrong."""
    campaign.name = campaign.name.strip()
    if not campaign.name:
        raise refuse("Give the campaign a name.", "name_needed", "name")
    if not KEY.match(campaign.key) or len(campaign.key) > 60:
        raise refuse(
            "A key has small letters, digits and - between them, 60 at most: spring-launch.",
            "key_invalid",
            "key",
        )
    _check_objective(campaign)
    _check_days(campaign)
    _check_places(campaign)
    _check_money(campaign)
    owner = campaign.owner
    if owner and not UserRole.objects.filter(brand=campaign.brand, user=owner).exists():
        raise refuse(
            f"{owner} has no role in {campaign.brand}. An admin can give one.",
            "owner_not_allowed",
            "owner",
        )


def check_ready(campaign: Campaign) -> None:
    """Whether it can be activated. Raises CampaignRefused with all that is missing."""
    missing = []
    if not campaign.platforms:
        missing.append("the platforms")
    if not campaign.jurisdictions:
        missing.append("the jurisdictions whose disclosure rules apply")
    if campaign.budget is None:
        missing.append("the budget")
    if templates()[campaign.use_case].needs_embargo and campaign.embargo_until is None:  # type: ignore[index]
        missing.append("the moment at which the embargo ends")
    if campaign.owner is None:
        missing.append("the owner")
    if missing:
        raise CampaignRefused(
            f"Before {campaign} can be activated, it has to say {_listed(missing)}.",
            code="not_ready",
        )


def check_lines(campaign: Campaign) -> None:
    """That no cut of the budget adds up to more than the budget. Raises CampaignRefused."""
    sums = (
        BudgetLine.objects.filter(campaign=campaign)
        .order_by("kind")
        .values_list("kind")
        .annotate(sum=Sum("amount"))
    )
    for kind, total in sums:
        check_sum(campaign, BudgetKind(kind), total)


def check_sum(campaign: Campaign, kind: BudgetKind, total: Decimal) -> None:
    """The same for one cut. Raises CampaignRefused."""
    if campaign.budget is None:
        raise refuse("Say the whole budget first, then how it is cut.", "budget_needed", "budget")
    if total > campaign.budget:
        raise refuse(
            f"The lines {kind.label.lower()} add up to {money(total, campaign.currency)}, which is "
            f"{money(total - campaign.budget, campaign.currency)} more than the budget.",
            "over_budget",
            "budget",
        )


def _check_objective(campaign: Campaign) -> None:
    metric = OBJECTIVES.get(campaign.objective)
    if metric is None:
        raise refuse(
            f"There is no objective {campaign.objective!r}.", "unknown_objective", "objective"
        )
    for name, value in (("target", campaign.target), ("reached", campaign.reached)):
        if value is None:
            continue
        if value < 0 or (name == "target" and value == 0):
            raise refuse("Write a number above zero.", "out_of_range", name)
        if metric.unit is Unit.PERCENT and value > SHARE_MAX and metric.key != "brand_search_lift":
            raise refuse(f"{metric.label} is a share: 100 % is all there is.", "out_of_range", name)
        if value >= AMOUNT_MAX:
            raise refuse("That is more than can be kept.", "out_of_range", name)


def _check_days(campaign: Campaign) -> None:
    for name in ("starts_on", "ends_on", "target_on"):
        if not EARLIEST <= getattr(campaign, name).year <= LATEST:
            raise refuse("Look at the year again.", "out_of_range", name)
    if campaign.ends_on < campaign.starts_on:
        raise refuse("The last day comes before the first.", "out_of_order", "ends_on")
    if campaign.target_on < campaign.starts_on:
        raise refuse(
            "The objective is to be reached before the campaign starts.",
            "out_of_order",
            "target_on",
        )
    embargo = campaign.embargo_until
    if embargo and embargo.date() > campaign.ends_on:
        raise refuse(
            "The embargo ends after the campaign: nothing could ever be published.",
            "out_of_order",
            "embargo_until",
        )


def _check_places(campaign: Campaign) -> None:
    known = packs.standard().jurisdictions
    for code in campaign.jurisdictions:
        if code not in known:
            raise refuse(
                f"There are no disclosure rules for {code!r}. There are for: "
                f"{', '.join(sorted(known))}.",
                "unknown_jurisdiction",
                "jurisdictions",
            )
    platforms = set(Platform.objects.values_list("key", flat=True)) if campaign.platforms else set()
    for key in campaign.platforms:
        if key not in platforms:
            raise refuse(f"There is no platform {key!r}.", "unknown_platform", "platforms")
    goods = goods_of(packs.standard())
    for key in campaign.goods:
        if key not in goods:
            raise refuse(
                f"There are no rules for goods {key!r}. There are for: {', '.join(goods)}.",
                "unknown_goods",
                "goods",
            )
    for name in ("jurisdictions", "platforms", "goods"):
        if len(set(getattr(campaign, name))) < len(getattr(campaign, name)):
            raise refuse("Name each once.", "named_twice", name)


def _check_money(campaign: Campaign) -> None:
    if pycountry.currencies.get(alpha_3=campaign.currency) is None:
        raise refuse(
            f"{campaign.currency!r} is no currency: write three letters, as EUR.",
            "unknown_currency",
            "currency",
        )
    if campaign.budget is not None and not 0 < campaign.budget < AMOUNT_MAX:
        raise refuse("A budget is more than zero.", "out_of_range", "budget")
    wanted = campaign.wanted_creators
    if wanted is not None and not 0 < wanted <= 100_000:
        raise refuse("From 1 to 100,000 creators.", "out_of_range", "wanted_creators")


def _listed(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
