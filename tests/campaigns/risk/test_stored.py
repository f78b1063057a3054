"""Risk of creators in the database: gathered, stored, overridden, asked for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.choices import DeliverableState, EngagementStage, PaperKind, RiskTier, RuleFactKey
from campaigns.models import Deliverable, Permit, RiskAssessment, RiskOverride, RuleFact
from campaigns.selectors.risk import needs_second_reviewer, standing_of, tier_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.risk import assessing, overriding
from crm.choices import IncidentKind, IncidentState, Severity
from crm.models import (
    AudienceSnapshot,
    AuditEntry,
    Brand,
    FactChange,
    Incident,
    Relationship,
    User,
)
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, ProfileFactory, RelationshipFactory

TODAY = NOW.date()


def incident(relationship: Relationship, severity: Severity, **values: object) -> Incident:
    said: dict[str, object] = {
        "kind": IncidentKind.CONTROVERSY,
        "noticed_on": TODAY - timedelta(days=10),
        "what": "A post about a rival.",
        "created_at": NOW,
        "state_since": NOW,
        "confirmed_at": NOW,
    }
    return Incident.objects.create(
        brand=relationship.brand, relationship=relationship, severity=severity, **said | values
    )


def lines(assessment: RiskAssessment) -> dict[str, tuple[str, str | None]]:
    return {row["key"]: (row["value"], row["points"]) for row in assessment.inputs["inputs"]}


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


def test_everything_that_goes_in(brand: Brand, creator: Relationship) -> None:
    incident(creator, Severity.MEDIUM)
    incident(creator, Severity.CRITICAL, state=IncidentState.DISMISSED)
    profile = ProfileFactory(creator=creator.creator)
    AudienceSnapshot.objects.create(
        profile=profile, captured_at=NOW - timedelta(days=3), ages={"13-17": 0.3, "18-24": 0.7}
    )
    campaign = make_campaign(brand, goods=["alcohol"], jurisdictions=["NO", "DK"])
    place = engage(campaign, EngagementStage.LIVE, creator)
    Deliverable.objects.create(
        engagement=place,
        title="Reel",
        platform_id="instagram",
        kind="lifestyle",
        form="short_video",
        state=DeliverableState.PUBLISHED,
        published_at=NOW - timedelta(days=8),
        created_at=NOW - timedelta(days=20),
        state_since=NOW - timedelta(days=8),
    )
    made = assessing.assess_one(relationship=creator, at=NOW)
    assert lines(made) == {
        "incidents": ("1 medium", "20.0"),
        "disclosure": ("too few posts (0 reviewed posts, at least 5 are needed)", None),
        "categories": ("alcohol (Spring launch)", "15.0"),
        "minors": ("30% of the audience", "20.0"),
        "altered": ("nobody looked", None),
        "backlog": ("1 post for more than 7 days", "4.0"),
    }
    # Norway forbids it whatever the points are.
    assert (made.tier, made.points, made.gates) == ("high", Decimal("59.0"), ["banned"])
    assert made.inputs["gates"][0]["words"] == (
        "The goods of a campaign under way may not be advertised in one of its markets. "
        "Alcohol in NO: Spring launch."
    )


def test_gates_of_papers_and_age(brand: Brand, creator: Relationship) -> None:
    engage(make_campaign(brand, jurisdictions=["AE"]), relationship=creator)
    made = assessing.assess_one(relationship=creator, at=NOW)
    assert (made.tier, made.gates) == ("high", ["permit"])
    Permit.objects.create(
        brand=brand,
        relationship=creator,
        jurisdiction="AE",
        kind=PaperKind.PERMIT,
        number="AE-1",
        valid_until=TODAY,
    )
    made = assessing.assess_one(relationship=creator, at=NOW + timedelta(hours=1))
    assert (made.tier, made.gates) == ("low", [])
    # It ran out, and the creator turns out to be under age.
    RuleFact.objects.create(
        relationship=creator, key=RuleFactKey.UNDER_AGE, value="yes", on=TODAY, source="Her mother"
    )
    made = assessing.assess_one(relationship=creator, at=NOW + timedelta(days=1))
    assert (made.tier, made.gates) == ("high", ["guardian", "permit"])


def test_the_same_again_makes_no_row(brand: Brand, creator: Relationship) -> None:
    incident(creator, Severity.HIGH)
    assert assessing.assess_brand(brand=brand, at=NOW) == 1
    [entry] = AuditEntry.objects.filter(verb="campaigns.risk.changed")
    assert (entry.target_id, entry.target_label) == (creator.pk, "Anna Holm")
    assert FactChange.objects.filter(cause="risk", creator=creator.creator_id).count() == 1
    assert assessing.assess_brand(brand=brand, at=NOW + timedelta(hours=1)) == 0
    # A year later it counts half: a new row closes the one before, which stays as it was.
    later = NOW + timedelta(days=400)
    assert assessing.assess_brand(brand=brand, at=later) == 1
    old, new = RiskAssessment.objects.order_by("assessed_at")
    assert (old.tier, old.superseded_at, new.tier, new.points) == ("high", later, "medium", 25)
    assert tier_of(creator, NOW) is RiskTier.HIGH
    assert tier_of(creator, later) is RiskTier.MEDIUM
    assert tier_of(creator, NOW - timedelta(days=1)) is None
    assert (needs_second_reviewer(creator, TODAY), needs_second_reviewer(creator, later)) == (
        True,
        False,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskAssessment.objects.filter(pk=old.pk).update(points=1)


def test_the_number_of_queries_does_not_grow(brand: Brand) -> None:
    for _one in range(2):
        incident(RelationshipFactory(brand=brand), Severity.LOW)
    assessing.assess_brand(brand=brand, at=NOW)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assessing.assess_brand(brand=brand, at=NOW + timedelta(days=400))
    for _one in range(8):
        incident(RelationshipFactory(brand=brand), Severity.LOW)
    assessing.assess_brand(brand=brand, at=NOW + timedelta(days=401))
    with CaptureQueriesContext(connection) as many:
        assessing.assess_brand(brand=brand, at=NOW + timedelta(days=1_200))
    assert len(many) <= len(few) + 2


def test_nobody_of_another_brand(brand: Brand, other_brand: Brand, creator: Relationship) -> None:
    incident(RelationshipFactory(brand=other_brand, creator=creator.creator), Severity.CRITICAL)
    assert assessing.assess_brand(brand=brand, at=NOW) == 0
    assert standing_of(creator, NOW).tier is None


def test_a_person_says_otherwise(brand: Brand, creator: Relationship, legal: User) -> None:
    incident(creator, Severity.HIGH)
    assessing.assess_one(relationship=creator, at=NOW)
    last = TODAY + timedelta(days=30)
    overriding.override(
        relationship=creator,
        tier=RiskTier.MEDIUM,
        reason="We spoke to her agent",
        last_day=last,
        actor=legal,
        at=NOW,
    )
    found = standing_of(creator, NOW)
    assert (found.tier, found.assessment and found.assessment.tier) == (RiskTier.MEDIUM, "high")
    assert found.reasons == [
        f"Medium as legal says until {found.override.until:%-d %B %Y}: We spoke to her agent.",  # type: ignore[union-attr]
        "Incidents: 1 high.",
    ]
    assert tier_of(creator, NOW + timedelta(days=32)) is RiskTier.HIGH
    # Another one takes its place; then what was computed counts again.
    overriding.override(
        relationship=creator,
        tier=RiskTier.LOW,
        reason="Cleared",
        last_day=last,
        actor=legal,
        at=NOW + timedelta(hours=1),
    )
    assert tier_of(creator, NOW + timedelta(hours=2)) is RiskTier.LOW
    overriding.end_override(relationship=creator, actor=legal, at=NOW + timedelta(hours=3))
    assert tier_of(creator, NOW + timedelta(hours=4)) is RiskTier.HIGH
    with pytest.raises(CampaignRefused, match="what was computed counts"):
        overriding.end_override(relationship=creator, actor=legal, at=NOW + timedelta(hours=5))
    assert RiskOverride.objects.filter(ended_at=None).count() == 0
    # The reason is about a person: it is not in the ledger.
    entries = AuditEntry.objects.filter(verb="campaigns.risk.overridden")
    assert "agent" not in str([entry.facts for entry in entries])


@pytest.mark.parametrize(
    ("reason", "last", "words"),
    [
        (" ", date(2027, 1, 1), "Say why"),
        ("x" * 501, date(2027, 1, 1), "500 characters"),
        ("Why", TODAY - timedelta(days=1), "a year at most"),
        ("Why", TODAY + timedelta(days=366), "a year at most"),
    ],
)
def test_refused(creator: Relationship, legal: User, reason: str, last: date, words: str) -> None:
    with pytest.raises(CampaignRefused, match=words):
        overriding.override(
            relationship=creator,
            tier=RiskTier.LOW,
            reason=reason,
            last_day=last,
            actor=legal,
            at=NOW,
        )
    assert not RiskOverride.objects.exists()
    assert not AuditEntry.objects.exists()
