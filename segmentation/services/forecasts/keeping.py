"""Keep what a campaign was expected to bring, so that it can be held against what came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from crm import audit
from crm.models import Brand, User
from segmentation.models import CampaignForecast, CampaignForecastLine
from segmentation.selectors.forecast_plan import Plan, plan_of
from segmentation.selectors.forecasts import NOT_YET, Standing, standing_of
from segmentation.services.edits import EditRefused

# Of a campaign; more would only hide each other.
MOST = 20


@transaction.atomic
def keep(*, campaign_id: int, actor: User | None, at: datetime) -> CampaignForecast:
    """Write down what the plan is expected to bring as of now. Raises EditRefused."""
    campaign = (
        Campaign.objects.select_for_update(no_key=True, of=["self"])
        .select_related("brand")
        .get(pk=campaign_id)
    )
    standing = standing_of(campaign.brand)
    if standing is None:
        raise EditRefused(NOT_YET, code="nothing_learned")
    if CampaignForecast.objects.filter(campaign=campaign).count() >= MOST:
        raise EditRefused(
            f"{MOST} forecasts of this campaign are kept: more would hide each other.",
            code="too_many",
        )
    plan = plan_of(campaign, standing)
    if not any(total.is_known for total in plan.totals):
        raise EditRefused(
            "Nothing can be expected of this plan yet: nobody in it has a forecast.",
            code="nothing_known",
        )
    kept = CampaignForecast.objects.create(
        campaign=campaign,
        kept_at=at,
        kept_by=actor,
        model_number=standing.model.number,
        level=standing.model.level,
        result=as_result(plan, standing),
    )
    CampaignForecastLine.objects.bulk_create(
        (
            CampaignForecastLine(
                forecast=kept,
                engagement=line.engagement,
                platform=line.platform,
                measure=measure,
                pieces=line.pieces,
                low=row.low,
                middle=row.middle,
                high=row.high,
                own=row.own,
            )
            for line in plan.lines
            for measure, row in line.told.items()
        ),
        batch_size=1_000,
    )
    audit.record(
        brand=campaign.brand,
        verb="segmentation.forecast.kept",
        target=campaign,
        actor=actor,
        at=at,
        data={"version": standing.model.number, "creators": plan.creators},
    )
    return kept


def keep_begun(*, brand: Brand, at: datetime) -> int:
    """Keep a forecast of each campaign that has begun and has none; returns how many."""
    begun = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE, archived_at=None)
    has_one = CampaignForecast.objects.filter(campaign__brand=brand).values("campaign")
    count = 0
    for pk in begun.exclude(pk__in=has_one).order_by("pk").values_list("pk", flat=True):
        try:
            keep(campaign_id=pk, actor=None, at=at)
        except EditRefused:
            continue  # nothing to keep yet
        count += 1
    return count


def as_result(plan: Plan, standing: Standing) -> dict[str, Any]:
    """The sums as they are kept and as the API tells them."""
    return {
        "creators": plan.creators,
        "left_out": plan.left_out,
        "assumed": plan.assumed,
        "totals": [
            {
                "measure": total.measure.value,
                "low": round(total.total.low, 1) if total.is_known else None,
                "middle": round(total.total.middle, 1) if total.is_known else None,
                "high": round(total.total.high, 1) if total.is_known else None,
                "pieces": total.pieces,
                "unknown": total.unknown,
                "typical_factor": total.factor,
                "interval_held": total.held,
                "reason_if_absent": None if total.is_known else why_not(total.measure, standing),
            }
            for total in plan.totals
        ],
        "cost": {
            "known": None if plan.cost is None else str(plan.cost),
            "estimated": plan.estimated
            and {
                "low": round(plan.estimated.low, 2),
                "middle": round(plan.estimated.middle, 2),
                "high": round(plan.estimated.high, 2),
                "creators": plan.estimated_creators,
            },
            "without": plan.without_cost,
        },
    }


def why_not(measure: str, standing: Standing) -> str:
    """Why nothing is forecast of a measure, in words."""
    reasons = [why for (what, _platform), why in standing.absent.items() if what == measure]
    if reasons:
        return f"Too little is known: {reasons[0]}"
    return (
        "Nothing of it was ever counted."
        if not _learned(measure, standing)
        else ("It is not known of anybody in the plan.")
    )


def _learned(measure: str, standing: Standing) -> bool:
    return any(what == measure for what, _platform in standing.parts)
