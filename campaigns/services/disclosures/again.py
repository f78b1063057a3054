"""A decision is not taken back: its review is opened again, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import DeliverableAct, DeliverableState, Gate, ReviewStage, ReviewState
from campaigns.models import Deliverable, DisclosureReview, GateTurn, Publication
from campaigns.services.deliverables import gates, reopening
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.deliverables.record import log as log_piece
from campaigns.services.disclosures import live, opening
from campaigns.services.disclosures.record import held, log
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, User

WHY_MAX = 500


@transaction.atomic
def open_again(
    *,
    review_id: int,
    brand: Brand,
    why: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> DisclosureReview | None:
    """Look at it once more; the old decision stays as it was, and any of legal may decide.

    Where the draft is past legal's gate, all its gates are asked again: then None is returned, and
    the review opens with legal's turn. Raises DisclosureReview.DoesNotExist, CampaignRefused.
    """
    review, piece = held(review_id, brand, expected_version)
    refusal, _instead_of = gates.stead(actor, brand, Gate.LEGAL, None, at.date())
    if refusal:
        raise CampaignRefused(refusal, code="not_yours")
    why = words_of(why, "reason", WHY_MAX, needed="Say why it is to be looked at again.")
    if review.state != ReviewState.DECIDED:
        raise CampaignRefused("Nothing of it is decided yet.", code="not_in_this_state")
    newest = (
        DisclosureReview.objects.filter(deliverable=piece, stage=review.stage)
        .order_by("-opened_at", "-pk")
        .first()
    )
    if newest is not None and newest.pk != review.pk:
        raise CampaignOutdated("There is a newer review of this piece: look at that one.")
    if review.stage == ReviewStage.LIVE:
        made: DisclosureReview | None = _live(piece, why, actor, at)
    else:
        made = _draft(review, piece, why, actor, at)
    log(review, "reopened", Actor(actor), at, verdict=str(review.verdict))
    return made


def _live(piece: Deliverable, why: str, actor: User, at: datetime) -> DisclosureReview:
    publication = Publication.objects.filter(deliverable=piece).select_related("by", "link").first()
    if publication is None or piece.state != DeliverableState.PUBLISHED:
        raise CampaignRefused(f"“{piece}” is not published any more.", code="not_in_this_state")
    made = live.open_for_live(publication, piece, at, actor=Actor(actor), why="by hand")
    log_piece(piece, DeliverableAct.REOPEN, Actor(actor), at, note=f"Its disclosure: {why}")
    return made


def _draft(
    review: DisclosureReview, piece: Deliverable, why: str, actor: User, at: datetime
) -> DisclosureReview | None:
    turn = (
        GateTurn.objects.waiting()
        .select_related("draft")
        .filter(draft=review.draft_id, opening=review.opening, gate=Gate.LEGAL)
        .first()
    )
    if turn is not None:
        made = opening.open_for_draft(piece, turn, at)
        log_piece(piece, DeliverableAct.REOPEN, Actor(actor), at, note=f"Its disclosure: {why}")
        return made
    if not reopening.reopen_held(piece, why=why, actor=Actor(actor), at=at):
        raise CampaignRefused(
            f"Version {review.draft.number if review.draft else ''} of “{piece}” is not approved "
            "or in review any more: the next version is looked at anyway.",
            code="not_in_this_state",
        )
    return None
