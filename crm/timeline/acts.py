"""What the audit ledger has of the creator, where no other source tells it better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q

from crm.models import AuditEntry, Merge, Relationship
from crm.timeline.events import Event, Source, Window, name_of

# Acts that a source of their own tells better.
TOLD_ELSEWHERE = {
    "crm.stage.moved",
    "crm.relationship.created",
    "crm.note.added",
    "crm.note.changed",
    "crm.note.deleted",
    "crm.note.restored",
}


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    creators, relationships = [relationship.creator_id], [relationship.pk]
    # The ledger goes on naming the creators that became this one.
    merged = Merge.objects.filter(kept=relationship.creator_id, undone_at=None)
    for gone, former in merged.values_list("gone", "former_relationships"):
        creators.append(gone)
        relationships += former
    of_relationship = Q(target_type="crm.relationship", target_id__in=relationships)
    of_creator = Q(target_type="crm.creator", target_id__in=creators)
    rows = (
        AuditEntry.objects.filter(of_relationship | of_creator, brand=relationship.brand)
        .exclude(verb__in=TOLD_ELSEWHERE)
        .select_related("actor")
    )
    for row in window.rows(rows, at="at", person="actor"):
        who = name_of(row.actor, row.actor_label)
        note = row.data.get("note", "") if row.verb == "crm.field_value.set" else ""
        yield Event(row.at, "act", _in_words(row), who, note, row.pk)


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


SOURCE = Source("act", "Changes", "history", _find)
