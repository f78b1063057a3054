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


@dataclass(frozen=True)
class Act:
    """One act of many: to the row with this id, which the ledger calls `label`."""

    target_id: int
    label: str
    data: Mapping[str, Any]


@transaction.atomic(savepoint=False)
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
    last = _last_link(brand)
    entry = _entry(brand, verb, type(target), actor, at)
    entry.target_id = target.pk if isinstance(target.pk, int) else None
    entry.target_label = (str(target) if label is None else label)[:200]
    _link(entry, data or {}, last)
    entry.save(force_insert=True)
    return entry


@transaction.atomic(savepoint=False)
def record_many(
    *,
    brand: Brand,
    verb: str,
    of: type[models.Model],
    acts: Iterable[Act],
    actor: User | None = None,
    at: datetime,
) -> int:
    """Append an entry for each of `acts`, all done to rows of one model; how many there were.

    As `record`: call it last. For some thousand acts at a time, since each is hashed.
    """
    last = _last_link(brand)
    entries = []
    for act in acts:
        entry = _entry(brand, verb, of, actor, at)
        entry.target_id, entry.target_label = act.target_id, act.label[:200]
        last = _link(entry, act.data, last)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=2_000)
    return len(entries)


def _last_link(brand: Brand) -> tuple[int, str]:
    """Number and hash of the newest entry, which nobody else continues until we are done."""
    with connection.cursor() as cursor:
        # Two statements in one message: the second one sees what was there once we had the lock.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)); "
            "SELECT number, hash FROM crm_auditentry WHERE brand_id = %s "
            "ORDER BY number DESC LIMIT 1",
            [f"crm.audit:{brand.pk}", brand.pk],
        )
        cursor.nextset()
        last: tuple[int, str] | None = cursor.fetchone()
    return last or (0, GENESIS)


def _entry(
    brand: Brand, verb: str, of: type[models.Model], actor: User | None, at: datetime
) -> AuditEntry:
    return AuditEntry(
        brand=brand,
        at=at,
        actor=actor,
        actor_label=actor.email if actor else SYSTEM,
        verb=verb,
        target_type=of._meta.label_lower,
    )


def _link(entry: AuditEntry, data: Mapping[str, Any], last: tuple[int, str]) -> tuple[int, str]:
    """Continue the chain with this entry; its own number and hash."""
    number, entry.previous_hash = last
    entry.number = number + 1
    # As it will be read back: dates and decimals are text from here on.
    entry.data = json.loads(json.dumps(dict(data), cls=DjangoJSONEncoder))
    entry.hash = hash_of(entry)
    return entry.number, entry.hash


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
