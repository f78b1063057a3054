"""What a creator makes in a campaign, among their own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.choices import DeliverableState, DraftState
from campaigns.guests import Entry, Part
from campaigns.models import Correction, Deliverable, GuestLink

_TEXTS = {
    DeliverableState.IN_REVIEW: "We are looking at your draft.",
    DeliverableState.APPROVED: "Approved.",
    DeliverableState.PUBLISHED: "Published. Thank you!",
    DeliverableState.CANCELLED: "Called off.",
}


def entries(link: GuestLink, token: str, _at: datetime) -> Sequence[Entry]:
    """Each piece, and what is to be done about it."""
    if link.engagement_id is None:
        return []
    pieces = list(
        Deliverable.objects.filter(engagement=link.engagement_id)
        .select_related("platform")
        .order_by("draft_due_on", "pk")
    )
    corrected = set(
        Correction.objects.filter(
            turn__draft__deliverable__in=pieces,
            turn__draft__state=DraftState.APPROVED,
            done_at=None,
        ).values_list("turn__draft__deliverable", flat=True)
    )
    return [_entry(piece, token, is_corrected=piece.pk in corrected) for piece in pieces]


def _entry(piece: Deliverable, token: str, *, is_corrected: bool) -> Entry:
    state = DeliverableState(piece.state)
    if state == DeliverableState.PLANNED:
        text = "Hand in your draft."
    elif state == DeliverableState.NEEDS_WORK and is_corrected:
        text = "Approved with corrections: tell us when they are done."
    elif state == DeliverableState.NEEDS_WORK:
        text = "It needs work: read our remarks and hand in a new version."
    else:
        text = _TEXTS[state]
    is_due = state in {DeliverableState.PLANNED, DeliverableState.NEEDS_WORK}
    return Entry(
        piece.title,
        f"{piece.get_form_display()} on {piece.platform}. {text}",
        reverse("guest:deliverable", args=[token, piece.pk]),
        is_due=is_due,
        due_on=piece.draft_due_on if state == DeliverableState.PLANNED else None,
    )


PART = Part("What you make", entries)
