"""Risk as a fact: what was computed, or what a person says, as of a moment."""

from __future__ import annotations

from datetime import timedelta

from campaigns.choices import RiskTier
from campaigns.services.risk import assessing, overriding
from crm.choices import IncidentKind, Severity
from crm.models import Brand, Incident, User
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts
from tests.factories import NOW, RelationshipFactory

TODAY = NOW.date()


def test_risk_is_a_fact(brand: Brand, legal: User) -> None:
    relationship = RelationshipFactory(brand=brand)
    creator = relationship.creator

    def facts(hours: float) -> tuple[object, object]:
        at = NOW + timedelta(hours=hours)
        read = read_facts(brand=brand, creator=creator, as_of=at, facts=catalogue(brand))
        return read["risk_tier"].value, read["risk_points"].value

    assert facts(0) == (None, None)
    Incident.objects.create(
        brand=brand,
        relationship=relationship,
        kind=IncidentKind.FRAUD,
        severity=Severity.MEDIUM,
        what="Bought followers.",
        noticed_on=TODAY - timedelta(days=3),
        confirmed_at=NOW,
        created_at=NOW,
        state_since=NOW,
    )
    assessing.assess_one(relationship=relationship, at=NOW + timedelta(hours=1))
    overriding.override(
        relationship=relationship,
        tier=RiskTier.HIGH,
        reason="There is more to come",
        last_day=TODAY,
        actor=legal,
        at=NOW + timedelta(hours=3),
    )
    # As it was at each moment, whatever is known by now.
    assert [facts(hours) for hours in (0.5, 2, 4)] == [
        (None, None),
        ("medium", 20.0),
        ("high", 20.0),
    ]
    assert assessing.end_overrides(NOW + timedelta(hours=12)) == 1
    assert facts(13) == ("medium", 20.0)
    refresh_facts(brand=brand, as_of=NOW + timedelta(hours=4))
    row = CreatorFacts.objects.get(brand=brand, creator=creator)
    assert (row.risk_tier, row.risk_points) == ("high", 20.0)
    assert dict(catalogue(brand)["risk_tier"].choices or {}) == {
        "low": "Low",
        "medium": "Medium",
        "high": "High",
    }
