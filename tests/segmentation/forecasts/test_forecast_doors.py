"""Forecasts in the browser, as a file and over REST."""

from __future__ import annotations

import statistics

import pytest
from django.urls import reverse

from crm.models import Brand, Relationship
from segmentation.models import CampaignForecast, CreatorForecast, ForecastModel
from segmentation.selectors import segment_forecasts
from segmentation.selectors.forecast_plan import MEASURES
from segmentation.services import runs
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.rest import assert_problem, rest_as
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.forecasts.building import learned, posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, brand, admin_user):
    client.force_login(admin_user)

    def ask(name, *args, data=None):
        address = reverse(f"segmentation:{name}", args=[brand.slug, *args])
        return client.get(address) if data is None else client.post(address, data)

    return ask


@pytest.fixture
def campaign(brand: Brand, admin_user):
    people = posting(brand)
    learned(brand)
    made = make_campaign(brand, admin_user)
    for one in people[:3]:
        engage(made, relationship=one)
    return made


def test_pages_before_anything_is_learned_say_so(page, brand, admin_user):
    made = make_campaign(brand, admin_user)
    person = posting(brand, count=1)[0]
    assert "Nothing is learned yet" in page("forecasts").content.decode()
    assert "Nothing is forecast yet" in page("campaign_forecast", made.key).content.decode()
    assert (
        "Nothing is learned yet" in page("creator_forecasts", person.creator.uid).content.decode()
    )
    assert page("campaign_forecast_export", made.key, "csv").status_code == 404
    learned(brand)
    assert "Too little is known" in page("forecasts").content.decode()
    words = page("creator_forecasts", person.creator.uid).content.decode()
    assert "too little is known to forecast" in words


def test_somebody_asks_for_forecasts_with_other_intervals(page, brand):
    answer = page("forecasts", data={"level": "90"})
    assert answer.status_code == 302
    assert ForecastModel.objects.get().level == 0.9
    assert page("forecasts", data={"level": "99"}).status_code == 422
    words = page("forecasts", data={"level": "70"}).content.decode()
    assert "being learned just now" in words


def test_a_campaign_page_adds_up_keeps_and_exports(page, campaign):
    words = page("campaign_forecast", campaign.key).content.decode()
    # On phones a cell is told by its label, also where nothing is known.
    lines = words[words.index('id="lines-title"') :]
    assert {lines.count(f'data-label="{measure.label}"') for measure in MEASURES} == {
        lines.count('data-label="Pieces"')
    }
    assert "What it will bring" in words
    assert "Nobody planned pieces of 3 creators" in words
    page("campaign_forecast_keep", campaign.key, data={})
    assert CampaignForecast.objects.get().result["creators"] == 3
    words = page("campaign_forecast", campaign.key).content.decode()
    assert "Nothing has come yet" in words
    file = b"".join(page("campaign_forecast_export", campaign.key, "csv").streaming_content)
    lines = file.decode().splitlines()
    assert len(lines) == 4
    assert lines[0].lstrip("\ufeff").startswith("creator,platform,pieces,pieces are assumed,")


def test_parts_of_a_creator_and_a_segment(page, campaign, brand):
    person = Relationship.objects.filter(brand=brand).order_by("pk")[0]
    words = page("creator_forecasts", person.creator.uid).content.decode()
    assert "For their followers" in words
    assert "It rests on 4 of their own pieces" in words
    segment = segment_of(dimension_of(brand), "big", "followers >= 10")
    words = page("segment_forecasts", segment.key).content.decode()
    assert "fewer than five members have a forecast" in words


def test_members_of_a_segment(
    page, campaign, brand, admin_user, other_brand, outsider, monkeypatch
):
    rest = rest_as(admin_user, brand)
    segment = segment_of(dimension_of(brand), "big", "stage is prospect")
    assert rest.json("segments/big/forecasts/")["results"] == []
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    assert runs.execute_run(run_id=run.pk, at=NOW).status == "applied"
    told = rest.json("segments/big/forecasts/")["results"]
    assert {one["measure"] for one in told} == {"engagements", "views"}
    trials = {
        one["measure"]: (one["trial"]["factor"], one["trial"]["held"])
        for one in ForecastModel.objects.get(brand=brand).result["parts"]
    }
    for one in told:
        # All 40 members, also those without a post of their own.
        assert (one["platform"], one["currency"], one["members"]) == ("instagram", None, 40)
        assert one["low"] < one["middle"] < one["high"]
        assert (one["version"], one["as_of"]) == (1, NOW.isoformat().replace("+00:00", "Z"))
        assert (one["typical_factor"], one["interval_held"]) == trials[one["measure"]]
    views = CreatorForecast.objects.filter(measure="views").values_list("middle", flat=True)
    [of_views] = [one for one in told if one["measure"] == "views"]
    assert of_views["middle"] == pytest.approx(statistics.median(views))
    # One piece of each: more than the middles together, since a hit lies farther off than a flop,
    # and surer than one piece is.
    together = of_views["together"]
    assert sum(views) < together["middle"] < 1.5 * sum(views)
    assert 1.05 < together["high"] / together["low"] < 2
    assert together["level"] == 0.8
    assert rest.json(f"segments/{segment.pk}/forecasts/")["results"] == told
    words = page("segment_forecasts", "big").content.decode()
    assert words.count("one piece is typically off by") == 2
    monkeypatch.setattr(segment_forecasts, "MOST", 39)
    assert {one["together"] for one in rest.json("segments/big/forecasts/")["results"]} == {None}
    words = page("segment_forecasts", "big").content.decode()
    assert "more than 39 are not added up" in words
    assert_problem(rest.get("segments/small/forecasts/"), 404)
    assert_problem(rest_as(outsider, other_brand).get("segments/big/forecasts/"), 404)


def test_rest(campaign, brand, admin_user):
    rest = rest_as(admin_user, brand)
    told = rest.json(f"campaigns/{campaign.key}/forecast/")
    views = next(one for one in told["totals"] if one["measure"] == "views")
    assert views["low"] < views["middle"] < views["high"]
    orders = next(one for one in told["totals"] if one["measure"] == "orders")
    assert (orders["middle"], orders["reason_if_absent"]) == (
        None,
        "Nothing of it was ever counted.",
    )
    kept = rest.send("POST", f"campaigns/{campaign.key}/forecast:keep", {})
    assert (kept.status_code, kept.json()["outcomes"]) == (201, [])
    uid = told["lines"][0]["creator"]
    (engagements, views) = rest.json(f"creators/{uid}/forecasts/")["results"]
    assert {engagements["measure"], views["measure"]} == {"engagements", "views"}
    asked = rest.send("POST", "forecast-models/", {"level": 0.7})
    assert (asked.status_code, asked.json()["number"]) == (202, 2)
    refused = rest.send("POST", "forecast-models/", {"level": 0.6})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "under_way")
    wrong = rest.send("POST", "forecast-models/", {"level": 2})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/level")
    assert [one["number"] for one in rest.json("forecast-models/")["results"]] == [1, 2]
    assert rest.json("forecast-models/1/")["as_of"] == NOW.isoformat().replace("+00:00", "Z")
