"""Creators whom a colleague wants to pitch, where a mistake would cost much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from crm.choices import PitchDepth
from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.models import PitchApproval
from crm.permissions import Can
from crm.services.outreach.pitching import DECIDING


class WaitingPitches(Source):
    """It takes a reason to say no, so there is no one click."""

    key = "pitch"
    section = Section.DECIDE
    name = "Pitch to approve"
    icon = "mail"
    can = Can.MANAGE_OUTREACH

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What one may answer: of one's role, and asked by somebody else."""
        rows = PitchApproval.objects.waiting().filter(brand=asker.brand)
        if not asker.is_team:
            depths = [depth for depth, roles in DECIDING.items() if asker.role in roles]
            rows = rows.filter(~Q(asked_by=asker.user) | Q(asked_by=None), depth__in=depths)
        return rows.select_related("relationship__creator", "asked_by").annotate(
            **{DAY_AT: F("asked_at")}
        )

    def show(self, asker: Asker, rows: Sequence[PitchApproval]) -> list[Row]:
        """Whom, why, and who asks."""
        url = reverse("crm:pitches", args=[asker.brand.slug])
        return [
            Row(
                pk=row.pk,
                title=f"May {row.relationship.creator} be pitched?",
                url=f"{url}#pitch-{row.pk}",
                why=row.reason,
                since=row.asked_at,
                about=row.segment,
                who=PitchDepth(row.depth).label.lower(),
            )
            for row in rows
        ]
