"""That a creator applied by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.models import Application, Relationship
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Application.objects.filter(relationship=relationship).select_related("decided_by")
    for row in window.rows(rows, at="submitted_at", person="decided_by"):
        url = reverse("crm:application", args=[relationship.brand.slug, row.pk])
        who = name_of(row.decided_by)
        title = f"Applied, accepted by {who}" if who else "Applied"
        yield Event(row.submitted_at, "application", title, row.name, "", row.pk, url, "Open")


SOURCE = Source("application", "Applications", "user-plus", _find)
