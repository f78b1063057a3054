"""What people answer to a hint: it is an ad, and is sent to legal, or it is none. No verdict."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from campaigns.choices import DeliverableState, Gate, HintState
from campaigns.models import Deliverable, DisclosureHint, DisclosureReview, Publication
from campaigns.models.disclosure_hints import ANSWERED
from campaigns.services.days import today_of
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, held, words_of
from campaigns.services.disclosures.live import open_for_live
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Relationship, Task, User
from crm.services.tasks import add_task

NOTE_MAX = 200


@transaction.atomic
def answer(
    *, hint_id: int, brand: Brand, is_ad: bool, actor: User, at: datetime, note: str = ""
) -> DisclosureHint:
    """Say what the post is. An ad is sent to legal: as a review where it is a piece, else a task.

    Raises DisclosureHint.DoesNotExist, CampaignRefused.
    """
    hint = _locked(hint_id, brand)
    if hint.state != HintState.OPEN:
        who = f" by {hint.closed_by.display_name}" if hint.closed_by else ""
        raise CampaignRefused(
            f"This was answered{who} by now: {hint.get_state_display().lower()}.", code="closed"
        )
    hint.note = words_of(note, "note", NOTE_MAX)
    hint.state = HintState.ACCEPTED if is_ad else HintState.DISMISSED
    hint.closed_at, hint.closed_by = at, actor
    if is_ad:
        _send(hint, actor, at)
    hint.save()
    _record(hint, hint.state, actor, at)
    return hint


@transaction.atomic
def take_back(*, hint_id: int, brand: Brand, actor: User, at: datetime) -> DisclosureHint:
    """Undo an answer: the hint waits again. What it was sent to stays. Raises as above."""
    hint = _locked(hint_id, brand)
    if hint.state not in ANSWERED:
        raise CampaignRefused("There is no answer to take back.", code="closed")
    hint.state, hint.note, hint.closed_at, hint.closed_by = HintState.OPEN, "", None, None
    hint.save()
    _record(hint, "reopened", actor, at)
    return hint


def piece_of(hint: DisclosureHint) -> Deliverable | None:
    """The piece of a campaign that the post is; None: it is none."""
    pieces = Deliverable.objects.filter(
        post=hint.post_id,
        engagement__campaign__brand=hint.brand_id,
        state=DeliverableState.PUBLISHED,
    )
    return pieces.order_by("pk").first()


def _locked(hint_id: int, brand: Brand) -> DisclosureHint:
    rows = DisclosureHint.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("brand", "post__creator", "post__profile__platform")
    return rows.get(pk=hint_id, brand=brand)


def _send(hint: DisclosureHint, actor: User, at: datetime) -> None:
    piece = piece_of(hint)
    if piece is not None:
        hint.review = _review(hint.brand, piece, actor, at) or hint.review
    if hint.review is None and hint.task is None:
        hint.task = _task(hint, actor, at)


def _review(brand: Brand, piece: Deliverable, actor: User, at: datetime) -> DisclosureReview | None:
    """The look at the published post that waits, or a new one; None: it is published no more."""
    piece = held(piece.pk, brand, force=True)
    publication = Publication.objects.filter(deliverable=piece).select_related("by", "link").first()
    if publication is None:
        return None
    return open_for_live(publication, piece, at, actor=Actor(actor), why="reads like an ad")


def _task(hint: DisclosureHint, actor: User, at: datetime) -> Task:
    """For somebody of legal; it quotes nobody: words of the post stay where they can go."""
    post, brand = hint.post, hint.brand
    page = reverse("campaigns:hints", args=[brand.slug])
    return add_task(
        brand=brand,
        title=f"Is it disclosed? A post of {post.creator.name} on {post.profile.platform}"[:200],
        details=f"It reads like an ad and says nothing of it: {page}?post={post.pk}"
        + (f"\n\nThe post: {post.url}" if post.url else ""),
        relationship=Relationship.objects.filter(brand=brand, creator=post.creator_id).first(),
        assignee=next(iter(gates.deciders(brand, Gate.LEGAL, None, today_of(brand, at))), None),
        actor=actor,
        at=at,
    )


def _record(hint: DisclosureHint, what: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=hint.brand,
        verb=f"campaigns.disclosure_hint.{what}",
        target=hint,
        actor=actor,
        at=at,
        label=hint.post.creator.name,
        data={
            "post": hint.post_id,
            "source": hint.source,
            "version": hint.version,
            "review": hint.review_id,
            "task": hint.task_id,
        },
        text={"note": hint.note},
    )
