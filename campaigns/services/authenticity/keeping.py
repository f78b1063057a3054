"""Readings of signs, stored: newer numbers renew one, other signs close it and open the next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from campaigns.authenticity.account import RAISED, UNKNOWN, Seen
from campaigns.authenticity.thresholds import Thresholds
from campaigns.models import AuthenticityReading, CommenterReading
from crm.audit import canonical

R = TypeVar("R", AuthenticityReading, CommenterReading)


def keep(
    model: type[R], before: Mapping[int, R], rows: Iterable[R], at: datetime
) -> tuple[int, set[int]]:
    """Store what differs: how many are new, and the accounts with other raised signs."""
    made: list[R] = []
    renewed: list[R] = []
    moved = set()
    for new in rows:
        old = before.get(new.profile_id)
        if old is not None and old.digest == new.digest:
            continue
        if old is not None and _outcome(old) == _outcome(new) and old.looked_at <= at:
            old.flags, old.digest, old.looked_at = new.flags, new.digest, at
            renewed.append(old)
            continue
        made.append(new)
        if old is None or old.raised != new.raised:
            moved.add(new.profile_id)
    closed = [before[row.profile_id] for row in made if row.profile_id in before]
    for row in closed:
        # Clocks of two servers differ a little.
        row.superseded_at = max(row.read_at, at)
    model._default_manager.bulk_update(closed, ["superseded_at"], batch_size=500)
    fields = ["flags", "digest", "looked_at"]
    model._default_manager.bulk_update(renewed, fields, batch_size=500)
    model._default_manager.bulk_create(made, batch_size=500)
    return len(made), moved


def columns(seen: Sequence[Seen], limits: Thresholds, at: datetime) -> dict[str, Any]:
    """What came out, as the columns of a reading."""
    flags = plain(seen, limits)
    said = {"thresholds": limits.version, "flags": flags}
    return {
        "read_at": at,
        "looked_at": at,
        "raised": sorted(sign.key for sign in seen if sign.state == RAISED),
        "unknown": sorted(sign.key for sign in seen if sign.state == UNKNOWN),
        "flags": flags,
        "thresholds": limits.version,
        "digest": hashlib.sha256(canonical(said).encode()).hexdigest(),
    }


def plain(seen: Sequence[Seen], limits: Thresholds) -> list[dict[str, Any]]:
    """What came out, as the database keeps it."""
    return [
        {
            "key": one.key,
            "label": limits.label(one.key),
            "state": one.state,
            "value": one.value,
            "threshold": one.threshold,
            "source": one.source,
            "on": one.on.isoformat() if one.on else None,
            "why": limits.why(one.key),
            "excess": one.excess,
        }
        for one in seen
    ]


def _outcome(row: AuthenticityReading | CommenterReading) -> tuple[list[str], list[str], str]:
    return row.raised, row.unknown, row.thresholds
