"""Scorecards: exact numbers, membership as of each post, reasons instead of numbers."""

from __future__ import annotations

from math import exp

import pytest
from scipy import stats

from crm.models import Relationship, StageChange
from segmentation.models import Segment
from segmentation.selectors.scorecards.card import trend_of
from segmentation.selectors.scorecards.lines import line_of, trend_chart
from segmentation.services import scorecards
from tests.factories import NOW, MetricSnapshotFactory, ProfileFactory
from tests.segmentation.scorecards.worlds import members, q3, row, row_of, value
from tests.segmentation.world import make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db


class TestLedgerCounts:
    def test_size_joiners_and_leavers(self, brand, segment):
        creators = [make_creator(brand) for _ in range(6)]
        stay(segment, creators[0], moment(6, 1))
        stay(segment, creators[1], moment(6, 1), moment(8, 1))
        stay(segment, creators[2], moment(8, 1))
        stay(segment, creators[3], moment(7, 10), moment(9, 10))
        stay(segment, creators[4], moment(10, 1))
        stay(segment, creators[5], moment(4, 1), moment(6, 30))
        found = q3(segment)
        assert (found.size, value(found, "size")) == (2, 2)
        assert value(found, "joiners") == 2
        assert value(found, "leavers") == 2
        assert found.as_of == found.ends_at == moment(10, 1)

    def test_the_edges_are_closed_and_open(self, brand, segment):
        on_the_first, on_the_last = make_creator(brand), make_creator(brand)
        stay(segment, on_the_first, moment(7, 1))
        stay(segment, on_the_last, moment(6, 1), moment(10, 1))
        found = q3(segment)
        assert value(found, "joiners") == 1
        assert value(found, "leavers") == 0
        assert found.size == 2
        after = scorecards.get(segment=segment, period="2026Q4", as_of=NOW)
        assert value(after, "leavers") == 1
        assert after.size == 1

    def test_a_running_period_ends_now_and_includes_this_moment(self, brand, segment):
        stay(segment, make_creator(brand), NOW)
        found = scorecards.get(segment=segment, period="2026Q4", as_of=NOW)
        assert found.size == 1
        assert value(found, "joiners") == 1
        assert found.as_of == NOW
        assert not scorecards.as_json(found)["is_final"]

    def test_change_against_the_previous_period(self, brand, segment):
        for entered in (moment(4, 2), moment(5, 2), moment(8, 2)):
            stay(segment, make_creator(brand), entered)
        change = row(q3(segment), "size")["change"]
        assert change == {"period": "2026Q2", "previous": 2, "difference": 1, "relative": 0.5}
        joined = row(q3(segment), "joiners")["change"]
        assert joined == {"period": "2026Q2", "previous": 2, "difference": -1, "relative": -0.5}

    def test_no_relative_change_from_zero(self, brand, segment):
        Segment.objects.update(created_at=moment(1, 1))
        stay(segment, make_creator(brand), moment(8, 2))
        change = row(q3(segment), "size")["change"]
        assert change == {"period": "2026Q2", "previous": 0, "difference": 1, "relative": None}

    def test_before_a_segment_was_made_its_members_are_not_known_to_be_none(self, brand, segment):
        stay(segment, make_creator(brand), moment(8, 2))
        before = scorecards.get(segment=segment, period="2026Q2", as_of=NOW)
        for key in ("size", "joiners", "leavers"):
            assert value(before, key) is None
            assert row(before, key)["reason_if_absent"] == (
                "There was no such segment in this period. It was made on 23 November 2026."
            )
        assert scorecards.as_json(before)["size"] is None
        # It has a stay that its making does not explain: it was there.
        assert (value(q3(segment), "size"), row(q3(segment), "size")["change"]) == (1, None)
        [(_, then), (_, now)] = trend_of(q3(segment))
        assert [line_of(cells["size"]).value for cells in (then, now)] == ["", "1"]
        assert line_of(then["size"]).absent == "not there yet"
        assert trend_chart([("Q2", then), ("Q3", now)], {"Members": "size"}, "count")["series"] == [
            {"name": "Members", "data": [None, 1]}
        ]


class TestEngagement:
    def test_mean_over_posts_and_interval_over_creators(self, brand, segment):
        creators = members(segment, [0.02, 0.03, 0.05, 0.06, 0.09])
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx(0.05)
        assert (found["n"], found["n_unit"], found["n_creators"]) == (5, "posts", 5)
        # Shares of .08 .12 .2 .24 .36 against a fifth each: variance .048; effective creators
        # 1 / .248, standard error .219089 x 4.032258 / 3.032258, t with 3.032258: 3.165, 1.632.
        effective = 1 / 0.248
        error = 0.048**0.5 * effective / (effective - 1)
        for name, level in (("interval", 0.95), ("interval_80", 0.80)):
            reach = stats.t.ppf((1 + level) / 2, effective - 1) * error
            assert found[name]["level"] == level
            assert found[name]["low"] == pytest.approx(0.05 * exp(-reach))
            assert found[name]["high"] == pytest.approx(0.05 * exp(reach))
        assert (found["method"], found["basis"]) == ("log_ratio", "followers")
        assert found["provenance"] == {"vendor": 5}
        assert found["reason_if_absent"] is None
        # A second post of one creator counts as a post of its own.
        post(creators[4], moment(9, 1), followers_at_post=1000, likes=200)
        scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx((0.02 + 0.03 + 0.05 + 0.06 + 0.09 + 0.2) / 6)
        assert (found["n"], found["n_creators"]) == (6, 5)

    def test_known_counts_add_up_and_unknown_ones_are_left_out(self, brand, segment):
        creators = members(segment, [0.1] * 5)
        post(
            creators[0],
            moment(8, 2),
            followers_at_post=1000,
            likes=10,
            comments=5,
            saves=3,
            shares=2,
        )
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx((0.1 * 5 + 0.02) / 6)
        assert found["n"] == 6

    def test_excluded_posts_are_named_with_their_reason(self, brand, segment):
        creators = members(segment, [0.1] * 5)
        post(creators[0], moment(8, 2), followers_at_post=1000, views=7)
        post(creators[0], moment(8, 3), followers_at_post=None, likes=7)
        post(creators[1], moment(8, 3), followers_at_post=0, likes=7)
        found = q3(segment)
        cell = row_of(scorecards.as_json(found, explain=True), "engagement_rate_followers")
        assert cell["value"] == pytest.approx(0.1)
        assert cell["inputs"] == {
            "posts_used": 5,
            "posts_excluded": {
                "neither likes nor comments known": 1,
                "followers at post time not known": 2,
            },
            "creators": 5,
            "membership": "at the moment of each post, from the membership ledger",
        }

    def test_followers_at_post_time_come_from_the_newest_earlier_snapshot(self, brand, segment):
        creators = members(segment, [0.1] * 5)
        profile = creators[0].profiles.get()
        for at, followers in ((moment(5, 1), 500), (moment(7, 20), 1000), (moment(9, 1), 4000)):
            MetricSnapshotFactory(profile=profile, captured_at=at, followers=followers)
        post(creators[0], moment(8, 2), likes=400)
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx((0.1 * 5 + 0.4) / 6)

    def test_a_post_counts_where_its_creator_was_as_it_was_published(self, brand, segment):
        before = make_segment(brand, "before")
        creators = [make_creator(brand) for _ in range(5)]
        for creator in creators:
            stay(before, creator, moment(6, 1), moment(8, 1))
            stay(segment, creator, moment(8, 1))
            post(creator, moment(7, 15), followers_at_post=1000, likes=10)
            # The moment of the move itself belongs to the new stay.
            post(creator, moment(8, 1), followers_at_post=1000, likes=30)
        assert value(q3(before), "engagement_rate_followers") == pytest.approx(0.01)
        assert value(q3(segment), "engagement_rate_followers") == pytest.approx(0.03)

    def test_a_creator_who_left_and_came_back_is_one_creator(self, brand, segment):
        creators = members(segment, [0.1] * 4)
        back = make_creator(brand)
        stay(segment, back, moment(6, 1), moment(7, 10))
        stay(segment, back, moment(8, 10))
        for day, likes in ((moment(7, 5), 100), (moment(7, 20), 900), (moment(8, 20), 300)):
            post(back, day, followers_at_post=1000, likes=likes)
        found = row(q3(segment), "engagement_rate_followers")
        assert (found["n"], found["n_creators"]) == (6, 5)
        assert found["value"] == pytest.approx((0.1 * 4 + 0.1 + 0.3) / 6)
        assert len(creators) == 4

    def test_too_few_creators_give_a_reason_not_a_number(self, brand, segment):
        members(segment, [0.1] * 4)
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] is None
        assert found["interval"] is None
        assert (found["n"], found["n_creators"]) == (4, 4)
        assert found["reason_if_absent"] == (
            "Too few: usable posts of 4 creators, 5 creators are needed."
        )

    def test_members_since_after_their_posts(self, brand, segment):
        members(segment, [0.1] * 6, entered=moment(9, 15))
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] is None
        assert found["reason_if_absent"] == (
            "No post was given that was published while its creator was a member "
            "(since 15 Sep 2026 at the earliest)."
        )

    def test_nobody_was_a_member(self, segment):
        make_creator(segment.brand)
        found = row(q3(segment), "engagement_rate_followers")
        assert found["reason_if_absent"] == "Nobody was a member in this period."
        assert found["value"] is None

    def test_median_of_creators_with_order_statistics(self, brand, segment):
        creators = members(segment, [0.01, 0.02, 0.03, 0.04, 0.05, 0.90])
        # The creator's mean counts: 0.01 and 0.03 make 0.02.
        post(creators[0], moment(8, 2), followers_at_post=1000, likes=30)
        found = row(q3(segment), "engagement_rate_followers_median")
        assert found["value"] == pytest.approx(0.035)
        assert (found["n"], found["n_unit"]) == (6, "creators")
        assert found["interval"] == {"level": 0.95, "low": 0.02, "high": 0.9}
        assert found["interval_80"] == {"level": 0.80, "low": 0.02, "high": 0.9}

    def test_five_creators_are_too_few_for_a_median(self, brand, segment):
        members(segment, [0.1] * 5)
        found = row(q3(segment), "engagement_rate_followers_median")
        assert found["value"] is None
        assert found["reason_if_absent"].startswith("Too few: usable posts of 5 creators, 6 ")

    def test_benchmark_is_the_same_metric_over_the_whole_base(self, brand, segment):
        members(segment, [0.02] * 5)
        for _ in range(5):
            post(make_creator(brand), moment(8, 1), followers_at_post=1000, likes=80)
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx(0.02)
        assert found["benchmark"] == {
            "value": pytest.approx(0.05),
            "label": "all creators of the brand",
            "n": 10,
        }
        assert row(q3(segment), "size")["benchmark"] is None
        assert row(q3(segment), "size")["benchmark_reason"]

    def test_posts_of_another_brands_creators_stay_out(self, brand, segment, other_brand):
        members(segment, [0.02] * 5)
        elsewhere = make_segment(other_brand)
        members(elsewhere, [0.5] * 5)
        found = row(q3(segment), "engagement_rate_followers")
        assert found["value"] == pytest.approx(0.02)
        assert found["benchmark"]["n"] == 5

    def test_the_source_names_who_gave_the_counts(self, brand, segment):
        creators = members(segment, [0.1] * 5)
        post(creators[0], moment(8, 2), followers_at_post=10, likes=1, metrics_source="measured")
        post(creators[0], moment(8, 3), followers_at_post=10, views=1, metrics_source="estimated")
        found = row(q3(segment), "engagement_rate_followers")
        assert found["source"] == "posts (measured, vendor)"


class TestPosting:
    def test_posts_per_creator_and_thirty_days(self, brand, segment):
        creators = [make_creator(brand) for _ in range(5)]
        for n, creator in enumerate(creators, 1):
            stay(segment, creator, moment(6, 1))
            for day in range(n):
                post(creator, moment(8, 1 + day))
        found = row(q3(segment), "posting_frequency")
        # 15 posts in 5 x 92 days.
        assert found["value"] == pytest.approx(15 / (5 * 92) * 30)
        assert (found["n"], found["unit"]) == (5, "posts")
        # Shares 1/15 .. 5/15 against a fifth each: variance 10 / 225, effective 225 / 55.
        effective = 225 / 55
        error = (10 / 225) ** 0.5 * effective / (effective - 1)
        reach = stats.t.ppf(0.975, effective - 1) * error
        assert found["interval"]["low"] == pytest.approx(found["value"] * exp(-reach))
        assert found["interval"]["high"] == pytest.approx(found["value"] * exp(reach))

    def test_creators_without_any_given_post_are_unknown_not_silent(self, brand, segment):
        for _ in range(5):
            creator = make_creator(brand)
            stay(segment, creator, moment(6, 1))
            # Known before the period, silent in it: that is a zero.
            post(creator, moment(5, 1))
        for _ in range(3):
            stay(segment, make_creator(brand), moment(6, 1))
        card = scorecards.as_json(q3(segment), explain=True)
        found = row_of(card, "posting_frequency")
        assert found["value"] == 0
        assert found["n"] == 5
        assert found["inputs"]["creators_excluded"] == {"no post was ever given": 3}

    def test_a_later_first_post_does_not_make_the_past_silent(self, brand, segment):
        for _ in range(5):
            creator = make_creator(brand)
            stay(segment, creator, moment(6, 1))
            post(creator, moment(10, 1))
        found = row(q3(segment), "posting_frequency")
        assert found["value"] is None
        assert found["reason_if_absent"] == (
            "Too few: posts were given of 0 creators among the members, 5 are needed."
        )

    def test_a_few_hours_of_membership_are_too_short(self, brand, segment):
        for _ in range(5):
            creator = make_creator(brand)
            stay(segment, creator, moment(9, 30))
            post(creator, moment(5, 1))
        found = row(q3(segment), "posting_frequency")
        assert found["value"] is None
        assert found["reason_if_absent"].startswith("Too short: the members' days")


class TestShares:
    def test_stages_as_of_the_end_of_the_period(self, brand, segment):
        creators = [make_creator(brand, stage="core") for _ in range(3)]
        creators += [make_creator(brand) for _ in range(1)]
        for creator in creators:
            stay(segment, creator, moment(6, 1))
        # Moved after the period: the past stays as it was.
        relationship = Relationship.objects.get(creator=creators[0])
        StageChange.objects.filter(relationship=relationship).update(left_at=moment(10, 5))
        StageChange.objects.create(
            relationship=relationship,
            from_stage="core",
            stage="advocate",
            entered_at=moment(10, 5),
        )
        found = q3(segment)
        assert value(found, "stage_share:core") == 0.75
        assert value(found, "stage_share:prospect") == 0.25
        assert value(found, "stage_share:advocate") == 0
        assert row(found, "stage_share:core")["n"] == 4
        assert row(found, "stage_share:core")["interval"] is None
        assert "nothing is estimated" in row(found, "stage_share:core")["interval_reason"]
        after = scorecards.get(segment=segment, period="2026Q4", as_of=NOW)
        assert value(after, "stage_share:advocate") == 0.25
        assert value(after, "stage_share:core") == 0.5
        assert row(after, "stage_share:core")["change"]["difference"] == -0.25

    def test_platform_of_the_account_with_the_most_followers_then(self, brand, segment):
        both, plain, elsewhere = (make_creator(brand, followers=1000) for _ in range(3))
        for creator in (both, plain, elsewhere):
            stay(segment, creator, moment(6, 1))
        tiktok = ProfileFactory(creator=both, platform_id="tiktok", followers=90_000)
        MetricSnapshotFactory(profile=tiktok, followers=500, captured_at=moment(2, 1))
        MetricSnapshotFactory(profile=tiktok, followers=90_000, captured_at=moment(10, 3))
        found = q3(segment)
        assert value(found, "platform_share:instagram") == 1
        keys = [cell["key"] for cell in found.metrics]
        assert "platform_share:tiktok" not in keys
        after = scorecards.get(segment=segment, period="2026Q4", as_of=NOW)
        assert value(after, "platform_share:tiktok") == pytest.approx(1 / 3)

    def test_an_empty_segment_has_no_shares(self, brand, segment):
        make_creator(brand, stage="core")
        found = row(q3(segment), "stage_share:core")
        assert found["value"] is None
        assert found["n"] == 0
        assert found["benchmark"]["value"] == 1
        assert found["reason_if_absent"].startswith("At the end of the period there is no member")
