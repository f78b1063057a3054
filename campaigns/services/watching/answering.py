"""What people say to a post below the usual, and to a platform that moved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import ReadingVerdict, ShiftState
from campaigns.models import FirstReading, PlatformWeek
from campaigns.services.refusals import CampaignRefused
from campaigns.services.series.notes import add_note
from campaigns.services.watching.words import moved
from crm import audit
from crm.models import Brand, User

REASON_MAX = 300


@transaction.atomic
def dismiss_reading(
    *, reading_id: int, brand: Brand, reason: str, actor: User | None, at: datetime
) -> FirstReading:
    """Say why a post is below the usual: it waits for nobody any more. Raises CampaignRefused."""
    rows = FirstReading.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "publication__deliverable__engagement__campaign"
    )
    reading = rows.get(pk=reading_id, publication__brand=brand)
    words = _words(reason, "Say why it did not do better, or why that does not matter.")
    if reading.verdict != ReadingVerdict.BELOW:
        msg = "This post is not below the usual."
        raise CampaignRefused(msg, code="not_below")
    if reading.dismissed_at is not None:
        msg = "Somebody has answered that already."
        raise CampaignRefused(msg, code="outdated")
    reading.dismissed_at, reading.dismissed_by = at, actor
    reading.dismissed_because = words
    reading.save(update_fields=["dismissed_at", "dismissed_by", "dismissed_because"])
    deliverable = reading.publication.deliverable
    audit.record(
        brand=brand,
        verb="campaigns.reading.explained",
        target=reading,
        actor=actor,
        at=at,
        label=str(deliverable),
        data={"campaign": deliverable.engagement.campaign.key, "deliverable": deliverable.pk},
        text={"reason": words},
    )
    return reading


@transaction.atomic
def note_shift(
    *, week_id: int, brand: Brand, title: str = "", actor: User | None, at: datetime
) -> PlatformWeek:
    """Write a note on the timeline, on the week's Monday: charts of series show it.

    Raises CampaignRefused, SeriesRefused.
    """
    week = _open(week_id, brand)
    said = " ".join(title.split()) or f"{week.platform.name} {moved(week)}"
    week.note = add_note(
        brand=brand,
        day=week.week,
        title=said[:160],
        platform=week.platform,
        url="",
        actor=actor,
        at=at,
    )
    return _decide(week, ShiftState.NOTED, "", actor, at)


@transaction.atomic
def dismiss_shift(
    *, week_id: int, brand: Brand, reason: str, actor: User | None, at: datetime
) -> PlatformWeek:
    """It is nothing that the timeline should show, and why. Raises CampaignRefused."""
    week = _open(week_id, brand)
    return _decide(
        week, ShiftState.DISMISSED, _words(reason, "Say why it is not noted."), actor, at
    )


def _open(week_id: int, brand: Brand) -> PlatformWeek:
    rows = PlatformWeek.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "platform", "brand"
    )
    week = rows.get(pk=week_id, brand=brand)
    if not week.is_shift:
        msg = f"{week.platform.name} did not move in that week."
        raise CampaignRefused(msg, code="no_shift")
    if week.state != ShiftState.OPEN:
        msg = "Somebody has answered that already."
        raise CampaignRefused(msg, code="outdated")
    return week


def _decide(
    week: PlatformWeek, state: ShiftState, reason: str, actor: User | None, at: datetime
) -> PlatformWeek:
    week.state, week.reason = state, reason
    week.decided_by, week.decided_at = actor, at
    week.save(update_fields=["state", "reason", "decided_by", "decided_at", "note"])
    audit.record(
        brand=week.brand,
        verb=f"campaigns.platform_week.{state.value}",
        target=week,
        actor=actor,
        at=at,
        label=f"{week.platform.name} in the week of {week.week}",
        data={"platform": week.platform_id, "day": week.week, "creators": week.creators},
        text={"reason": reason},
    )
    return week


def _words(reason: str, needed: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise CampaignRefused(needed, code="reason_needed", field="reason")
    if len(words) > REASON_MAX:
        raise CampaignRefused(f"At most {REASON_MAX} characters.", field="reason")
    return words
