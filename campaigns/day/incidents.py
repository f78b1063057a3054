"""What incidents bring to a day: open ones that somebody leads, and those that nobody leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from crm.choices import Severity
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.models import Incident
from crm.permissions import Can, may

_GRAVE = (Severity.HIGH, Severity.CRITICAL)


class OpenIncident(Source):
    """An incident that is open or only contained. It goes once it is resolved or dismissed."""

    key = "incident"
    section = Section.UNBLOCK
    name = "Incident"
    icon = "alert-triangle"
    can = Can.REPORT_INCIDENTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """One's own; for who handles incidents also those that nobody leads yet."""
        rows = Incident.objects.filter(brand=asker.brand).open()
        if not asker.is_team:
            mine = Q(owner=asker.user)
            if may(asker.role, Can.HANDLE_INCIDENTS):
                mine |= Q(owner=None)
            rows = rows.filter(mine)
        dated: QuerySet[Any] = rows.select_related("relationship__creator", "owner").annotate(
            **{DAY_AT: F("state_since")}
        )
        return dated

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """What kind of thing it is, and how bad: not what happened."""
        return [
            Row(
                pk=row.pk,
                title=row.get_kind_display(),
                url=reverse("campaigns:incident", args=[asker.brand.slug, row.pk]),
                about=row.relationship.creator.name if row.relationship else asker.brand.name,
                why=f"{row.get_severity_display()}, {row.get_state_display().lower()}."
                + ("" if row.owner else " Nobody leads it yet."),
                since=row.state_since,
                is_late=row.severity in _GRAVE,
                who=row.owner.display_name if row.owner else "nobody",
            )
            for row in rows
        ]


SOURCES = (OpenIncident(),)
