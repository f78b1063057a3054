"""The drift page: days, stored reports, what it says, and who may do what."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from segmentation.choices import ErrandStatus
from segmentation.models import Dimension, DriftReport
from segmentation.services.drift import compute_report
from tests.factories import MetricSnapshotFactory
from tests.segmentation.world import crowd, make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db

URL = "/acme/drift/"
DAYS = {"since": "2026-06-30", "until": "2026-09-30"}
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def sizes(brand):
    """Two segments of one dimension; of 24 creators, 6 went from small to large."""
    small, large = (make_segment(brand, key, dimension="size") for key in ("small", "large"))
    Dimension.objects.update(is_exclusive=True)
    for number in range(24):
        creator = make_creator(brand, followers=1_000 + number)
        profile = creator.profiles.first()
        MetricSnapshotFactory(profile=profile, followers=3_000 + number, captured_at=moment(8, 1))
        if number < 6:
            stay(small, creator, moment(2, 1), moment(8, 1))
            stay(large, creator, moment(8, 1))
        else:
            stay(small, creator, moment(2, 1))
    return small, large


def page(client, **query):
    response = client.get(URL, query or DAYS)
    assert response.status_code == 200
    return response.content.decode()


def computed(client):
    assert client.post(URL, DAYS).status_code == 302
    report = DriftReport.objects.get()
    compute_report(report_id=report.pk, at=timezone.now())
    return report


def test_nothing_computed_yet_says_who_can(brand, analyst_client, manager_client):
    shown = page(analyst_client)
    assert "Not computed yet" in shown
    assert "Compute it" in shown
    assert "A strategist, an analyst or an admin can have it computed." in page(manager_client)
    assert manager_client.post(URL, DAYS).status_code == 403
    assert not DriftReport.objects.exists()


def test_asked_for_then_waited_for_then_shown(sizes, analyst_client):
    answer = analyst_client.post(URL, DAYS)
    assert answer["Location"] == f"{URL}?since=2026-06-30&until=2026-09-30"
    shown = page(analyst_client)
    assert "is being computed" in shown
    assert 'hx-trigger="every 2s"' in shown
    waiting = analyst_client.get(URL, DAYS, **HTMX)
    assert "<html" not in waiting.content.decode()
    compute_report(report_id=DriftReport.objects.get().pk, at=timezone.now())
    assert analyst_client.get(URL, DAYS, **HTMX)["HX-Refresh"] == "true"
    shown = page(analyst_client)
    assert "is being computed" not in shown
    assert "Content role: who went where" in shown
    # 6 of 24 are 25 %, above the limit of 20 %.
    assert "25.0\u202f%" in shown
    assert "above 20&#8239;%" in shown
    chart = json.loads(re.search(r'<script id="flows-data"[^>]*>(.*?)</script>', shown)[1])
    assert chart["type"] == "sankey"
    assert {(one["source"], one["target"], one["value"]) for one in chart["links"]} == {
        ("then small", "now small", 18),
        ("then small", "now large", 6),
    }
    assert [one["name"] for one in chart["nodes"]] == ["then small", "now large", "now small"]
    assert "Higher: the creator in the middle went from 1,012 to 3,012." in shown


def test_the_days_must_be_in_order(brand, analyst_client):
    shown = page(analyst_client, since="2026-09-30", until="2026-06-30")
    assert "Choose a day later than the first." in shown
    answer = analyst_client.post(URL, {"since": "2026-09-30", "until": "2999-01-01"})
    assert answer.status_code == 422
    assert "has not come yet" in answer.content.decode()
    for bad in ("x", "2026-13-01", "\x00"):
        assert "Enter a valid date" in page(analyst_client, since=bad, until="2026-06-30")
    assert not DriftReport.objects.exists()


def test_a_failure_is_told(sizes, analyst_client):
    report = computed(analyst_client)
    DriftReport.objects.filter(pk=report.pk).update(
        status=ErrandStatus.FAILED, error="The computation stopped."
    )
    shown = page(analyst_client)
    assert "The computation stopped." in shown
    assert "Share that moved" in shown


def test_the_limit_of_a_dimension(sizes, strategist_client, analyst_client):
    computed(strategist_client)
    assert "Alert when a single run moves more than" in page(strategist_client)
    assert "Alert when a single run moves more than" not in page(analyst_client)
    answer = strategist_client.post(f"{URL}size/limit/", {"percent": "35"}, follow=True)
    assert "a run that moves more than 35 % raises an alert" in answer.content.decode()
    assert Dimension.objects.get().drift_alert_percent == 35
    strategist_client.post(f"{URL}size/limit/", {"percent": "many"})
    assert analyst_client.post(f"{URL}size/limit/", {"percent": "1"}).status_code == 403
    assert Dimension.objects.get().drift_alert_percent == 35


def test_not_for_outsiders(sizes, outsider_client, analyst_client):
    computed(analyst_client)
    assert outsider_client.get(URL, DAYS).status_code == 404
    assert outsider_client.post(URL, DAYS).status_code == 404


def test_statements_do_not_grow_with_creators(sizes, analyst_client):
    def count():
        computed(analyst_client)
        with CaptureQueriesContext(connection) as queries:
            page(analyst_client)
        return len(queries)

    few = count()
    crowd(sizes[0], 2_000)
    assert count() == few
