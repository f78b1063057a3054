"""Authenticity and trust as they were last computed, what they were, and what vendors say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from campaigns.models import AuthenticityScore, TrustReading
from crm.choices import Source
from crm.connectors.registry import name_of
from crm.models import AudienceSnapshot, Brand, CreatorMetrics, Relationship
from crm.selectors import TierTable

HISTORY = 8

# Its name, and whose it is.
_AQS = "HypeAuditor (Audience Quality Score)"


@dataclass(frozen=True, slots=True)
class VendorScore:
    """What a source says of an account's audience: its own number by its own formula.

    `source` names who says it, where that is known: "Modash". Shares of real followers are
    fractions, `aqs` is of 100; None: they do not say it.
    """

    platform: str
    handle: str
    source: str
    real: float | None
    aqs: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a part of trust since a day. Points None: unknown then, or now."""

    label: str
    before: float | None
    now: float | None

    @property
    def change(self) -> float | None:
        """In points; None where either is unknown."""
        if self.before is None or self.now is None:
            return None
        return round(self.now - self.before, 1)


@dataclass(frozen=True)
class Change:
    """Trust at the beginning of the quarter beside now."""

    since: date
    before: TrustReading
    moved: Sequence[Moved]
    # Whether it was weighed otherwise then.
    is_reweighed: bool


def authenticity_of(relationship: Relationship) -> AuthenticityScore | None:
    """The newest score; None where there is none, or the creator does not want to be scored."""
    if relationship.unprofiled_at is not None:
        return None
    return AuthenticityScore.objects.current().filter(relationship=relationship).first()


def trust_history(relationship: Relationship) -> list[TrustReading]:
    """The newest readings, the newest first; nothing of who does not want to be scored."""
    if relationship.unprofiled_at is not None:
        return []
    rows = TrustReading.objects.filter(relationship=relationship)
    return list(rows.order_by("-read_at", "-pk")[:HISTORY])


def since_quarter(newest: TrustReading, brand: Brand, at: datetime) -> Change | None:
    """What changed since the calendar quarter began: one query. None: nothing was known then."""
    zone = ZoneInfo(brand.timezone)
    today = at.astimezone(zone).date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    begun = datetime.combine(first, time(), zone)
    before = (
        TrustReading.objects.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=begun),
            relationship=newest.relationship_id,
            read_at__lte=begun,
        )
        .order_by("-read_at", "-pk")
        .first()
    )
    if before is None:
        return None
    then = {part["key"]: part["points"] for part in before.parts["components"]}
    moved = [
        Moved(part["label"], then.get(part["key"]), part["points"])
        for part in newest.parts["components"]
        if then.get(part["key"]) != part["points"]
    ]
    return Change(first, before, moved, before.weights != newest.weights)


def vendor_scores(relationship: Relationship) -> list[VendorScore]:
    """The newest of each account and of each who says so: two queries."""
    rows = (
        AudienceSnapshot.objects.filter(profile__creator=relationship.creator_id)
        .select_related("profile__platform", "import_batch")
        .order_by("profile_id", "source", "import_batch__source", "-captured_at", "-pk")
        .distinct("profile_id", "source", "import_batch__source")
    )
    found: dict[tuple[int, str], VendorScore] = {}
    for row in [*rows.filter(quality__isnull=False), *rows.filter(aqs__isnull=False)]:
        named = name_of(row.import_batch.source) if row.import_batch else ""
        by_source = named or str(Source(row.source).label).lower()
        for told in _told(row, by_source):
            # Of those without a name the newest.
            held = found.get((row.profile_id, told.source))
            if held is None or held.at < told.at:
                found[row.profile_id, told.source] = told
    return list(found.values())


def _told(row: AudienceSnapshot, source: str) -> Iterator[VendorScore]:
    """What a snapshot says; the Audience Quality Score is HypeAuditor's, whoever brought it."""
    account = row.profile.platform.name, row.profile.handle
    if row.quality is not None:
        yield VendorScore(*account, source, row.quality, None, row.captured_at)
    if row.aqs is not None:
        yield VendorScore(*account, _AQS, None, row.aqs, row.captured_at)


def trust_list(brand: Brand) -> QuerySet[TrustReading]:
    """The newest reading of each creator; without those who do not want to be scored."""
    return (
        TrustReading.objects.current()
        .filter(brand=brand, relationship__unprofiled_at=None)
        .select_related("relationship__creator")
    )


def authenticity_list(brand: Brand) -> QuerySet[AuthenticityScore]:
    """The newest score of each creator; without those who do not want to be scored."""
    return (
        AuthenticityScore.objects.current()
        .filter(brand=brand, relationship__unprofiled_at=None)
        .select_related("relationship__creator")
    )


@dataclass(frozen=True, slots=True)
class InTier:
    """Where an authenticity stands among a brand's creators of the same size."""

    name: str
    lower: int
    of: int


def within_tier(row: AuthenticityScore, relationship: Relationship) -> InTier | None:
    """How many of the same tier have a lower one: three queries. None: no score, or no tier."""
    metrics = CreatorMetrics.objects.filter(creator=relationship.creator_id).first()
    tiers = TierTable.of(relationship.brand)
    tier = tiers.tier(relationship.creator, metrics.followers if metrics else None)
    if row.score is None or tier is None or (tier.low is None and tier.high is None):
        return None
    sizes = Q(relationship__creator__metrics__followers__gte=tier.low or 0)
    if tier.high is not None:
        sizes &= Q(relationship__creator__metrics__followers__lt=tier.high)
    others = authenticity_list(relationship.brand).filter(sizes, score__isnull=False)
    counts = others.exclude(pk=row.pk).aggregate(
        of=Count("pk"), lower=Count("pk", filter=Q(score__lt=row.score))
    )
    return InTier(tier.name, counts["lower"], counts["of"])


def plain_account(parts: dict[str, Any]) -> dict[str, Any] | None:
    """The account that stands for the creator: the first one that has a score."""
    accounts: list[dict[str, Any]] = parts["accounts"]
    return next((one for one in accounts if one["score"] is not None), None)
