"""The audit ledger: what was done in a brand, in a chain of hashes that shows later tampering.

Each entry's hash covers its own content and the hash of the entry before, so that a changed,
removed or inserted entry breaks the chain from there on (`manage.py verify_ledger`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from crm.models import AuditEntry, Brand, User

# What the first entry of a brand holds as the hash before it.
GENESIS = "0" * 64
SYSTEM = "system"


@dataclass(frozen=True)
class BrokenLink:
    """The first entry at which a brand's chain does not hold, and what is wrong there."""

    number: int
    problem: str


@transaction.atomic
def record(
    *,
    brand: Brand,
    verb: str,
    target: models.Model,
    actor: User | None = None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    label: str | None = None,
) -> AuditEntry:
    """Append an entry to the ledger of `brand`; call it last in the service's own transaction.

    `verb` names the act ("crm.stage.moved"), `target` the row it was done to, `actor` who did it
    (None: the system), `data` the details as JSON can hold them, usually {field: [before, after]}.
    `label` is how the target is called in the ledger, by default its text.

    Entries of one brand are written one after the other: the lock is held until the transaction
    ends, which is why it comes last.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"crm.audit:{brand.pk}"]
        )
    last = (
        AuditEntry.objects.filter(brand=brand)
        .order_by("-number")
        .values_list("number", "hash")
        .first()
    )
    number, previous_hash = last or (0, GENESIS)
    target_id = target.pk if isinstance(target.pk, int) else None
    entry = AuditEntry(
        brand=brand,
        number=number + 1,
        at=at,
        actor=actor,
        actor_label=actor.email if actor else SYSTEM,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=target_id,
        target_label=(str(target) if label is None else label)[:200],
        # As it will be read back: dates and decimals are text from here on.
        data=json.loads(json.dumps(dict(data or {}), cls=DjangoJSONEncoder)),
        previous_hash=previous_hash,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    return entry


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything that `entry` says, the link included.

    The actor's account is left out (it may be deleted later), their address is in.
    """
    return hashlib.sha256(canonical(content(entry)).encode()).hexdigest()


def content(entry: AuditEntry) -> dict[str, Any]:
    """What is hashed and exported of `entry`: every field but its own hash."""
    return {
        "brand": entry.brand_id,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_label,
        "verb": entry.verb,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "target_label": entry.target_label,
        "data": entry.data,
        "previous_hash": entry.previous_hash,
    }


def canonical(value: Any) -> str:
    """JSON with one spelling for one meaning: sorted keys, no spaces, whole floats as integers."""
    return json.dumps(
        _plain_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def _plain_numbers(value: Any) -> Any:
    # jsonb keeps 1e20 as 100000000000000000000, which is read back as an integer.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    return value


def entries_of(brand: Brand) -> Iterator[AuditEntry]:
    """The ledger of `brand` from its first entry on, read in parts."""
    return AuditEntry.objects.filter(brand=brand).order_by("number").iterator(chunk_size=2_000)


def first_broken_link(entries: Iterable[AuditEntry]) -> BrokenLink | None:
    """Where the chain of `entries` (one brand, from its first on) breaks; None where it holds."""
    previous_hash = GENESIS
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return BrokenLink(number, f"entry {number} is missing; entry {entry.number} follows")
        if entry.previous_hash != previous_hash:
            return BrokenLink(number, "it does not continue the entry before it")
        if entry.hash != hash_of(entry):
            return BrokenLink(number, "its content was changed after it was written")
        previous_hash = entry.hash
    return None
