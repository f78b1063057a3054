"""What campaigns add to the search: campaigns by name, and pages to go to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from crm.permissions import Can
from crm.search import Action, Asked, Hit, Kind

HITS = 6


def _find(asked: Asked) -> Iterable[Hit]:
    """By name or key; those put away come last."""
    if not asked.words:
        return
    named = Q(name__icontains=asked.words) | Q(key__icontains=asked.words.replace(" ", "-"))
    found = Campaign.objects.filter(named, brand=asked.brand)
    for row in found.order_by("archived_at", "-starts_on", "-pk")[:HITS]:
        url = reverse("campaigns:campaign", args=[asked.brand.slug, row.key])
        yield Hit(row.name, url, f"{row.get_status_display()}, {row.starts_on:%-d %B %Y}")


KIND = Kind("Campaigns", "speakerphone", _find)
ACTIONS = {
    "campaigns": Action("Campaigns", "campaigns:campaigns"),
    "new_campaign": Action(
        "New campaign", "campaigns:campaign_new", Can.PLAN_CAMPAIGNS, "plan launch template"
    ),
    "competitors": Action("Competitors", "campaigns:competitors"),
}
