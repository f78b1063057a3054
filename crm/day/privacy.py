"""What people asked about their data and nobody has answered yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.models import PrivacyRequest
from crm.permissions import Can

# So that there is time to look through everything.
AHEAD = timedelta(days=21)


class DueRequests(Source):
    """On the day of everybody who may answer, from three weeks before the last day on."""

    key = "privacy_request"
    section = Section.ANSWER
    name = "Request about data"
    icon = "user-shield"
    can = Can.HANDLE_PRIVACY

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The first that are due first."""
        rows = PrivacyRequest.objects.filter(brand=asker.brand).open()
        rows = rows.filter(due_on__lte=asker.today + AHEAD)
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[PrivacyRequest]) -> list[Row]:
        """Who asks for what, and until when."""
        return [
            Row(
                pk=row.pk,
                title=f"{row.name}: {row.get_kind_display().lower()}",
                url=reverse("crm:privacy_request", args=[asker.brand.slug, row.pk]),
                why=f"to be answered by {row.due_on:%-d %B}",
                since=row.created_at,
                is_late=row.due_on < asker.today,
            )
            for row in rows
        ]
