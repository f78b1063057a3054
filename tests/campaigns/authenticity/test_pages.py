"""Flags on pages and over REST: shown with the numbers, explained, counted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import AuthenticityReading, FlagDismissal
from campaigns.services.authenticity.looking import look_at
from crm.choices import Scope
from crm.models import AudienceSnapshot, Brand, ImportBatch, Relationship, User
from tests.campaigns.authenticity.test_stored import account, relationship_of
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as


@pytest.fixture
def flagged(brand: Brand) -> Relationship:
    profile = account(brand)
    look_at([profile.creator_id], at=NOW)
    return relationship_of(profile)


def address(brand: Brand, relationship: Relationship, rest: str = "") -> str:
    return f"/{brand.slug}/creators/{relationship.creator.uid}/flags/{rest}"


def explanation(relationship: Relationship, **changed: object) -> dict[str, object]:
    profile = relationship.creator.profiles.get()
    return {
        "profile": profile.pk,
        "flag": "growth_spike",
        "reason": "She was on television.",
        # Pages take the moment from the clock.
        "last_day": (timezone.now() + timedelta(days=20)).date().isoformat(),
    } | changed


def test_the_panel_tells_the_numbers(
    brand: Brand, flagged: Relationship, analyst_client: Client, legal_client: Client
) -> None:
    text = analyst_client.get(address(brand, flagged)).content.decode()
    assert "2 flags" in text
    assert "From 20,000 to 40,000 in 30 days (+100% in 30 days)" in text
    assert "5% of the audience in DK, 60% in IN" in text
    assert "cannot be told" in text
    assert "Explain it" in text
    # Who may not review reads the same and changes nothing.
    text = legal_client.get(address(brand, flagged)).content.decode()
    assert "2 flags" in text
    assert "Explain it" not in text


def test_what_sources_say_stands_beside_it(
    brand: Brand, flagged: Relationship, analyst_client: Client
) -> None:
    profile = flagged.creator.profiles.get()
    for days, quality in ((40, 0.5), (3, 0.81)):
        AudienceSnapshot.objects.create(
            profile=profile, quality=quality, captured_at=NOW - timedelta(days=days)
        )
    text = analyst_client.get(address(brand, flagged)).content.decode().replace("\u202f", "")
    # The newest of each source.
    assert f"81% real followers of {profile.handle}" in text
    assert f"50% real followers of {profile.handle}" not in text
    # Who brought it is named where it was a connector; what a brand typed for a file is not told.
    for number, source in enumerate(("modash-api", "insightiq-api", "our secret list")):
        batch = ImportBatch.objects.create(
            brand=brand, source=source, file_name="x", captured_at=NOW, created_at=NOW
        )
        AudienceSnapshot.objects.create(
            profile=profile,
            quality=0.6 + number / 100,
            captured_at=NOW - timedelta(hours=number),
            import_batch=batch,
        )
    text = analyst_client.get(address(brand, flagged)).content.decode().replace("\u202f", "")
    where = f"real followers of {profile.handle} ({profile.platform.name})"
    assert f"60% {where}, Modash," in text
    assert f"61% {where}, InsightIQ," in text
    assert f"62% {where}, vendor," in text
    assert "81%" not in text
    AudienceSnapshot.objects.create(profile=profile, aqs=84, captured_at=NOW - timedelta(hours=5))
    text = analyst_client.get(address(brand, flagged)).content.decode().replace("\u202f", "")
    said = f"84 of 100 for {profile.handle} ({profile.platform.name}), HypeAuditor (Audience"
    assert said in text
    assert "secret" not in text
    look_at([flagged.creator_id], at=NOW)
    reading = AuthenticityReading.objects.filter(profile=profile).latest("pk")
    [told] = [one["value"] for one in reading.flags if one["key"] == "audience_quality"]
    assert told == "60% real, says Modash"


def test_explaining(brand: Brand, flagged: Relationship, analyst_client: Client) -> None:
    post = address(brand, flagged, "explain/")
    missing = analyst_client.post(post, explanation(flagged, reason=""))
    assert missing.status_code == 422
    late = analyst_client.post(post, explanation(flagged, last_day="2099-01-01"))
    assert late.status_code == 422
    assert "It holds a year at most" in late.content.decode()
    stranger = RelationshipFactory(brand=brand)
    elsewhere = analyst_client.post(address(brand, stranger, "explain/"), explanation(flagged))
    assert elsewhere.status_code == 404
    assert not FlagDismissal.objects.exists()
    assert analyst_client.post(post, explanation(flagged)).status_code == 302
    text = analyst_client.get(address(brand, flagged)).content.decode()
    assert "1 flag" in text
    assert "She was on television." in text
    made = FlagDismissal.objects.get()
    again = analyst_client.post(address(brand, flagged, f"explained/{made.pk}/end/"))
    assert again.status_code == 302
    assert "2 flags" in analyst_client.get(address(brand, flagged)).content.decode()


def test_the_list(brand: Brand, flagged: Relationship, analyst_client: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        page = analyst_client.get(f"/{brand.slug}/legal/flags/")
    text = page.content.decode()
    assert flagged.creator.name in text
    assert "Followers jumped" in text
    look_at([account(brand, f"Other {number}").creator_id for number in range(4)], at=NOW)
    with CaptureQueriesContext(connection) as many:
        analyst_client.get(f"/{brand.slug}/legal/flags/")
    assert len(few) == len(many)
    none = analyst_client.get(f"/{brand.slug}/legal/flags/", {"flag": "rate_low"})
    assert "No account has this flag" in none.content.decode()
    file = analyst_client.get(f"/{brand.slug}/legal/flags/export.csv", {"flag": "growth_spike"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("creator,platform,account,flag,found,threshold")
    # Each account's raised flags, a line each.
    assert len(lines) == 1 + 2 * 5


def test_who_does_not_want_to_be_scored(
    brand: Brand, flagged: Relationship, analyst_client: Client
) -> None:
    Relationship.objects.filter(pk=flagged.pk).update(unprofiled_at=NOW)
    AuthenticityReading.objects.all().delete()
    analyst_client.post(address(brand, flagged, "now/"))
    assert not AuthenticityReading.objects.exists()
    text = analyst_client.get(address(brand, flagged)).content.decode()
    assert "does not want to be sorted and scored" in text
    page = analyst_client.get(f"/{brand.slug}/legal/flags/").content.decode()
    assert flagged.creator.name not in page


def test_over_rest(
    brand: Brand, other_brand: Brand, flagged: Relationship, analyst: User, legal: User
) -> None:
    uid = flagged.creator.uid
    profile = flagged.creator.profiles.get()
    rest = rest_as(analyst, brand)
    listed = rest.json("flags/", flag="growth_spike")
    assert listed["count"] == 1
    signs = {one["key"]: one for one in listed["results"][0]["signs"]}
    assert (signs["growth_spike"]["state"], signs["rate_low"]["state"]) == ("raised", "unknown")
    assert rest.json("flags/", flag="rate_low")["results"] == []
    body = {
        "platform": profile.platform_id,
        "handle": profile.handle,
        "flag": "growth_spike",
        "reason": "She was on television.",
        "last_day": (timezone.now() + timedelta(days=9)).date().isoformat(),
    }
    answer = rest.send("POST", f"flags/{uid}:explain", body)
    assert answer.status_code == 200
    said = answer.json()["accounts"][0]["signs"][0]["explained"]
    assert (said["reason"], said["by"]) == ("She was on television.", analyst.email)
    assert_problem(rest.send("POST", f"flags/{uid}:explain", body | {"flag": "rate_low"}), 400)
    assert_problem(rest.send("POST", f"flags/{uid}:explain", body | {"handle": "nobody"}), 404)
    assert_problem(rest.send("POST", f"flags/{uid}:explain", body | {"reason": ""}), 400)
    answer = rest.send("POST", f"flags/{uid}:count-again", {"id": said["id"]})
    assert answer.json()["accounts"][0]["signs"][0]["explained"] is None
    assert_problem(rest.send("POST", f"flags/{uid}:count-again", {"id": said["id"]}), 409)
    # Legal reads; a reader's token writes nothing; another brand knows nobody.
    assert_problem(rest_as(legal, brand).send("POST", f"flags/{uid}:explain", body), 403)
    reads = rest_as(analyst, brand, [Scope.REVIEWS_READ])
    assert_problem(reads.send("POST", f"flags/{uid}:look", {}), 403)
    assert FlagDismissal.objects.count() == 1
