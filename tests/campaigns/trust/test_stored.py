"""Trust in the database and on pages: gathered, kept with its history, weighed by a brand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.choices import EngagementStage
from campaigns.models import ReliabilityReading, TrustReading, TrustWeights
from campaigns.selectors.trust import since_quarter, trust_history, trust_list
from campaigns.services.refusals import CampaignRefused
from campaigns.services.trust.reading import read_brand, read_some
from campaigns.services.trust.weighing import weigh
from campaigns.trust.weights import KEYS
from crm.choices import IncidentKind, Severity
from crm.models import (
    AuditEntry,
    Brand,
    CommentThread,
    FactChange,
    Incident,
    Profile,
    Relationship,
    User,
)
from crm.paging import Order, paginate
from crm.services.held import held_about
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

NUMBERS = dict.fromkeys(KEYS, 20)


def creator(brand: Brand, name: str = "Anna Holm") -> Relationship:
    """Ten weekly posts with a hundred comments, ten of them negative, and work under way."""
    relationship = RelationshipFactory(brand=brand, creator__name=name)
    engage(make_campaign(brand, key=f"of-{relationship.pk}"), EngagementStage.LIVE, relationship)
    profile = ProfileFactory(creator=relationship.creator)
    Profile.objects.filter(pk=profile.pk).update(metrics_at=NOW)
    for nth in range(10):
        post = PostFactory(profile=profile, posted_at=NOW - timedelta(weeks=nth))
        CommentThread.objects.create(
            brand=brand, post=post, comments=10, scored=10, in_language=10, negative=1
        )
    return relationship


def incident(relationship: Relationship, severity: Severity = Severity.MEDIUM) -> None:
    Incident.objects.create(
        brand=relationship.brand,
        relationship=relationship,
        kind=IncidentKind.CONTROVERSY,
        severity=severity,
        what="A quarrel.",
        noticed_on=NOW.date(),
        confirmed_at=NOW,
        created_at=NOW,
        state_since=NOW,
    )


def test_gathered_and_kept(brand: Brand) -> None:
    anna = creator(brand)
    assert read_brand(brand=brand, at=NOW) == 1
    row = TrustReading.objects.get()
    points = {part["key"]: part["points"] for part in row.parts["components"]}
    assert points == {
        "consistency": 100,
        "disclosure": None,
        "sentiment": 83.3,
        "incidents": 100,
        "reliability": None,
    }
    # 100 x 15, 83.3 x 15, 100 x 20 of 50.
    assert (row.score, row.parts["known"], row.weights) == (Decimal("95.0"), 0.5, "2026.1")
    assert FactChange.objects.filter(cause="trust").count() == 1
    told = AuditEntry.objects.get(verb="campaigns.trust.changed")
    assert told.data["score"] == "95.0"
    # Nothing new, a day later: the row is renewed at most, and nobody is told.
    later = NOW + timedelta(days=1)
    assert read_brand(brand=brand, at=later) == 0
    assert TrustReading.objects.count() == 1
    incident(anna)
    assert read_brand(brand=brand, at=later + timedelta(hours=1)) == 1
    old, new = TrustReading.objects.order_by("pk")
    assert (old.superseded_at, new.score) == (new.read_at, Decimal("85.0"))
    refresh_facts(brand=brand, as_of=later)
    assert CreatorFacts.objects.get(creator=anna.creator).trust == 95
    held = [one for one in held_about(anna, at=later) if one.what == "Trust, as we reckon it"]
    assert [one.value for one in held] == ["85.0 of 100"]
    for values in (
        {"score": 101},
        {"digest": "no"},
        {"looked_at": NOW - timedelta(days=1)},
        {"superseded_at": NOW - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrustReading.objects.filter(pk=new.pk).update(**values)


def test_who_is_left_alone(brand: Brand) -> None:
    anna = creator(brand)
    Relationship.objects.filter(pk=anna.pk).update(unprofiled_at=NOW)
    RelationshipFactory(brand=brand)  # of whom nothing is known
    assert read_brand(brand=brand, at=NOW) == 0
    assert not TrustReading.objects.exists()


def test_as_many_queries_for_many(brand: Brand) -> None:
    rows = [creator(brand, "Anna")]
    with CaptureQueriesContext(connection) as few:
        read_some(brand=brand, relationships=rows, at=NOW)
    rows += [creator(brand, "Bo"), creator(brand, "Cleo")]
    TrustReading.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        read_some(brand=brand, relationships=rows, at=NOW)
    assert len(many) == len(few)


def test_what_changed_since_the_quarter_began(brand: Brand) -> None:
    anna = creator(brand)
    # NOW is in the middle of a quarter.
    before = NOW - timedelta(days=100)
    read_some(brand=brand, relationships=[anna], at=before)
    ReliabilityReading.objects.create(
        brand=brand,
        relationship=anna,
        read_at=NOW,
        score=40,
        events=8,
        components={"low": None, "high": None, "components": [], "quarters": []},
        weights="2026.1",
        digest="0" * 64,
    )
    incident(anna)
    read_some(brand=brand, relationships=[anna], at=NOW)
    newest, *_ = trust_history(anna)
    found = since_quarter(newest, brand, NOW)
    assert found is not None
    assert found.since.day == 1
    changes = {one.label: (one.before, one.now, one.change) for one in found.moved}
    assert changes["Incidents"] == (100, 75, -25)
    assert changes["Reliability"] == (None, 40, None)
    assert not found.is_reweighed


def test_a_brand_weighs(brand: Brand, admin_user: User) -> None:
    anna = creator(brand)
    read_some(brand=brand, relationships=[anna], at=NOW)
    for changed in (
        {"reason": " "},
        {"numbers": dict.fromkeys(KEYS, 0)},
        {"reason": "x" * 301},
    ):
        values = {"numbers": NUMBERS, "authenticity_below": 60, "reason": "Because."} | changed
        with pytest.raises(CampaignRefused):
            weigh(brand=brand, actor=admin_user, at=NOW, **values)
    assert not TrustWeights.objects.exists()
    values = {"numbers": NUMBERS | {"sentiment": 0}, "authenticity_below": 60}
    made = weigh(brand=brand, actor=admin_user, at=NOW, reason=" We  know. ", **values)
    assert (made.number, made.reason) == (1, "We know.")
    assert AuditEntry.objects.filter(verb="campaigns.trust.weighed").count() == 1
    read_some(brand=brand, relationships=[anna], at=NOW + timedelta(hours=1))
    old, new = TrustReading.objects.order_by("pk")
    assert (old.weights, new.weights) == ("2026.1", "2026.1, own 1")
    assert new.score == 100


def test_pages(brand: Brand, analyst_client: Client, legal_client: Client) -> None:
    anna = creator(brand)
    page = f"/{brand.slug}/creators/{anna.creator.uid}/trust/"
    assert "Not computed yet" in analyst_client.get(page).content.decode()
    assert legal_client.post(f"{page}now/").status_code == 403
    assert analyst_client.post(f"{page}now/").status_code == 302
    assert "95.0 of 100" in analyst_client.get(page).content.decode()
    listed = analyst_client.get(f"/{brand.slug}/legal/trust/").content.decode()
    assert "steady posts 100" in listed
    below = analyst_client.get(f"/{brand.slug}/legal/trust/?below=50").content.decode()
    assert "Nobody is below that" in below
    file = analyst_client.get(f"/{brand.slug}/legal/trust/export.csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Anna Holm,95.0,0.5,100.0,,83.3,100.0,,")
    weights = f"/{brand.slug}/legal/trust/weights/"
    assert legal_client.post(weights, NUMBERS).status_code == 403
    refused = analyst_client.post(weights, NUMBERS | {"authenticity_below": 50, "consistency": 101})
    assert refused.status_code == 422
    assert not TrustWeights.objects.exists()
    said = NUMBERS | {"authenticity_below": 55, "reason": "Tone says little."}
    assert analyst_client.post(weights, said).status_code == 302
    assert "Tone says little." in legal_client.get(weights).content.decode()
    empty = analyst_client.get(f"/{brand.slug}/legal/authenticity/").content.decode()
    assert "Nobody is scored yet" in empty


def test_over_rest(brand: Brand, analyst: User, legal: User) -> None:
    anna = creator(brand)
    uid = anna.creator.uid
    rest = rest_as(analyst, brand)
    assert_problem(rest.get(f"trust/{uid}/"), 404)
    assert_problem(rest_as(legal, brand).send("POST", f"trust/{uid}:compute", {}), 403)
    body = rest.send("POST", f"trust/{uid}:compute", {}).json()
    assert (body["score"], body["known"], len(body["components"])) == ("95.0", 0.5, 5)
    assert rest.json("trust/", below=50)["results"] == []
    assert_problem(rest.get(f"authenticity/{uid}/"), 404)
    assert rest.json("authenticity/")["results"] == []
    assert_problem(rest.send("POST", "trust-weights/", NUMBERS), 400)
    said = NUMBERS | {"authenticity_below": 55, "reason": "Tone says little."}
    made = rest.send("POST", "trust-weights/", said)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert rest.json("trust-weights/")["results"] == [made.json()]


def test_lists_go_on_from_a_score(brand: Brand) -> None:
    for nth in range(3):
        TrustReading.objects.create(
            brand=brand,
            relationship=RelationshipFactory(brand=brand),
            read_at=NOW,
            looked_at=NOW,
            score=Decimal("50.5") + nth,
            parts={"known": 1, "components": []},
            weights="2026.1",
            digest="0" * 64,
        )
    order = Order("trust", "score", "id", nullable=True)
    first = paginate(trust_list(brand), order, size=2)
    second = paginate(trust_list(brand), order, size=2, cursor=first.next)
    assert [row.score for row in (*first.items, *second.items)] == [
        Decimal("50.5"),
        Decimal("51.5"),
        Decimal("52.5"),
    ]
