"""What other channels cost and brought, as somebody enters it, to compare creators with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import MarketingChannel
from campaigns.models import ChannelResult
from campaigns.services.money import AMOUNT_MAX
from campaigns.services.payments.record import checked_currency, checked_day, checked_text
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

COUNT_MAX = 10**15
_COUNTS = ("impressions", "clicks", "conversions")


@dataclass(frozen=True)
class Result:
    """One channel in one time; None: not known."""

    channel: MarketingChannel
    starts_on: date
    ends_on: date
    cost: Decimal
    currency: str
    source: str
    name: str = ""
    impressions: int | None = None
    clicks: int | None = None
    conversions: int | None = None
    revenue: Decimal | None = None


@transaction.atomic
def enter(*, brand: Brand, result: Result, actor: User, at: datetime) -> ChannelResult:
    """Write it down. Raises CampaignRefused."""
    source = checked_text(result.source, 200, "source")
    if not source:
        raise CampaignRefused("Say where the numbers are from.", field="source")
    checked_day(result.starts_on, "starts_on")
    if checked_day(result.ends_on, "ends_on") < result.starts_on:
        raise CampaignRefused("It ends before it begins.", field="ends_on")
    for name in ("cost", "revenue"):
        value = getattr(result, name)
        if value is not None and (
            not value.is_finite() or not 0 <= value <= AMOUNT_MAX or value != round(value, 2)
        ):
            raise CampaignRefused(
                "The amount is 0 or more and has two decimal places at most.", field=name
            )
    for name in _COUNTS:
        count = getattr(result, name)
        if count is not None and not 0 <= count <= COUNT_MAX:
            raise CampaignRefused(f"It goes from 0 to {COUNT_MAX:,}.", field=name)
    given = asdict(result) | {
        "source": source,
        "name": checked_text(result.name, 120, "name"),
        "currency": checked_currency(result.currency),
    }
    made = ChannelResult.objects.create(brand=brand, created_by=actor, created_at=at, **given)
    _log(made, "entered", actor, at)
    return made


@transaction.atomic
def remove(*, result_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Delete what was entered by mistake. Raises ChannelResult.DoesNotExist."""
    found = (
        ChannelResult.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=result_id, brand=brand)
    )
    _log(found, "removed", actor, at)
    found.delete()


def _log(result: ChannelResult, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=result.brand,
        verb=f"campaigns.channel.{verb}",
        target=result,
        actor=actor,
        at=at,
        data={
            "kind": result.channel,
            "cost": result.cost,
            "currency": result.currency,
            "from": result.starts_on,
            "until": result.ends_on,
        },
    )
