"""What this app adds to the search: campaigns by name, offers by what they are for, and pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign, Offer
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


def _find_offers(asked: Asked) -> Iterable[Hit]:
    """By what they are for; what moved last comes first."""
    if not asked.words:
        return
    found = Offer.objects.filter(brand=asked.brand, title__icontains=asked.words)
    rows = found.select_related("relationship__creator").order_by("-state_since", "-pk")
    for row in rows[:HITS]:
        url = reverse("campaigns:offer", args=[asked.brand.slug, row.pk])
        yield Hit(row.title, url, f"{row.get_state_display()}, {row.relationship.creator}")


OFFERS = Kind("Offers", "heart-handshake", _find_offers)
KIND = Kind("Campaigns", "speakerphone", _find)
ACTIONS = {
    "campaigns": Action("Campaigns", "campaigns:campaigns"),
    "new_campaign": Action(
        "New campaign", "campaigns:campaign_new", Can.PLAN_CAMPAIGNS, "plan launch template"
    ),
    "soon": Action(
        "Who can post soon?", "campaigns:soon", words="whereabouts location near fast lane"
    ),
    "competitors": Action("Competitors", "campaigns:competitors"),
    "offers": Action("Offers", "campaigns:offers", words="negotiation counter-offer"),
    "gifts": Action("Gifts", "campaigns:gifts", words="parcels products"),
}
