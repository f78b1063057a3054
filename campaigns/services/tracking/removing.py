"""Clicks go when their time is over; the daily counts stay."""

from __future__ import annotations

from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import connection

from campaigns.models import TrackingSettings
from campaigns.services.days import today_of
from crm.models import Brand

# In bites, or a brand's year would be one long transaction.
BITE = 50_000
# The bounds by moment let the index serve; a day of the brand begins within them.
_REMOVE = """
DELETE FROM campaigns_click WHERE id IN (
  SELECT id FROM campaigns_click
  WHERE brand_id = %s AND day < %s AND at < %s::timestamp AT TIME ZONE 'UTC' + interval '15 hours'
  LIMIT %s)
"""


def remove_old(*, brand: Brand, at: datetime) -> int:
    """Delete clicks of days that are older than the brand keeps them. Returns how many."""
    decided = TrackingSettings.objects.filter(brand=brand).first() or TrackingSettings()
    before = today_of(brand, at) - relativedelta(months=decided.keep_months)
    gone = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_REMOVE, [brand.pk, before, before, BITE])
            bite: int = cursor.rowcount
            gone += bite
            if bite < BITE:
                return gone
