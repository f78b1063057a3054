"""What happened on a day and shows in numbers: a platform changed, a sale began."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from campaigns.models import DayNote
from campaigns.services.series.keeping import FIRST_DAY, SeriesRefused
from crm import audit
from crm.models import Brand, Platform, User

LAST_DAY = date(2100, 1, 1)
_is_url = URLValidator(schemes=["http", "https"])


@transaction.atomic
def add_note(
    *,
    brand: Brand,
    day: date,
    title: str,
    platform: Platform | None,
    url: str,
    actor: User | None,
    at: datetime,
) -> DayNote:
    """Write it down. Raises SeriesRefused."""
    if not title.strip():
        raise SeriesRefused("Say what happened.", code="title_needed", field="title")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise SeriesRefused("This day is too far away.", code="out_of_range", field="day")
    if url:
        try:
            _is_url(url)
        except ValidationError:
            raise SeriesRefused(
                "An address begins with https://.", code="invalid", field="url"
            ) from None
    made = DayNote.objects.create(
        brand=brand,
        day=day,
        title=title.strip(),
        platform=platform,
        url=url,
        created_by=actor,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="campaigns.day_note.added",
        target=made,
        actor=actor,
        at=at,
        data={"day": day, "platform": platform.key if platform else None},
        text={"title": made.title, "url": url},
    )
    return made


@transaction.atomic
def remove_note(*, note: DayNote, actor: User | None, at: datetime) -> None:
    """Take it back."""
    audit.record(
        brand=note.brand,
        verb="campaigns.day_note.removed",
        target=note,
        actor=actor,
        at=at,
        data={"day": note.day},
        text={"title": note.title},
    )
    note.delete()
