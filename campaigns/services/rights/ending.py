"""Rights that end soon: told once each at 60, 30 and 7 days; uses that would run past the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from campaigns.choices import Usage, Verdict
from campaigns.models import AssetUse, UsageRight
from campaigns.selectors.rights import ending, rights_of
from campaigns.services.days import today_of
from campaigns.services.rights.answering import answer
from campaigns.services.rights.channels import channels
from campaigns.services.rights.questions import Question
from crm.choices import NotificationKind
from crm.models import Brand, User
from crm.services.notifications import notify

# With so many days to go people are told; soonest first.
STEPS = (7, 30, 60)
# A use that runs past its right is shown so many days before.
BEFORE = 14


@dataclass(frozen=True)
class Overrun:
    """A use that the rights do not cover to its end, and the last day on which they do."""

    use: AssetUse
    # None: not even today.
    until: date | None


def seen_to_by(right: UsageRight) -> User | None:
    """Whose it is: who leads the creator's place, else the campaign; else who wrote it down."""
    if right.engagement is not None:
        return right.engagement.owner or right.engagement.campaign.owner or right.granted_by
    return right.granted_by


def tell_endings(*, at: datetime) -> int:
    """Tell whoever sees to rights that end soon; each of them once at each step. How many now.

    Safe to run often, and late: only the step that a right has reached is told.
    """
    told = 0
    held = UsageRight.objects.held().filter(ends_on__gte=at.date() - timedelta(days=1))
    for brand in Brand.objects.filter(pk__in=held.values("brand")).order_by("pk"):
        today = today_of(brand, at)
        for right in ending(brand, today, STEPS[-1]).order_by("ends_on", "pk"):
            told += _tell(right, today, at)
    return told


def overruns(brand: Brand, today: date) -> list[Overrun]:
    """Uses that go on and are not covered today, or stop being covered soon. Four queries."""
    uses = list(
        AssetUse.objects.running_on(today)
        .filter(asset__brand=brand)
        .select_related("asset__relationship__creator", "created_by")
        .order_by("pk")
    )
    assets = {use.asset_id: use.asset for use in uses}
    rights = rights_of(list(assets.values()))
    names = channels()
    found = []
    for use in uses:
        question = _rest_of(use, today)
        given = answer(question, use.asset, rights[use.asset_id], names)
        if given.verdict == Verdict.YES:
            continue
        now = answer(
            replace(question, until=None, is_open=False), use.asset, rights[use.asset_id], names
        )
        until = now.until if now.verdict == Verdict.YES else None
        if until is None or until <= today + timedelta(days=BEFORE):
            found.append(Overrun(use, until))
    return found


@transaction.atomic
def _tell(right: UsageRight, today: date, at: datetime) -> int:
    person = seen_to_by(right)
    if person is None or right.ends_on is None:
        return 0
    left = (right.ends_on - today).days
    step = next(days for days in STEPS if left <= days)
    words = (
        "today" if not left else f"in {left} day{'s'[: left != 1]}, on {right.ends_on:%-d %B %Y}"
    )
    notify(
        user=person,
        brand=right.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"A right ends {words}: {right.in_short}. Renew it, or take the content down then.",
        url=reverse("campaigns:right", args=[right.brand.slug, right.pk]),
        at=at,
        key=f"right-{right.pk}-{step}",
    )
    return 1


def _rest_of(use: AssetUse, today: date) -> Question:
    return Question(
        usage=Usage(use.usage),
        on=today,
        until=use.ends_on,
        is_open=use.ends_on is None,
        territory=tuple(use.territory),
        channel=use.channel,
    )
