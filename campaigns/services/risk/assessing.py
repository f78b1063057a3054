"""Risk is computed: every night for all whose inputs changed, and for one when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from campaigns.models import Engagement, RiskAssessment, RiskOverride, RuleFact
from campaigns.risk import weights as published
from campaigns.risk.assess import assess
from campaigns.risk.inputs import Outcome
from campaigns.services.risk.gathering import gather
from crm import audit
from crm.audit import Act, canonical
from crm.models import Brand, Incident, Relationship
from crm.services.facts import mark_changed

BATCH = 1_000


def assess_brand(*, brand: Brand, at: datetime) -> int:
    """Compute all creators of whom anything is known anew; how many came out differently.

    A transaction for each batch: nobody waits for the whole brand.
    """
    changed, last = 0, 0
    while rows := _after(brand, last):
        changed += _assess(brand, rows, at)
        last = rows[-1].pk
    return changed


@transaction.atomic
def assess_one(*, relationship: Relationship, at: datetime) -> RiskAssessment:
    """The creator's assessment as of now: a new one where anything changed."""
    brand = relationship.brand
    _assess(brand, [relationship], at)
    return RiskAssessment.objects.current().get(relationship=relationship)


def concerned(brand: Brand) -> QuerySet[Relationship]:
    """Creators of whom something is known beyond their profiles."""
    known = (
        Q(pk__in=Engagement.objects.filter(campaign__brand=brand).values("relationship"))
        | Q(
            pk__in=Incident.objects.filter(brand=brand, relationship__isnull=False).values(
                "relationship"
            )
        )
        | Q(pk__in=RuleFact.objects.filter(relationship__brand=brand).values("relationship"))
        | Q(pk__in=RiskAssessment.objects.current().filter(brand=brand).values("relationship"))
    )
    return Relationship.objects.filter(known, brand=brand)


def _after(brand: Brand, last: int) -> Sequence[Relationship]:
    rows = concerned(brand).filter(pk__gt=last).select_related("creator")
    return list(rows.order_by("pk")[:BATCH])


@transaction.atomic
def _assess(brand: Brand, rows: Sequence[Relationship], at: datetime) -> int:
    weights = published.standard()
    _alone(brand)
    outcomes = {
        number: assess(known, weights) for number, known in gather(brand, rows, weights, at).items()
    }
    before = {
        row.relationship_id: row
        for row in RiskAssessment.objects.current().filter(relationship__in=list(outcomes))
    }
    made = []
    for row in rows:
        new, old = _row(row, outcomes[row.pk], at), before.get(row.pk)
        if old is None or old.digest != new.digest:
            made.append(new)
    closed = [before[one.relationship_id].pk for one in made if one.relationship_id in before]
    # Clocks of two servers differ a little.
    until = Greatest(F("assessed_at"), Value(at))
    RiskAssessment.objects.filter(pk__in=closed).update(superseded_at=until)
    RiskAssessment.objects.bulk_create(made, batch_size=500)
    people = {row.pk: row for row in rows}
    mark_changed(
        brand=brand,
        creator_ids=[people[one.relationship_id].creator_id for one in made],
        cause="risk",
    )
    moved = [one for one in made if _tier(before.get(one.relationship_id)) != one.tier]
    if moved:
        audit.record_many(
            brand=brand,
            verb="campaigns.risk.changed",
            of=Relationship,
            acts=[
                Act(
                    one.relationship_id,
                    people[one.relationship_id].creator.name,
                    {
                        "tier": [_tier(before.get(one.relationship_id)), one.tier],
                        "points": one.points,
                        "gates": one.gates,
                        "weights": one.weights,
                    },
                )
                for one in moved
            ],
            at=at,
        )
    return len(made)


@transaction.atomic
def end_overrides(at: datetime) -> int:
    """Close the overrides whose time is over: what was computed counts again; how many."""
    rows = RiskOverride.objects.filter(ended_at=None, until__lte=at)
    over = list(
        rows.select_for_update(no_key=True, of=("self",)).select_related("brand", "relationship")
    )
    RiskOverride.objects.filter(pk__in=[row.pk for row in over]).update(ended_at=at)
    for row in over:
        mark_changed(brand=row.brand, creator_ids=[row.relationship.creator_id], cause="risk")
    return len(over)


def inputs_of(outcome: Outcome) -> dict[str, Any]:
    """What made an outcome, as the database keeps it."""
    return {
        "gates": [{"key": gate.key, "words": gate.words} for gate in outcome.gates],
        "inputs": [
            {
                "key": line.key,
                "label": line.label,
                "value": line.value,
                "points": None if line.points is None else str(line.points),
                "source": line.source,
                "on": line.on.isoformat() if line.on else None,
                "why": line.why,
            }
            for line in outcome.lines
        ],
    }


def _row(row: Relationship, outcome: Outcome, at: datetime) -> RiskAssessment:
    inputs = inputs_of(outcome)
    said = {
        "tier": outcome.tier,
        "points": str(outcome.points),
        "weights": outcome.weights,
        "inputs": inputs,
    }
    return RiskAssessment(
        brand_id=row.brand_id,
        relationship=row,
        assessed_at=at,
        tier=outcome.tier,
        points=outcome.points,
        gates=sorted({gate.key for gate in outcome.gates}),
        inputs=inputs,
        weights=outcome.weights,
        digest=hashlib.sha256(canonical(said).encode()).hexdigest(),
    )


def _tier(assessment: RiskAssessment | None) -> str | None:
    return assessment.tier if assessment else None


def _alone(brand: Brand) -> None:
    """Two at once would both add an assessment of one creator."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"campaigns.risk:{brand.pk}"]
        )
