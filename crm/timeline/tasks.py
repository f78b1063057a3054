"""What was to be done about the creator, and was."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.models import Relationship, Task
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Task.objects.filter(relationship=relationship, done_at__isnull=False)
    rows = rows.select_related("done_by")
    for row in window.rows(rows, at="done_at", person="done_by"):
        url = reverse("crm:task", args=[relationship.brand.slug, row.pk])
        title = f"Done: {row.title}"
        who = name_of(row.done_by)
        yield Event(row.done_at, "task", title, who, row.details, row.pk, url, "Open task")


SOURCE = Source("task", "Tasks done", "checkbox", _find)
