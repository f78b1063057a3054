"""Whom a brand competes with: the names by which posts are looked through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from campaigns.models import Competitor
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

NAME_MAX, HANDLE_MAX, MAX_HANDLES, MAX_COMPETITORS = 120, 60, 20, 100
# A shorter name is found in any text.
HANDLE = re.compile(r"[\w.][\w. &-]{1,58}[\w.]\Z")


@transaction.atomic
def save_competitor(
    *,
    brand: Brand,
    name: str,
    handles: Sequence[str],
    actor: User | None,
    at: datetime,
    competitor_id: int | None = None,
) -> Competitor:
    """Name a competitor, or name it anew. Raises CampaignRefused, Competitor.DoesNotExist."""
    name = name.strip()[:NAME_MAX]
    if not name:
        raise CampaignRefused("Name the competitor.", code="name_needed", field="name")
    words = list(
        dict.fromkeys(word for one in handles if (word := one.strip().lstrip("@#").lower()))
    ) or [name.lower()]
    for word in words:
        if not HANDLE.match(word):
            raise CampaignRefused(
                f"{word!r} cannot be looked for: three letters or more, as in posts.",
                code="handle_invalid",
                field="handles",
            )
    if len(words) > MAX_HANDLES:
        raise CampaignRefused(f"At most {MAX_HANDLES} names.", code="too_many", field="handles")
    others = Competitor.objects.select_for_update(no_key=True).filter(brand=brand)
    namesake = others.filter(name__iexact=name).first()
    if namesake and namesake.pk != competitor_id:
        raise CampaignRefused(f"{name} is named already.", code="named_twice", field="name")
    if competitor_id is None:
        if others.count() >= MAX_COMPETITORS:
            raise CampaignRefused(f"At most {MAX_COMPETITORS}.", code="too_many", field="name")
        competitor = Competitor(brand=brand, created_at=at)
        before = None
    else:
        competitor = others.get(pk=competitor_id)
        before = [competitor.name, competitor.handles]
    competitor.name, competitor.handles = name, words
    competitor.save()
    audit.record(
        brand=brand,
        verb=f"campaigns.competitor.{'changed' if before else 'created'}",
        target=competitor,
        actor=actor,
        at=at,
        data={"said": [before, [name, words]]},
    )
    return competitor


@transaction.atomic
def delete_competitor(
    *, competitor_id: int, brand: Brand, actor: User | None, at: datetime
) -> None:
    """Forget a competitor. Raises Competitor.DoesNotExist."""
    competitor = Competitor.objects.get(pk=competitor_id, brand=brand)
    audit.record(
        brand=brand,
        verb="campaigns.competitor.deleted",
        target=competitor,
        actor=actor,
        at=at,
        data={"handles": competitor.handles},
    )
    competitor.delete()
