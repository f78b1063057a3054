"""Where somebody was is nobody's business for long: it goes after as many days as a brand says."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q

from campaigns.models import Whereabouts, WhereaboutsRule
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

KEEP_MAX = 365
# What has no last day is asked for anew after so long.
OPEN_FOR = timedelta(days=365)


def erase_due(*, at: datetime) -> Counter[str]:
    """Erase what is over, brand by brand; how many of each."""
    erased: Counter[str] = Counter()
    for brand in Brand.objects.order_by("pk"):
        if number := _erase(brand, at):
            erased[brand.slug] = number
    return erased


@transaction.atomic
def keep_for(*, brand: Brand, days: int, actor: User, at: datetime) -> WhereaboutsRule:
    """Say for how many days after its end it is kept. Raises CampaignRefused."""
    if not 1 <= days <= KEEP_MAX:
        raise CampaignRefused(f"Days are 1 to {KEEP_MAX}.", field="keep_days")
    rule, _made = WhereaboutsRule.objects.update_or_create(
        brand=brand, defaults={"keep_days": days}
    )
    audit.record(
        brand=brand,
        verb="campaigns.whereabouts.rule_changed",
        target=brand,
        actor=actor,
        at=at,
        data={"days": days},
    )
    return rule


@transaction.atomic
def _erase(brand: Brand, at: datetime) -> int:
    number, _each = _due(brand, at).delete()
    if number:
        audit.record(
            brand=brand,
            verb="campaigns.whereabouts.expired",
            target=brand,
            at=at,
            data={"erased": number},
        )
    return number


def _due(brand: Brand, at: datetime) -> models.QuerySet[Whereabouts]:
    keep = timedelta(days=WhereaboutsRule.of(brand).keep_days)
    over = Q(ends_on__lt=today_of(brand, at) - keep)
    old = Q(ends_on=None, said_at__lt=at - OPEN_FOR)
    return Whereabouts.objects.filter(over | old, relationship__brand=brand)
