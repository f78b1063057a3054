"""Requests to put a disclosure right, and published posts about which nobody has asked yet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from campaigns.choices import RemediationState, ReviewStage, ReviewState
from campaigns.models import DisclosureReview, Remediation
from campaigns.models.remediations import OPEN_REMEDIATIONS, RemediationQuerySet
from campaigns.selectors.disclosures.queue import reviews_of
from campaigns.services.disclosures.record import CLEAR
from crm.models import Brand
from crm.paging import Order

NEWEST = Order("remediations", "asked_at", "id", descending=True)
DUE_FIRST = Order("remediations-due", "due_at", "id")


def remediations_of(brand: Brand) -> RemediationQuerySet:
    """All requests of a brand with what a row shows."""
    return Remediation.objects.filter(brand=brand).select_related(
        "deliverable__platform",
        "deliverable__engagement__campaign",
        "deliverable__engagement__relationship__creator",
        "owner",
        "review",
    )


def wanting(brand: Brand) -> QuerySet[DisclosureReview]:
    """Published posts whose newest look found them wanting, where it is for us to ask.

    Nobody has asked, or the creator said that it is done and it is not.
    """
    newest = (
        DisclosureReview.objects.filter(deliverable=OuterRef("deliverable"), stage=ReviewStage.LIVE)
        .exclude(state=ReviewState.DROPPED)
        .order_by("-opened_at", "-pk")
        .values("pk")[:1]
    )
    asked = Remediation.objects.filter(deliverable=OuterRef("deliverable")).filter(
        Q(state__in=OPEN_REMEDIATIONS) & ~_said_done_in_vain()
        | Q(state=RemediationState.WITHDRAWN, review=OuterRef("pk"))
    )
    return (
        reviews_of(brand)
        .filter(stage=ReviewStage.LIVE, state=ReviewState.DECIDED, pk=Subquery(newest))
        .exclude(verdict__in=CLEAR)
        .filter(~Exists(asked))
    )


def _said_done_in_vain() -> Q:
    return Q(state=RemediationState.ANSWERED, state_since__lt=OuterRef("decided_at")) & ~Q(
        review=OuterRef("pk")
    )


def open_of(review: DisclosureReview) -> Remediation | None:
    """What the creator was asked about the piece and has not been settled."""
    return Remediation.objects.open().filter(deliverable=review.deliverable_id).first()
