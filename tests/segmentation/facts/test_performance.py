"""What the numbers of a creator add up to, on data small enough to compute by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import PostKind, Source
from crm.models import Creator, CreatorMetrics
from crm.services.metrics import refresh_metrics
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    PostFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db


def days_ago(days: float) -> object:
    return NOW - timedelta(days=days)


def metrics_of(creator: Creator, as_of=NOW) -> CreatorMetrics:
    refresh_metrics(creator_ids=[creator.pk], as_of=as_of)
    return CreatorMetrics.objects.get(pk=creator.pk)


def profile_with(creator, followers, platform="instagram", captured_at=NOW, **numbers):
    profile = ProfileFactory(creator=creator, platform_id=platform)
    MetricSnapshotFactory(profile=profile, followers=followers, captured_at=captured_at, **numbers)
    return profile


def test_a_creator_without_profiles_has_a_row_in_which_nothing_is_known():
    found = metrics_of(CreatorFactory())

    assert found.followers is None
    assert found.platforms == []
    assert found.platforms_count == 0
    assert (found.engagement_rate, found.engagement_posts, found.engagement_source) == (None, 0, "")
    assert (found.posts_30d, found.posts_90d, found.posts_365d) == (None, None, None)


def test_followers_are_the_newest_at_or_before_the_moment_and_later_gaps_change_nothing():
    profile = profile_with(CreatorFactory(), 1_000, captured_at=days_ago(20))
    MetricSnapshotFactory(profile=profile, followers=1_500, captured_at=days_ago(10))
    MetricSnapshotFactory(profile=profile, followers=None, avg_likes=9, captured_at=days_ago(5))
    MetricSnapshotFactory(profile=profile, followers=9_999, captured_at=days_ago(-1))

    now = metrics_of(profile.creator)
    assert (now.followers, now.followers_at, now.avg_likes) == (1_500, days_ago(10), 9)
    before = metrics_of(profile.creator, as_of=days_ago(10))
    assert (before.followers, before.avg_likes) == (1_500, None)
    assert metrics_of(profile.creator, as_of=days_ago(11)).followers == 1_000


def test_the_primary_profile_has_the_most_followers_and_ties_go_to_the_first():
    creator = CreatorFactory()
    first = profile_with(creator, 5_000, "tiktok")
    profile_with(creator, 5_000, "youtube")
    profile_with(creator, None, "x")

    found = metrics_of(creator)

    assert found.primary_platform_id == "tiktok"
    assert found.primary_handle == first.handle
    assert (found.followers, found.followers_total) == (5_000, 10_000)
    assert (found.platforms, found.platforms_count) == ([2, 3, 5], 3)


def test_a_profile_known_only_from_later_does_not_count():
    creator = CreatorFactory()
    profile_with(creator, 100, "instagram", captured_at=days_ago(50))
    profile_with(creator, 900, "tiktok", captured_at=days_ago(3))

    found = metrics_of(creator, as_of=days_ago(10))

    assert (found.followers, found.platforms) == (100, [1])


def test_growth_needs_a_new_number_and_one_that_is_90_to_180_days_old():
    profile = profile_with(CreatorFactory(), 1_000, captured_at=days_ago(100))
    assert metrics_of(profile.creator).follower_growth_90d is None
    MetricSnapshotFactory(profile=profile, followers=1_250, captured_at=days_ago(1))
    assert metrics_of(profile.creator).follower_growth_90d == pytest.approx(0.25)
    assert metrics_of(profile.creator, as_of=days_ago(-85)).follower_growth_90d is None


def test_engagement_is_the_mean_over_the_newest_twelve_posts_that_count():
    profile = profile_with(CreatorFactory(), 1_000)
    PostFactory(profile=profile, posted_at=days_ago(50), likes=1_000)  # the thirteenth
    for day in range(10):
        PostFactory(profile=profile, posted_at=days_ago(20 + day), likes=10, comments=10)  # 2 %
    PostFactory(
        profile=profile, posted_at=days_ago(3), likes=30, comments=None, saves=5, shares=5
    )  # 4 %
    PostFactory(profile=profile, posted_at=days_ago(2), likes=20, followers_at_post=200)  # 10 %
    PostFactory(profile=profile, posted_at=days_ago(1), views=500)  # no likes, no comments
    PostFactory(profile=profile, posted_at=days_ago(-1), likes=999)  # not yet

    found = metrics_of(profile.creator)

    assert found.engagement_rate == pytest.approx((10 * 0.02 + 0.04 + 0.10) / 12)
    assert (found.engagement_posts, found.engagement_source) == (12, "posts")
    assert found.platform_rates == {"instagram": pytest.approx(0.34 / 12)}
    assert found.view_rate == pytest.approx(0.5)
    assert (found.posts_30d, found.posts_90d, found.posts_365d) == (13, 14, 14)
    assert found.last_post_at == days_ago(1)


def test_without_posts_engagement_comes_from_averages_and_else_from_the_source():
    by_averages = profile_with(
        CreatorFactory(), 1_000, avg_likes=40, avg_comments=10, avg_views=300, engagement_rate=0.9
    )
    found = metrics_of(by_averages.creator)
    assert (found.engagement_rate, found.engagement_source) == (pytest.approx(0.05), "averages")
    assert (found.engagement_posts, found.view_rate) == (0, pytest.approx(0.3))

    stated = profile_with(CreatorFactory(), None, engagement_rate=0.031, source=Source.VENDOR)
    found = metrics_of(stated.creator)
    assert (found.engagement_rate, found.engagement_source) == (0.031, "vendor")


def test_nobody_is_divided_by_zero_followers():
    profile = profile_with(CreatorFactory(), 0, avg_likes=5)
    PostFactory(profile=profile, likes=5)
    found = metrics_of(profile.creator)
    assert (found.followers, found.engagement_rate, found.engagement_source) == (0, None, "")


def test_each_platform_has_the_rate_of_its_largest_profile():
    creator = CreatorFactory()
    profile_with(creator, 1_000, "instagram", avg_likes=10)
    profile_with(creator, 100, "tiktok", avg_likes=10)
    profile_with(creator, 200, "tiktok", avg_likes=10)
    profile_with(creator, 50, "x")
    assert metrics_of(creator).platform_rates == {
        "instagram": pytest.approx(0.01),
        "tiktok": pytest.approx(0.05),
    }


def test_shares_count_only_posts_that_tell():
    profile = profile_with(CreatorFactory(), 1_000)
    for kind, paid in (
        (PostKind.VIDEO, True),
        (PostKind.IMAGE, False),
        (PostKind.IMAGE, None),
        (PostKind.SHORT_VIDEO, False),
        (PostKind.OTHER, None),
        (PostKind.STORY, False),
    ):
        PostFactory(profile=profile, posted_at=days_ago(5), kind=kind, is_paid_partnership=paid)
    PostFactory(profile=profile, posted_at=days_ago(366), kind=PostKind.LIVE)

    found = metrics_of(profile.creator)

    assert (found.video_share, found.paid_share) == (0.5, 0.25)
    assert found.posts_365d == 6


def test_posts_of_long_ago_make_the_windows_zero_not_unknown():
    profile = profile_with(CreatorFactory(), 1_000, captured_at=days_ago(700))
    PostFactory(profile=profile, posted_at=days_ago(600))
    found = metrics_of(profile.creator)
    assert (found.posts_30d, found.posts_365d, found.video_share) == (0, 0, None)
    assert metrics_of(profile.creator, as_of=days_ago(601)).posts_365d is None


def test_the_edges_of_a_window_are_the_moment_itself_and_not_30_days_before():
    profile = profile_with(CreatorFactory(), 1_000)
    for day in (0, 29.9, 30, 30.1):
        PostFactory(profile=profile, posted_at=days_ago(day))
    assert metrics_of(profile.creator).posts_30d == 2


def test_only_rows_that_differ_are_written():
    profile = profile_with(CreatorFactory(), 1_000, avg_likes=10)
    others = [profile_with(CreatorFactory(), 5).creator_id for _ in range(3)]

    assert refresh_metrics(creator_ids=None, as_of=NOW) == 4
    assert refresh_metrics(creator_ids=None, as_of=NOW + timedelta(hours=1)) == 0
    MetricSnapshotFactory(profile=profile, followers=2_000, captured_at=NOW + timedelta(minutes=5))
    later = NOW + timedelta(hours=2)
    assert refresh_metrics(creator_ids=others, as_of=later) == 0
    assert refresh_metrics(creator_ids=None, as_of=later) == 1
    assert CreatorMetrics.objects.get(pk=profile.creator_id).as_of == later
    assert refresh_metrics(creator_ids=[], as_of=later) == 0
