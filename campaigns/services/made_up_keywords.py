"""Made-up search words for the demo brand: what people type before they meet its creators."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import CampaignStatus, SearchIntent, WordLanguage
from campaigns.models import Campaign, KeywordList
from campaigns.services.keywords.counting import count_uses
from campaigns.services.keywords.keeping import Searched, assign, create_list
from crm.choices import Role
from crm.models import Brand, User

_INFORM, _TRADE = SearchIntent.INFORMATIONAL.value, SearchIntent.COMMERCIAL.value
# Creators write of some and of others nobody does; one volume is not known.
_SEARCHES = (
    Searched("evening routine", 9_900, _INFORM),
    Searched("dry skin in winter", 4_400, _INFORM),
    Searched("gentle cleanser", 3_600, _TRADE),
    Searched("retinol for beginners", 2_900, _INFORM),
    Searched("skincare routine", 22_200, _INFORM),
    Searched("sunscreen under make-up", 720, _INFORM),
    Searched("patch test", None, _INFORM),
    Searched("night cream", 12_100, _TRADE),
    Searched("night cream without perfume", 260, _TRADE),
    Searched("buy night cream online", 390, SearchIntent.TRANSACTIONAL.value),
)
# Those that the running campaign's brief asks for by name.
_BRIEFED = ("evening routine", "night cream", "patch test")


def fill_keywords(*, brand: Brand, seed: int, at: datetime) -> int:
    """A list for the running campaign, a part of it for its brief; how many lists there are."""
    held = KeywordList.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    rows = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    campaign = rows.order_by("pk").first()
    if held or actor is None or campaign is None:
        return held
    made = create_list(
        brand=brand,
        name="Evenings and night cream",
        language=WordLanguage.ENGLISH,
        words=_SEARCHES,
        actor=actor,
        at=at,
    )
    brief = campaign.briefs.order_by("pk").first()
    briefed = made.keywords.filter(query__in=_BRIEFED)
    for words, of in ((made.keywords.exclude(pk__in=briefed), None), (briefed, brief)):
        ids = list(words.values_list("pk", flat=True))
        assign(keyword_list=made, keywords=ids, campaign=campaign, brief=of, actor=actor, at=at)
    count_uses(brand=brand, at=at)
    return 1
