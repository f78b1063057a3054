"""Tags over REST: words changed and forgotten, given to many and taken from them."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry, CreatorTag, Tag
from tests.factories import RelationshipFactory
from tests.rest import assert_problem, rest_as


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


@pytest.fixture
def creators(brand):
    return [str(RelationshipFactory(brand=brand).creator.uid) for _ in range(3)]


def test_given_to_many_and_taken_from_some(rest, creators):
    given = rest.send("POST", "tags:give", {"name": "Vegan", "creators": creators})
    assert (given.status_code, given.json()) == (200, {"changed": 3})
    assert rest.send("POST", "tags:give", {"name": "vegan", "creators": creators}).json() == {
        "changed": 0
    }
    taken = rest.send("POST", "tags:take", {"name": "VEGAN", "creators": creators[:2]})
    assert taken.json() == {"changed": 2}
    [tag] = rest.json("tags/")["results"]
    assert (tag["key"], tag["name"], tag["creators"]) == ("vegan", "Vegan", 1)


def test_a_stranger_among_them_stops_it(rest, creators, brand, other_brand):
    theirs = str(RelationshipFactory(brand=other_brand).creator.uid)
    Tag.objects.create(brand=brand, key="vegan", name="Vegan")
    for verb in ("give", "take"):
        body = {"name": "Vegan", "creators": [creators[0], theirs]}
        answer = rest.send("POST", f"tags:{verb}", body)
        [error] = assert_problem(answer, 400, "unknown_creator")["errors"]
        assert error["pointer"] == "/creators/1"
    assert not CreatorTag.objects.exists()
    assert not AuditEntry.objects.exists()


def test_what_is_not_there_is_not_taken(rest, creators):
    answer = rest.send("POST", "tags:take", {"name": "Vegan", "creators": creators})
    assert_problem(answer, 400, "unknown_tag")


def test_another_word_keeps_its_key(rest, creators):
    rest.send("POST", "tags:give", {"name": "Vegan", "creators": creators[:1]})
    answer = rest.send("PATCH", "tags/vegan/", {"name": "Plants only", "colour": "green"})
    assert answer.json() == {
        "key": "vegan",
        "name": "Plants only",
        "colour": "green",
        "creators": 1,
    }
    rest.send("POST", "tags:give", {"name": "Other", "creators": creators[:1]})
    answer = rest.send("PATCH", "tags/other/", {"name": "plants ONLY"})
    [error] = assert_problem(answer, 400)["errors"]
    assert error["pointer"] == "/name"


def test_a_word_is_forgotten_with_all_who_have_it(rest, creators, outsider, other_brand):
    rest.send("POST", "tags:give", {"name": "Vegan", "creators": creators})
    stranger = rest_as(outsider, other_brand)
    assert_problem(stranger.send("DELETE", "tags/vegan/"), 404)
    assert rest.send("DELETE", "tags/vegan/").status_code == 204
    assert_problem(rest.send("DELETE", "tags/vegan/"), 404)
    assert not CreatorTag.objects.exists()
    assert AuditEntry.objects.filter(verb="crm.tag.deleted").count() == 1
