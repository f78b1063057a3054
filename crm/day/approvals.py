"""Mails of sequences that a person reads, adds a line to and approves before they leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.models import EnrolmentStep
from crm.permissions import Can
from crm.services.outreach.approving import waiting


class WaitingMails(Source):
    """It takes reading to decide, so there is no one click."""

    key = "approval"
    section = Section.DECIDE
    name = "Mail to approve"
    icon = "mail"
    can = Can.SEND_MAIL

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the person's own enrolments, and of nobody's."""
        rows = waiting().filter(brand=asker.brand)
        if not asker.is_team:
            rows = rows.filter(Q(enrolment__owner=asker.user) | Q(enrolment__owner=None))
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[EnrolmentStep]) -> list[Row]:
        """To whom, and of which sequence."""
        queue = reverse("crm:outreach_approve", args=[asker.brand.slug])
        made = []
        for row in rows:
            owner = row.enrolment.owner
            made.append(
                Row(
                    pk=row.pk,
                    title=f"Mail to {row.enrolment.relationship.creator}",
                    url=f"{queue}?mail={row.pk}",
                    why=row.note or "waits to be read and approved",
                    since=row.created_at,
                    about=str(row.step.version.sequence),
                    who=owner.display_name if owner else "nobody",
                )
            )
        return made
