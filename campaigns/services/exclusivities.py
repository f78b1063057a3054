"""What creators promised to others, as far as the brand found out: written down, and taken away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from campaigns.models import ExclusiveElsewhere
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Relationship, User

CATEGORY_MAX, TO_MAX, SOURCE_MAX, NOTES_MAX = 200, 120, 500, 50


@transaction.atomic
def note(
    *,
    relationship: Relationship,
    category: str,
    to: str,
    until: date | None,
    source: str,
    actor: User,
    at: datetime,
) -> ExclusiveElsewhere:
    """Write down that a creator is exclusive to somebody else. Raises CampaignRefused."""
    category = _text(category, "category", CATEGORY_MAX, "Say for what, as “sun care”.")
    source = _text(source, "source", SOURCE_MAX, "Say how you know: a post, a mail, who said so.")
    to = _text(to, "to", TO_MAX)
    if until is not None and not EARLIEST <= until.year <= LATEST:
        raise CampaignRefused(f"The year must lie from {EARLIEST} to {LATEST}.", field="until")
    rows = ExclusiveElsewhere.objects.filter(relationship=relationship)
    if rows.count() >= NOTES_MAX:
        raise CampaignRefused(f"{NOTES_MAX} are the most: take away what is over.")
    made = ExclusiveElsewhere.objects.create(
        relationship=relationship,
        category=category,
        to=to,
        until=until,
        source=source,
        created_by=actor,
        created_at=at,
    )
    _log("noted", made, relationship, actor, at)
    return made


@transaction.atomic
def remove(*, note_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """It is not so, or not any more. Raises ExclusiveElsewhere.DoesNotExist."""
    found = (
        ExclusiveElsewhere.objects.select_for_update(no_key=True, of=("self",))
        .select_related("relationship__creator", "relationship__brand")
        .get(pk=note_id, relationship__brand=brand)
    )
    _log("removed", found, found.relationship, actor, at)
    found.delete()


def _text(text: str, field: str, most: int, needed: str = "") -> str:
    text = " ".join(text.replace("\0", "").split())
    if needed and not text:
        raise CampaignRefused(needed, field=field)
    if len(text) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return text


def _log(
    verb: str, found: ExclusiveElsewhere, relationship: Relationship, actor: User, at: datetime
) -> None:
    audit.record(
        brand=relationship.brand,
        verb=f"campaigns.exclusive_elsewhere.{verb}",
        target=found,
        actor=actor,
        at=at,
        data={"relationship": relationship.pk, "until": found.until},
        label=relationship.creator.name,
    )
