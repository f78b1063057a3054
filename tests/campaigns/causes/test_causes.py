"""Causes with evidence, donations with proof, claims about the environment, and the report."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.causes import green_claims
from campaigns.causes.taxonomy import standard
from campaigns.choices import ClaimStatus, DeliverableState, EngagementStage
from campaigns.models import CauseEvidence, CauseTag, Claim, Deliverable, Donation
from campaigns.selectors.causes import impact
from campaigns.services.causes import donating, tagging
from campaigns.services.causes.green import take_green_claims
from campaigns.services.claims import scan
from campaigns.services.claims_library import Wanted, save_claim
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry, Brand, FactChange, Relationship, User
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as

TODAY = NOW.date()
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


def tag(creator: Relationship, actor: User, cause: str = "climate", hours: float = 0) -> CauseTag:
    at = NOW + timedelta(hours=hours)
    return tagging.tag(relationship=creator, cause=cause, note="", actor=actor, at=at)


def show(found: CauseTag, actor: User, **changed: object) -> CauseEvidence:
    given = {"what": "Talk in Aarhus", "on": TODAY, "url": "https://example.com/talk"} | changed
    return tagging.add_evidence(
        tag_id=found.pk,
        relationship=found.relationship,
        paper=None,
        actor=actor,
        at=NOW,
        **given,  # type: ignore[arg-type]
    )


def donate(brand: Brand, actor: User, **changed: object) -> Donation:
    given: dict[str, object] = {
        "cause": "climate",
        "recipient": "Trees for Denmark",
        "amount": Decimal("250.00"),
        "currency": "eur",
        "on": TODAY,
        "url": "https://example.com/receipt",
    }
    return donating.donate(
        brand=brand,
        given=donating.Given(**given | changed),  # type: ignore[arg-type]
        paper=None,
        actor=actor,
        at=NOW,
    )


def test_the_taxonomy_is_whole() -> None:
    causes = standard().causes
    assert len({one.number for one in causes.values()}) == len(causes) == 14
    assert all(one.means and len(key) <= 40 for key, one in causes.items())
    assert causes["climate"].goals == (13,)
    assert standard().name("long_gone") == "long_gone"


def test_a_cause_with_what_shows_it(creator: Relationship, manager: User) -> None:
    found = tag(creator, manager)
    for cause, words in (("climate", "already"), ("football", "of the list")):
        with pytest.raises(CampaignRefused, match=words):
            tag(creator, manager, cause)
    for changed, words in (
        ({"url": ""}, "something has to show it"),
        ({"url": "javascript:alert(1)"}, "https"),
        ({"what": " "}, "Say what it shows"),
        ({"on": TODAY + timedelta(days=2)}, "still to come"),
        ({"on": date(1066, 1, 1)}, "year"),
    ):
        with pytest.raises(CampaignRefused, match=words):
            show(found, manager, **changed)
    assert not CauseEvidence.objects.exists()
    show(found, manager)
    tagging.remove(tag_id=found.pk, relationship=creator, actor=manager, at=NOW)
    with pytest.raises(CauseTag.DoesNotExist):
        show(found, manager)
    # What was taken away can be said again; the old row and its evidence stay.
    tag(creator, manager, hours=1)
    assert (CauseTag.objects.count(), CauseEvidence.objects.count()) == (2, 1)
    verbs = AuditEntry.objects.filter(verb__startswith="campaigns.cause").order_by("pk")
    assert [entry.verb.rpartition(".")[2] for entry in verbs] == [
        "added",
        "shown",
        "removed",
        "added",
    ]
    assert FactChange.objects.filter(cause="causes").count() == 4


def test_causes_are_a_fact(brand: Brand, creator: Relationship, manager: User) -> None:
    found = tag(creator, manager, "nature", 1)
    tag(creator, manager, "climate", 2)
    at = NOW + timedelta(hours=3)
    tagging.remove(tag_id=found.pk, relationship=creator, actor=manager, at=at)

    def causes(hours: float) -> object:
        as_of = NOW + timedelta(hours=hours)
        facts = catalogue(brand)
        read = read_facts(brand=brand, creator=creator.creator, as_of=as_of, facts=facts)
        return read["causes"].value

    assert [causes(hours) for hours in (0.5, 1.5, 2.5, 3.5)] == [[], [2], [1, 2], [1]]


def test_donations_need_proof(brand: Brand, other_brand: Brand, strategist: User) -> None:
    theirs = make_campaign(other_brand)
    for changed, words in (
        ({"url": ""}, "without, nothing is counted"),
        ({"amount": Decimal(0)}, "More than zero"),
        ({"currency": "XYZ"}, "currency"),
        ({"cause": "football"}, "of the list"),
        ({"recipient": ""}, "who was given it"),
        ({"on": TODAY + timedelta(days=2)}, "still to come"),
        ({"campaign": theirs}, "no such campaign"),
    ):
        with pytest.raises(CampaignRefused, match=words):
            donate(brand, strategist, **changed)
    assert not Donation.objects.exists()
    made = donate(brand, strategist)
    assert (made.currency, str(made)) == ("EUR", "250.00 EUR to Trees for Denmark")
    # Nobody changes it, not even behind the product's back.
    with pytest.raises(IntegrityError), transaction.atomic():
        Donation.objects.update(amount=Decimal(9_999))
    with pytest.raises(CampaignRefused, match="why"):
        donating.withdraw(donation_id=made.pk, brand=brand, why=" ", actor=strategist, at=NOW)
    gone = donating.withdraw(
        donation_id=made.pk, brand=brand, why="Paid twice", actor=strategist, at=NOW
    )
    assert gone.withdrawn_at == NOW
    with pytest.raises(CampaignRefused, match="already"):
        donating.withdraw(donation_id=made.pk, brand=brand, why="Again", actor=strategist, at=NOW)


def test_what_was_brought_about(brand: Brand, manager: User) -> None:
    campaign = make_campaign(brand)
    for number in range(3):
        place = engage(campaign, EngagementStage.LIVE)
        found = tag(place.relationship, manager)
        if number:
            show(found, manager)
        if number == 2:
            tag(place.relationship, manager, "nature")
            Deliverable.objects.create(
                engagement=place,
                title="Reel",
                platform_id="instagram",
                kind="lifestyle",
                form="short_video",
                state=DeliverableState.PUBLISHED,
                published_at=NOW,
                created_at=NOW,
                state_since=NOW,
            )
    # Known to the brand, with no part in the campaign; and one who only was on its list.
    tag(RelationshipFactory(brand=brand), manager)
    tag(engage(campaign).relationship, manager)
    donate(brand, manager, campaign=campaign)
    donate(brand, manager, currency="DKK", amount=Decimal(70), campaign=campaign)
    donate(brand, manager, amount=Decimal(50))
    with CaptureQueriesContext(connection) as queries:
        found = impact(brand, campaign, TODAY)
    assert len(queries) == 4
    assert [(line.cause.key, line.creators, line.shown, line.posts) for line in found.lines] == [
        ("climate", 3, 2, 1),
        ("nature", 1, 0, 1),
    ]
    assert found.lines[0].donations == (
        ("DKK", Decimal("70.00"), 1),
        ("EUR", Decimal("250.00"), 1),
    )
    assert found.lines[0].share == pytest.approx(2 / 3)
    assert (found.creators, found.shown, found.posts) == (3, 2, 1)
    whole = impact(brand, None, TODAY)
    assert (whole.creators, whole.lines[0].donations[1]) == (5, ("EUR", Decimal("300.00"), 2))


def test_claims_about_the_environment(brand: Brand, legal: User) -> None:
    mine = Wanted(text="Recyclable", status="allowed", category="Package")
    save_claim(brand=brand, wanted=mine, actor=legal, at=NOW)
    taken = take_green_claims(brand=brand, actor=legal, at=NOW)
    every = green_claims.standard().claims
    assert (taken.added, taken.kept) == (len(every) - 1, 1)
    assert Claim.objects.get(text="Recyclable").status == ClaimStatus.ALLOWED
    again = take_green_claims(brand=brand, actor=legal, at=NOW)
    assert (again.added, again.kept) == (0, len(every))
    found = scan(brand, "Our eco-friendly, klimaneutrale Creme in plastic free tubes.", on=TODAY)
    assert [(one.text, one.is_problem) for one in found] == [
        ("eco-friendly", True),
        ("climate neutral", True),
        ("plastic free", True),
    ]
    assert "Directive (EU) 2024/825" in found[0].says
    # Green tea is none, and neither is a sustained effort.
    assert not scan(brand, "Green tea, and a sustained effort in nature.", on=TODAY)
    report = impact(brand, None, TODAY)
    forbidden = sum(one.status == "forbidden" for one in every)
    assert (report.claims, report.may_be_said, report.substantiated) == (
        len(every) - 1,
        len(every) - 1 - forbidden,
        0,
    )


def test_pages(
    brand: Brand, creator: Relationship, manager_client: Client, analyst_client: Client
) -> None:
    page = f"/{brand.slug}/creators/{creator.creator.uid}/causes/"
    assert analyst_client.post(f"{page}add/", {"cause": "climate"}).status_code == 403
    assert not CauseTag.objects.exists()
    assert manager_client.post(f"{page}add/", {"cause": "climate", "note": ""}).status_code == 302
    twice = manager_client.post(f"{page}add/", {"cause": "climate", "note": ""})
    assert twice.status_code == 422
    found = CauseTag.objects.get()
    body = {"tag": found.pk, "what": "A talk", "on": "2026-01-31", "url": ""}
    assert manager_client.post(f"{page}evidence/", body).status_code == 422
    wrong = body | {"file": SimpleUploadedFile("talk.pdf", b"MZ not a paper")}
    assert manager_client.post(f"{page}evidence/", wrong).status_code == 422
    paper = body | {"file": SimpleUploadedFile("talk.pdf", PDF)}
    assert manager_client.post(f"{page}evidence/", paper).status_code == 302
    text = analyst_client.get(page).content.decode()
    assert "talk.pdf" in text
    kept = CauseEvidence.objects.get()
    file = analyst_client.get(f"/{brand.slug}/causes/evidence/{kept.pk}/")
    assert b"".join(file.streaming_content) == PDF
    assert file["Content-Disposition"].startswith("attachment")
    report = f"/{brand.slug}/causes/"
    given = {
        "cause": "climate",
        "recipient": "Trees",
        "amount": "12.50",
        "currency": "EUR",
        "on": "2026-01-31",
    }
    assert manager_client.post(f"{report}donations/", given).status_code == 422
    given |= {"url": "https://example.com/receipt"}
    assert manager_client.post(f"{report}donations/", given).status_code == 302
    text = analyst_client.get(report).content.decode()
    assert "12.50 EUR" in text
    assert "The library has none" in text
    export = analyst_client.get(f"{report}export.csv")
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
    assert "Climate,1,1,0,1,12.50,EUR" in lines


def test_over_rest(brand: Brand, creator: Relationship, manager: User, analyst: User) -> None:
    rest = rest_as(manager, brand)
    body = {"creator": str(creator.creator.uid), "cause": "climate"}
    assert_problem(rest_as(analyst, brand).send("POST", "causes/", body), 403)
    made = rest.send("POST", "causes/", body)
    assert made.status_code == 201
    number = made.json()["id"]
    assert_problem(rest.send("POST", "causes/", body), 400)
    link = {"what": "A talk", "on": "2026-01-31", "url": "https://example.com/talk"}
    shown = rest.send("POST", f"causes/{number}:show", link)
    assert shown.json()["evidence"][0]["what"] == "A talk"
    problem = assert_problem(
        rest.send("POST", f"causes/{number}:show", link | {"url": "ftp://x"}), 400
    )
    assert problem["errors"][0]["pointer"] == "/url"
    gift = {
        "cause": "climate",
        "recipient": "Trees",
        "amount": "10.00",
        "currency": "EUR",
        "on": "2026-01-31",
        "url": "https://example.com/receipt",
    }
    assert rest.send("POST", "donations/", gift).status_code == 201
    assert_problem(rest.send("POST", "donations/", gift | {"campaign": "nowhere"}), 404)
    told = rest.json("causes:impact")
    assert told["causes"][0] == {
        "cause": "climate",
        "creators": 1,
        "with_evidence": 1,
        "posts": 0,
        "given": [{"currency": "EUR", "total": "10.00", "donations": 1}],
    }
    assert_problem(rest.get("causes:impact", campaign="nowhere"), 404)
    given = Donation.objects.get()
    assert (
        rest.send("POST", f"donations/{given.pk}:withdraw", {"reason": "Twice"}).status_code == 204
    )
    assert_problem(rest.send("POST", f"donations/{given.pk}:withdraw", {"reason": "Twice"}), 409)
    assert rest.send("POST", f"causes/{number}:remove", {}).status_code == 204
    assert rest.json("causes/")["results"] == []
