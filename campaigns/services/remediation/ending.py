"""A request ends: the creator says it is done, legal sees that it is, or nobody asks any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import RemediationAct, RemediationState, ReviewStage
from campaigns.models import Deliverable, DisclosureReview, Publication, Remediation
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, words_of
from campaigns.services.disclosures.live import open_for_live
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.remediation.record import happened, held, tell
from campaigns.services.remediation.states import NEXT
from crm.models import Brand, User

NOTE_MAX = 1_000


@transaction.atomic
def answer(
    *,
    remediation_id: int,
    brand: Brand,
    note: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Remediation:
    """The creator says that it is done: legal looks at the post again.

    Raises Remediation.DoesNotExist, CampaignRefused.
    """
    found, piece = held(remediation_id, brand, RemediationAct.ANSWER, expected_version)
    words = words_of(note, "note", NOTE_MAX)
    publication = Publication.objects.select_related("by", "link").filter(deliverable=piece).first()
    if publication is not None:
        open_for_live(publication, piece, at, actor=actor, why="put_right")
    happened(found, RemediationAct.ANSWER, actor, at, note=words)
    tell(
        found,
        [user for user in {found.owner, *gates.leaders(piece)} if user and user != actor.user],
        f"{actor.name} says that the disclosure of “{piece}” is put right: legal looks again.",
        at,
        key=f"remediation-answered:{found.pk}:{found.version}",
    )
    return found


@transaction.atomic
def withdraw(
    *,
    remediation_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Remediation:
    """Nothing is asked for any more. Raises Remediation.DoesNotExist, CampaignRefused."""
    found, _piece = held(remediation_id, brand, RemediationAct.WITHDRAW, expected_version)
    words = words_of(
        reason, "reason", NOTE_MAX, needed="Say why nothing is to be put right any more."
    )
    happened(found, RemediationAct.WITHDRAW, Actor(actor), at, note=words)
    return found


def after_decision(
    review: DisclosureReview, piece: Deliverable, actor: User, at: datetime
) -> Remediation | None:
    """Legal decided about a published post: one that is in order ends what was asked about it.

    The caller holds the piece.
    """
    if review.stage != ReviewStage.LIVE:
        return None
    found = (
        Remediation.objects.open()
        .select_for_update(no_key=True, of=("self",))
        .select_related("owner", "brand")
        .filter(deliverable=piece)
        .first()
    )
    if found is None:
        return None
    found.deliverable = piece
    if review.verdict in CLEAR:
        if RemediationAct.RESOLVE in NEXT[RemediationState(found.state)]:
            happened(found, RemediationAct.RESOLVE, Actor(actor), at, seen_in=review.pk)
        return found
    if review.pk != found.review_id and found.owner is not None and found.owner != actor:
        tell(
            found,
            [found.owner],
            f"The disclosure of “{piece}” is still not in order: ask the creator again.",
            at,
            key=f"remediation-still:{found.pk}:{review.pk}",
        )
    return found
