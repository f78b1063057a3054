"""What people wrote down."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.models import Note, Relationship
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = (
        Note.objects.filter(relationship=relationship)
        .readable(by=window.asked.reader, reads_restricted=window.asked.reads_restricted)
        .select_related("author")
    )
    for row in window.rows(rows, at="created_at", person="author"):
        title, text, link = "Note", row.text, "Open note"
        if row.deleted_at:
            # Its page gives it back to its author, and says no more than this to anybody else.
            title, text, link = "Note, deleted since", "", "What became of it"
        elif row.edited_at:
            title = "Note, edited since"
        if row.is_restricted:
            title = f"Restricted {title.lower()}"
        url = reverse("crm:note", args=[relationship.brand.slug, row.pk])
        yield Event(row.created_at, "note", title, name_of(row.author), text, row.pk, url, link)


SOURCE = Source("note", "Notes", "message", _find)
