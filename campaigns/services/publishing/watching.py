"""The watch over publications: what imports tell, how things do, and who has to hear of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from campaigns.selectors.publishing.missing import Missing, missing_of, missing_rows
from campaigns.services.publishing.importing import follow_recent
from campaigns.services.publishing.reading import read_first
from crm.choices import NotificationKind
from crm.models import Brand
from crm.services.notifications import notify

_SAID = {
    Missing.LATE: "was planned for {since:%-d %B %H:%M} and has no address yet",
    Missing.UNSEEN: "has an address, but nothing has shown it since {since:%-d %B}",
    Missing.GONE: "was there, and is gone since {since:%-d %B %H:%M}",
}


def watch(*, at: datetime) -> None:
    """Look at all brands: imports of the last days, first readings, what is missing."""
    follow_recent(at=at)
    read_first(at=at)
    for brand in Brand.objects.order_by("pk"):
        tell_missing(brand=brand, at=at)


def look(*, brand: Brand, at: datetime) -> None:
    """The same for one brand, because somebody asked."""
    follow_recent(at=at, brand=brand)
    read_first(at=at, brand=brand)


def tell_missing(*, brand: Brand, at: datetime) -> int:
    """Tell each person once of what is missing of theirs; returns how many lines there were."""
    zone = ZoneInfo(brand.timezone)
    rows = missing_rows(missing_of(brand, at).order_by("pk"))
    for row in rows:
        engagement = row.deliverable.engagement
        person = engagement.owner or engagement.campaign.owner
        if person is None:
            continue
        words = _SAID[row.kind].format(since=row.since.astimezone(zone))
        notify(
            user=person,
            brand=brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"“{row.deliverable}” of {engagement.relationship.creator} {words}.",
            url=reverse("campaigns:missing", args=[brand.slug]),
            at=at,
            key=f"missing:{row.kind}:{row.deliverable.pk}:{row.since:%Y%m%d%H%M}",
        )
    return len(rows)
