"""What publishing brings to a day: publications that are late, were never seen, or are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from campaigns.models import FirstReading
from campaigns.selectors.publishing.missing import Missing, missing_of, missing_rows
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can


class _Missing(Source):
    """One kind of what is missing. It goes once the page of the piece says otherwise."""

    section = Section.CHASE
    icon = "send"
    can = Can.RUN_CAMPAIGNS
    kind: Missing

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the creators whom one leads, and of one's campaigns where nobody leads them."""
        rows = missing_of(asker.brand, asker.at).filter(missing=self.kind.value)
        if not asker.is_team:
            rows = rows.filter(
                Q(engagement__owner=asker.user)
                | Q(engagement__owner=None, engagement__campaign__owner=asker.user)
            )
        dated: QuerySet[Any] = rows.annotate(**{DAY_AT: F("missing_since")})
        return dated

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """What is the matter, and of whom."""
        found = []
        for row in missing_rows(rows):
            engagement = row.deliverable.engagement
            owner = engagement.owner or engagement.campaign.owner
            found.append(
                Row(
                    pk=row.deliverable.pk,
                    title=row.deliverable.title,
                    url=reverse(
                        "campaigns:publication",
                        args=[asker.brand.slug, engagement.campaign.key, row.deliverable.pk],
                    ),
                    about=engagement.relationship.creator.name,
                    why=f"{row.kind.label}. {row.why}",
                    since=row.since,
                    is_late=self.kind is Missing.LATE,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


class Late(_Missing):
    """The planned time has passed without an address."""

    key = "publication-late"
    name = "Late publication"
    kind = Missing.LATE


class Unseen(_Missing):
    """An address was given, and nothing has shown it."""

    key = "publication-unseen"
    name = "Publication nobody has seen"
    kind = Missing.UNSEEN


class Gone(_Missing):
    """It was there, and is not any more."""

    key = "publication-gone"
    name = "Publication that is gone"
    kind = Missing.GONE


class Below(Source):
    """Posts below the usual of which nobody has said why."""

    key = "publication-below"
    name = "Post below the usual"
    section = Section.CHASE
    icon = "activity"
    can = Can.RUN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the creators whom one leads, and of one's campaigns where nobody leads them."""
        rows = FirstReading.objects.open().filter(publication__brand=asker.brand)
        engagement = "publication__deliverable__engagement"
        if not asker.is_team:
            rows = rows.filter(
                Q(**{f"{engagement}__owner": asker.user})
                | Q(**{f"{engagement}__owner": None, f"{engagement}__campaign__owner": asker.user})
            )
        dated: QuerySet[Any] = rows.annotate(**{DAY_AT: F("read_at")}).select_related(
            f"{engagement}__owner",
            f"{engagement}__campaign__owner",
            f"{engagement}__relationship__creator",
        )
        return dated

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """What it did, and what is usual."""
        found = []
        for reading in rows:
            deliverable = reading.publication.deliverable
            engagement = deliverable.engagement
            owner = engagement.owner or engagement.campaign.owner
            found.append(
                Row(
                    pk=reading.pk,
                    title=deliverable.title,
                    url=reverse("campaigns:post_alerts", args=[asker.brand.slug]),
                    about=engagement.relationship.creator.name,
                    why=f"Below the usual. {reading.why}",
                    since=reading.read_at,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


SOURCES = (Late(), Unseen(), Gone(), Below())
