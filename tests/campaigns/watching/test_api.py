"""The watch over REST says what its pages say."""

from __future__ import annotations

import pytest

from campaigns.models import PlatformWeek
from campaigns.selectors.watching.times import times_of
from tests.campaigns.watching.test_readings import measured, peers
from tests.factories import NOW
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


def test_an_alert_with_what_it_is_compared_with(brand, manager, ready, profile):
    peers(brand)
    found = measured(brand, ready, profile, 100)
    [row] = rest_as(manager, brand).json("post-alerts/")["results"]
    assert row["id"] == found.pk
    assert row["creator"] == str(ready.engagement.relationship.creator.uid)
    assert (row["rate"], row["usual"]) == (found.rate, found.usual)
    assert row["against_usual"] == pytest.approx(found.rate / found.usual - 1)
    assert (row["answer"], row["answered_at"], row["alone"]) == (None, None, None)


def test_weeks_of_platforms(brand, other_brand, manager):
    for of, change in ((brand, -0.2), (other_brand, 0.1)):
        PlatformWeek.objects.create(
            brand=of,
            platform_id="tiktok",
            week="2026-09-14",
            creators=40,
            posts=90,
            change=change,
            computed_at=NOW,
        )
    [row] = rest_as(manager, brand).json("platform-weeks/")["results"]
    assert row == {
        "id": PlatformWeek.objects.get(brand=brand).pk,
        "platform": "tiktok",
        "week": "2026-09-14",
        "creators": 40,
        "posts": 90,
        "change": -0.2,
        "low": None,
        "high": None,
        "is_shift": False,
        "state": "open",
        "reason": None,
    }


def test_hours_of_the_week(brand, manager):
    rows = rest_as(manager, brand).json("posting-times/", platform="tiktok")["results"]
    assert len(rows) == 7 * 8
    assert rows[0]["posts"] == 0
    assert rows[0]["better"] is None
    assert rows[0]["day"] == times_of(brand, NOW).days[0][0]
