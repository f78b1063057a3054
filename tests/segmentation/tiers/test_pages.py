"""Tier schemes side by side."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Creator, TierScheme
from segmentation.facts.refresh import refresh_facts
from segmentation.models import TierScorecards
from segmentation.selectors import tiers as selectors
from segmentation.services.tier_scorecards import compute
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.building import populate
from tests.segmentation.world import make_creator

pytestmark = pytest.mark.django_db

URL = "/acme/tiers/"


@pytest.fixture
def counted(brand):
    """Creators of known counts, as the last run found them."""
    for followers in (450, 950, 1_000, 4_999, 9_999, 10_500, 120_000, 2_000_000, None):
        make_creator(brand, followers=followers)
    Creator.objects.filter(profiles__snapshots__followers=120_000).update(is_celebrity=True)
    refresh_facts(brand=brand, as_of=NOW)
    return brand


def columns(brand, percent=10):
    found = selectors.schemes()
    crowd = selectors.read_crowd(brand, selectors.all_bounds(found, percent))
    return {one.scheme.key: one for one in selectors.columns(brand, found, crowd, percent)}, crowd


def sizes(column):
    return {row.tier.key: row.creators for row in column.rows if row.creators}


def test_each_scheme_over_the_same_creators(counted):
    found, crowd = columns(counted)
    assert crowd.total() == 9
    assert sizes(found["glossary_6"]) == {"nano": 3, "micro": 1, "mega": 1, "celebrity": 1}
    assert (found["glossary_6"].no_tier, found["glossary_6"].unknown) == (2, 1)
    assert sizes(found["glossary_4"]) == {"nano": 3, "micro": 1, "macro": 1, "mega": 1}
    assert sizes(found["harvard_media"]) == {
        "nano": 1,
        "micro": 2,
        "mid": 1,
        "macro": 1,
        "all-star": 2,
    }
    assert sizes(found["tagger"]) == {
        "micro-3": 4,
        "micro-2": 1,
        "micro-1": 1,
        "mid-3": 1,
        "macro-3": 1,
    }
    assert found["later_fohr"].no_tier == 0
    assert sizes(found["captiv8"]) == {"all-star": 1}
    assert found["captiv8"].scheme.platform.name == "TikTok"


def test_who_is_near_a_border(counted):
    found, _ = columns(counted)
    six = found["glossary_6"]
    # 950, 1,000, 9,999 and 10,500 lie within 10 % of a border; 4,999 does not, and a celebrity is
    # one whatever the count.
    assert six.near == 4
    assert six.near_share == pytest.approx(4 / 7)
    assert [(one.bound, one.below, one.above) for one in six.borders if one.creators] == [
        (1_000, 1, 1),
        (10_000, 1, 1),
    ]
    assert columns(counted, percent=5)[0]["glossary_6"].near == 3
    # Harvard Media has borders at 500 and 5,000, too: 450 and 4,999 are just below.
    assert columns(counted)[0]["harvard_media"].near == 6


def test_every_count_agrees_with_one_by_hand(brand):
    people = populate(brand, 400)
    refresh_facts(brand=brand, as_of=NOW)
    found, crowd = columns(brand)
    assert crowd.total() == 400
    for column in found.values():
        for row in column.rows:
            low, high = row.tier.low, row.tier.high
            if low is None and high is None:
                expected = sum(bool(one.celebrity) for one in people)
            else:
                has_flag = column.scheme.key == "glossary_6"
                expected = sum(
                    one.most_followers is not None
                    and (low or 0) <= one.most_followers < (high or 10**15)
                    and not (has_flag and one.celebrity)
                    for one in people
                )
            assert row.creators == expected, (column.scheme.key, row.tier.key)
        rest = column.no_tier + column.unknown
        assert sum(row.creators for row in column.rows) + rest == 400


def test_two_schemes_cross(counted):
    _, crowd = columns(counted)
    by_key = {one.key: one for one in selectors.schemes()}
    table = selectors.cross(by_key["glossary_4"], by_key["harvard_media"], crowd)
    assert table.columns == [
        "Nano",
        "Micro",
        "Mid-tier",
        "Macro",
        "All-star",
        "In no tier",
        "Followers not known",
    ]
    assert table.rows == [
        ("Nano", [0, 2, 1, 0, 0, 0, 0], 3),
        ("Micro", [0, 0, 0, 1, 0, 0, 0], 1),
        ("Macro", [0, 0, 0, 0, 1, 0, 0], 1),
        ("Mega", [0, 0, 0, 0, 1, 0, 0], 1),
        ("In no tier", [1, 0, 0, 0, 0, 1, 0], 2),
        ("Followers not known", [0, 0, 0, 0, 0, 0, 1], 1),
    ]


def test_the_page_and_its_scorecards(counted, analyst_client, manager_client):
    shown = analyst_client.get(URL, {"scheme": "glossary_6", "other": "tagger"}).content.decode()
    assert "Glossary, six tiers against Sprout Social (Tagger), nine tiers" in shown
    assert "HypeAuditor, its older five tiers. Market: not named." in shown
    assert "Not computed yet for" in shown
    sent = {"scheme": "glossary_6", "period": "2026Q3"}
    assert manager_client.post(URL, sent).status_code == 403
    assert not TierScorecards.objects.exists()

    answer = analyst_client.post(URL, sent)
    assert answer["Location"].startswith(f"{URL}?scheme=glossary_6&period=2026Q3")
    assert "are being computed" in analyst_client.get(URL, sent).content.decode()
    htmx = {"headers": {"HX-Request": "true"}}
    assert "<html" not in analyst_client.get(URL, sent, **htmx).content.decode()
    compute(scorecards_id=TierScorecards.objects.get().pk, at=timezone.now())
    assert analyst_client.get(URL, sent, **htmx)["HX-Refresh"] == "true"
    shown = analyst_client.get(URL, sent).content.decode()
    assert "Computed <time" in shown
    assert "The source says 8% to 15%; too little is measured to compare." in shown


@pytest.mark.parametrize("period", ["2026", "2999Q1", "\x00"])
def test_a_quarter_that_there_is_not(brand, analyst_client, period):
    for answer in (
        analyst_client.get(URL, {"period": period}, follow=True),
        analyst_client.post(URL, {"period": period}, follow=True),
    ):
        assert answer.redirect_chain or "is not a quarter" in answer.content.decode()
    assert not TierScorecards.objects.exists()


def test_odd_choices_fall_back(brand, analyst_client):
    odd = {"scheme": "nothing", "other": "x", "near": "37"}
    assert "No facts yet" in analyst_client.get(URL, odd).content.decode()


def test_not_for_outsiders(counted, outsider_client):
    assert outsider_client.get(URL).status_code == 404
    assert outsider_client.post(URL, {"scheme": "glossary_6"}).status_code == 404
    assert not TierScorecards.objects.exists()


def test_without_any_scheme(brand, analyst_client):
    brand.tier_scheme = None
    brand.save()
    TierScheme.objects.all().delete()
    assert analyst_client.get(URL).status_code == 200
    assert analyst_client.post(URL, {"period": "2026Q3"}).status_code in {302, 200}
    assert not TierScorecards.objects.exists()


def test_statements_do_not_grow_with_creators(counted, analyst_client):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert analyst_client.get(URL).status_code == 200
        return len(queries)

    few = count()
    populate(counted, 300)
    refresh_facts(brand=counted, as_of=NOW)
    assert count() == few


def test_rest_has_a_quarter_computed_by_a_scheme(counted, other_brand, analyst, outsider):
    rest = rest_as(analyst, counted)
    for wrong, pointer, code in (
        ({"scheme": "nothing", "period": "2026Q3"}, "/scheme", "does_not_exist"),
        ({"scheme": "glossary_6", "period": "2026Q7"}, "/period", "bad_period"),
    ):
        [fault] = assert_problem(rest.send("POST", "tier-scorecards/", wrong), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    body = {"scheme": "glossary_6", "period": "2026Q3"}
    answer = rest.send("POST", "tier-scorecards/", body)
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["tiers"]) == ("queued", [])
    asked = TierScorecards.objects.get()
    assert answer["Location"].endswith(f"/api/v1/tier-scorecards/{asked.pk}/")
    compute(scorecards_id=asked.pk, at=timezone.now())
    shown = rest.json(f"tier-scorecards/{asked.pk}/")
    assert shown["status"] == "done"
    assert [tier["key"] for tier in shown["tiers"]][:2] == ["nano", "micro"]
    assert shown["tiers"][0]["metrics"][0]["key"]
    [row] = rest.json("tier-scorecards/")["results"]
    assert row == {name: value for name, value in shown.items() if name != "tiers"}
    elsewhere = rest_as(outsider, other_brand)
    assert elsewhere.json("tier-scorecards/")["results"] == []
    assert_problem(elsewhere.get(f"tier-scorecards/{asked.pk}/"), 404)
