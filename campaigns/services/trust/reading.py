"""Trust is computed: every night for all of whom something is on file, and when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import Engagement, TrustReading
from campaigns.services.trust.gathering import gather
from campaigns.services.trust.keeping import alone, digest_of, keep
from campaigns.services.trust.weighing import own_of, weights_of
from campaigns.trust.assess import Outcome, assess
from crm import audit
from crm.audit import Act
from crm.models import Brand, CommentThread, Incident, Relationship
from crm.services.facts import mark_changed

BATCH = 1_000


def read_brand(*, brand: Brand, at: datetime) -> int:
    """Compute all creators of whom more than posts is known; how many came out differently.

    A transaction for each batch: nobody waits for the whole brand.
    """
    changed, last = 0, 0
    while rows := _after(brand, last):
        changed += read_some(brand=brand, relationships=rows, at=at)
        last = rows[-1].pk
    return changed


@transaction.atomic
def read_some(*, brand: Brand, relationships: Sequence[Relationship], at: datetime) -> int:
    """Compute these creators of the brand (at most BATCH, with `creator` at hand)."""
    alone(brand, "campaigns.trust")
    weights = weights_of(own_of(brand))
    known = gather(brand, relationships, weights, at)
    rows = TrustReading.objects.current().filter(relationship__in=relationships)
    before = {row.relationship_id: row for row in rows}
    scores = {number: row.score for number, row in before.items()}
    moved = keep(
        TrustReading,
        before,
        [_row(one, assess(known[one.pk], weights), at) for one in relationships],
        at,
    )
    people = {row.pk: row for row in relationships}
    mark_changed(
        brand=brand,
        creator_ids=[people[row.relationship_id].creator_id for row in moved],
        cause="trust",
    )
    if moved:
        audit.record_many(
            brand=brand,
            verb="campaigns.trust.changed",
            of=Relationship,
            acts=[
                Act(
                    row.relationship_id,
                    people[row.relationship_id].creator.name,
                    {
                        "before": scores.get(row.relationship_id),
                        "score": row.score,
                        "weights": row.weights,
                    },
                )
                for row in moved
            ],
            at=at,
        )
    return len(moved)


def concerned(brand: Brand) -> QuerySet[Relationship]:
    """With work, incidents, comments or a reading, who do not mind being scored."""
    of = OuterRef("pk")
    threads = CommentThread.objects.filter(
        brand=brand, post__creator=OuterRef("creator"), comments__gt=0
    )
    return Relationship.objects.filter(
        Q(Exists(Engagement.objects.filter(relationship=of)))
        | Q(Exists(Incident.objects.filter(relationship=of)))
        | Q(Exists(threads))
        | Q(Exists(TrustReading.objects.current().filter(relationship=of))),
        brand=brand,
        unprofiled_at=None,
    )


def _after(brand: Brand, last: int) -> Sequence[Relationship]:
    rows = concerned(brand).filter(pk__gt=last).select_related("creator")
    return list(rows.order_by("pk")[:BATCH])


def _row(relationship: Relationship, outcome: Outcome, at: datetime) -> TrustReading:
    parts = plain(outcome)
    return TrustReading(
        brand_id=relationship.brand_id,
        relationship=relationship,
        read_at=at,
        looked_at=at,
        score=outcome.score,
        parts=parts,
        weights=outcome.weights,
        digest=digest_of(
            outcome.score, [part.line.points for part in outcome.parts], outcome.weights
        ),
    )


def plain(outcome: Outcome) -> dict[str, Any]:
    """What made an outcome, as the database keeps it."""
    return {
        "known": round(outcome.known, 3),
        "components": [
            {
                "key": part.line.key,
                "label": part.label,
                "weight": part.weight,
                "points": None if part.line.points is None else round(part.line.points, 1),
                "adds": None if part.adds is None else round(part.adds, 1),
                "value": part.line.value,
                "why": part.why,
                "source": part.source,
                "on": part.line.on.isoformat() if part.line.on else None,
            }
            for part in outcome.parts
        ],
    }
