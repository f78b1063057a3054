"""Packs and tier schemes over REST."""

from __future__ import annotations

import pytest

from crm.models import Tier
from segmentation.facts.refresh import refresh_facts
from segmentation.models import Segment
from segmentation.services.packs import files as pack_files
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import make_creator

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest(brand, strategist):
    return rest_as(strategist, brand)


def test_list_preview_install_adopt(rest, brand):
    packs = {row["key"]: row for row in rest.json("packs/")["results"]}
    assert set(packs) == set(pack_files.names())
    assert packs["risk"]["installed"] is None
    preview = rest.json("packs/size_glossary_4/")
    assert preview["adds_dimension"] is True
    assert {row["state"] for row in preview["segments"]} == {"new"}
    dry = rest.send("POST", "packs/size_glossary_4:install", {"dry_run": True})
    assert dry.json() == preview
    assert not Segment.objects.exists()

    installed = rest.send("POST", "packs/size_glossary_4:install", {}).json()
    assert {row["state"] for row in installed["segments"]} == {"same"}
    assert Segment.objects.count() == 4
    rest.send("POST", "packs/size_glossary_4:install", {})
    assert Segment.objects.count() == 4
    [shown] = [row for row in rest.json("packs/")["results"] if row["installed"]]
    assert (shown["installed"], shown["segments"]) == ("size_glossary_4 v1", 4)

    Tier.objects.filter(scheme__key="glossary_4", key="nano").update(low=2_000)
    nano = rest.json("packs/size_glossary_4/")["segments"][0]
    assert (nano["state"], nano["rule_text"], nano["rule_text_in_use"]) == (
        "newer",
        "followers >= 2000\nand followers < 10_000",
        "followers >= 1000\nand followers < 10_000",
    )
    sent = {"segments": ["size4-nano"], "reason": "New bounds"}
    adopted = rest.send("POST", "packs/size_glossary_4:adopt", sent).json()
    assert adopted["segments"][0]["state"] == "same"
    again = rest.send("POST", "packs/size_glossary_4:adopt", sent)
    assert_problem(again, 400, "invalid", at="/segments")


def test_what_is_refused(rest, brand, analyst):
    assert_problem(rest.get("packs/nothing/"), 404)
    assert_problem(rest.send("POST", "packs/nothing:install", {}), 404)
    assert_problem(rest.send("POST", "packs/nothing:adopt", {"segments": ["a"]}), 404)
    assert_problem(rest.send("POST", "packs/risk:adopt", {"segments": []}), 400)
    strange = rest.send("POST", "packs/risk:adopt", {"segments": ["risk-low"]})
    assert_problem(strange, 400, "invalid", at="/segments")
    assert_problem(rest.send("POST", "packs/risk:install", {"name": "x"}), 400, "unknown_member")
    assert_problem(rest_as(analyst, brand).send("POST", "packs/risk:install", {}), 403)
    assert not Segment.objects.exists()


def test_tier_schemes_count_the_brands_creators(rest, brand, other_brand):
    for followers in (950, 5_000, None):
        make_creator(brand, followers=followers)
    make_creator(other_brand, followers=5_000)
    refresh_facts(brand=brand, as_of=NOW)
    schemes = {row["key"]: row for row in rest.json("tier-schemes/")["results"]}
    six = schemes["glossary_6"]
    assert (six["tiers"][0]["key"], six["tiers"][0]["creators"]) == ("nano", 1)
    assert (six["no_tier"], six["unknown"], six["near"], six["near_share"]) == (1, 1, 1, 0.5)
    assert schemes["captiv8"]["platform"] == "tiktok"
    assert rest.json("tier-schemes/", near=1)["results"][0]["near"] == 0
    assert_problem(rest.get("tier-schemes/", near="many"), 400)
    assert_problem(rest.get("tier-schemes/", near=99), 400)
