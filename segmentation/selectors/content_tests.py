"""Content tests as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from campaigns.models import Campaign, Engagement
from crm.models import Brand
from crm.paging import Order, Page, paginate
from segmentation.choices import ExperimentStatus
from segmentation.models import ContentPiece, ContentReading, ContentTest, ContentVariant

NEWEST = Order("content-tests", key="created_at", descending=True)
ROWS = 50


def rows_of(brand: Brand, campaign: Campaign | None = None) -> QuerySet[ContentTest]:
    """The newest first, of one campaign or of all."""
    rows = ContentTest.objects.filter(brand=brand)
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    return rows.select_related("campaign", "brand").order_by("-created_at", "-pk")


def page_of(brand: Brand, cursor: str | None) -> Page[ContentTest]:
    """A page of the brand's tests. Raises crm.paging.BadCursor."""
    return paginate(rows_of(brand), NEWEST, size=ROWS, cursor=cursor)


@dataclass(frozen=True)
class VariantTold:
    """A variant with who makes it and what the newest reading says of it."""

    variant: ContentVariant
    creators: int
    pieces: int
    # Of the newest reading: {creators, unknown, silent, rate, interval}; None: not read yet.
    arm: Mapping[str, Any] | None
    # Against the first: {lift, interval, is_decided, reason_if_absent}; None for the first.
    comparison: Mapping[str, Any] | None
    suggested: int | None


@dataclass(frozen=True)
class TestTold:
    """A test with its variants, the newest reading that is computed, and what people made of it."""

    test: ContentTest
    variants: Sequence[VariantTold]
    newest: ContentReading | None
    # One that waits or that failed since.
    pending: ContentReading | None
    readings: int
    # How many suggestions were applied, and how many of these as they were.
    applied: int
    as_suggested: int


def told(test: ContentTest) -> TestTold:
    """Everything about one: four queries."""
    variants = test.variants.select_related("audience").annotate(
        pieces_made=Count("pieces"),
        creators=Count("pieces__deliverable__engagement__relationship", distinct=True),
    )
    readings = test.readings.order_by("-number")
    newest = readings.filter(computed_at__isnull=False).first()
    last = readings.only("number", "status", "error", "computed_at").first()
    numbers = test.readings.aggregate(
        all=Count("pk"),
        used=Count("pk", filter=Q(applied_at__isnull=False)),
        as_suggested=Count("pk", filter=Q(applied_at__isnull=False, applied=F("suggested"))),
    )
    result = newest.result if newest else {}
    arms = {arm["arm"]: arm for arm in result.get("arms", [])}
    comparisons = {one["arm"]: one for one in result.get("comparisons", [])}
    return TestTold(
        test=test,
        variants=[
            VariantTold(
                variant=variant,
                creators=variant.creators,
                pieces=variant.pieces_made,
                arm=arms.get(variant.key),
                comparison=comparisons.get(variant.key),
                suggested=newest.suggested.get(variant.key) if newest else None,
            )
            for variant in variants.order_by("position")
        ],
        newest=newest,
        pending=last if last is not None and last.computed_at is None else None,
        readings=numbers["all"],
        applied=numbers["used"],
        as_suggested=numbers["as_suggested"],
    )


def of_campaign(brand: Brand, campaign: Campaign) -> list[TestTold]:
    """The campaign's tests that have begun, for its report."""
    begun = rows_of(brand, campaign).exclude(status=ExperimentStatus.DRAFT)
    return [told(test) for test in begun[:10]]


def pieces_of(engagement: Engagement) -> QuerySet[ContentPiece]:
    """What the creator of a place in a campaign makes by which variant, in tests that run."""
    rows = ContentPiece.objects.filter(
        deliverable__engagement=engagement, test__status=ExperimentStatus.RUNNING
    )
    return rows.select_related("test", "variant", "deliverable", "link").order_by("test", "number")
