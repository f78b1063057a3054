"""A made-up shop's weeks for the demo brand: links, codes, clicks, orders, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import CampaignStatus, ClickKind, ConversionSource
from campaigns.models import Campaign, Conversion, PromoCode, TrackingLink
from campaigns.services.conversions import taking
from campaigns.services.conversions.told import Told, ToldRefund
from campaigns.services.tracking import bulk, writing
from campaigns.services.tracking.queue import Followed
from crm.choices import Role
from crm.models import Brand, User

VISITORS, DAYS = 400, 42
_WISH = bulk.Wish(target="https://shop.demo.example/night-cream", percent=10)


@transaction.atomic
def fill_conversions(*, brand: Brand, seed: int, at: datetime) -> int:
    """Six weeks of a shop for the brand's running campaign; how many conversions there are."""
    held = Conversion.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    running = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    campaign = running.order_by("pk").first()
    if held or actor is None or campaign is None:
        return held
    bulk.make(campaign=campaign, wish=_WISH, actor=actor, at=at)
    links = list(TrackingLink.objects.filter(campaign=campaign).order_by("pk"))
    codes = list(PromoCode.objects.filter(campaign=campaign).order_by("pk"))
    if not links or not codes:
        return held
    chance = Random(seed)  # noqa: S311 - made-up numbers, the same each time
    clicks, told = _visitors(brand, links, codes, chance, at)
    writing.write(clicks)
    origin = taking.Origin(ConversionSource.API, at)
    taking.take(brand=brand, told=told, origin=origin)
    refunds = [
        ToldRefund(
            key=f"refund-{one.key}",
            conversion=one.key,
            at=min(one.at + timedelta(days=3), at),
            value=None if place % 2 else Decimal(10),
        )
        for place, one in enumerate(told[::12])
        if one.value is not None and one.value > 10
    ]
    taking.take_back(brand=brand, told=refunds, origin=origin)
    return len(told)


def _visitors(
    brand: Brand,
    links: Sequence[TrackingLink],
    codes: Sequence[PromoCode],
    chance: Random,
    at: datetime,
) -> tuple[list[Followed], list[Told]]:
    """People who click once or several times; some buy, some of these type a code."""
    zone = ZoneInfo(brand.timezone)
    # The first creators are met most.
    weights = [1 / (place + 1) for place in range(len(links))]
    clicks: list[Followed] = []
    told: list[Told] = []
    for visitor in range(1, VISITORS + 1):
        moment = at - timedelta(days=chance.uniform(3, DAYS))
        followed: list[Followed] = []
        for link in chance.choices(links, weights, k=chance.choice([1, 1, 1, 2, 2, 3, 4])):
            followed.append(
                Followed(
                    id=UUID(int=chance.getrandbits(128), version=4),
                    brand_id=brand.pk,
                    link_id=link.pk,
                    at=moment,
                    day=moment.astimezone(zone).date(),
                    kind=ClickKind.PERSON,
                    visitor=chance.getrandbits(40) if not followed else followed[0].visitor,
                    referrer_host="instagram.com",
                    country="DK",
                )
            )
            moment = min(moment + timedelta(hours=chance.uniform(1, 60)), at - timedelta(hours=2))
        clicks += followed
        buys = chance.random()
        if buys > 0.3:
            continue
        types_code = chance.random() < 0.35
        told.append(
            Told(
                key=f"demo-{visitor:05d}",
                at=min(followed[-1].at + timedelta(hours=chance.uniform(0.1, 30)), at),
                # Some orders come without their value: unknown, not zero.
                value=None if buys < 0.01 else Decimal(chance.randint(2_000, 12_000)) / 100,
                currency="" if buys < 0.01 else "EUR",
                click=followed[-1].id if chance.random() < 0.9 else None,
                code=chance.choices(codes, weights[: len(codes)])[0].code if types_code else "",
                is_new_customer=chance.random() < 0.6,
            )
        )
    told += [
        Told(
            key=f"demo-code-{place:02d}",
            at=at - timedelta(days=place + 1),
            value=Decimal(39),
            currency="EUR",
            code="NIGHT-OWL",
        )
        for place in range(9)
    ]
    return clicks, told
