"""Library and rights over REST: the same answers as on the page."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.models import AssetUse
from crm.choices import Role
from tests.campaigns.rights.worlds import asset_of, engagement_of, give
from tests.factories import BrandFactory
from tests.people import person
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand():
    return BrandFactory(timezone="Europe/Copenhagen")


@pytest.fixture
def rest(brand):
    return rest_as(person(brand, Role.MANAGER), brand)


@pytest.fixture
def world(brand):
    engagement = engagement_of(brand)
    right = give(
        engagement, territory=("DK",), starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
    )
    return right, asset_of(engagement), asset_of(brand=brand)


def test_may_it_be_used(rest, world):
    right, mine, loose = world

    yes = rest.json(f"assets/{mine.pk}:may-use", usage="paid", territory="Denmark", on="2026-06-30")
    no = rest.json(f"assets/{mine.pk}:may-use", usage="paid", territory="DK", on="2026-07-01")
    unknown = rest.json(f"assets/{loose.pk}:may-use")

    assert yes == {
        "asset": mine.pk,
        "usage": "paid",
        "territory": ["DK"],
        "channel": None,
        "on": "2026-06-30",
        "until_asked": None,
        "verdict": "yes",
        "reasons": [
            (
                "Paid use in Denmark on all channels from 1 January 2026 until 30 June 2026 "
                "(Contract 12)"
            )
        ],
        "rights": [right.pk],
        "until": "2026-06-30",
        "is_endless": False,
        "todo": None,
        "heed": ["Nothing was said about cutting or changing it: ask first."],
    }
    assert (no["verdict"], no["until"]) == ("no", None)
    assert no["todo"].endswith("for paid use again: the right ended on 30 June 2026.")
    assert (unknown["verdict"], unknown["usage"]) == ("unknown", "organic")


def test_many_at_once_and_none_of_another_brand(rest, world):
    _right, mine, loose = world
    foreign = asset_of(brand=BrandFactory())

    found = rest.json(
        "rights:query",
        assets=f"{mine.pk},{loose.pk},{foreign.pk}",
        usage="paid",
        territory="DK",
        on="2026-03-01",
    )["results"]

    assert [(one["asset"], one["verdict"]) for one in found] == [
        (mine.pk, "yes"),
        (loose.pk, "unknown"),
    ]


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"usage": "theft"}, "?usage"),
        ({"territory": "Atlantis"}, "?territory"),
        ({"channel": "moon"}, "?channel"),
        ({"on": "2026-02-30"}, "?on"),
        ({"on": "2026-02-02", "until": "2026-02-01"}, "?until"),
        ({"country": "DK"}, "?country"),
    ],
)
def test_a_question_that_cannot_be_read_is_named(rest, world, params, pointer):
    body = assert_problem(rest.get(f"assets/{world[1].pk}:may-use", **params), 400)
    assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_the_library_and_its_filters(rest, world):
    _right, mine, loose = world

    assert [row["id"] for row in rest.json("assets/")["results"]] == [mine.pk, loose.pk]
    assert [row["id"] for row in rest.json("assets/", rights="unknown")["results"]] == [loose.pk]
    item = rest.json(f"assets/{mine.pk}/")
    assert (item["kind"], item["campaign"], item["ai_use"]) == (
        "image",
        mine.engagement.campaign.key,
        None,
    )
    assert_problem(rest.get("assets/999999/"), 404)


def test_a_use_is_written_down_and_outside_of_the_rights_takes_a_reason(rest, world):
    _right, mine, _loose = world
    said = {"usage": "paid", "channel": "website", "territory": "DK", "starts_on": "2026-02-01"}

    fine = rest.send("POST", f"assets/{mine.pk}:use", said | {"ends_on": "2026-06-30"})
    refused = rest.send("POST", f"assets/{mine.pk}:use", said | {"ends_on": "2026-07-01"})

    assert fine.status_code == 201
    assert (fine.json()["verdict"], fine.json()["reason"]) == ("yes", None)
    body = assert_problem(refused, 409)
    assert body["errors"][0]["code"] == "reason_needed"
    assert AssetUse.objects.count() == 1
    why = said | {"ends_on": "2026-07-01", "reason": "They said yes by phone"}
    assert rest.send("POST", f"assets/{mine.pk}:use", why).status_code == 201
    assert [row["verdict"] for row in rest.json("asset-uses/")["results"]] == ["yes", "no"]
    wrong = assert_problem(
        rest.send("POST", f"assets/{mine.pk}:use", said | {"territory": ""}), 400
    )
    assert wrong["errors"][0]["pointer"] == "/territory"


def test_rights_are_listed_and_taken_back(rest, world):
    right, _mine, _loose = world

    [row] = rest.json("rights/", usage="paid", is_revoked="false")["results"]
    assert (row["id"], row["territory"], row["ends_on"]) == (right.pk, ["DK"], "2026-06-30")
    answer = rest.send(
        "POST", f"rights/{right.pk}:revoke", {"on": "2026-03-01", "reason": "Quarrel"}
    )
    assert (answer.status_code, answer.json()["revoked_on"]) == (200, "2026-03-01")
    again = {"on": "2026-03-01", "reason": "Quarrel"}
    assert_problem(rest.send("POST", f"rights/{right.pk}:revoke", again), 409)
    assert rest.json("rights/", is_revoked="false")["results"] == []


def test_of_another_brand_nothing_is_there(rest):
    foreign = asset_of(brand=BrandFactory())
    right = give(foreign)

    for path in (f"assets/{foreign.pk}/", f"assets/{foreign.pk}:may-use", f"rights/{right.pk}/"):
        assert_problem(rest.get(path), 404)
    body = {"on": "2027-01-01", "reason": "x"}
    assert_problem(rest.send("POST", f"rights/{right.pk}:revoke", body), 404)
    right.refresh_from_db()
    assert right.revoked_at is None
