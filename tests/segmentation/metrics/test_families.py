"""What each family of metrics finds, with membership as of the moment of each event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.choices import ConversionSource
from campaigns.models import Competitor, Conversion, PromoCode, TrackingLink, VisitDay
from crm.choices import PostKind, Source
from crm.models import CommentScore, CommentScorer, CommentThread, PostComment
from segmentation.metrics.catalogue import FAMILIES, METRICS
from segmentation.metrics.families import attention, talk
from segmentation.metrics.measuring import measure
from segmentation.models import Scorecard
from segmentation.services import scorecards
from tests.factories import NOW
from tests.segmentation.metrics.worlds import EARLY, END, LATE, START, measured
from tests.segmentation.world import make_segment, moment, post, stay

pytestmark = pytest.mark.django_db


class TestPosts:
    def test_by_reach_views_and_impressions_each_over_what_it_takes(self, world):
        for creator in world.creators:
            post(creator, EARLY, likes=30, saves=10, reach=1_000, impressions=2_000)
            post(creator, LATE, likes=30, shares=6, views=600)
        rows = dict(zip(("before", "after"), measured(world, "engagement_rate_reach"), strict=True))
        assert rows["before"].value == pytest.approx(0.04)
        assert rows["after"].value is None
        assert rows["after"].inputs["posts_excluded"] == {
            "neither likes nor comments known": 0,
            "reach not known": 6,
        }
        assert measured(world, "engagement_rate_impressions", world.before).value == pytest.approx(
            0.02
        )
        assert measured(world, "engagement_rate_views", world.after).value == pytest.approx(0.06)
        assert measured(world, "engagement_rate_views_median", world.after).value == pytest.approx(
            0.06
        )
        assert measured(world, "save_share_rate", world.before).value == pytest.approx(0.01)
        assert measured(world, "save_share_rate_views", world.after).value == pytest.approx(0.01)

    def test_saves_and_shares_that_nobody_told_are_not_none(self, world):
        for creator in world.creators:
            post(creator, EARLY, likes=30, reach=1_000)
        row = measured(world, "save_share_rate", world.before)
        assert row.value is None
        assert row.reason == (
            "Too few: usable posts of 0 creators, 5 creators are needed. "
            "Of 6 posts were left out: 6 (neither saves nor shares known)."
        )

    def test_totals_where_most_posts_tell_them(self, world):
        for creator in world.creators:
            post(creator, EARLY, reach=1_000, views=10)
            post(creator, LATE, reach=500)
        row = measured(world, "reach_total", world.before)
        assert (row.value, row.n) == (6_000, 6)
        post(world.creators[0], EARLY, views=3)
        assert measured(world, "reach_total", world.before).value == 6_000
        for _ in range(2):
            post(world.creators[0], EARLY)
        row = measured(world, "reach_total", world.before)
        assert row.value is None
        assert row.reason == (
            "Too few: reach is known of 6 of 9 posts, 80 % are needed for a total."
        )
        assert measured(world, "reach_total", world.after).value == 3_000

    def test_estimates_are_told_apart(self, world):
        for number, creator in enumerate(world.creators):
            source = "estimated" if number < 2 else "measured"
            post(creator, EARLY, likes=30, followers_at_post=1_000, metrics_source=source)
        row = measured(world, "engagement_rate_followers", world.before)
        assert row.provenance == {"measured": 4, "estimated": 2}
        assert row.source == "posts (measured, estimated)"


class TestVoice:
    def test_mentions_of_the_brand_and_of_competitors(self, world):
        assert measured(world, "share_of_voice", world.before).reason == (
            "The brand has named no competitors: there is nothing to take a share of."
        )
        Competitor.objects.create(brand=world.brand, name="Rival", handles=["rival", "rival_us"])
        Competitor.objects.create(brand=world.brand, name="Other", handles=["other"])
        name = world.brand.name
        for creator in world.creators:
            post(creator, EARLY, caption=f"I love {name}!")
            post(creator, EARLY, caption=f"{name.upper()} or @rival_us, or @other?")
            post(creator, EARLY, caption=f"{name}ish rivals others")
            post(creator, LATE, title="#rival")
        before, after = measured(world, "share_of_voice")
        assert before.value == pytest.approx(2 / 4)
        assert (before.n, before.creators) == (24, 6)
        assert after.value == 0


class TestTalk:
    def test_comments_count_where_their_post_does(self, world):
        key = "comment_relevance"
        assert measured(world, key, world.before).reason == talk.NO_COMMENTS
        for creator in world.creators:
            for at, sums in ((EARLY, (10, 4, 8, 2, 4, 1, 2, 6)), (LATE, (5, 0, 0, 0, 0, 0, 0, 0))):
                CommentThread.objects.create(
                    brand=world.brand,
                    post=post(creator, at),
                    scored=sums[0],
                    **dict(
                        zip(
                            ("comments", "answered", "classified", "relevant", "in_language",
                             "positive", "negative", "replies"),
                            sums,
                            strict=True,
                        )
                    ),
                )  # fmt: skip
        before, after = measured(world, key)
        assert before.value == pytest.approx(2 / 8)
        assert (before.n, before.creators, before.provenance) == (48, 6, {Source.ESTIMATED: 48})
        assert before.inputs["comments_left_out"] == 12
        assert after.value is None
        assert after.reason.startswith("None of the comments below these posts is scored")
        assert measured(world, "sentiment", world.before).value == pytest.approx(1 / 4)
        before, after = measured(world, "sentiment_balance")
        assert before.value == pytest.approx((1 - 2) / 4)
        assert (before.n, before.creators, before.provenance) == (24, 6, {Source.ESTIMATED: 24})
        assert -1 < before.wide.low < before.value < before.wide.high < 1
        assert after.reason.startswith("None of the comments below these posts is scored")
        before, after = measured(world, "conversation_depth")
        assert (before.value, after.value) == (pytest.approx(4 / 10), 0)
        assert before.provenance == {}
        before, after = measured(world, "replies_per_comment")
        assert (before.value, after.value) == (pytest.approx(6 / 4), 0)
        assert (before.n, before.creators) == (24, 6)

    def test_the_median_of_words_counts_creators_once(self, world):
        key = "comment_words_median"
        scorer = CommentScorer.objects.create(name="words", version="1")
        for place, creator in enumerate(world.creators):
            below = post(creator, EARLY)
            # One who writes much, and how many write, moves the median of creators by no more.
            counts = [place + 1] * 3 if place < 5 else [900] * 50 + [1]
            CommentThread.objects.create(brand=world.brand, post=below, comments=len(counts) + 1)
            comments = PostComment.objects.bulk_create(
                PostComment(brand=world.brand, post=below, external_id=f"{place}-{n}")
                for n in range(len(counts) + 1)
            )
            CommentScore.objects.bulk_create(
                CommentScore(comment=comment, scorer=scorer, words=words)
                for comment, words in zip(comments, counts, strict=False)
            )
        before, after = measured(world, key)
        assert before.value == pytest.approx((3 + 4) / 2)
        assert (before.n, before.creators) == (15 + 51, 6)
        assert (before.wide.low, before.wide.high) == (1, 900)
        assert before.inputs["comments_left_out"] == 6
        assert after.reason == talk.NO_COMMENTS

    def test_another_brands_comments_are_not_counted(self, world, other_brand):
        for creator in world.creators:
            CommentThread.objects.create(brand=other_brand, post=post(creator, EARLY), comments=3)
        assert measured(world, "conversation_depth", world.before).reason == talk.NO_COMMENTS


class TestAttention:
    def test_views_to_the_end_where_both_are_known(self, world):
        assert measured(world, "view_through", world.before).reason == attention.NOT_WATCHED
        for creator in world.creators:
            post(creator, EARLY, kind=PostKind.VIDEO, views=200, completions=50)
            post(creator, EARLY, kind=PostKind.VIDEO, views=900)
            post(creator, EARLY, kind=PostKind.AUDIO, views=100, completions=100)
            post(creator, LATE, kind=PostKind.STORY, views=100, completions=0)
        before, after = measured(world, "view_through")
        assert (before.value, before.n) == (pytest.approx(0.25), 6)
        assert after.value == 0

    def test_engaged_visits_by_link_and_code(self, world):
        assert measured(world, "traffic_quality", world.before).reason == attention.NO_VISITS
        for number, relationship in enumerate(world.relationships):
            link = TrackingLink.objects.create(
                brand=world.brand,
                code=f"abcd{number + 2}",
                relationship=relationship,
                target="https://shop.example/",
            )
            code = PromoCode.objects.create(
                brand=world.brand, code=f"CODE{number}", relationship=relationship
            )
            told = {"brand": world.brand, "day": EARLY.date()}
            VisitDay.objects.create(
                link=link, sessions=30, engaged=20, bounces=6, seconds=1200, **told
            )
            VisitDay.objects.create(code=code, sessions=10, engaged=4, bounces=0, **told)
            VisitDay.objects.create(
                link=link, sessions=50, brand=world.brand, day=EARLY.date() + timedelta(days=1)
            )
        before, after = measured(world, "traffic_quality")
        assert before.value == pytest.approx(24 / 40)
        assert (before.n, before.creators) == (240, 6)
        assert after.reason == attention.NO_VISITS
        assert measured(world, "bounce_rate", world.before).value == pytest.approx(6 / 40)
        # A day of which nobody told how long they stayed is not one on which they stayed no time.
        stayed = measured(world, "time_on_site", world.before)
        assert (stayed.value, stayed.n) == (pytest.approx(40), 180)
        VisitDay.objects.update(seconds=None)
        stayed = measured(world, "time_on_site", world.before)
        assert stayed.reason == "Of none of the visits of these days was told how long they stayed."


def test_what_is_told_late_has_a_finished_quarter_computed_again(world):
    def refresh():
        return scorecards.refresh(brand_id=world.brand.pk, as_of=NOW)

    refresh()
    # Of both segments the quarter that runs; what is over is settled.
    assert refresh() == 2
    Conversion.objects.create(
        brand=world.brand,
        key="late",
        at=EARLY,
        source=ConversionSource.API,
        received_at=timezone.now(),
    )
    assert refresh() > 2
    Scorecard.objects.update(computed_at=timezone.now() + timedelta(days=2))
    assert refresh() == 2


def test_every_entry_has_rows_and_reasons(world):
    found = measure(brand=world.brand, segment_ids=[world.before.pk], start=START, until=END)
    rows = found.segments[world.before.pk]
    assert {row.metric for row in rows.values()} == set(METRICS)
    assert len({metric.key for metric in METRICS}) == len(METRICS)
    assert list(rows) == list(found.whole)
    for row in rows.values():
        assert (row.value is None) == bool(row.reason), row.key
        assert set(row.provenance) <= set(row.metric.accepts), row.key


def test_statements_do_not_grow_with_segments(world):
    def count(segments):
        with CaptureQueriesContext(connection) as queries:
            measure(brand=world.brand, segment_ids=segments, start=START, until=END)
        return len(queries)

    few = count([world.before.pk])
    more = [make_segment(world.brand, f"more-{number}") for number in range(4)]
    for segment in more:
        for creator in world.creators:
            stay(segment, creator, moment(6, 1))
            post(creator, EARLY, likes=30, followers_at_post=1_000)
    # The first look at posts with rates asks for the ranks of a median.
    assert count([segment.pk for segment in more]) <= few + len(FAMILIES)
    assert count([segment.pk for segment in more[:1]]) == count([one.pk for one in more])
