"""When a day is unusual, by hand-computed numbers, and what becomes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaigns.models import Conversion, PromoCode, Spike
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import spikes
from campaigns.services.tracking.spikes import Rule, history_of, judge
from crm.models import Brand, Notification, User
from tests.campaigns.tracking.worlds import a_code
from tests.factories import NOW

RULE = Rule(deviations=6, minimum=20)


@pytest.mark.parametrize(
    ("count", "history", "threshold"),
    [
        # Median 10, distances 0-4 with median 2: 2.9652; sqrt(10) = 3.162 is more. 10 + 6 x 3.162.
        (29, [6, 8, 10, 10, 10, 12, 14], 28.97),
        (28, [6, 8, 10, 10, 10, 12, 14], None),
        # Median 0: the deviation is at least 1, and 20 are needed.
        (20, [0] * 10, 6.0),
        (19, [0] * 10, None),
        # Wide: median 50, distances 0, 10, 20, 30 (twice each but 0), median 20: 29.652.
        (229, [20, 30, 40, 50, 60, 70, 80], 227.91),
        (227, [20, 30, 40, 50, 60, 70, 80], None),
        # Six days are no history.
        (1_000, [0] * 6, None),
    ],
)
def test_far_above_its_own_history(count, history, threshold) -> None:
    found = judge(count, history, RULE)
    assert (found and round(found.threshold, 2)) == threshold


def test_what_is_expected_goes_before_history() -> None:
    assert judge(6, [], RULE, per_day=5).rule == "per_day"
    assert judge(500, [0] * 28, RULE, per_day=500) is None
    found = judge(1, [], RULE, total=100, used_in_all=101)
    assert (found.rule, found.count, found.threshold) == ("total", 101, 100.0)
    assert judge(1, [], RULE, total=100, used_in_all=100) is None


def test_days_without_any_count_as_nothing_since_the_code_holds() -> None:
    day = date(2026, 7, 10)
    counts = {date(2026, 7, 8): 3}
    assert history_of(counts, date(2026, 7, 6), day) == [0, 0, 3, 0]
    assert len(history_of(counts, date(2026, 1, 1), day)) == 28
    assert history_of(counts, day, day) == []


@pytest.fixture
def code(brand: Brand, manager: User) -> PromoCode:
    made = a_code(brand, manager)
    PromoCode.objects.filter(pk=made.pk).update(created_at=NOW - timedelta(days=60))
    made.refresh_from_db()
    return made


def bought(code: PromoCode, number: int, days_ago: int = 0) -> None:
    Conversion.objects.bulk_create(
        Conversion(
            brand=code.brand,
            key=f"{days_ago}-{n}",
            at=NOW - timedelta(days=days_ago),
            received_at=NOW,
            kind="order",
            source="api",
            code=code,
            code_text=code.code,
        )
        for n in range(number)
    )


@pytest.mark.django_db
def test_a_spike_is_told_once_to_whoever_leads_the_creator(
    brand: Brand, manager: User, analyst: User, code: PromoCode
) -> None:
    code.relationship.owner = analyst
    code.relationship.save()
    for ago in range(3, 15):
        bought(code, 2, ago)
    bought(code, 40)
    assert [spikes.find_spikes(brand=brand, at=NOW) for _ in range(2)] == [1, 0]
    spike = Spike.objects.get()
    assert (spike.count, spike.rule, spike.days, spike.state) == (40, "history", 28, "open")
    told = Notification.objects.get()
    assert told.user == analyst
    assert told.text.startswith("Code NOA15 on ")
    assert "the median of 28 days is 0" in told.text


@pytest.mark.django_db
def test_an_ordinary_day_is_none(brand: Brand, code: PromoCode) -> None:
    for ago in range(32):
        bought(code, 25, ago)
    assert spikes.find_spikes(brand=brand, at=NOW) == 0
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_more_than_was_expected_in_all(brand: Brand, manager: User, code: PromoCode) -> None:
    PromoCode.objects.filter(pk=code.pk).update(limit_total=3)
    bought(code, 4)
    assert spikes.find_spikes(brand=brand, at=NOW) == 1
    assert spikes.why(Spike.objects.get()) == "used 4 times in all, 3 were expected."


@pytest.mark.django_db
def test_replacing_ends_the_old_code_and_answers_all_its_days(
    brand: Brand, manager: User, code: PromoCode
) -> None:
    days = [
        Spike.objects.create(
            brand=brand,
            code=code,
            day=date(2026, 7, n),
            rule="per_day",
            count=9,
            threshold=5,
            found_at=NOW,
        )
        for n in (1, 2)
    ]
    new = spikes.replace(spike_id=days[0].pk, brand=brand, name="noafresh", actor=manager, at=NOW)
    code.refresh_from_db()
    assert new.code == "NOAFRESH"
    assert code.valid_until is not None
    assert set(Spike.objects.values_list("state", flat=True)) == {"replaced"}
    with pytest.raises(CampaignRefused, match="answered that already"):
        spikes.dismiss(spike_id=days[1].pk, brand=brand, reason="x", actor=manager, at=NOW)
