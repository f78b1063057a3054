"""Appending to the ledger."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from crm.audit.facts import split
from crm.audit.hashing import GENESIS, SYSTEM, hash_of, text_digest_of
from crm.models import AuditEntry, AuditText, Brand, User

# Two statements in one message: the second one sees what was there once we had the lock.
_LAST = """
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0));
SELECT number, hash FROM crm_auditentry WHERE brand_id = %s ORDER BY number DESC LIMIT 1
"""
# An entry and its text in one message.
_APPEND = """
WITH entry AS (
  INSERT INTO crm_auditentry (brand_id, number, at, actor_id, verb, target_type, target_id, facts,
    text_digest, previous_hash, hash)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
)
INSERT INTO crm_audittext (entry_id, salt, actor_label, target_label, personal)
SELECT id, %s, %s, %s, %s FROM entry RETURNING entry_id
"""


@dataclass(frozen=True)
class Act:
    """One act of many: to the row with this id, which the ledger calls `label`."""

    target_id: int
    label: str
    data: Mapping[str, Any]
    text: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic(savepoint=False)
def record(
    *,
    brand: Brand,
    verb: str,
    target: models.Model,
    actor: User | None = None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    text: Mapping[str, Any] | None = None,
    label: str | None = None,
) -> AuditEntry:
    """Append an entry to the ledger of `brand`; call it last in the service's own transaction.

    `verb` names the act ("crm.stage.moved"), `target` the row it was done to, `actor` who did it
    (None: the system), `data` the details as JSON can hold them, usually {field: [before, after]};
    what of it may be personal is found by itself (crm/audit/facts.py). `text` are details that are
    personal although they look like facts. `label` is how the target is called in the ledger, by
    default its text. Label, actor's address and personal details can be erased later on.

    Entries of one brand are written one after the other: the lock is held until the transaction
    ends, which is why it comes last.
    """
    last = _last_link(brand)
    entry = _entry(brand, verb, type(target), actor, at)
    entry.target_id = target.pk if isinstance(target.pk, int) else None
    _describe(entry, str(target) if label is None else label, data or {}, text or {}, actor)
    _link(entry, last)
    words = entry.text
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND,
            [
                *(brand.pk, entry.number, at, entry.actor_id, verb, entry.target_type),
                *(entry.target_id, json.dumps(entry.facts), entry.text_digest),
                *(entry.previous_hash, entry.hash),
                *(words.salt, words.actor_label, words.target_label, json.dumps(words.personal)),
            ],
        )
        entry.pk = words.entry_id = cursor.fetchone()[0]
    entry._state.adding = words._state.adding = False
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
        entry.target_id = act.target_id
        _describe(entry, act.label, act.data, act.text, actor)
        last = _link(entry, last)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=2_000)
    for entry in entries:
        entry.text.entry_id = entry.pk
    AuditText.objects.bulk_create([entry.text for entry in entries], batch_size=2_000)
    return len(entries)


def _last_link(brand: Brand) -> tuple[int, str]:
    """Number and hash of the newest entry, which nobody else continues until we are done."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [f"crm.audit:{brand.pk}", brand.pk])
        cursor.nextset()
        last: tuple[int, str] | None = cursor.fetchone()
    return last or (0, GENESIS)


def _entry(
    brand: Brand, verb: str, of: type[models.Model], actor: User | None, at: datetime
) -> AuditEntry:
    return AuditEntry(brand=brand, at=at, actor=actor, verb=verb, target_type=of._meta.label_lower)


def _describe(
    entry: AuditEntry,
    label: str,
    data: Mapping[str, Any],
    text: Mapping[str, Any],
    actor: User | None,
) -> None:
    """Part what the act was into facts and text."""
    facts, personal = split(data)
    entry.facts = _as_read_back(facts)
    entry.text = AuditText(
        salt=secrets.token_hex(16),
        actor_label=actor.email if actor else SYSTEM,
        target_label=label[:200],
        personal=_as_read_back(personal | dict(text)),
    )
    entry.text_digest = text_digest_of(entry.text)


def _as_read_back(details: dict[str, Any]) -> dict[str, Any]:
    # Dates and decimals are text from here on.
    found: dict[str, Any] = json.loads(json.dumps(details, cls=DjangoJSONEncoder))
    return found


def _link(entry: AuditEntry, last: tuple[int, str]) -> tuple[int, str]:
    """Continue the chain with this entry; its own number and hash."""
    number, entry.previous_hash = last
    entry.number = number + 1
    entry.hash = hash_of(entry)
    return entry.number, entry.hash
