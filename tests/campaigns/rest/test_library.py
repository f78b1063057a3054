"""The library and its rights over REST: added, described, tagged; given, renewed, started."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.api import right_grants
from campaigns.choices import OfferState, Usage
from campaigns.models import Asset, Deliverable, Offer, UsageRight
from campaigns.services.offers.wanted import Right
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.offers.worlds import FEE, an_offer
from tests.campaigns.rights.worlds import asset_of, piece
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.rest import ROOT, Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, manager) -> Rest:
    return rest_as(manager, brand)


def faults(rest: Rest, *asked) -> None:
    """That each is refused like that, and nothing is written down."""
    entries = AuditEntry.objects.count()
    for method, path, sent, status, pointer, code in asked:
        [fault] = assert_problem(rest.send(method, path, sent), status)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code), (path, sent)
    assert AuditEntry.objects.count() == entries


def text_file(words: bytes = b"A poem.") -> SimpleUploadedFile:
    return SimpleUploadedFile("poem.txt", words, "text/plain")


def test_an_asset_by_its_address(brand, other_brand, outsider, rest):
    body = {
        "title": "Morning light",
        "origin": "ugc",
        "url": "https://example.com/p/1",
        "tags": ["Sun"],
    }
    made = rest.send("POST", "assets/", body)
    assert made.status_code == 201, made.content
    asset = made.json()
    assert (asset["kind"], asset["tags"], asset["ai_use"]) == ("page", ["sun"], None)
    address = f"assets/{asset['id']}"
    changed = rest.send("PATCH", f"{address}/", {"version": 1, "made_by": "Bo", "ai_use": ""})
    assert changed.json() == rest.json(f"{address}/") == {**asset, "made_by": "Bo", "version": 2}
    faults(
        rest,
        ("POST", "assets/", body, 400, "/url", "there_already"),
        ("POST", "assets/", {"title": "x", "origin": "ugc"}, 400, "/url", "required"),
        (
            "POST",
            "assets/",
            {**body, "engagement": 99_999},
            400,
            "/engagement",
            "unknown_engagement",
        ),
        ("PATCH", f"{address}/", {"version": 2, "url": ""}, 400, "/url", "invalid"),
        ("PATCH", f"{address}/", {"version": 1, "title": "y"}, 409, "", "outdated"),
        (
            "POST",
            "assets:tag",
            {"assets": [asset["id"], 99_999]},
            400,
            "/assets/1",
            "unknown_asset",
        ),
        ("POST", "assets:tag", {"assets": [asset["id"]]}, 400, "/add", "invalid"),
    )
    tagging = {"assets": [asset["id"]], "add": ["Moon"], "drop": ["sun"]}
    assert rest.send("POST", "assets:tag", tagging).json() == {"changed": 1}
    assert Asset.objects.get().tags == ["moon"]
    assert rest.send("POST", f"{address}:archive").json()["archived_at"] is not None
    assert rest.send("POST", f"{address}:restore").json()["archived_at"] is None
    elsewhere = rest_as(outsider, other_brand)
    for method, path in (("PATCH", f"{address}/"), ("POST", f"{address}:archive")):
        assert_problem(elsewhere.send(method, path, {"version": 4}), 404)
    assert_problem(rest.get(f"{address}/file/"), 404)


def test_a_post_that_is_known_comes_with_its_creator(brand, rest):
    profile = ProfileFactory(creator=RelationshipFactory(brand=brand).creator)
    post = PostFactory(profile=profile, creator=profile.creator, url="https://example.com/p/7")
    body = {"title": "Theirs", "origin": "ugc", "url": post.url}
    made = rest.send("POST", "assets/", body).json()
    assert (made["origin"], made["creator"]["uid"]) == ("post", str(profile.creator.uid))


def test_a_file_of_the_library(rest):
    said = {"title": "A poem", "origin": "own", "tags": ["night", "moon"]}
    sent = {**said, "file": text_file()}
    made = rest.client.post(f"{ROOT}/assets:upload", sent)
    assert made.status_code == 201, made.content
    asset = made.json()
    assert (asset["kind"], asset["file_name"], asset["tags"]) == (
        "text",
        "poem.txt",
        ["moon", "night"],
    )
    answer = rest.get(f"assets/{asset['id']}/file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue() == b"A poem."
    entries = AuditEntry.objects.count()
    for file, code in ((text_file(), "there_already"), (text_file(b"\xff\xfe\x00"), "invalid")):
        answer = rest.client.post(f"{ROOT}/assets:upload", {**said, "file": file})
        [fault] = assert_problem(answer, 400)["errors"]
        assert (fault["pointer"], fault["code"]) == ("/file", code)
    faults(rest, ("POST", "assets:upload", said, 400, "/file", "required"))
    assert AuditEntry.objects.count() == entries


def test_approved_content_is_kept_and_a_use_ends(brand, manager, rest):
    made = piece(engage(make_campaign(brand, manager)))
    faults(rest, ("POST", f"deliverables/{made.pk}:keep", None, 409, "", "not_in_this_state"))
    Deliverable.objects.update(
        state="published", published_at=NOW, published_url="https://example.com/p/3"
    )
    [kept] = rest.send("POST", f"deliverables/{made.pk}:keep").json()["added"]
    assert (kept["deliverable"], kept["url"]) == (made.pk, "https://example.com/p/3")
    assert rest.send("POST", f"deliverables/{made.pk}:keep").json() == {"added": []}

    use = {
        "usage": "organic",
        "channel": "website",
        "territory": "DK",
        "starts_on": "2026-01-05",
        "reason": "Agreed on the phone",
    }
    logged = rest.send("POST", f"assets/{kept['id']}:use", use).json()
    address = f"asset-uses/{logged['id']}:end"
    faults(
        rest,
        ("POST", address, {"version": 1, "on": "2025-01-01"}, 400, "/on", "invalid"),
        ("POST", address, {"version": 7}, 409, "", "outdated"),
        ("POST", address, {}, 400, "/version", "required"),
    )
    ended = rest.send("POST", address, {"version": 1, "on": "2026-02-01"}).json()
    assert (ended["ends_on"], ended["version"]) == ("2026-02-01", 2)
    assert rest.json("asset-uses/")["results"] == [ended]


def test_a_right_is_given_renewed_and_started(brand, other_brand, outsider, legal, manager, rest):
    asset = asset_of(brand=brand, made_by="Bo")
    body = {
        "asset": asset.pk,
        "usage": "paid",
        "territory": "DK,SE",
        "channels": ["website"],
        "trigger": "day",
        "starts_on": "2027-01-15",
        "months": 6,
        "given_by": "Bo",
        "note": "Their mail",
    }
    counsel = rest_as(legal, brand)
    made = counsel.send("POST", "rights/", body)
    assert made.status_code == 201, made.content
    right = made.json()
    assert (right["territory"], right["ends_on"], right["source"]) == (
        ["DK", "SE"],
        "2027-07-14",
        "hand",
    )
    address = f"rights/{right['id']}"
    again = rest.send("POST", f"{address}:renew", {"note": "Asked again"})
    assert again.status_code == 201, again.content
    assert {
        name: again.json()[name]
        for name in ("renews", "starts_on", "ends_on", "given_by", "territory")
    } == {
        "renews": right["id"],
        "starts_on": "2027-07-15",
        "ends_on": "2028-01-14",
        "given_by": "Bo",
        "territory": ["DK", "SE"],
    }
    [event] = rest.json(f"{address}/events/")["results"]
    assert (event["act"], event["actor"], event["note"]) == ("grant", legal.email, "Their mail")
    place = engage(make_campaign(brand, manager))
    of_place = {**body, "asset": None, "engagement": place.pk, "trigger": "signing"}
    waiting = rest.send("POST", "rights/", {**of_place, "starts_on": None}).json()
    faults(
        rest,
        ("POST", "rights/", body, 409, "", "there_already"),
        ("POST", "rights/", {**body, "asset": None}, 400, "/engagement", "required"),
        ("POST", "rights/", {**body, "asset": 99_999}, 400, "/asset", "unknown_asset"),
        (
            "POST",
            "rights/",
            {**body, "deliverable": 1},
            400,
            "/deliverable",
            "not_both",
        ),
        (
            "POST",
            "rights/",
            {**of_place, "deliverable": 99_999},
            400,
            "/deliverable",
            "unknown_deliverable",
        ),
        (
            "POST",
            "rights/",
            {**body, "territory": "Atlantis"},
            400,
            "/territory",
            "unknown_country",
        ),
        ("POST", "rights/", {**body, "ends_on": "2028-01-01"}, 400, "/ends_on", "invalid"),
        ("POST", f"rights/{waiting['id']}:start", {"on": "2090-01-01"}, 400, "/on", "invalid"),
        ("POST", f"{address}:start", {"on": "2026-01-01"}, 409, "", "not_in_this_state"),
    )
    started = rest.send("POST", f"rights/{waiting['id']}:start", {"on": "2026-03-01"}).json()
    assert (started["starts_on"], started["ends_on"]) == ("2026-03-01", "2026-08-31")
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.send("POST", f"{address}:renew", {"note": "x"}), 404)
    assert_problem(elsewhere.get(f"{address}/events/"), 404)
    assert_problem(rest.get(f"{address}/document/"), 404)
    assert rest.send("POST", f"engagements/{place.pk}:read-offer").json() == {"added": []}


def test_of_several_offers_all_are_read_or_none(brand, manager, rest, monkeypatch):
    place = engage(make_campaign(brand))
    granted = right_grants.grant_from_offer
    for title in ("Spring", "Autumn"):
        wanted = replace(FEE, rights=(Right(Usage.PAID, 6, "", ""),))
        offer = an_offer(place.relationship, manager, OfferState.ACCEPTED, wanted, title=title)
        Offer.objects.filter(pk=offer.pk).update(engagement=place)

    def once(*, offer, **named):
        if offer.title == "Autumn":
            raise CampaignRefused("The very same right is there.", code="there_already")
        return granted(offer=offer, **named)

    monkeypatch.setattr(right_grants, "grant_from_offer", once)
    entries = AuditEntry.objects.count()
    refused = rest.send("POST", f"engagements/{place.pk}:read-offer")
    assert_problem(refused, 409, "there_already")
    assert (UsageRight.objects.count(), AuditEntry.objects.count()) == (0, entries)
    monkeypatch.undo()
    added = rest.send("POST", f"engagements/{place.pk}:read-offer").json()["added"]
    assert len(added) == UsageRight.objects.count() == 2


def test_a_right_with_its_paper(brand, rest):
    asset = asset_of(brand=brand)
    said = {
        "asset": asset.pk,
        "usage": "organic",
        "territory": "worldwide",
        "trigger": "day",
        "starts_on": "2027-01-15",
        "is_endless": "true",
        "note": "The form",
    }
    sent = {**said, "document": text_file(b"I agree.")}
    made = rest.client.post(f"{ROOT}/rights:upload", sent)
    assert made.status_code == 201, made.content
    assert (made.json()["territory"], made.json()["is_endless"]) == ([], True)
    paper = rest.get(f"rights/{made.json()['id']}/document/")
    assert paper.getvalue() == b"I agree."
    faults(rest, ("POST", "rights:upload", said, 400, "/document", "required"))
    assert UsageRight.objects.count() == 1
