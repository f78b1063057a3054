"""Tags, duplicates and merges over REST."""

from __future__ import annotations

import pytest

from crm.choices import Role
from crm.models import Creator, CreatorTag, DuplicatePair, Merge, Tag, UserRole
from crm.services import duplicates
from tests.factories import NOW, ProfileFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as

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


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def test_tags_are_set_whole_or_not_at_all(brand, pair, rest):
    address = f"creators/{pair.first.uid}/tags"
    answer = rest.send("PATCH", address, {"tags": ["Vegan", "Spring 26"]})
    assert [row["key"] for row in answer.json()["results"]] == ["spring_26", "vegan"]
    rest.send("PATCH", address, {"tags": ["vegan"]})
    assert [row["name"] for row in rest.json(address)["results"]] == ["Vegan"]
    assert rest.json("tags")["results"] == [
        {"key": "spring_26", "name": "Spring 26", "colour": "secondary", "creators": 0},
        {"key": "vegan", "name": "Vegan", "colour": "secondary", "creators": 1},
    ]
    body = assert_problem(rest.send("PATCH", address, {"tags": ["new", "a, b"]}), 400, "invalid")
    assert body["errors"][0]["pointer"] == "/tags"
    assert CreatorTag.objects.count() == 1
    assert Tag.objects.count() == 2
    assert_problem(rest.send("PATCH", address, {"tag": []}), 400)


def test_a_pair_is_told_with_its_reasons_and_decided(pair, rest):
    [row] = rest.json("duplicates")["results"]
    assert (row["id"], row["score"], row["first"]["id"]) == (pair.pk, 90, str(pair.first.uid))
    assert [reason["kind"] for reason in row["reasons"]] == ["handle", "name"]
    assert_problem(rest.send("POST", f"duplicates/{pair.pk}:different", {}), 400, "required")
    answer = rest.send("POST", f"duplicates/{pair.pk}:different", {"why": "Twins"})
    assert answer.status_code == 204
    assert rest.json("duplicates")["results"] == []
    assert_problem(
        rest.send("POST", f"duplicates/{pair.pk}:different", {"why": "Two"}), 409, "refused"
    )


def test_a_merge_and_its_undo(pair, rest):
    given = {"kept": str(pair.first.uid), "gone": str(pair.second.uid), "reason": "One person"}
    answer = rest.send("POST", "merges", given)
    assert answer.status_code == 201
    made = answer.json()
    assert made["gone"] == {"id": str(pair.second.uid), "name": "Ida Holm"}
    # The old id leads on.
    moved = rest.get(f"creators/{pair.second.uid}")
    assert moved.status_code == 301
    assert moved["Location"].endswith(f"/api/v1/creators/{pair.first.uid}/")
    body = assert_problem(rest.send("POST", "merges", given), 400, "not_found")
    assert body["errors"][0]["pointer"] == "/gone"
    itself = {"kept": given["kept"], "gone": given["kept"]}
    assert_problem(rest.send("POST", "merges", itself), 400, "not_two", at="/gone")
    assert rest.send("POST", f"merges/{made['id']}:undo").status_code == 200
    assert rest.get(f"creators/{pair.second.uid}").status_code == 200
    assert_problem(rest.send("POST", f"merges/{made['id']}:undo"), 409, "cannot_undo")
    assert [row["undone_at"] is None for row in rest.json("merges")["results"]] == [False]


def test_a_token_has_no_say_in_another_brand(pair, rest, manager, other_brand):
    RelationshipFactory(brand=other_brand, creator=pair.second)
    UserRole.objects.create(user=manager, brand=other_brand, role=Role.ADMIN)
    given = {"kept": str(pair.first.uid), "gone": str(pair.second.uid)}
    assert_problem(rest.send("POST", "merges", given), 409, "others_involved")
    assert_problem(rest.send("POST", "merges", given | {"choices": {"name": "x"}}), 400)
    assert not Merge.objects.exists()
    assert not Creator.objects.filter(merged_into__isnull=False).exists()
