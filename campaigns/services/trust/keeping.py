"""Scores with a history: one that comes to something else closes the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import connection

from campaigns.models import AuthenticityScore, TrustReading
from crm.audit import canonical
from crm.models import Brand

S = TypeVar("S", AuthenticityScore, TrustReading)


def keep(model: type[S], before: Mapping[int, S], rows: Iterable[S], at: datetime) -> list[S]:
    """Store what differs, and return whose score is another one now. `before` by relationship.

    What comes to the same, to a point, renews the row: what it was read from moves every night.
    """
    made: list[S] = []
    renewed: list[S] = []
    moved: list[S] = []
    for new in rows:
        old = before.get(new.relationship_id)
        if old is None or old.score != new.score:
            moved.append(new)
        if old is None or old.digest != new.digest or old.looked_at > at:
            made.append(new)
        elif old.parts != new.parts:
            old.score, old.parts, old.looked_at = new.score, new.parts, at
            renewed.append(old)
    closed = [before[one.relationship_id] for one in made if one.relationship_id in before]
    for row in closed:
        # Clocks of two servers differ a little.
        row.superseded_at = max(row.read_at, at)
    model._default_manager.bulk_update(closed, ["superseded_at"], batch_size=500)
    fields = ["score", "parts", "looked_at"]
    model._default_manager.bulk_update(renewed, fields, batch_size=500)
    model._default_manager.bulk_create(made, batch_size=500)
    return moved


def digest_of(score: Decimal | None, points: Sequence[object], weights: str) -> str:
    """Of what a score comes to. Points are rounded to whole ones; None stays."""
    rounded = [round(one) if isinstance(one, int | float) else one for one in points]
    said = [None if score is None else round(score), rounded, weights]
    return hashlib.sha256(canonical({"said": said}).encode()).hexdigest()


def alone(brand: Brand, what: str) -> None:
    """Two at once would both add a row of one creator."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what}:{brand.pk}"]
        )
