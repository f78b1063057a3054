"""Reviews of drafts are opened when it is legal's turn, and dropped when it comes to nothing."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from campaigns.choices import ReviewStage, ReviewState, RiskTier
from campaigns.models import Deliverable, DisclosureReview, Draft, GateTurn, GuestLink
from campaigns.selectors.risk import needs_second_reviewer, standing_of
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import evidence, finding
from campaigns.services.disclosures.record import log
from crm.models import User


def open_for_draft(piece: Deliverable, turn: GateTurn, at: datetime) -> DisclosureReview:
    """Legal's turn begins: what was handed in is captured, and the rules are asked.

    The caller holds the piece.
    """
    draft = turn.draft
    found = (
        DisclosureReview.objects.open()
        .filter(deliverable=piece, stage=ReviewStage.DRAFT)
        .select_related("finding", "draft")
        .first()
    )
    if found is not None and (found.draft_id, found.opening) == (draft.pk, turn.opening):
        return found
    drop(piece, ReviewStage.DRAFT)
    shot = evidence.of_draft(piece, draft, at)
    return begin(
        piece,
        stage=ReviewStage.DRAFT,
        draft=draft,
        opening=turn.opening,
        due_at=turn.due_at or at,
        requested=(draft.submitted_by, draft.link),
        at=at,
        evidence=shot.digest,
    )


def begin(
    piece: Deliverable,
    *,
    stage: ReviewStage,
    draft: Draft | None,
    opening: int,
    due_at: datetime,
    requested: tuple[User | None, GuestLink | None],
    at: datetime,
    actor: Actor | None = None,
    **facts: object,
) -> DisclosureReview:
    """A review that waits for somebody, with what the rules say; the caller holds the piece."""
    user, link = requested
    relationship = piece.engagement.relationship
    risk = standing_of(relationship, at)
    review = DisclosureReview.objects.create(
        brand=piece.engagement.campaign.brand,
        deliverable=piece,
        stage=stage,
        draft=draft,
        opening=opening,
        opened_at=at,
        due_at=max(due_at, at),
        requested_by=user,
        requested_link=link,
        # Of whom nothing is known yet, nothing speaks against them.
        risk=risk.tier or RiskTier.LOW,
        risk_reasons=risk.reasons,
        needs_second=needs_second_reviewer(relationship, at),
    )
    found = finding.refresh(review, piece, at)
    log(
        review,
        "opened",
        actor or Actor(),
        at,
        finding=found.digest,
        engine=found.verdict,
        risk=str(review.risk),
        **facts,
    )
    return review


def drop(piece: Deliverable, stage: ReviewStage) -> int:
    """What waits comes to nothing; returns how many there were. The caller holds the piece."""
    return (
        DisclosureReview.objects.open()
        .filter(deliverable=piece, stage=stage)
        .update(state=ReviewState.DROPPED, version=F("version") + 1)
    )
