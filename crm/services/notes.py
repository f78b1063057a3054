"""Notes about a creator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import Note, Relationship, User

NOTE_MAX = 10_000


class NoteRefused(Exception):
    """The note is empty or too long; the message is fit for the user."""


@transaction.atomic
def add_note(*, relationship: Relationship, text: str, author: User, at: datetime) -> Note:
    """Write a note into the brand's own file of a creator. Raises NoteRefused."""
    text = text.strip()
    if not text:
        raise NoteRefused("The note is empty.")
    if len(text) > NOTE_MAX:
        raise NoteRefused(f"The note has {len(text):,} characters; {NOTE_MAX:,} are the most.")
    note = Note.objects.create(relationship=relationship, author=author, text=text, created_at=at)
    audit.record(
        brand=relationship.brand,
        verb="crm.note.added",
        target=relationship,
        actor=author,
        at=at,
        data={"note": note.pk},
        label=relationship.creator.name,
    )
    return note
