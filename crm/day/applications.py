"""Who applied and waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince

from crm.day.parts import DAY_AT, Asker, Row, Section, Source
from crm.models import Application
from crm.permissions import Can


class WaitingApplications(Source):
    """Whoever is there takes them, so they are on everybody's day. It takes reading to decide."""

    key = "application"
    section = Section.DECIDE
    name = "Application"
    icon = "user-plus"
    can = Can.TRIAGE

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The longest waiting first."""
        rows = Application.objects.filter(brand=asker.brand).waiting()
        return rows.with_details().annotate(**{DAY_AT: F("submitted_at")})

    def show(self, asker: Asker, rows: Sequence[Application]) -> list[Row]:
        """Who, with which accounts, and for how long they wait."""
        return [
            Row(
                pk=row.pk,
                title=f"{row.name} applied",
                url=reverse("crm:application", args=[asker.brand.slug, row.pk]),
                why=f"waits {timesince(row.submitted_at, asker.at)}",
                since=row.submitted_at,
                about=", ".join(f"{one.platform} {one.handle}" for one in row.accounts.all()),
            )
            for row in rows
        ]
