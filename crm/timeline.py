"""What happened between a brand and a creator, newest first: four sources, one line of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from django.core import signing
from django.db.models import Q, QuerySet

from crm.choices import ImportStatus, Stage
from crm.models import (
    AuditEntry,
    FieldValue,
    ImportBatch,
    MetricSnapshot,
    Note,
    Post,
    Profile,
    Relationship,
    StageChange,
    User,
)
from crm.paging import BadCursor, Page

# Acts that a source of their own tells better.
_TOLD_ELSEWHERE = ("crm.stage.moved", "crm.note.added", "crm.relationship.created")
_signer = signing.Signer(salt="crm.timeline")


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind` picks the icon, `text` is what somebody wrote."""

    at: datetime
    kind: str
    title: str
    who: str
    text: str = ""
    # Its place among events of one moment: the source and the row.
    rank: int = 0
    pk: int = 0

    @property
    def place(self) -> tuple[datetime, int, int]:
        """What events are ordered by."""
        return self.at, self.rank, self.pk


def timeline(
    relationship: Relationship, *, cursor: str | None = None, size: int = 20
) -> Page[Event]:
    """The newest events, or the older ones from `cursor` on. Raises BadCursor.

    `relationship` is read with its brand and creator. Costs a query for each source.
    """
    before = _decode(cursor) if cursor else None
    events = sorted(
        (
            *_stages(relationship, before, size),
            *_notes(relationship, before, size),
            *_imports(relationship, before, size),
            *_acts(relationship, before, size),
        ),
        key=lambda event: event.place,
        reverse=True,
    )
    goes_on = len(events) > size
    events = events[:size]
    return Page(events, _encode(events[-1]) if goes_on else None, None)


_Place = tuple[datetime, int, int]


def _older(
    rows: QuerySet[Any], column: str, rank: int, before: _Place | None, size: int
) -> Iterator[Any]:
    """The newest rows of a source that come after `before` in the timeline, one more than fit."""
    if before is not None:
        at, before_rank, pk = before
        at_that_moment = Q(**{column: at})
        if rank == before_rank:
            at_that_moment &= Q(pk__lt=pk)
        elif rank > before_rank:
            at_that_moment = Q(pk__in=[])
        rows = rows.filter(Q(**{f"{column}__lt": at}) | at_that_moment)
    return islice(rows.order_by(f"-{column}", "-pk")[: size + 1], size + 1)


def _name(user: User | None, otherwise: str = "") -> str:
    return user.display_name if user else otherwise


def _stages(relationship: Relationship, before: _Place | None, size: int) -> Iterator[Event]:
    rows = StageChange.objects.filter(relationship=relationship).select_related("actor")
    for row in _older(rows, "entered_at", 3, before, size):
        stage = Stage(row.stage).label
        if row.from_stage:
            title = f"Moved from {Stage(row.from_stage).label} to {stage}"
        else:
            title = f"Became known as {stage}"
        yield Event(row.entered_at, "stage", title, _name(row.actor), row.reason, 3, row.pk)


def _notes(relationship: Relationship, before: _Place | None, size: int) -> Iterator[Event]:
    rows = Note.objects.filter(relationship=relationship).select_related("author")
    for row in _older(rows, "created_at", 2, before, size):
        yield Event(row.created_at, "note", "Note", _name(row.author), row.text, 2, row.pk)


def _imports(relationship: Relationship, before: _Place | None, size: int) -> Iterator[Event]:
    creator = relationship.creator
    touched = (
        MetricSnapshot.objects.filter(profile__creator=creator).order_by().values("import_batch"),
        Profile.objects.filter(creator=creator).order_by().values("import_batch"),
        Post.objects.filter(creator=creator).order_by().values("import_batch"),
        Relationship.objects.filter(pk=relationship.pk).order_by().values("import_batch"),
        FieldValue.objects.filter(creator=creator).order_by().values("import_batch"),
    )
    rows = ImportBatch.objects.filter(
        brand=relationship.brand,
        status=ImportStatus.APPLIED,
        applied_at__isnull=False,
        pk__in=touched[0].union(*touched[1:]),
    ).select_related("created_by")
    for row in _older(rows, "applied_at", 1, before, size):
        title = f"Numbers from {row.source}: {row.file_name}"
        at = cast("datetime", row.applied_at)
        yield Event(at, "import", title, _name(row.created_by), "", 1, row.pk)


def _acts(relationship: Relationship, before: _Place | None, size: int) -> Iterator[Event]:
    of_relationship = Q(target_type="crm.relationship", target_id=relationship.pk)
    of_creator = Q(target_type="crm.creator", target_id=relationship.creator_id)
    rows = (
        AuditEntry.objects.filter(of_relationship | of_creator, brand=relationship.brand)
        .exclude(verb__in=_TOLD_ELSEWHERE)
        .select_related("actor")
    )
    for row in _older(rows, "at", 0, before, size):
        who = _name(row.actor, row.actor_label)
        note = row.data.get("note", "") if row.verb == "crm.field_value.set" else ""
        yield Event(row.at, "act", _in_words(row), who, note, 0, row.pk)


def _in_words(entry: AuditEntry) -> str:
    words = _WORDS.get(entry.verb)
    return words(entry.data) if words else entry.verb.replace("_", " ").replace(".", " ")


def _owner(data: Any) -> str:
    before, after = data["owner"]
    return f"Owner: {after or 'nobody'}, before {before or 'nobody'}"


def _next_step(data: Any) -> str:
    step, on = data["next_step"][1], data["next_step_on"][1]
    if not step:
        return "Next step taken away"
    return f"Next step: {step}" + (f", by {on}" if on else "")


def _corrected(data: Any) -> str:
    return "Corrected: " + ", ".join(name.replace("_", " ") for name in sorted(data))


def _account(data: Any) -> str:
    return f"Account added: {data['platform']} {data['handle']}"


def _field_values(data: Any) -> str:
    return ", ".join(
        f"{key.replace('_', ' ').capitalize()}: {after or 'not known any more'}"
        for key, (_before, after) in sorted(data["values"].items())
    )


_WORDS: dict[str, Callable[[Any], str]] = {
    "crm.owner.set": _owner,
    "crm.next_step.set": _next_step,
    "crm.creator.changed": _corrected,
    "crm.profile.added": _account,
    "crm.field_value.set": _field_values,
}


def _encode(event: Event) -> str:
    return _signer.sign_object([event.at.isoformat(), event.rank, event.pk])


def _decode(cursor: str) -> _Place:
    try:
        at, rank, pk = cast("tuple[str, int, int]", _signer.unsign_object(cursor))
        return datetime.fromisoformat(at), rank, pk
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This page address is not complete. Start again from page one.") from error
