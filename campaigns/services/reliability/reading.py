"""Reliability is computed: every night for all who worked with a brand, and when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from campaigns.models import ReliabilityReading
from campaigns.reliability import weights as published
from campaigns.reliability.assess import Line, Outcome, assess
from campaigns.services.reliability.gathering import gather, known
from crm import audit
from crm.audit import Act, canonical
from crm.models import Brand, Relationship
from crm.services.facts import mark_changed

BATCH = 1_000


def read_brand(*, brand: Brand, at: datetime) -> int:
    """Compute all creators of whom anything is known anew; how many came out differently.

    A transaction for each batch: nobody waits for the whole brand.
    """
    changed, last = 0, 0
    while rows := _after(brand, last):
        changed += _read(brand, rows, at)
        last = rows[-1].pk
    return changed


@transaction.atomic
def read_one(*, relationship: Relationship, at: datetime) -> ReliabilityReading:
    """The creator's reliability as of now: a new reading where anything changed."""
    _read(relationship.brand, [relationship], at)
    return ReliabilityReading.objects.current().get(relationship=relationship)


def concerned(brand: Brand) -> QuerySet[Relationship]:
    """Who worked with the brand, and does not mind being scored."""
    read = ReliabilityReading.objects.current().filter(brand=brand).values("relationship")
    of = reduce(or_, known(brand), Q(pk__in=read))
    return Relationship.objects.filter(of, brand=brand, unprofiled_at=None)


def _after(brand: Brand, last: int) -> Sequence[Relationship]:
    rows = concerned(brand).filter(pk__gt=last).select_related("creator")
    return list(rows.order_by("pk")[:BATCH])


@transaction.atomic
def _read(brand: Brand, rows: Sequence[Relationship], at: datetime) -> int:
    weights = published.standard()
    _alone(brand)
    happened = gather(brand, [row.pk for row in rows], weights, at)
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    before = {
        row.relationship_id: row
        for row in ReliabilityReading.objects.current().filter(relationship__in=rows)
    }
    made = []
    for row in rows:
        new = _row(row, assess(happened[row.pk], weights, today), at)
        old = before.get(row.pk)
        if old is None or old.digest != new.digest:
            made.append(new)
    closed = [before[one.relationship_id].pk for one in made if one.relationship_id in before]
    # Clocks of two servers differ a little.
    until = Greatest(F("read_at"), Value(at))
    ReliabilityReading.objects.filter(pk__in=closed).update(superseded_at=until)
    ReliabilityReading.objects.bulk_create(made, batch_size=500)
    people = {row.pk: row for row in rows}
    moved = [one for one in made if _score(before.get(one.relationship_id)) != one.score]
    mark_changed(
        brand=brand,
        creator_ids=[people[one.relationship_id].creator_id for one in moved],
        cause="reliability",
    )
    if moved:
        audit.record_many(
            brand=brand,
            verb="campaigns.reliability.changed",
            of=Relationship,
            acts=[
                Act(
                    one.relationship_id,
                    people[one.relationship_id].creator.name,
                    {
                        "before": _score(before.get(one.relationship_id)),
                        "score": one.score,
                        "events": one.events,
                        "weights": one.weights,
                    },
                )
                for one in moved
            ],
            at=at,
        )
    return len(made)


def plain(outcome: Outcome) -> dict[str, Any]:
    """What made an outcome, as the database keeps it."""
    return {
        "low": _text(outcome.low),
        "high": _text(outcome.high),
        "components": [_line(line) for line in outcome.lines],
        "quarters": [
            {"name": one.name, "score": _text(one.score), "good": one.good, "of": one.of}
            for one in outcome.quarters
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "label": line.label,
        "good": line.good,
        "of": line.of,
        "share": None if line.share is None else round(line.share, 4),
        "low": round(line.low, 4),
        "high": round(line.high, 4),
        "weight": line.weight,
        "source": line.source,
        "why": line.why,
        "on": line.on.isoformat() if line.on else None,
    }


def _row(row: Relationship, outcome: Outcome, at: datetime) -> ReliabilityReading:
    components = plain(outcome)
    said = {"score": _text(outcome.score), "weights": outcome.weights, "components": components}
    return ReliabilityReading(
        brand_id=row.brand_id,
        relationship=row,
        read_at=at,
        score=outcome.score,
        events=outcome.events,
        components=components,
        weights=outcome.weights,
        digest=hashlib.sha256(canonical(said).encode()).hexdigest(),
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _score(reading: ReliabilityReading | None) -> Decimal | None:
    return reading.score if reading else None


def _alone(brand: Brand) -> None:
    """Two at once would both add a reading of one creator."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"campaigns.reliability:{brand.pk}"],
        )
