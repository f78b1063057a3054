"""The ledger of quotas: what a connector used up on a day, as the other side counts days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from crm.connectors.base import Kind
from crm.models import Connector, ConnectorSpend


def day_of(kind: Kind, at: datetime) -> date:
    """The day of the quota."""
    return at.astimezone(ZoneInfo(kind.limits.zone)).date()


def until_reset(kind: Kind, at: datetime) -> timedelta:
    """How long until the next day of the quota begins."""
    zone = ZoneInfo(kind.limits.zone)
    tomorrow = day_of(kind, at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone) - at


def spent(connector: Connector, kind: Kind, at: datetime) -> int:
    """Units of this day."""
    today = ConnectorSpend.objects.filter(connector=connector, day=day_of(kind, at))
    return today.values_list("units", flat=True).first() or 0


def wait_for(connector: Connector, kind: Kind, units: int, at: datetime) -> timedelta | None:
    """How long to wait before so many units may be used; None: not at all."""
    allowed = kind.limits.units_per_day
    if allowed is None or spent(connector, kind, at) + units <= allowed:
        return None
    return until_reset(kind, at)


def spend(connector: Connector, kind: Kind, units: int, at: datetime) -> None:
    """Note a call."""
    row, _ = ConnectorSpend.objects.get_or_create(connector=connector, day=day_of(kind, at))
    ConnectorSpend.objects.filter(pk=row.pk).update(units=F("units") + units, calls=F("calls") + 1)
