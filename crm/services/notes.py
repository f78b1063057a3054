"""Notes about a creator: written, corrected and taken back by their authors."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import Role
from crm.models import Brand, Note, NoteVersion, Relationship, User, UserRole
from crm.services.mentions import forget_mention, mention_in_note, named_in

NOTE_MAX = 10_000
# Who reads restricted notes: as crm/permissions.py has it, which stands above the services.
READERS = (Role.LEGAL, Role.ADMIN)


class NoteRefused(Exception):
    """The note stays as it is; the message is fit for the user, `field` names what is at fault."""

    code = "refused"
    field = "text"


class NotTheAuthor(NoteRefused):
    """A note is its author's to change."""

    code = "not_the_author"
    field = ""


@transaction.atomic
def add_note(
    *,
    relationship: Relationship,
    text: str,
    author: User,
    at: datetime,
    is_restricted: bool = False,
) -> Note:
    """Write a note into the brand's own file of a creator. Raises NoteRefused.

    A restricted one is read by its author, legal and admins, and nobody else.
    """
    text = _checked(text)
    if is_restricted:
        _refuse_naming(text, relationship.brand, author)
    note = Note.objects.create(
        relationship=relationship,
        author=author,
        text=text,
        created_at=at,
        is_restricted=is_restricted,
    )
    mention_in_note(note=note, author=author, at=at)
    _record(note, "crm.note.added", author, at)
    return note


@transaction.atomic
def change_note(*, note_id: int, brand: Brand, text: str, actor: User, at: datetime) -> Note:
    """Correct one's own note; what it said is kept. Raises Note.DoesNotExist, NoteRefused."""
    note = _own(note_id, brand, actor)
    text = _checked(text)
    if text == note.text:
        return note
    if note.is_restricted:
        _refuse_naming(text, brand, actor)
    _keep(note, at)
    note.text, note.edited_at = text, at
    note.save(update_fields=["text", "edited_at"])
    mention_in_note(note=note, author=actor, at=at)
    _record(note, "crm.note.changed", actor, at)
    return note


@transaction.atomic
def delete_note(*, note_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Take back one's own note: nobody sees it any more. Raises Note.DoesNotExist, NoteRefused."""
    note = _own(note_id, brand, actor)
    note.deleted_at = at
    note.save(update_fields=["deleted_at"])
    forget_mention(note)
    _record(note, "crm.note.deleted", actor, at)


@transaction.atomic
def restore_note(*, note_id: int, brand: Brand, actor: User, at: datetime) -> Note:
    """Bring back one's own note that was deleted. Raises Note.DoesNotExist, NoteRefused."""
    note = _own(note_id, brand, actor, is_deleted=True)
    note.deleted_at = None
    note.save(update_fields=["deleted_at"])
    mention_in_note(note=note, author=actor, at=at)
    _record(note, "crm.note.restored", actor, at)
    return note


def _refuse_naming(text: str, brand: Brand, author: User) -> None:
    """Who may not read a note is not sent to it."""
    named = named_in(text, brand) - {author}
    held = UserRole.objects.filter(brand=brand, user__in=named, role__in=READERS)
    shut_out = named - {one.user for one in held.select_related("user")}
    if shut_out:
        names = ", ".join(sorted(user.display_name for user in shut_out))
        raise NoteRefused(f"{names} may not read restricted notes: leave the @ out.")


def _own(note_id: int, brand: Brand, actor: User, *, is_deleted: bool = False) -> Note:
    note = (
        Note.objects.select_for_update(no_key=True, of=("self",))
        .select_related("relationship__brand", "relationship__creator", "author")
        .get(pk=note_id, relationship__brand=brand, deleted_at__isnull=not is_deleted)
    )
    if note.author != actor:
        author = note.author.display_name if note.author else "Somebody who has left"
        raise NotTheAuthor(f"{author} wrote this note; only its author can change or delete it.")
    return note


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise NoteRefused("The note is empty.")
    if len(text) > NOTE_MAX:
        raise NoteRefused(f"The note has {len(text):,} characters; {NOTE_MAX:,} are the most.")
    return text


def _keep(note: Note, at: datetime) -> None:
    written = note.edited_at or note.created_at
    NoteVersion.objects.create(
        note=note, text=note.text, written_at=written, replaced_at=max(at, written)
    )


def _record(note: Note, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=note.relationship.brand,
        verb=verb,
        target=note.relationship,
        actor=actor,
        at=at,
        data={"note": note.pk},
        label=note.relationship.creator.name,
    )
