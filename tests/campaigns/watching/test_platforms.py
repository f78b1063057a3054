"""Whether a whole platform moved, told apart from what single creators did."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import exp, log

import pytest

from campaigns.choices import ShiftState
from campaigns.experiments.medians import median_with_interval
from campaigns.models import DayNote, FirstReading, PlatformWeek
from campaigns.selectors.watching.alerts import readings_of, with_platforms
from campaigns.services.refusals import CampaignRefused
from campaigns.services.watching.answering import dismiss_shift, note_shift
from campaigns.services.watching.weeks import OneWeek, judge, look_at_platforms, weeks_of
from campaigns.services.watching.words import moved
from crm.models import Notification
from tests.campaigns.watching.crowd import accounts, posts
from tests.campaigns.watching.test_readings import measured
from tests.factories import NOW

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 16)


def test_the_interval_of_the_sign_test_by_hand():
    # Of ten values P(at most 1 below the median) = 11 / 1,024: the second from either end, 97.9 %.
    found = median_with_interval([float(n) for n in range(1, 11)], 0.95)
    assert found is not None
    assert (found.n, found.value, found.low, found.high) == (10, 5.5, 2.0, 9.0)
    few = median_with_interval([1.0, 2.0, 3.0], 0.95)
    assert few is not None
    assert (few.value, few.low, few.high) == (2.0, None, None)
    assert median_with_interval([], 0.95) is None


@pytest.mark.parametrize("n", [10, 50, 500])
def test_it_holds_the_median_as_often_as_it_says(n):
    draw = random.Random(7)
    held = 0
    for _ in range(400):
        found = median_with_interval([draw.lognormvariate(0, 1) for _ in range(n)], 0.95)
        assert found is not None
        held += found.low <= 1 <= found.high
    # At least as often: it is exact for each n, and whole numbers only make it wider.
    assert held / 400 >= 0.93


def week(changes: list[float]) -> OneWeek:
    return OneWeek("instagram", MONDAY, len(changes), changes)


def test_a_planted_shift_is_found_and_single_creators_are_not_one():
    draw = random.Random(11)
    found = wrong = lone = 0
    for _ in range(300):
        still = [draw.gauss(0, 0.5) for _ in range(100)]
        wrong += judge(week(still), creators_min=30)["is_shift"]
        found += judge(week([one + log(0.7) for one in still]), creators_min=30)["is_shift"]
        # Three of a hundred creators lose nine tenths.
        fell = [one + log(0.1) if n < 3 else one for n, one in enumerate(still)]
        lone += judge(week(fell), creators_min=30)["is_shift"]
    assert found >= 297
    assert wrong <= 6
    assert lone <= 12


def test_with_few_creators_nothing_is_said():
    assert judge(week([log(0.5)] * 14), creators_min=30)["change"] is None
    some = judge(week([log(0.5)] * 29), creators_min=30)
    assert (some["change"], some["is_shift"]) == (pytest.approx(-0.5), False)
    assert judge(week([log(0.5)] * 30), creators_min=30)["is_shift"]
    # Sure, and too small to speak of.
    assert not judge(week([log(0.96)] * 400), creators_min=30)["is_shift"]


def crowd(brand, number: int, factor: float, *, platform: str = "instagram"):
    """Creators with a post a week for nine weeks; in the last they have `factor` as many likes."""
    found = accounts(brand, number, platform=platform)
    # Wednesdays, 99 likes and more: 1 + likes is what is compared.
    rows = [
        (one, NOW - (7 * back + 4) * DAY, round(100 * (n + 1) * (factor if not back else 1)) - 1)
        for n, one in enumerate(found)
        for back in range(9)
    ]
    posts(rows)
    return found


@pytest.mark.django_db
def test_a_platform_that_fell_is_told_once_and_noted(brand, strategist, manager):
    crowd(brand, 40, 0.8)
    crowd(brand, 40, 1.0, platform="tiktok")
    assert look_at_platforms(brand=brand, at=NOW) == 1
    fell, still = PlatformWeek.objects.filter(week=MONDAY).order_by("platform")
    assert (fell.platform_id, fell.creators, fell.posts, fell.is_shift) == (
        "instagram",
        40,
        40,
        True,
    )
    assert (fell.change, fell.low, fell.high) == pytest.approx((-0.2, -0.2, -0.2))
    assert (still.platform_id, still.change, still.is_shift) == ("tiktok", pytest.approx(0), False)
    said = "as a whole fell by 20 % (99 % interval −20 % to −20 %, n = 40 creators)"  # noqa: RUF001
    assert moved(fell) == said
    assert look_at_platforms(brand=brand, at=NOW + DAY) == 1
    assert Notification.objects.filter(key__startswith="platform-week").count() == 1
    assert Notification.objects.get(key__startswith="platform-week").user == strategist
    note_shift(week_id=fell.pk, brand=brand, actor=strategist, at=NOW)
    note = DayNote.objects.get()
    assert (note.day, note.platform_id, note.title) == (MONDAY, "instagram", f"Instagram {said}")
    fell.refresh_from_db()
    assert (fell.state, fell.note) == (ShiftState.NOTED, note)
    with pytest.raises(CampaignRefused, match="already"):
        dismiss_shift(week_id=fell.pk, brand=brand, reason="No", actor=manager, at=NOW)
    with pytest.raises(CampaignRefused, match="did not move"):
        note_shift(week_id=still.pk, brand=brand, actor=strategist, at=NOW)
    assert DayNote.objects.count() == 1


@pytest.mark.django_db
def test_one_creator_who_fell_and_one_who_posts_a_lot_move_nothing(brand):
    found = crowd(brand, 40, 1.0)
    posts([(found[0], NOW - 5 * DAY + timedelta(minutes=n), 1) for n in range(300)])
    assert look_at_platforms(brand=brand, at=NOW) == 0
    row = PlatformWeek.objects.get(week=MONDAY)
    assert (row.creators, row.posts, row.change) == (40, 340, pytest.approx(0))


@pytest.mark.django_db
def test_what_is_usual_takes_five_posts_of_the_eight_weeks_before(brand):
    one, two = accounts(brand, 2)
    posts([(one, NOW - (7 * back + 4) * DAY, 99) for back in range(5)])
    posts([(two, NOW - (7 * back + 4) * DAY, 99 * (1 + (back == 0))) for back in range(6)])
    [found] = [row for row in weeks_of(brand, NOW) if row.week == MONDAY]
    assert found.posts == 1
    assert [exp(change) for change in found.changes] == pytest.approx([199 / 100])


@pytest.mark.django_db
def test_an_alert_says_what_the_platform_did(brand, ready, profile):
    crowd(brand, 40, 0.8)
    # 4 % to 24 % in six steps for the account itself: usual, at the same age.
    posts([(profile, NOW - n * DAY, 400 * n) for n in range(1, 7)])
    look_at_platforms(brand=brand, at=NOW)
    FirstReading.objects.all().delete()
    reading = measured(brand, ready, profile, 300)
    assert reading.verdict == "below"
    [alert] = with_platforms(brand, readings_of(brand))
    assert alert.platform[0].startswith("In that week Instagram as a whole fell by 20 %")
    own = 0.03 / reading.usual - 1
    assert alert.against_usual == pytest.approx(own)
    assert alert.alone == pytest.approx((1 + own) / 0.8 - 1)
    assert "is its own" in alert.platform[1]
