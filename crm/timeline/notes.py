"""What people wrote down."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.models import Note, Relationship
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Note.objects.standing().filter(relationship=relationship).select_related("author")
    for row in window.rows(rows, at="created_at", person="author"):
        title = "Note, edited since" if row.edited_at else "Note"
        url = reverse("crm:note", args=[relationship.brand.slug, row.pk])
        who = name_of(row.author)
        yield Event(row.created_at, "note", title, who, row.text, row.pk, url, "Open note")


SOURCE = Source("note", "Notes", "message", _find)
