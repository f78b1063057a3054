"""How risky it is to work with a creator, as it stands: computed, or as a person says instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.choices import RiskTier
from campaigns.models import RiskAssessment, RiskOverride
from crm.models import Brand, Relationship

# As many earlier assessments a creator's panel shows.
HISTORY = 10


@dataclass(frozen=True)
class Standing:
    """What counts of a creator's risk, and what it rests on. Neither: nothing is known yet."""

    assessment: RiskAssessment | None = None
    override: RiskOverride | None = None

    @property
    def tier(self) -> RiskTier | None:
        """What counts: a person's word while it holds, else what was computed; None: neither."""
        if self.override is not None:
            return RiskTier(self.override.tier)
        return RiskTier(self.assessment.tier) if self.assessment else None

    @cached_property
    def reasons(self) -> list[str]:
        """Why it is so, in sentences: gates first, then what brought points, the most first."""
        found = []
        if self.override is not None:
            found.append(
                f"{self.override.get_tier_display()} as {_name(self.override)} says until "
                f"{self.override.until:%-d %B %Y}: {self.override.reason.rstrip('.')}."
            )
        if self.assessment is not None:
            found += [gate["words"] for gate in self.assessment.inputs["gates"]]
            lines = [row for row in self.assessment.inputs["inputs"] if float(row["points"] or 0)]
            lines.sort(key=lambda row: -float(row["points"]))
            found += [f"{row['label']}: {row['value']}." for row in lines]
        return found


def _name(override: RiskOverride) -> str:
    return override.by.display_name if override.by else "somebody"


def standing_of(relationship: Relationship, at: datetime) -> Standing:
    """Of one creator at a moment: two queries."""
    return standings([relationship.pk], at)[relationship.pk]


def standings(relationships: Collection[int], at: datetime) -> Mapping[int, Standing]:
    """Of these creators (their relationships) at a moment: two queries for all."""
    assessed = {
        row.relationship_id: row
        for row in RiskAssessment.objects.filter(
            relationship__in=relationships, assessed_at__lte=at
        )
        .order_by("relationship_id", "-assessed_at", "-pk")
        .distinct("relationship_id")
    }
    overridden = {
        row.relationship_id: row
        for row in RiskOverride.objects.filter(relationship__in=relationships)
        .in_force(at)
        .select_related("by")
        .order_by("pk")
    }
    return {pk: Standing(assessed.get(pk), overridden.get(pk)) for pk in relationships}


def tier_of(relationship: Relationship, on: date | datetime) -> RiskTier | None:
    """The tier that counts at a moment, or at the end of a day; None: nothing is known yet."""
    return standing_of(relationship, _moment(on)).tier


def needs_second_reviewer(relationship: Relationship, on: date | datetime) -> bool:
    """Whether a decision about this creator's disclosures takes two people: at high risk."""
    return tier_of(relationship, on) is RiskTier.HIGH


def for_list(brand: Brand, at: datetime) -> QuerySet[Any]:
    """The newest assessment of each creator, with the tier that `counts` and whether it is said."""
    said = RiskOverride.objects.filter(relationship=OuterRef("relationship")).in_force(at)
    return (
        RiskAssessment.objects.current()
        .filter(brand=brand)
        .annotate(said=Subquery(said.order_by("-pk").values("tier")[:1]))
        .annotate(counts=Coalesce("said", "tier"))
        .select_related("relationship__creator")
    )


def spread(brand: Brand, at: datetime) -> dict[RiskTier, int]:
    """How many creators there are of each tier that counts: one query."""
    rows = for_list(brand, at).order_by().values_list("counts").annotate(Count("pk"))
    found = dict(rows)
    return {tier: found.get(tier.value, 0) for tier in RiskTier}


def history_of(relationship: Relationship) -> list[RiskAssessment]:
    """What was computed before, the newest first."""
    rows = RiskAssessment.objects.filter(relationship=relationship)
    return list(rows.order_by("-assessed_at", "-pk")[:HISTORY])


def _moment(on: date | datetime) -> datetime:
    if isinstance(on, datetime):
        return on
    return datetime.combine(on + timedelta(days=1), time(), UTC)
