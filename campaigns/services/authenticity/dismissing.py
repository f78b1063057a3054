"""A person explains a flag: it is shown with the words, and counts no more until a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from campaigns.authenticity.thresholds import OF_COMMENTS
from campaigns.choices import Flag
from campaigns.models import AuthenticityReading, CommenterReading, FlagDismissal
from campaigns.services.authenticity.scoring import score_some
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm import audit
from crm.models import Profile, Relationship, User
from crm.services.facts import mark_changed

REASON_MAX = 500
DAYS_MAX = 365


@transaction.atomic
def dismiss(
    *,
    relationship: Relationship,
    profile: Profile,
    flag: str,
    reason: str,
    last_day: date,
    actor: User,
    at: datetime,
) -> FlagDismissal:
    """Set a raised flag aside to the end of the brand's `last_day`; takes the place of one before.

    Raises CampaignRefused.
    """
    said = " ".join(reason.replace("\0", "").split())
    if not said:
        raise ReasonNeeded("Say what explains it: it is shown beside the numbers.")
    if len(said) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters at most.", field="reason")
    if flag not in Flag.values:
        raise CampaignRefused("Choose which flag it is about.", field="flag")
    zone = ZoneInfo(relationship.brand.timezone)
    today = at.astimezone(zone).date()
    if not today <= last_day <= today + timedelta(days=DAYS_MAX):
        raise CampaignRefused(
            "It holds a year at most, from today on: somebody looks again then.",
            code="out_of_range",
            field="last_day",
        )
    _lock(relationship.pk)
    of_comments = CommenterReading.objects.current().filter(brand=relationship.brand)
    rows = of_comments if flag in OF_COMMENTS else AuthenticityReading.objects.current()
    raised = rows.filter(
        profile=profile, profile__creator=relationship.creator_id, raised__contains=[flag]
    )
    if not raised.exists():
        raise CampaignRefused(
            "This flag is not raised: there is nothing to explain.", code="not_raised", field="flag"
        )
    _open(relationship, profile, flag).update(ended_at=at, ended_by=actor)
    made = FlagDismissal.objects.create(
        brand=relationship.brand,
        relationship=relationship,
        profile=profile,
        flag=flag,
        reason=said,
        since=at,
        until=datetime.combine(last_day + timedelta(days=1), time(), zone),
        by=actor,
    )
    _record(made, "dismissed", actor, at, {"flag": Flag(flag), "until": last_day})
    return made


@transaction.atomic
def count_again(*, dismissal: FlagDismissal, actor: User, at: datetime) -> None:
    """The flag counts again. Raises CampaignRefused where it does already."""
    _lock(dismissal.relationship_id)
    rows = FlagDismissal.objects.filter(pk=dismissal.pk, ended_at=None, until__gt=at)
    if not rows.update(ended_at=at, ended_by=actor):
        raise CampaignRefused("This flag counts already.", code="not_dismissed")
    _record(dismissal, "counted_again", actor, at, {"flag": Flag(dismissal.flag)})


@transaction.atomic
def end_what_ran_out(at: datetime) -> int:
    """Close what was set aside until now: the flags count again; how many."""
    rows = FlagDismissal.objects.filter(ended_at=None, until__lte=at)
    over = list(
        rows.select_for_update(no_key=True, of=("self",)).select_related("brand", "relationship")
    )
    FlagDismissal.objects.filter(pk__in=[row.pk for row in over]).update(ended_at=at)
    for row in over:
        mark_changed(
            brand=row.brand, creator_ids=[row.relationship.creator_id], cause="authenticity"
        )
    return len(over)


def _lock(relationship: int) -> None:
    """Let whoever does the same at the same time come after.

    Without its key: the night stores scores, which refer to the creator, while it holds the lock
    for which this one waits next, and each would wait for the other.
    """
    Relationship.objects.select_for_update(no_key=True, of=("self",)).get(pk=relationship)


def _open(relationship: Relationship, profile: Profile, flag: str) -> QuerySet[FlagDismissal]:
    return FlagDismissal.objects.filter(
        relationship=relationship, profile=profile, flag=flag, ended_at=None
    )


def _record(
    row: FlagDismissal, verb: str, actor: User, at: datetime, data: dict[str, object]
) -> None:
    relationship = row.relationship
    if relationship.unprofiled_at is None:
        score_some(brand=row.brand, relationships=[relationship], at=at)
    mark_changed(brand=row.brand, creator_ids=[relationship.creator_id], cause="authenticity")
    audit.record(
        brand=row.brand,
        verb=f"campaigns.authenticity.{verb}",
        target=relationship,
        actor=actor,
        at=at,
        data=data | {"platform": row.profile.platform_id},
        label=relationship.creator.name,
    )
