"""What evidence brings to a day: stories that are gone soon, and of which nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.urls import reverse

from campaigns.models import Deliverable
from campaigns.selectors.disclosures.missing import LIVES, stories_to_capture
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can

_SOON = timedelta(hours=6)


class StoriesToCapture(Source):
    """Goes with a picture of the story, or with the story."""

    key = "story-evidence"
    section = Section.CHASE
    name = "Story without a picture"
    icon = "photo"
    can = Can.KEEP_EVIDENCE

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the creators whom one leads, and of one's campaigns where nobody leads them."""
        rows = stories_to_capture(asker.at, asker.brand)
        if not asker.is_team:
            rows = rows.filter(
                Q(engagement__owner=asker.user)
                | Q(engagement__owner=None, engagement__campaign__owner=asker.user)
            )
        gone = ExpressionWrapper(F("published_at") + Value(LIVES), output_field=DateTimeField())
        dated: QuerySet[Any] = rows.annotate(**{DAY_AT: gone})
        return dated

    def show(self, asker: Asker, rows: Sequence[Deliverable]) -> list[Row]:
        """Which story, whose, and when it is gone."""
        found = []
        for piece in rows:
            engagement, gone = piece.engagement, getattr(piece, DAY_AT)
            owner = engagement.owner or engagement.campaign.owner
            found.append(
                Row(
                    pk=piece.pk,
                    title=piece.title,
                    url=reverse(
                        "campaigns:publication",
                        args=[asker.brand.slug, engagement.campaign.key, piece.pk],
                    ),
                    about=engagement.relationship.creator.name,
                    why="No picture of it is kept, and it is gone soon: add one.",
                    since=gone,
                    is_late=gone - asker.at <= _SOON,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


SOURCES = (StoriesToCapture(),)
