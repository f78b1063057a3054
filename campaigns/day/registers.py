"""What registers bring to a day: contracts, registers and permits that are due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from campaigns.choices import AlertLevel
from campaigns.models import RuleAlert
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can


class RulesDue(Source):
    """Thresholds of the rule packs that are reached, and permits that are missing or end."""

    key = "rule-due"
    section = Section.UNBLOCK
    name = "Due by the rules"
    icon = "license"
    can = Can.KEEP_REGISTERS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of creators whom one leads, and of those whom nobody does."""
        rows = RuleAlert.objects.filter(brand=asker.brand).open()
        if not asker.is_team:
            rows = rows.filter(Q(relationship__owner=asker.user) | Q(relationship__owner=None))
        rows = rows.select_related("relationship__creator", "relationship__owner")
        return rows.annotate(**{DAY_AT: F("opened_at")})

    def show(self, asker: Asker, rows: Sequence[RuleAlert]) -> list[Row]:
        """What is due, with its numbers."""
        return [
            Row(
                pk=row.pk,
                title=row.relationship.creator.name,
                url=reverse(
                    "campaigns:connections",
                    args=[asker.brand.slug, row.relationship.creator.uid],
                ),
                about=", ".join(part for part in (row.jurisdiction, row.subject) if part),
                why=row.words,
                since=getattr(row, DAY_AT),
                is_late=row.level == AlertLevel.DUE,
                who=row.relationship.owner.display_name if row.relationship.owner else "nobody",
            )
            for row in rows
        ]


SOURCES = (RulesDue(),)
