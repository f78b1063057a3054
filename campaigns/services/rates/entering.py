"""Rates as people enter them: a correction takes the place of what it corrects, which is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.models import ExchangeRate
from campaigns.services.days import today_of
from campaigns.services.payments.record import checked_currency, checked_day, checked_text
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

RATE_MAX = Decimal(9999999999)


@dataclass(frozen=True)
class Rate:
    """One unit of `base` is `rate` of `currency`."""

    base: str
    currency: str
    day: date
    rate: Decimal


@dataclass(frozen=True)
class Entered:
    """What came of some rates: new ones, ones that took another's place, and known ones."""

    new: int
    replaced: int
    unchanged: int

    @property
    def words(self) -> str:
        """For a message."""
        parts = [f"{self.new:,} new", f"{self.replaced:,} corrected", f"{self.unchanged:,} known"]
        return f"Rates: {', '.join(parts)}."


@transaction.atomic
def enter(
    *, brand: Brand, rates: Sequence[Rate], source: str, actor: User, at: datetime
) -> Entered:
    """Write down rates of one source. Raises CampaignRefused, and then none is."""
    source = checked_text(source, 120, "source")
    if not source:
        raise CampaignRefused("Say who publishes these rates.", field="source")
    today = today_of(brand, at)
    given = [_checked(rate, today) for rate in rates]
    if len({_key(rate) for rate in given}) < len(given):
        raise CampaignRefused("A rate of the same day stands there twice.", field="rates")
    known = {
        (row.base, row.currency, row.day): row
        for row in ExchangeRate.objects.standing()
        .select_for_update(no_key=True)
        .filter(brand=brand, day__in={rate.day for rate in given})
    }
    fresh, old = [], []
    for rate in given:
        before = known.get(_key(rate))
        if before is not None and before.rate == rate.rate:
            continue
        if before is not None:
            old.append(before.pk)
        fresh.append(
            ExchangeRate(
                brand=brand,
                base=rate.base,
                currency=rate.currency,
                day=rate.day,
                rate=rate.rate,
                source=source,
                entered_by=actor,
                entered_at=at,
            )
        )
    ExchangeRate.objects.filter(pk__in=old).update(replaced_at=at)
    ExchangeRate.objects.bulk_create(fresh, batch_size=2_000)
    done = Entered(len(fresh) - len(old), len(old), len(given) - len(fresh))
    if fresh:
        audit.record(
            brand=brand,
            verb="campaigns.rate.entered",
            target=brand,
            actor=actor,
            at=at,
            data={"new": done.new, "replaced": done.replaced, "source": source},
        )
    return done


def _key(rate: Rate) -> tuple[str, str, date]:
    return rate.base, rate.currency, rate.day


def _checked(rate: Rate, today: date) -> Rate:
    base, currency = checked_currency(rate.base), checked_currency(rate.currency)
    if base == currency:
        raise CampaignRefused("Name two different currencies.", field="currency")
    if not rate.rate.is_finite() or not 0 < rate.rate <= RATE_MAX:
        raise CampaignRefused("The rate is more than 0.", field="rate")
    exponent = rate.rate.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:
        raise CampaignRefused("The rate has 8 decimal places at most.", field="rate")
    if checked_day(rate.day, "day") > today:
        raise CampaignRefused(
            "This day is still to come: a rate is of a day that was.", field="day"
        )
    return Rate(base, currency, rate.day, rate.rate)
