"""A quarter's scorecards by the tiers of a scheme: the tier of each moment, the usual formulas."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from crm.models import AuditEntry, Creator, TierScheme
from segmentation.choices import ErrandStatus
from segmentation.metrics.measuring import measure
from segmentation.models import TierScorecards
from segmentation.services import tier_scorecards
from segmentation.services.scorecards import PeriodRefused
from segmentation.services.tier_scorecards import compute, request_scorecards
from tests.factories import NOW, MetricSnapshotFactory, ProfileFactory
from tests.segmentation.world import make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db

START, END = moment(7, 1), moment(10, 1)


@pytest.fixture
def scheme():
    return TierScheme.objects.get(key="glossary_6")


def counted(creator, at, followers, profile=None):
    MetricSnapshotFactory(
        profile=profile or creator.profiles.first(), captured_at=at, followers=followers
    )


def stays(brand, scheme):
    """Who was in which tier when, in the third quarter."""
    tiers = list(scheme.tiers.order_by("position"))
    names = {tier.pk: tier.key for tier in tiers}
    with transaction.atomic():
        tier_scorecards.write_stays(brand, tiers, start=START, until=END)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM tier_stay ORDER BY 2, 3")
            return [
                (names[tier], creator, max(came, START), left)
                for tier, creator, came, left in cursor.fetchall()
            ]


def test_a_creator_is_in_the_tier_of_each_moment(brand, scheme):
    creator = make_creator(brand, followers=9_000)
    counted(creator, moment(8, 1), 9_500)  # the same tier: one stay goes on
    counted(creator, moment(8, 15), 10_000)
    counted(creator, moment(9, 1), 400)  # in no tier
    counted(creator, moment(10, 5), 2_000_000)  # after the quarter
    assert stays(brand, scheme) == [
        ("nano", creator.pk, START, moment(8, 15)),
        ("micro", creator.pk, moment(8, 15), moment(9, 1)),
    ]


def test_the_most_followed_account_counts(brand, scheme):
    creator = make_creator(brand, followers=5_000)
    other = ProfileFactory(creator=creator, platform_id="tiktok")
    counted(creator, moment(8, 1), 60_000, profile=other)
    counted(creator, moment(9, 1), 3_000, profile=other)
    assert stays(brand, scheme) == [
        ("nano", creator.pk, START, moment(8, 1)),
        ("micro", creator.pk, moment(8, 1), moment(9, 1)),
        ("nano", creator.pk, moment(9, 1), None),
    ]


def test_a_celebrity_is_one_whatever_the_count_where_the_scheme_has_them(brand, scheme):
    creator = make_creator(brand, followers=5_000)
    Creator.objects.update(is_celebrity=True)
    assert stays(brand, scheme) == [("celebrity", creator.pk, START, None)]
    four = TierScheme.objects.get(key="glossary_4")
    assert stays(brand, four) == [("nano", creator.pk, START, None)]


def test_from_when_the_brand_knows_them(brand, other_brand, scheme):
    creator = make_creator(brand, followers=5_000, since=moment(8, 10))
    make_creator(brand, followers=5_000, since=moment(10, 10))
    make_creator(other_brand, followers=5_000)
    make_creator(brand)  # followers not known
    assert stays(brand, scheme) == [("nano", creator.pk, moment(8, 10), None)]


def test_the_numbers_are_those_of_a_ledger_with_the_same_stays(brand, scheme, analyst):
    """Posts count for the tier of their moment; as if runs had kept the ledger."""
    nano, micro = (make_segment(brand, key, dimension="size") for key in ("nano", "micro"))
    for number in range(8):
        creator = make_creator(brand, followers=8_000)
        counted(creator, moment(8, 15), 12_000)
        stay(nano, creator, moment(2, 1), moment(8, 15))
        stay(micro, creator, moment(8, 15))
        post(creator, moment(7, 20), followers_at_post=8_000, likes=400 + 8 * number)
        post(creator, moment(9, 20), followers_at_post=12_000, likes=240)
    expected = measure(brand=brand, segment_ids=[nano.pk, micro.pk], start=START, until=END)
    wanted = request_scorecards(brand=brand, scheme=scheme, period="2026Q3", actor=analyst, at=NOW)
    stored = compute(scorecards_id=wanted.pk, at=NOW)
    assert (stored.status, stored.as_of, stored.computed_at) == (ErrandStatus.DONE, END, NOW)
    cards = {card["key"]: card for card in stored.tiers}
    assert [card["key"] for card in stored.tiers] == [
        "nano",
        "micro",
        "mid",
        "macro",
        "mega",
        "celebrity",
    ]
    for key, segment in (("nano", nano), ("micro", micro)):
        rows = expected.segments[segment.pk]
        cells = {cell["key"]: cell for cell in cards[key]["metrics"]}
        assert cells["size"]["value"] == rows["size"].value
        assert cells["joiners"]["value"] == rows["joiners"].value
        assert cells["leavers"]["value"] == rows["leavers"].value
        assert cells["engagement_rate_followers"]["value"] == pytest.approx(
            rows["engagement_rate_followers"].value
        )
        assert cells["engagement_rate_followers"]["n"] == 8
    assert (cards["nano"]["size"], cards["micro"]["size"]) == (0, 8)
    rates = {cell["key"]: cell["value"] for cell in cards["micro"]["metrics"]}
    assert rates["engagement_rate_followers"] == pytest.approx(0.02)
    assert AuditEntry.objects.get().verb == "segmentation.tier_scorecards.requested"


def test_asked_for_twice_there_is_one_and_it_is_computed_again(brand, scheme):
    for expected in (0, 1):
        wanted = request_scorecards(brand=brand, scheme=scheme, period="2026Q3", actor=None, at=NOW)
        compute(scorecards_id=wanted.pk, at=NOW)
        stored = compute(scorecards_id=wanted.pk, at=moment(12, 1))
        assert stored.computed_at == NOW  # done is done
        assert stored.tiers[0]["size"] == expected
        make_creator(brand, followers=5_000)
    assert TierScorecards.objects.count() == 1


def test_there_is_no_such_quarter(brand, scheme):
    for period in ("2026", "2999Q1", "1999Q4"):
        with pytest.raises(PeriodRefused):
            request_scorecards(brand=brand, scheme=scheme, period=period, actor=None, at=NOW)
    assert not TierScorecards.objects.exists()


def test_a_failure_is_told(brand, scheme, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(tier_scorecards, "measure", broken)
    wanted = request_scorecards(brand=brand, scheme=scheme, period="2026Q3", actor=None, at=NOW)
    with pytest.raises(ZeroDivisionError):
        compute(scorecards_id=wanted.pk, at=NOW)
    wanted.refresh_from_db()
    assert (wanted.status, wanted.tiers) == (ErrandStatus.FAILED, [])
    assert "stopped with an error" in wanted.error
