"""Scorecards in the browser: the same numbers as the service, in words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from crm.models import AuditEntry
from segmentation.choices import ErrandStatus, SegmentStatus
from segmentation.models import Scorecard, ScorecardOrder, Segment
from segmentation.services import scorecard_orders, scorecards
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


@pytest.fixture
def computed(segment):
    """Scorecards of three quarters, as a run leaves them."""
    scorecards.refresh(brand_id=segment.brand_id, as_of=NOW, periods=["2026Q2", "2026Q3", "2026Q4"])


@pytest.mark.usefixtures("computed")
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
        answer = analyst_client.get(card_url(segment), {"period": "2003Q1"}, follow=True)
        assert "2003Q1 has nothing to measure: Acme knew no creator yet." in answer.content.decode()
        assert not ScorecardOrder.objects.exists()

    def test_not_for_outsiders(self, segment, outsider_client):
        assert outsider_client.get(card_url(segment)).status_code == 404
        assert outsider_client.get(index_url(segment.brand)).status_code == 404


class TestIndex:
    def test_empty(self, brand, analyst_client):
        shown = page(analyst_client, index_url(brand))
        assert "No segments yet" in shown

    def test_computed_by_a_worker_as_somebody_asks(self, segment, analyst_client):
        url, asked = index_url(segment.brand), {"period": "2026Q3"}
        shown = page(analyst_client, url, **asked)
        assert "Not computed yet for 2026Q3" in shown
        assert not ScorecardOrder.objects.exists()
        shown = analyst_client.post(url, asked, follow=True).content.decode()
        assert "The scorecards of 2026Q3 are being computed" in shown
        assert "Compute again" not in shown
        assert not Scorecard.objects.exists()
        assert analyst_client.get(url, asked, **HTMX).status_code == 204
        scorecard_orders.compute(order_id=ScorecardOrder.objects.get().pk, at=NOW)
        assert analyst_client.get(url, asked, **HTMX)["HX-Refresh"] == "true"
        shown = page(analyst_client, url, **asked)
        assert "3.50\u202f%" in shown
        assert "Not computed yet" not in shown
        assert "are being computed" not in shown
        assert "Not computed yet for 2026Q4" in page(analyst_client, url)
        [entry] = AuditEntry.objects.filter(verb="segmentation.scorecards.requested")
        assert entry.data == {"period": "2026Q3"}

    def test_computing_is_not_for_everybody(self, segment, manager_client):
        url = index_url(segment.brand)
        assert "Compute again" not in page(manager_client, url)
        assert manager_client.post(url, {"period": "2026Q3"}).status_code == 403
        assert not ScorecardOrder.objects.exists()

    def test_missing_numbers_say_why_in_two_words(self, segment, brand, analyst_client):
        few = make_segment(brand, "few")
        stay(few, segment.memberships.first().creator, moment(6, 1))
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        shown = page(analyst_client, index_url(brand), period="2026Q3")
        assert "too few (1)" in shown


class TestWaiting:
    """Nobody has computed the quarter: who looks at it has a worker asked."""

    def order(self):
        return ScorecardOrder.objects.get()

    def fail(self, monkeypatch):
        def broken(**_asked):
            raise ZeroDivisionError

        monkeypatch.setattr(scorecards, "measure", broken)
        with pytest.raises(ZeroDivisionError):
            scorecard_orders.compute(order_id=self.order().pk, at=NOW)

    def test_a_scorecard(self, segment, manager_client):
        url, asked = card_url(segment), {"period": "2026Q3"}
        shown = page(manager_client, url, **asked)
        assert "The scorecards of 2026Q3 are being computed" in shown
        assert "They explain things." in shown
        page(manager_client, url, **asked)
        assert (self.order().period, self.order().segment) == ("2026Q3", None)
        assert manager_client.get(url, asked, **HTMX).status_code == 204
        assert manager_client.get(url, asked | {"why": "size"}).status_code == 404
        scorecard_orders.compute(order_id=self.order().pk, at=NOW)
        assert manager_client.get(url, asked, **HTMX)["HX-Refresh"] == "true"
        assert "3.50\u202f%" in page(manager_client, url, **asked)

    def test_files_lead_to_where_one_waits(self, segment, manager_client):
        brand, url = segment.brand.slug, card_url(segment)
        for name, args in (("scorecard_export", ["csv"]), ("scorecard_pdf", [])):
            address = reverse(f"segmentation:{name}", args=[brand, segment.key, *args])
            answer = manager_client.get(address, {"period": "2026Q3"}, follow=True)
            assert answer.redirect_chain == [(f"{url}?period=2026Q3", 302)]
            assert "Take the file when they are there." in answer.content.decode()
        asked = f"period=2026Q3&segment={segment.key}"
        beside = reverse("segmentation:compare", args=[brand])
        for name, args in (("compare_export", ["csv"]), ("compare_pdf", [])):
            address = reverse(f"segmentation:{name}", args=[brand, *args])
            answer = manager_client.get(f"{address}?{asked}", follow=True)
            assert answer.redirect_chain == [(f"{beside}?{asked}", 302)]
            assert "are being computed" in answer.content.decode()
        assert manager_client.get(f"{beside}?{asked}", **HTMX).status_code == 204
        scorecard_orders.compute(order_id=self.order().pk, at=NOW)
        assert manager_client.get(f"{beside}?{asked}", **HTMX)["HX-Refresh"] == "true"
        assert "3.50\u202f%" in manager_client.get(f"{beside}?{asked}").content.decode()

    def test_an_old_one_is_shown_until_the_new_one_is_there(self, segment, manager_client):
        url = card_url(segment)
        two_days_ago = NOW - timedelta(days=2)
        scorecards.refresh(brand_id=segment.brand_id, as_of=two_days_ago, periods=["2026Q4"])
        shown = page(manager_client, url)
        assert "The quarter is running: 1 Oct 2026 to 20 Nov 2026" in shown
        assert "The scorecards of 2026Q4 are being computed" in shown
        scorecard_orders.compute(order_id=self.order().pk, at=NOW)
        shown = page(manager_client, url)
        assert "1 Oct 2026 to 22 Nov 2026" in shown
        assert "are being computed" not in shown

    def test_one_by_other_formulas_is_not_shown(self, segment, manager_client):
        scorecards.refresh(brand_id=segment.brand_id, as_of=NOW, periods=["2026Q3"])
        card = Scorecard.objects.get()
        card.metrics[0] |= {"formula": "size v0: something else", "value": 99}
        card.save()
        asked = {"period": "2026Q3"}
        assert "are being computed" in page(manager_client, card_url(segment), **asked)
        scorecard_orders.compute(order_id=self.order().pk, at=NOW)
        assert "3.50\u202f%" in page(manager_client, card_url(segment), **asked)

    def test_a_segment_that_is_not_in_use_is_computed_for_itself(self, segment, manager_client):
        Segment.objects.filter(pk=segment.pk).update(status=SegmentStatus.ARCHIVED)
        page(manager_client, card_url(segment), period="2026Q3")
        assert self.order().segment == segment
        scorecard_orders.compute(order_id=self.order().pk, at=NOW)
        assert "3.50\u202f%" in page(manager_client, card_url(segment), period="2026Q3")

    def test_what_failed_says_so_and_is_tried_again(
        self, segment, manager_client, analyst_client, monkeypatch
    ):
        asked = {"period": "2026Q3"}
        page(manager_client, card_url(segment), **asked)
        with monkeypatch.context() as patched:
            self.fail(patched)
        for url in (card_url(segment), index_url(segment.brand)):
            shown = page(manager_client, url, **asked)
            assert "The scorecards of 2026Q3 could not be computed" in shown
            assert "nothing was changed" in shown
            assert "Try again</button>" not in shown
            assert "Try again</button>" in page(analyst_client, url, **asked)
        assert self.order().status == ErrandStatus.FAILED
        analyst_client.post(index_url(segment.brand), asked)
        assert self.order().status == ErrandStatus.QUEUED
        with monkeypatch.context() as patched:
            self.fail(patched)
        ScorecardOrder.objects.update(requested_at=NOW - timedelta(minutes=16))
        assert "are being computed" in page(manager_client, card_url(segment), **asked)
        scorecards.refresh(brand_id=segment.brand_id, as_of=NOW, periods=["2026Q3"])
        ScorecardOrder.objects.update(status=ErrandStatus.FAILED, requested_at=NOW)
        Scorecard.objects.update(computed_at=NOW + timedelta(minutes=1))
        assert "could not" not in page(manager_client, index_url(segment.brand), **asked)


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
