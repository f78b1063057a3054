"""The audience graph over REST: clusters, ties, overlap and reach of four circles of creators."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import Role
from crm.models import AuditEntry, Brand, Creator
from segmentation.models import Cluster, ClusterMap
from tests.campaigns.made import make_campaign
from tests.factories import NOW, BrandFactory, RelationshipFactory, UserRoleFactory
from tests.rest import assert_problem, rest_as
from tests.segmentation.graph.test_clusters import fill, make
from tests.segmentation.graph.world import known_creator, write_below
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(module_db):
    """The four circles with their first map, and somebody of whom little is known."""
    brand = BrandFactory(slug="circles")
    groups = fill(brand)
    make(brand)
    write_below(brand, known_creator(brand, "Ada"), range(10))
    return brand.pk, groups


@pytest.fixture
def brand(world):
    return Brand.objects.get(pk=world[0])


@pytest.fixture
def rest(brand):
    return rest_as(UserRoleFactory(brand=brand, role=Role.ANALYST).user, brand)


@pytest.fixture
def bakers(world):
    return [str(Creator.objects.get(pk=pk).uid) for pk in world[1]["bakers"]]


def test_clusters_with_their_members_and_ties(rest, brand, bakers, django_assert_max_num_queries):
    first = rest.json("clusters/", limit=3)
    assert (len(first["results"]), first["count"]) == (3, 4)
    # Token, role, clusters, count, their rows.
    with django_assert_max_num_queries(8):
        four = rest.json("clusters/")["results"]
    assert [one["number"] for one in four] == [1, 2, 3, 4]
    assert rest.json("clusters/", gone="true")["results"] == []
    (told,) = (one for one in four if one["terms"][0] == "#bakers")
    assert (told["key"], told["name"], told["size"]) == (f"c{told['number']}", None, 6)
    assert told["title"].startswith("#bakers")
    members = rest.json(f"clusters/{told['number']}/members/")
    assert {one["creator"] for one in members["results"]} == set(bakers)
    assert {one["stability"] for one in members["results"]} == {1.0}
    ties = rest.json(f"clusters/{told['number']}/")["ties"]
    assert len(ties) == 15  # each of the six with each
    assert {tie[end] for tie in ties for end in ("one", "other")} == set(bakers)
    of_one = rest.json(f"creators/{bakers[0]}/clusters/")
    assert (of_one["cluster"]["number"], of_one["stability"]) == (told["number"], 1.0)
    assert {tie["creator"] for tie in of_one["ties"]} == set(bakers[1:])
    assert all(tie["people"] and tie["weight"] > 0 for tie in of_one["ties"])
    zoe = Creator.objects.get(name="Zoe")
    assert rest.json(f"creators/{zoe.uid}/clusters/") == {
        "cluster": None,
        "stability": None,
        "since": None,
        "ties": [],
    }
    stranger = RelationshipFactory().creator
    assert_problem(rest.get(f"creators/{stranger.uid}/clusters/"), 404)
    assert_problem(rest.get("clusters/99/"), 404)
    assert_problem(rest.get("clusters/99/members/"), 404)


def test_a_name_is_given_and_taken_back(rest, brand):
    address = f"clusters/{Cluster.objects.get(brand=brand, terms__0='#bakers').number}/"
    named = rest.send("PATCH", address, {"name": "Bread", "version": 1}).json()
    assert (named["name"], named["title"], named["version"]) == ("Bread", "Bread", 2)
    assert named["named_by"] is not None
    assert_problem(rest.send("PATCH", address, {"name": "Cake", "version": 1}), 409, "outdated")
    wrong = rest.send("PATCH", address, {"name": "x" * 81})
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"/name", "/version"}
    assert (wrong.status_code, rest.json(address)["name"]) == (400, "Bread")
    again = rest.send("PATCH", address, {"name": "", "version": 2}).json()
    assert (again["name"], again["version"]) == (None, 3)
    renamed = AuditEntry.objects.filter(brand=brand, verb="segmentation.cluster.renamed")
    assert renamed.count() == 2


def test_a_map_is_asked_for_once(rest, brand):
    told = rest.json("cluster-map/")
    assert (told["status"], told["error"]) == ("done", None)
    (build,) = told["builds"]
    assert (build["number"], build["clustered"], build["clusters"]) == (1, 24, 4)
    assert build["moved"] is None
    assert rest.send("POST", "cluster-map/", {}).json()["status"] == "queued"
    assert_problem(rest.send("POST", "cluster-map/", {}), 409, "under_way")
    assert ClusterMap.objects.get(brand=brand).requested_by is not None
    empty = BrandFactory()
    nobody = rest_as(UserRoleFactory(brand=empty, role=Role.ANALYST).user, empty)
    assert nobody.json("cluster-map/") == {
        "status": None,
        "error": None,
        "requested_at": None,
        "builds": [],
    }


def test_pairs_are_compared_with_intervals(rest, brand, bakers):
    ada = str(Creator.objects.get(name="Ada").uid)
    zoe = str(Creator.objects.get(name="Zoe").uid)
    found = rest.json("audience-overlap/", creators=",".join([*bakers[:2], ada, zoe]))
    assert (found["platform"], found["basis"]) == ("instagram", "commenters")
    assert found["ways"] == [{"platform": "instagram", "basis": "commenters", "creators": 2}]
    assert found["unknown"] == [zoe]
    known = {one["creator"]: (one["known"], one["is_enough"]) for one in found["audiences"]}
    assert known == {bakers[0]: (55, True), bakers[1]: (55, True), ada: (10, False)}
    most, *others = found["pairs"]
    assert {most["one"], most["other"]} == set(bakers[:2])
    # All who comment are known: who is seen in both is all they share, of 55 each.
    assert most["people"]["value"] == most["seen"] > 0
    share = most["share_of_one"]
    assert share["value"] == pytest.approx(most["seen"] / 55)
    assert share["low"] < share["value"] < share["high"]
    assert share["level"] == 0.95
    assert [(pair["people"], pair["share_of_one"]) for pair in others] == [(None, None)] * 2
    assert found["pairs_left_out"] == 0


def test_people_are_reached_once(rest, brand, bakers, admin_user):
    listed = rest.json("unique-reach/", creators=",".join(bakers[:3]))
    assert (listed["gross"], listed["assumed"], len(listed["steps"])) == (165, False, 3)
    assert listed["unique"]["low"] <= listed["unique"]["value"] < 165
    assert listed["steps"][-1]["total"] == listed["unique"]["value"]
    assert listed["unique_share"]["value"] == pytest.approx(listed["unique"]["value"] / 165)
    segment = make_segment(brand)
    stay(segment, Creator.objects.get(name="Zoe"), NOW - timedelta(days=3))
    unknown = rest.json("unique-reach/", segment=segment.key)
    assert (unknown["gross"], unknown["unique"], unknown["steps"]) == (None, None, [])
    assert len(unknown["unknown"]) == 1
    assumed = rest.json("unique-reach/", segment=segment.key, population=1_000_000)
    assert (assumed["assumed"], assumed["population"]) == (True, 1_000_000)
    assert (assumed["gross"], assumed["unique"]["value"]) == (10_000, 10_000)
    campaign = make_campaign(brand, admin_user)
    empty = rest.json("audience-overlap/", campaign=campaign.key)
    assert (empty["platform"], empty["audiences"], empty["pairs"]) == (None, [], [])


def test_what_is_wrong_is_named(rest, brand, bakers):
    stranger = str(RelationshipFactory().creator.uid)
    for asked, codes in (
        ({}, ("one_of", "one_of", "one_of")),
        ({"segment": "nobody"}, ("unknown_segment",)),
        ({"campaign": "nobody"}, ("unknown_campaign",)),
        ({"creators": f"{bakers[0]},{stranger}"}, ("unknown_creator",)),
        ({"creators": "me"}, ("invalid",)),
        ({"creators": bakers[0], "platform": "myspace"}, ("unknown_platform",)),
        ({"creators": bakers[0], "basis": "luck"}, ("invalid_choice",)),
        ({"creators": bakers[0], "population": "9"}, ("unknown_parameter",)),
    ):
        assert_problem(rest.get("audience-overlap/", **asked), 400, *codes)
    assert_problem(rest.get("unique-reach/", creators=bakers[0], population=0), 400, "min_value")
    segment = make_segment(brand)
    both = rest.get("unique-reach/", creators=bakers[0], segment=segment.key)
    body = assert_problem(both, 400, "one_of", "one_of")
    assert [fault["pointer"] for fault in body["errors"]] == ["?segment", "?creators"]
