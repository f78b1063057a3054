"""What people wrote down."""

from __future__ import annotations

from collections.abc import Iterator

from crm.models import Note, Relationship
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Note.objects.standing().filter(relationship=relationship).select_related("author")
    for row in window.rows(rows, at="created_at", person="author"):
        title = "Note, edited since" if row.edited_at else "Note"
        yield Event(row.created_at, "note", title, name_of(row.author), row.text, row.pk)


SOURCE = Source("note", "Notes", "message", _find)
