"""How a publication does at an age (two days, usually) beside what is usual. Told once.

The numbers are the first ones that were taken at that age or later. They are compared with posts
of the same platform, form and tier at the same age; where these are too few, with the account's
own posts at that age, else with its own posts as they stand now (campaigns/services/watching).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from campaigns.choices import PostMeasure, ReadingBasis, ReadingVerdict
from campaigns.models import FirstReading, Publication, WatchSettings
from campaigns.services.watching.bands import (
    ACCOUNTS_MIN,
    POSTS_MIN,
    Band,
    Case,
    cases_of,
    is_same_age,
)
from campaigns.services.watching.deciding import settings_of
from crm.choices import NotificationKind, PostKind
from crm.models import Brand, Platform
from crm.services.notifications import notify

_DID = {
    PostMeasure.ENGAGEMENT: "{rate:.2%} of the followers engaged",
    PostMeasure.VIEWS: "{rate:.2f} views for each follower",
}


def read_first(*, at: datetime, brand: Brand | None = None) -> int:
    """Read every publication that is old enough and was not read; returns how many were."""
    brands = [brand] if brand else Brand.objects.order_by("pk")
    return sum(_read(one, at) for one in brands)


@transaction.atomic
def _read(brand: Brand, at: datetime) -> int:
    decided = settings_of(brand)
    cases = cases_of(brand, decided, at)
    names = dict(Platform.objects.values_list("key", "name")) if cases else {}
    made = [reading for case in cases if (reading := _reading(case, brand, decided, names, at))]
    FirstReading.objects.bulk_create(made, ignore_conflicts=True)
    _tell({row.publication_id: row for row in made}, at)
    return len(made)


def _reading(
    case: Case, brand: Brand, decided: WatchSettings, names: dict[str, str], at: datetime
) -> FirstReading | None:
    """What is written down; None while numbers may still come."""
    found = FirstReading(
        publication_id=case.publication,
        read_at=at,
        measure=decided.measure,
        basis=ReadingBasis.NOTHING,
        verdict=ReadingVerdict.UNKNOWN,
    )
    if case.rate is None or case.taken_at is None:
        if not case.is_given_up:
            return None
        found.why = (
            "No import brought it within two weeks."
            if case.post is None
            else f"No numbers were taken {decided.hours} hours after it was published or later, "
            "within two weeks."
        )
        return found
    found.rate, found.taken_at = case.rate, case.taken_at
    basis, band = _compared(case, decided)
    if band is None or band.low is None or band.high is None or band.middle is None:
        found.posts = case.own_now.posts
        found.why = _too_few(case, decided)
        return found
    found.basis, found.posts = basis, band.posts
    found.usual, found.low, found.high = band.middle, band.low, band.high
    found.verdict = ReadingVerdict.WITHIN
    if case.rate < band.low:
        found.verdict = ReadingVerdict.BELOW
    elif case.rate > band.high:
        found.verdict = ReadingVerdict.ABOVE
    taken = case.taken_at.astimezone(ZoneInfo(brand.timezone))
    did = _DID[PostMeasure(decided.measure)].format(rate=case.rate)
    usual = _in_words(basis, band, case, decided, names)
    found.why = (
        f"{did} by {taken:%-d %B %Y}, {case.hours:.0f} hours after it was published; {usual}"
    )
    return found


def _compared(case: Case, decided: WatchSettings) -> tuple[ReadingBasis, Band | None]:
    """The nearest thing of which there is enough."""
    if is_same_age(case, decided):
        if case.peers.posts >= decided.peers_min and case.peers.accounts >= ACCOUNTS_MIN:
            return ReadingBasis.PEERS, case.peers
        if case.own.posts >= POSTS_MIN:
            return ReadingBasis.OWN, case.own
    if case.own_now.posts >= POSTS_MIN:
        return ReadingBasis.OWN_NOW, case.own_now
    return ReadingBasis.NOTHING, None


def _in_words(
    basis: ReadingBasis, band: Band, case: Case, decided: WatchSettings, names: dict[str, str]
) -> str:
    one = "{:.2%}" if decided.measure == PostMeasure.ENGAGEMENT else "{:.2f}"
    low, high, middle = (one.format(number or 0) for number in (band.low, band.high, band.middle))
    share = f"middle {100 - 2 * decided.low_percent} % of"
    if basis == ReadingBasis.PEERS:
        form = PostKind(case.form).label.lower()
        return (
            f"usual are {low} to {high} ({share} {band.posts} posts of {band.accounts} other "
            f"accounts at that age: {case.tier}, {names[case.platform]}, {form}; median {middle})."
        )
    age = (
        "at that age"
        if basis == ReadingBasis.OWN
        else "as they stand now, longer after they were published"
    )
    return (
        f"usual are {low} to {high} ({share} the account's {band.posts} earlier posts {age}; "
        f"median {middle})."
    )


def _too_few(case: Case, decided: WatchSettings) -> str:
    posts = case.own_now.posts
    words = (
        f"Too few: {posts} earlier post{'s'[: posts != 1]} of the account with a known rate, "
        f"{POSTS_MIN} are needed"
    )
    if not is_same_age(case, decided):
        return (
            f"{words}; and its first numbers were taken {case.hours:.0f} hours after it was "
            f"published, too late to be compared with others."
        )
    peers = case.peers
    return (
        f"{words}; and {peers.posts} posts of {peers.accounts} other accounts of its tier with "
        f"numbers at that age, {decided.peers_min} posts of {ACCOUNTS_MIN} accounts are needed."
    )


def _tell(made: dict[int, FirstReading], at: datetime) -> None:
    """Whoever leads the creator, or the campaign, hears of what is below the usual."""
    below = {pk for pk, row in made.items() if row.verdict == ReadingVerdict.BELOW}
    rows = Publication.objects.filter(pk__in=below).select_related(
        "brand",
        "deliverable__engagement__owner",
        "deliverable__engagement__campaign__owner",
        "deliverable__engagement__relationship__creator",
    )
    for row in rows.order_by("pk"):
        engagement = row.deliverable.engagement
        person = engagement.owner or engagement.campaign.owner
        if person:
            notify(
                user=person,
                brand=row.brand,
                kind=NotificationKind.CAMPAIGN,
                text=f"“{row.deliverable}” of {engagement.relationship.creator} is below the "
                f"usual. {made[row.pk].why}",
                url=reverse("campaigns:post_alerts", args=[row.brand.slug]),
                at=at,
                key=f"below-usual:{row.pk}",
            )
