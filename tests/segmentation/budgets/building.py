"""A plan of a budget for a brand's first campaign, worked out."""

from __future__ import annotations

from campaigns.models import Campaign
from crm.models import Brand
from segmentation.models import BudgetPlan
from segmentation.services.budgets import asking
from segmentation.services.budgets.asks import Asks
from tests.factories import NOW


def planned(brand: Brand) -> BudgetPlan:
    """Asked for and worked out, or refused where too little is known of the brand."""
    campaign = Campaign.objects.filter(brand=brand).order_by("pk")[0]
    plan = asking.ask(
        campaign_id=campaign.pk,
        brand=brand,
        name="Views",
        asks=Asks(budget="5000", measure="views"),
        must=(),
        never=(),
        actor=None,
        at=NOW,
    )
    done = asking.allocate(plan_id=plan.pk, at=NOW)
    assert done is not None
    return done
