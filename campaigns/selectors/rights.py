"""Rights with what they belong to, and the answers for many assets at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Asset, UsageRight
from campaigns.models.rights import UsageRightQuerySet
from campaigns.services.rights.answering import answer
from campaigns.services.rights.channels import channels
from campaigns.services.rights.questions import Answer, Question
from crm.models import Brand

# A right that ends within so many days is said to end soon.
SOON = 30
# How the rights of an asset stand, as people ask for it.
STATES = {
    "usable": "May be used today",
    "ending": f"End within {SOON} days",
    "waiting": "Not started yet",
    "ended": "Ended",
    "unknown": "Not known",
}


def rights_of(assets: Sequence[Asset]) -> dict[int, list[UsageRight]]:
    """Of each asset, by its number, every right that belongs to it. One query."""
    engagements = {asset.engagement_id for asset in assets if asset.engagement_id}
    rows = (
        UsageRight.objects.filter(Q(asset__in=assets) | Q(engagement__in=engagements))
        .select_related("offer")
        .order_by("usage", "starts_on", "pk")
    )
    by_asset: dict[int, list[UsageRight]] = {}
    by_engagement: dict[int, list[UsageRight]] = {}
    for row in rows:
        if row.asset_id is not None:
            by_asset.setdefault(row.asset_id, []).append(row)
        elif row.engagement_id is not None:
            by_engagement.setdefault(row.engagement_id, []).append(row)
    found = {}
    for asset in assets:
        shared = by_engagement.get(asset.engagement_id or 0, [])
        found[asset.pk] = [
            *by_asset.get(asset.pk, []),
            *(row for row in shared if row.deliverable_id in {None, asset.deliverable_id}),
        ]
    return found


def answers(
    question: Question, assets: Sequence[Asset], known: Mapping[str, str] | None = None
) -> dict[int, Answer]:
    """The answer for each asset by its number: two queries, however many there are."""
    names = channels() if known is None else known
    rights = rights_of(assets)
    return {asset.pk: answer(question, asset, rights[asset.pk], names) for asset in assets}


def in_state(rows: QuerySet[Asset], state: str, today: date, usage: str = "") -> QuerySet[Asset]:
    """Assets whose rights (of one use, or of any) stand so today: `usable`, `ending`, `ended`,
    `waiting`, `unknown`.

    By the days alone, wherever and on whichever channel a right holds. Someone shown who has not
    agreed leaves nothing usable.
    """
    mine = _belonging(UsageRight.objects.filter(usage=usage) if usage else UsageRight.objects.all())
    in_force = mine.in_force_on(today)
    lasting = in_force.filter(Q(ends_on=None) | Q(ends_on__gt=today + timedelta(days=SOON)))
    to_come = mine.held().filter(Q(starts_on__gt=today) | Q(starts_on=None))
    # What waits for the publication of a piece that is out already has started for it.
    started = UsageRight.objects.filter(
        part_of=OuterRef("pk"), deliverable=OuterRef(OuterRef("deliverable"))
    )
    to_come = to_come.filter(~Exists(started))
    if state == "usable":
        return rows.filter(Q(Exists(in_force)) | _own(usage)).exclude(releases="missing")
    if state == "ending":
        return rows.filter(Exists(in_force), ~Exists(lasting)).exclude(releases="missing")
    if state == "waiting":
        return rows.filter(Exists(to_come), ~Exists(in_force))
    if state == "ended":
        return rows.filter(Exists(mine), ~Exists(in_force), ~Exists(to_come))
    if state == "unknown":
        # Of no use at all: about one use nothing said beside another is a no.
        return rows.filter(~Exists(_belonging(UsageRight.objects.all()))).exclude(origin="own")
    return rows


def ending(brand: Brand, today: date, days: int) -> QuerySet[UsageRight]:
    """Rights that end within so many days and are not followed by another."""
    follows = UsageRight.objects.held().filter(renews=OuterRef("pk"))
    return (
        UsageRight.objects.held()
        .filter(
            ~Exists(follows),
            brand=brand,
            starts_on__isnull=False,
            ends_on__gte=today,
            ends_on__lte=today + timedelta(days=days),
        )
        .select_related(*BELONGS)
    )


# What a right's line names.
BELONGS = (
    "brand",
    "engagement__campaign",
    "engagement__owner",
    "engagement__relationship__creator",
    "deliverable",
    "asset__relationship__creator",
    "granted_by",
)


def of_engagement(engagement_id: int) -> QuerySet[UsageRight]:
    """All rights of a creator in a campaign: what holds longest first."""
    rows = UsageRight.objects.filter(engagement=engagement_id).select_related(
        "deliverable", "offer", "granted_by"
    )
    return rows.order_by("usage", F("ends_on").desc(nulls_first=True), "pk")


def _belonging(rows: UsageRightQuerySet) -> UsageRightQuerySet:
    """Those of the asset of the query around."""
    return rows.filter(
        Q(asset=OuterRef("pk"))
        | Q(engagement=OuterRef("engagement"), deliverable=None)
        | Q(engagement=OuterRef("engagement"), deliverable=OuterRef("deliverable"))
    )


def _own(usage: str) -> Q:
    nothing = ~Exists(_belonging(UsageRight.objects.all()))
    return Q(nothing, origin="own")
