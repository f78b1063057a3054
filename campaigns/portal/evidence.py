"""What the creator's own pages say of evidence: pieces of which no picture is kept yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.urls import reverse

from campaigns.choices import DeliverableState, ReviewStage
from campaigns.guests import Entry, Part
from campaigns.models import Deliverable, EvidenceFile, GuestLink
from campaigns.selectors.disclosures.missing import LIVES
from crm.choices import PostKind


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """Published pieces without a picture; a story is due as long as it is to be seen: one query."""
    zone = ZoneInfo(link.brand.timezone)
    shown = EvidenceFile.objects.filter(
        evidence__deliverable=OuterRef("pk"), evidence__stage=ReviewStage.LIVE
    )
    pieces = Deliverable.objects.filter(
        ~Exists(shown), engagement=link.engagement_id, state=DeliverableState.PUBLISHED
    )
    found = []
    for piece in pieces.order_by("published_at", "pk"):
        if piece.published_at is None:
            continue
        gone = (piece.published_at + LIVES).astimezone(zone)
        is_story = piece.form == PostKind.STORY
        if is_story and gone <= at:
            continue
        words = (
            f"Send screenshots of each frame before it is gone on {gone:%-d %B at %H:%M}."
            if is_story
            else "If you like, send a screenshot that shows the label."
        )
        found.append(
            Entry(
                piece.title,
                words,
                reverse("guest:evidence", args=[token, piece.pk]),
                is_due=is_story,
                due_on=gone.date() if is_story else None,
            )
        )
    return found


PART = Part("Proof of the label", entries)
