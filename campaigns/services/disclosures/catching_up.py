"""Reviews that nobody opened: of what was in review or published before there were any."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.choices import DeliverableState, Gate, ReviewStage
from campaigns.models import Deliverable, DisclosureReview, GateTurn, Publication
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.services.deliverables.record import held as held_piece
from campaigns.services.disclosures import live, opening
from campaigns.services.refusals import CampaignRefused

_AT_ONCE = 200


def open_missing(*, at: datetime) -> int:
    """Open them, of campaigns that are under way; returns how many. Safe to run again."""
    opened = 0
    reviews = DisclosureReview.objects.filter(
        draft=OuterRef("draft"), opening=OuterRef("opening"), stage=ReviewStage.DRAFT
    )
    turns = (
        GateTurn.objects.waiting()
        .filter(
            ~Exists(reviews),
            gate=Gate.LEGAL,
            draft__deliverable__engagement__campaign__status__in=OPEN_CAMPAIGNS,
        )
        .select_related("draft__deliverable__engagement__campaign__brand")
    )
    for turn in turns.order_by("pk")[:_AT_ONCE]:
        opened += _open_draft(turn, at)
    looked = DisclosureReview.objects.filter(
        deliverable=OuterRef("deliverable"), stage=ReviewStage.LIVE
    )
    publications = Publication.objects.filter(
        ~Exists(looked),
        deliverable__state=DeliverableState.PUBLISHED,
        deliverable__engagement__campaign__status__in=OPEN_CAMPAIGNS,
    ).select_related("brand", "by", "link")
    for publication in publications.order_by("pk")[:_AT_ONCE]:
        opened += _open_live(publication, at)
    return opened


@transaction.atomic
def _open_draft(turn: GateTurn, at: datetime) -> int:
    brand = turn.draft.deliverable.engagement.campaign.brand
    try:
        piece = held_piece(turn.draft.deliverable_id, brand)
    except (Deliverable.DoesNotExist, CampaignRefused):
        return 0
    found = GateTurn.objects.waiting().select_related("draft").filter(pk=turn.pk).first()
    if found is None:
        return 0
    opening.open_for_draft(piece, found, at)
    return 1


@transaction.atomic
def _open_live(publication: Publication, at: datetime) -> int:
    try:
        piece = held_piece(publication.deliverable_id, publication.brand)
    except (Deliverable.DoesNotExist, CampaignRefused):
        return 0
    if piece.state != DeliverableState.PUBLISHED:
        return 0
    live.open_for_live(publication, piece, at)
    return 1
