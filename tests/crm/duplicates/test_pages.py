"""The queue of duplicates, the dry run, the merge, the way back, and addresses that lead on."""

from __future__ import annotations

import re

import pytest

from crm.choices import Role
from crm.models import Creator, DuplicatePair, Job, Merge, UserRole
from crm.services import duplicates
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(brand):
    for handle, platform in (("ida.holm", "instagram"), ("idaholm", "tiktok")):
        relationship = RelationshipFactory(
            brand=brand, creator__name="Ida Holm", creator__country="DK"
        )
        ProfileFactory(creator=relationship.creator, handle=handle, platform_id=platform)
    duplicates.find(brand=brand, at=NOW)
    return DuplicatePair.objects.select_related("first", "second").get()


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def merge_url(pair):
    return f"/acme/creators/{pair.first.uid}/merge/{pair.second.uid}/"


def test_the_queue_tells_the_reasons_and_takes_a_decision(pair, manager_client, analyst_client):
    shown = words(analyst_client.get("/acme/duplicates/"))
    assert "90 of 100" in shown
    assert "Same handle: ida.holm / idaholm" in shown
    assert "Compare and merge" not in shown
    decide = f"/acme/duplicates/{pair.pk}/decide/"
    manager_client.post(decide, {"why": ""})
    pair.refresh_from_db()
    assert pair.decided_at is None
    manager_client.post(decide, {"why": "Twins"})
    assert "“Twins”" in words(manager_client.get("/acme/duplicates/?decided=1"))
    assert "No two creators" in words(manager_client.get("/acme/duplicates/")) or (
        "Nobody has looked yet" in words(manager_client.get("/acme/duplicates/"))
    )
    manager_client.post(decide, {"again": "1"})
    assert DuplicatePair.objects.open().count() == 1


def test_a_search_is_asked_for_once(brand, manager_client):
    for _again in range(2):
        assert manager_client.post("/acme/duplicates/").status_code == 302
    assert Job.objects.count() == 1
    assert "A search is under way" in words(manager_client.get("/acme/duplicates/"))


def test_merge_and_undo(pair, manager_client):
    dry = manager_client.get(merge_url(pair))
    assert "Accounts 1 0" in words(dry)
    assert not Merge.objects.exists()
    response = manager_client.post(merge_url(pair), {"reason": "Same person"})
    kept = f"/acme/creators/{pair.first.uid}/"
    assert response["Location"] == kept
    assert "Merged with Ida Holm" in words(manager_client.get(kept))
    # Old addresses lead on, and nothing sent to them is saved.
    old = f"/acme/creators/{pair.second.uid}/"
    moved = manager_client.get(f"{old}timeline/")
    assert (moved.status_code, moved["Location"]) == (301, f"{kept}timeline/")
    assert manager_client.get(old)["Location"] == kept
    sent = manager_client.post(f"{old}tags/", {"name": "vegan"}, follow=True)
    assert "What you sent was not saved" in words(sent)
    merge = Merge.objects.get()
    assert "Undo the merge" in words(manager_client.get(f"/acme/merges/{merge.pk}/"))
    assert manager_client.post(f"/acme/merges/{merge.pk}/undo/").status_code == 302
    assert manager_client.get(old).status_code == 200
    assert "undone" in words(manager_client.get("/acme/duplicates/"))


def test_a_refusal_is_told_and_changes_nothing(pair, other_brand, manager, manager_client):
    RelationshipFactory(brand=other_brand, creator=pair.second)
    response = manager_client.post(merge_url(pair))
    assert response.status_code == 422
    assert "another brand of this installation works with them" in words(response)
    assert not Creator.objects.filter(merged_into__isnull=False).exists()
    # A role there that may change creators is a say.
    UserRole.objects.create(user=manager, brand=other_brand, role=Role.ANALYST)
    assert manager_client.post(merge_url(pair)).status_code == 422
    UserRole.objects.filter(brand=other_brand).update(role=Role.MANAGER)
    assert manager_client.post(merge_url(pair)).status_code == 302


def test_others_see_no_merge(pair, analyst_client, legal_client, outsider_client):
    assert analyst_client.get(merge_url(pair)).status_code == 403
    assert legal_client.post(merge_url(pair)).status_code == 403
    assert outsider_client.get(merge_url(pair)).status_code == 404
    assert outsider_client.post(f"/other/duplicates/{pair.pk}/decide/").status_code == 404


def test_pages_of_the_queue_cost_the_same(
    pair, brand, manager_client, django_assert_max_num_queries
):
    for number in range(30):
        first, second = (RelationshipFactory(brand=brand).creator for _ in range(2))
        DuplicatePair.objects.create(
            brand=brand, first=first, second=second, score=41 + number, reasons=[], found_at=NOW
        )
    with django_assert_max_num_queries(20):
        page = manager_client.get("/acme/duplicates/")
    assert page.content.decode().count("Compare and merge") == 20
