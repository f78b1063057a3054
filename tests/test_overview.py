"""The overview: each number leads to its list, in the order that suits the role."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from crm.choices import Role, Stage
from crm.overview import TILES, Asked, overview_of
from tests.campaigns.publishing.pieces import running
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def test_tiles_have_numbers_sources_and_ages(brand, manager, django_assert_max_num_queries):
    RelationshipFactory.create_batch(3, brand=brand, stage=Stage.CORE)
    running(brand, manager)
    asked = Asked(brand, manager, Role.MANAGER, NOW)
    parts = dict(overview_of(asked))
    assert [part.name for part in parts] == ["WORK", "BRAND", "SEGMENTS"]
    tiles = {tile.key: tile for found in parts.values() for tile in found}
    assert set(tiles) == {
        "stages", "campaigns", "payments", "concentration", "legal", "watch", "runs",
        "scorecards", "hygiene",
    }  # fmt: skip
    assert [(one.name, one.number) for one in tiles["stages"].figures] == [("Core partner", "3")]
    assert tiles["stages"].figures[0].url == "/acme/creators/?stage=core"
    assert [(one.name, one.number) for one in tiles["campaigns"].figures] == [("Active", "1")]
    assert {one.number for one in tiles["legal"].figures} == {"0"}
    assert all(tile.source and (tile.figures or tile.empty) for tile in tiles.values())
    assert [
        part.name for part, _tiles in overview_of(Asked(brand, manager, Role.ANALYST, NOW))
    ] == [
        "SEGMENTS",
        "BRAND",
        "WORK",
    ]


def test_it_costs_the_same_with_more(brand, manager, django_assert_num_queries):
    mel = logged_in(manager)
    url = reverse("crm:overview", args=["acme"])
    text = mel.get(url).content.decode()
    assert "Creators by stage" in text
    assert len(list(TILES)) == 9
    RelationshipFactory.create_batch(5, brand=brand)
    cache.clear()
    with django_assert_num_queries(27):
        mel.get(url)
    RelationshipFactory.create_batch(15, brand=brand)
    cache.clear()
    with django_assert_num_queries(27):
        mel.get(url)


def test_programs_get_the_tiles_of_their_scopes(brand, manager):
    RelationshipFactory.create_batch(3, brand=brand, stage=Stage.CORE)
    few = rest_as(manager, brand, ["relationships:read", "runs:read"]).json("overview/")
    assert [(one["key"], one["part"]) for one in few["tiles"]] == [
        ("stages", "brand"),
        ("runs", "segments"),
    ]
    assert few["tiles"][0]["figures"] == [
        {
            "name": "Core partner",
            "number": "3",
            "words": None,
            "is_bad": False,
            "url": "/acme/creators/?stage=core",
        }
    ]
    assert "payments" in few["left_out"]
    everything = rest_as(manager, brand).json("overview/")
    assert everything["left_out"] == []
    # Managers begin with what waits.
    assert everything["tiles"][0]["part"] == "work"
    assert len(everything["tiles"]) == len(list(TILES))
    assert_problem(rest_as(manager, brand, ["segments:read"]).get("overview/"), 403)
