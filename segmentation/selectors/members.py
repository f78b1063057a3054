"""The members of a segment, a page at a time."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from crm.choices import Stage
from crm.models import Relationship
from crm.paging import Order, Page, paginate
from segmentation.choices import Cause
from segmentation.models import Membership, Segment

_METRICS = "creator__metrics__"
MEMBER_ORDERS = {
    "-followers": Order(
        "-followers",
        f"{_METRICS}followers",
        f"{_METRICS}creator_id",
        descending=True,
        nullable=True,
        tie_of_unknown="creator_id",
    ),
    "-since": Order("-since", "entered_at", "creator_id", descending=True),
    "name": Order("name", "creator__name", "creator_id"),
}
MEMBER_SORTS = {"-followers": "Most followers", "-since": "Newest members", "name": "Name, A to Z"}


def open_stays(segment: Segment) -> QuerySet[Membership]:
    """Return the stays of today's members."""
    return Membership.objects.filter(segment=segment).open()


def member_rows(stays: QuerySet[Membership]) -> QuerySet[Membership, Any]:
    """Return the stays with what a list of members shows, as dicts."""
    stage = Relationship.objects.filter(
        brand=OuterRef("segment__brand"), creator=OuterRef("creator")
    )
    return stays.values(
        "entered_at",
        "entered_cause",
        uid=F("creator__uid"),
        name=F("creator__name"),
        handle=F(f"{_METRICS}primary_handle"),
        platform=F(f"{_METRICS}primary_platform__name"),
        followers=F(f"{_METRICS}followers"),
        engagement_rate=F(f"{_METRICS}engagement_rate"),
        country=F("creator__country"),
        stage=Subquery(stage.values("stage")),
    )


def members_page(
    stays: QuerySet[Membership], *, sort: str, cursor: str | None, size: int = 50
) -> Page[dict[str, Any]]:
    """Return a page of members in one of MEMBER_ORDERS. Raises crm.paging.BadCursor."""
    page = paginate(member_rows(stays), MEMBER_ORDERS[sort], cursor=cursor, size=size)
    for row in page.items:
        row["stage_label"] = Stage(row["stage"]).label if row["stage"] else None
        row["cause_label"] = Cause(row["entered_cause"]).label
    return page
