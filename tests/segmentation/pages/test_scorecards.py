"""Scorecards in the browser: the same numbers as the service, in words."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from segmentation.models import Scorecard
from segmentation.services import scorecards
from tests.factories import NOW
from tests.segmentation.world import crowd, make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def index_url(brand):
    return reverse("segmentation:scorecards", args=[brand.slug])


def card_url(segment):
    return reverse("segmentation:scorecard", args=[segment.brand.slug, segment.key])


def page(client, url, **data):
    response = client.get(url, data)
    assert response.status_code == 200
    return response.content.decode()


def embedded(shown, name):
    """The data that a chart is drawn from."""
    start = shown.index(f'<script id="{name}" type="application/json">')
    start = shown.index(">", start) + 1
    return json.loads(shown[start : shown.index("</script>", start)])


@pytest.fixture
def segment(brand):
    """Six members since June with posts of 1 to 6 % in August; two other creators of 20 %."""
    made = make_segment(brand, purpose="They explain things.", primary_kpi="engagement rate")
    for n in range(1, 7):
        creator = make_creator(brand, stage="core" if n > 3 else "prospect")
        stay(made, creator, moment(6, 1))
        post(creator, moment(8, 1), followers_at_post=1_000, likes=10 * n)
    for _ in range(2):
        post(make_creator(brand), moment(8, 1), followers_at_post=1_000, likes=200)
    return made


class TestScorecard:
    def test_the_numbers_of_the_service_in_words(self, segment, analyst_client):
        shown = page(analyst_client, card_url(segment), period="2026Q3")
        card = scorecards.get(segment=segment, period="2026Q3", as_of=NOW)
        cell = next(c for c in card.metrics if c["key"] == "engagement_rate_followers")
        assert cell["value"] == pytest.approx(0.035)
        assert "3.50\u202f%" in shown
        low, high = cell["interval"]["low"], cell["interval"]["high"]
        assert f"{low * 100:.2f}\u202f% to {high * 100:.2f}\u202f%" in shown
        assert "6 posts of 6 creators" in shown
        assert "7.62\u202f%" in shown
        assert "They explain things." in shown
        assert "counted, not estimated" in shown

    def test_reasons_stand_where_numbers_are_missing(self, segment, analyst_client):
        shown = page(analyst_client, card_url(segment), period="2026Q2")
        assert "No post was given that was published while its creator was a member" in shown

    def test_charts_have_their_data_and_tables(self, segment, analyst_client):
        page(analyst_client, card_url(segment), period="2026Q2")
        shown = page(analyst_client, card_url(segment), period="2026Q3")
        # The KPIs of a segment for which nobody chose: what its purpose asks for, then the usual.
        names = [embedded(shown, f"trend-{n}")["series"][0]["name"] for n in range(5)]
        assert names == ["This segment"] * 5
        rates = embedded(shown, "trend-2")
        assert rates["x"] == ["2026Q2", "2026Q3"]
        assert rates["series"][0]["data"] == [None, pytest.approx(0.035)]
        assert rates["series"][0]["low"][0] is None
        assert embedded(shown, "trend-4")["series"][0]["data"] == [6, 6]
        stages = embedded(shown, "stages-data")
        assert stages["x"][:3] == ["Prospect", "First-time partner", "Core partner"]
        assert stages["series"][0]["data"][:3] == [0.5, 0.0, 0.5]
        assert stages["series"][1]["data"][:3] == [0.625, 0.0, 0.375]
        assert shown.count("<details") >= 3

    def test_the_current_quarter_is_running(self, segment, analyst_client):
        assert "The quarter is running:" in page(analyst_client, card_url(segment))

    def test_why_each_number(self, segment, analyst_client):
        url = card_url(segment)
        shown = page(analyst_client, url, period="2026Q3", why="engagement_rate_followers")
        assert "engagement_rate_followers v2: (likes + comments" in shown
        assert "Log-ratio by creator" in shown
        assert "neither likes nor comments known: 0" in shown
        panel = analyst_client.get(
            url, {"period": "2026Q3", "why": "stage_share:core"}, **HTMX
        ).content.decode()
        assert "<html" not in panel
        assert "Core partner, 2026Q3" in panel
        for key in ("size", "joiners", "leavers", "posting_frequency"):
            page(analyst_client, url, period="2026Q3", why=key)
        assert analyst_client.get(url, {"why": "no_such"}).status_code == 404

    @pytest.mark.parametrize(
        ("period", "words"),
        [
            ("2026", "is not a quarter; write it as 2026Q3."),
            ("2026Q3\x00", "is not a quarter"),
            ("2999Q1", "2999Q1 has not begun"),
        ],
    )
    def test_periods_that_there_are_not(self, segment, analyst_client, period, words):
        for url in (card_url(segment), index_url(segment.brand)):
            response = analyst_client.get(url, {"period": period}, follow=True)
            assert response.redirect_chain
            assert words in response.content.decode()

    def test_a_period_before_anything(self, segment, analyst_client):
        shown = page(analyst_client, card_url(segment), period="2003Q1")
        assert "Nobody was a member in this period." in shown
        assert "Nothing is known about it in this period." in shown

    def test_not_for_outsiders(self, segment, outsider_client):
        assert outsider_client.get(card_url(segment)).status_code == 404
        assert outsider_client.get(index_url(segment.brand)).status_code == 404
        assert not Scorecard.objects.exists()


class TestIndex:
    def test_empty(self, brand, analyst_client):
        shown = page(analyst_client, index_url(brand))
        assert "No segments yet" in shown

    def test_not_computed_yet_then_computed_on_demand(self, segment, analyst_client):
        shown = page(analyst_client, index_url(segment.brand), period="2026Q3")
        assert "Not computed yet for 2026Q3" in shown
        assert not Scorecard.objects.exists()
        response = analyst_client.post(index_url(segment.brand), {"period": "2026Q3"}, follow=True)
        shown = response.content.decode()
        assert "1 scorecards of 2026Q3 were computed." in shown
        assert "3.50\u202f%" in shown
        assert "Not computed yet" not in shown
        shown = page(analyst_client, index_url(segment.brand))
        assert "Not computed yet for 2026Q4" in shown

    def test_computing_is_not_for_everybody(self, segment, manager_client):
        url = index_url(segment.brand)
        assert "Compute again" not in page(manager_client, url)
        assert manager_client.post(url, {"period": "2026Q3"}).status_code == 403
        assert not Scorecard.objects.exists()

    def test_missing_numbers_say_why_in_two_words(self, segment, brand, analyst_client):
        few = make_segment(brand, "few")
        stay(few, segment.memberships.first().creator, moment(6, 1))
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        shown = page(analyst_client, index_url(brand), period="2026Q3")
        assert "too few (1)" in shown


def test_queries_do_not_grow_with_creators(segment, analyst_client, count_queries):
    brand = segment.brand
    urls = [index_url(brand), card_url(segment)]

    def counts():
        scorecards.refresh(brand_id=brand.pk, as_of=NOW)
        return [count_queries(lambda url=url: page(analyst_client, url)) for url in urls]

    crowd(segment, 100)
    few = counts()
    crowd(segment, 900)
    assert counts() == few
    scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
    assert "1,006" in page(analyst_client, card_url(segment), period="2026Q3")
