"""The ledger as a file, and a word in the ledger on what was taken out of the product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from crm import audit
from crm.models import AuditEntry, Brand, User

HEAD = (
    *("number", "at", "actor", "actor_id", "verb", "target_type", "target_id", "target"),
    *("facts", "personal", "text_digest", "salt", "previous_hash", "hash"),
)


def rows(entries: QuerySet[AuditEntry]) -> Iterator[tuple[object, ...]]:
    """Lines under HEAD, from the first entry on; of an erased text the cells are empty."""
    for entry in entries.order_by("number").iterator(chunk_size=2_000):
        text = entry.words
        yield (
            *(entry.number, entry.at, text and text.actor_label, entry.actor_id, entry.verb),
            *(entry.target_type, entry.target_id, text and text.target_label),
            *(audit.canonical(entry.facts), text and audit.canonical(text.personal)),
            *(entry.text_digest, text and text.salt, entry.previous_hash, entry.hash),
        )


def json_lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """An entry a line, with what it takes to compute its hashes anew."""
    origins: audit.Origins | None = None
    for entry in entries.order_by("number").iterator(chunk_size=2_000):
        origins = origins or audit.Origins.of_brand(entry.brand_id)
        yield json.dumps(audit.exported(entry, origins), ensure_ascii=False) + "\n"


def note_list(
    *,
    brand: Brand,
    what: str,
    query: str,
    actor: User | None,
    at: datetime,
    rows: int | None = None,
) -> None:
    """Say in the ledger that a list was taken out: which, by what filter, how many rows."""
    audit.record(
        brand=brand,
        verb="crm.list.exported",
        target=brand,
        actor=actor,
        at=at,
        data={"list": what, "query": query[:1_000]} | ({} if rows is None else {"rows": rows}),
    )
