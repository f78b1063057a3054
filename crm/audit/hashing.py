"""What is hashed of an entry, and how: one spelling for one meaning."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from crm.audit.origins import Origins
from crm.models import AuditEntry, AuditText

# What the first entry of a brand holds as the hash before it.
GENESIS = "0" * 64
SYSTEM = "system"
_HERE = Origins()


def hash_of(entry: AuditEntry, *, number: int | None = None, origins: Origins = _HERE) -> str:
    """SHA-256 over the canonical JSON of everything that `entry` says, the link included.

    With `number`: as if the entry had that one. `origins`: where entries were written.
    """
    said = content(entry, origins)
    return _sha256(said if number is None else said | {"number": number})


def content(entry: AuditEntry, origins: Origins = _HERE) -> dict[str, Any]:
    """What is hashed of `entry`: every field but its own hash, and of its text the digest."""
    brand, actor, target = origins.numbers(entry)
    return {
        "brand": brand,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "verb": entry.verb,
        "target_type": entry.target_type,
        "target_id": target,
        "facts": entry.facts,
        "text_digest": entry.text_digest,
        "previous_hash": entry.previous_hash,
    }


def text_digest_of(text: AuditText) -> str:
    """SHA-256 over the canonical JSON of a text and its salt."""
    return _sha256(_said(text))


def exported(entry: AuditEntry, origins: Origins = _HERE) -> dict[str, Any]:
    """An entry as a file has it: enough to compute both hashes anew, text null where erased."""
    text = entry.words
    return content(entry, origins) | {"hash": entry.hash, "text": _said(text) if text else None}


def _said(text: AuditText) -> dict[str, Any]:
    return {
        "salt": text.salt,
        "actor": text.actor_label,
        "target": text.target_label,
        "personal": text.personal,
    }


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


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
