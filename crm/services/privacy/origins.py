"""Where each thing that is held about a creator is from: source, day and way, as far as is known.

What an import brought is told by the import, for all of its fields at once; what people corrected
since, by the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.choices import CreatorType, Source
from crm.field_types import shown
from crm.models import (
    AuditEntry,
    ContactPoint,
    Creator,
    CreatorNiche,
    CreatorTag,
    ExternalId,
    FieldValue,
    ImportBatch,
    PostalAddress,
    Profile,
    Relationship,
)

# What a list can say of a person, and what it is called.
_PERSON = {
    "name": "Name",
    "creator_type": "Kind",
    "country": "Country",
    "language": "Language",
    "profession": "Profession",
    "timezone": "Time zone",
}
BY_HAND = "written down in the product"


@dataclass(frozen=True)
class Origin:
    """One thing, where it is from, since when, and how it came."""

    what: str
    value: str
    source: str
    at: datetime | None
    way: str


def origins_of(relationship: Relationship) -> list[Origin]:
    """Everything with its origin; as many queries whatever there is."""
    brand, creator = relationship.brand, relationship.creator
    profiles = list(Profile.objects.filter(creator=creator).select_related("platform"))
    contacts = list(ContactPoint.objects.filter(brand=brand, creator=creator).order_by("pk"))
    ids = list(ExternalId.objects.filter(brand=brand, creator=creator).order_by("pk"))
    niches = list(CreatorNiche.objects.filter(creator=creator).select_related("niche"))
    tags = list(CreatorTag.objects.filter(tag__brand=brand, creator=creator).select_related("tag"))
    fields = list(
        FieldValue.objects.filter(field__brand=brand, creator=creator)
        .select_related("field")
        .order_by("field", "-since", "-pk")
    )
    batches = _batches([creator, relationship, *profiles, *contacts, *ids, *niches, *tags, *fields])
    made = [*_person(relationship, batches)]
    made += [
        _row(f"Account on {one.platform}", f"@{one.handle}", one, batches, at=one.created_at)
        for one in profiles
    ]
    made += [
        Origin(
            f"Numbers of @{one.handle}",
            f"{one.followers:,} followers",
            Source(one.metrics_source).label,
            one.metrics_at,
            _way(one, batches),
        )
        for one in profiles
        if one.followers is not None
    ]
    for contact in contacts:
        told = ", ".join(part for part in (contact.found_in, contact.given_by) if part)
        row = _row(contact.get_kind_display(), contact.value, contact, batches, contact.created_at)
        made.append(Origin(row.what, row.value, told or row.source, row.at, row.way))
    made += [_row(f"Id in {one.source}", one.value, one, batches) for one in ids]
    made += [_row("Niche", one.niche.label, one, batches) for one in niches]
    made += [_row("Tag", one.tag.name, one, batches) for one in tags]
    for address in PostalAddress.objects.filter(brand=brand, creator=creator):
        told = ", ".join(part for part in (address.found_in, address.given_by) if part)
        made.append(Origin("Postal address", str(address), told, address.confirmed_at, BY_HAND))
    made += _fields(fields, batches)
    return made


def _person(relationship: Relationship, batches: dict[int, ImportBatch]) -> Iterator[Origin]:
    creator = relationship.creator
    changed: dict[str, AuditEntry] = {}
    acts = AuditEntry.objects.filter(
        brand=relationship.brand,
        target_type=Creator._meta.label_lower,
        target_id=creator.pk,
        verb="crm.creator.changed",
    )
    for act in acts.order_by("number"):
        changed |= dict.fromkeys(act.data, act)
    for name, label in _PERSON.items():
        value = str(getattr(creator, name))
        if name == "creator_type":
            value = CreatorType(value).label
        if not value:
            continue
        if name in changed:
            act = changed[name]
            yield Origin(label, value, f"corrected by {act.actor_label}", act.at, BY_HAND)
        else:
            yield _row(label, value, creator, batches, creator.created_at)
    yield _row("That we know them", "", relationship, batches, relationship.since)


def _fields(rows: Iterable[FieldValue], batches: dict[int, ImportBatch]) -> Iterator[Origin]:
    """The value of each field that holds now."""
    seen: set[int] = set()
    for row in rows:
        if row.field_id not in seen and row.value is not None:
            seen.add(row.field_id)
            source = row.get_source_display() + (f": {row.note}" if row.note else "")
            words = shown(row.field, row.value)
            yield Origin(row.field.label, words, source, row.since, _way(row, batches))


def _row(
    what: str,
    value: str,
    row: Any,
    batches: dict[int, ImportBatch],
    at: datetime | None = None,
) -> Origin:
    batch = batches.get(row.import_batch_id)
    if batch is None:
        return Origin(what, value, BY_HAND, at, _way(row, batches))
    return Origin(what, value, batch.source, batch.captured_at, _way(row, batches))


def _way(row: Any, batches: dict[int, ImportBatch]) -> str:
    batch = batches.get(row.import_batch_id)
    if batch is None:
        return "by hand, on the creator's own page or by another tool"
    return f"import #{batch.pk}, {batch.file_name}"


def _batches(rows: Iterable[Any]) -> dict[int, ImportBatch]:
    wanted = {row.import_batch_id for row in rows if row.import_batch_id is not None}
    return ImportBatch.objects.in_bulk(wanted) if wanted else {}
