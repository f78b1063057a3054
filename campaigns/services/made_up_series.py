"""Made-up money and days for the demo brand: a commission that was stated, a series with a lift."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import pi, sin
from random import Random

from django.db import transaction

from campaigns.choices import CampaignStatus, SeriesKind
from campaigns.experiments.weeks import Span
from campaigns.models import Campaign, Commission, DailySeries, PromoCode
from campaigns.models.engagements import OPEN_STAGES
from campaigns.services.commissions import agreeing, stating
from campaigns.services.contracts.variable import CommissionPart
from campaigns.services.days import today_of
from campaigns.services.made_up_pieces import new_days
from campaigns.services.series import keeping, lifts, notes
from campaigns.services.series.lifts import Asked
from crm.choices import Role
from crm.models import Brand, User

DAYS, BEFORE = 84, 42
# How much more are looked for since the campaign runs, beside another market.
GROWN = 1.3
# And how much more while a piece is new.
NEW = 1.25


@transaction.atomic
def fill_series(*, brand: Brand, seed: int, at: datetime) -> int:
    """Twelve weeks of searches in two markets, a note, and the lift; how many series there are."""
    held = DailySeries.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.ANALYST).first()
    campaign = _running(brand)
    if held or actor is None or campaign is None:
        return held
    chance = Random(seed)  # noqa: S311 - made-up numbers, the same each time
    last = today_of(brand, at) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    middle = first + timedelta(days=BEFORE)
    busy = new_days(brand)
    made = []
    for name, usual, grown, new in (
        ("Searches for the brand, Denmark", 420.0, GROWN, NEW),
        ("Searches for the brand, Sweden", 300.0, 1.0, 1.0),
    ):
        series = keeping.create_series(
            brand=brand,
            name=name,
            kind=SeriesKind.BRAND_SEARCH,
            source="Search console",
            actor=actor,
            at=at,
        )
        values = {
            day: _searches(
                chance,
                usual * (grown if day >= middle else 1.0) * (new if day in busy else 1.0),
                day,
            )
            for day in (first + timedelta(days=number) for number in range(DAYS))
        }
        keeping.put_values(series=series, values=values, actor=actor, at=at)
        made.append(series)
    notes.add_note(
        brand=brand,
        day=middle,
        title="The first posts of the campaign are out",
        platform=None,
        url="",
        actor=actor,
        at=at,
    )
    asked = Asked(
        series=made[0],
        before=Span(first, middle - timedelta(days=1)),
        after=Span(middle, last),
        control=made[1],
    )
    lifts.ask_lift(campaign=campaign, asked=asked, actor=actor, at=at)
    return len(made)


def _searches(chance: Random, usual: float, day: date) -> float:
    """Weekends are quieter; the rest is chance."""
    week = 1 + 0.08 * sin(2 * pi * day.weekday() / 7)
    return float(round(usual * week * chance.gauss(1, 0.05)))


@transaction.atomic
def fill_commissions(*, brand: Brand, seed: int, at: datetime) -> int:
    """Two creators with codes get a commission, and the first statements; how many there are."""
    held = Commission.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    campaign = _running(brand)
    if held or actor is None or campaign is None:
        return held
    coded = PromoCode.objects.filter(campaign=campaign).values("relationship")
    places = campaign.engagements.filter(relationship__in=coded, stage__in=OPEN_STAGES)
    starts_on = today_of(brand, at) - timedelta(days=60)
    parts = (
        CommissionPart(percent=Decimal(10), minimum=Decimal(25)),
        CommissionPart(each=Decimal(4), wait_days=14),
    )
    for place, part in zip(places.order_by("pk"), parts, strict=False):
        agreeing.agree(
            engagement=place,
            part=part,
            currency=campaign.currency,
            starts_on=starts_on,
            ends_on=None,
            actor=actor,
            at=at,
        )
    stating.run(brand=brand, actor=actor, at=at)
    return Commission.objects.filter(brand=brand).count()


def _running(brand: Brand) -> Campaign | None:
    rows = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    return rows.order_by("pk").first()
