"""A review is opened again when what was approved is not what will be published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from campaigns.choices import DeliverableAct, DeliverableState, DraftState
from campaigns.models import Correction, Deliverable, Draft
from campaigns.selectors.deliverable_basis import basis_of
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, enter, held, log, words_of
from campaigns.services.deliverables.states import allows, require
from crm.models import Brand

WHY_MAX = 500


@transaction.atomic
def reopen(
    *,
    deliverable_id: int,
    brand: Brand,
    why: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Deliverable:
    """Ask all gates again about the draft that was approved, or is being read.

    Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.REOPEN)
    why = words_of(why, "reason", WHY_MAX, needed="Say what has changed.")
    if not reopen_held(piece, why=why, actor=actor, at=at):
        require(DeliverableState.NEEDS_WORK, DeliverableAct.REFUSE)  # nothing of it was approved
    return piece


def reopen_held(piece: Deliverable, *, why: str, actor: Actor, at: datetime) -> bool:
    """As `reopen`, of a piece that the caller holds; False: no draft is approved or in review."""
    if not allows(piece.state, DeliverableAct.REOPEN):
        return False
    draft = current(piece)
    if draft is None or draft.state not in {DraftState.APPROVED, DraftState.IN_REVIEW}:
        return False
    told = {*gates.who_decided(draft), *gates.leaders(piece)} - {actor.user}
    gates.drop_turns(draft)
    Draft.objects.filter(pk=draft.pk).update(
        opening=F("opening") + 1,
        basis=basis_of(piece),
        state=DraftState.IN_REVIEW,
        state_since=at,
    )
    draft.refresh_from_db()
    gates.open_review(piece, draft, at)
    enter(piece, DeliverableState.IN_REVIEW, at)
    gates.tell(
        piece,
        sorted(told, key=lambda user: user.pk),
        f"The review of “{piece}” was opened again: {why}",
        at,
        key=f"reopened:{draft.pk}:{draft.opening}",
    )
    log(piece, DeliverableAct.REOPEN, actor, at, number=draft.number, note=why)
    return True


def current(piece: Deliverable) -> Draft | None:
    """The newest version that nobody took back."""
    return piece.drafts.exclude(state=DraftState.WITHDRAWN).order_by("-number").first()


def settled(piece: Deliverable) -> DeliverableState:
    """Where a piece stands by its newest draft when nothing of it is in review."""
    draft = current(piece)
    if draft is None:
        return DeliverableState.PLANNED
    is_for_this = draft.basis.get("platform") == piece.platform_id and (
        draft.basis.get("form") == piece.form
    )
    if draft.state == DraftState.APPROVED and is_for_this and not open_corrections(draft):
        return DeliverableState.APPROVED
    return DeliverableState.NEEDS_WORK


def open_corrections(draft: Draft) -> bool:
    """Whether something is to be put right that nobody confirmed."""
    return Correction.objects.filter(
        turn__draft=draft, turn__opening=draft.opening, done_at=None
    ).exists()
