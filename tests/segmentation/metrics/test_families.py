"""What each family of metrics finds, with membership as of the moment of each event."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.choices import (
    ClickKind,
    ContentKind,
    ConversionSource,
    DeliverableState,
    DisclosureVerdict,
    DraftState,
    EngagementStage,
    Gate,
    GateOutcome,
    ReviewStage,
    ReviewState,
    SeriesKind,
)
from campaigns.models import (
    Click,
    Competitor,
    Conversion,
    DailySeries,
    DailyValue,
    Deliverable,
    DisclosureReview,
    Draft,
    Engagement,
    EngagementStay,
    GateTurn,
    PromoCode,
    Refund,
    TrackingLink,
    VisitDay,
)
from crm.choices import IncidentKind, PostKind, Severity, Source
from crm.models import (
    CommentScore,
    CommentScorer,
    CommentThread,
    Incident,
    PostComment,
    Relationship,
)
from segmentation.metrics.catalogue import FAMILIES, METRICS
from segmentation.metrics.families import attention, talk
from segmentation.metrics.measuring import measure
from segmentation.models import Scorecard
from segmentation.services import scorecards
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.segmentation.world import make_creator, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db

START, MIDDLE, END = moment(7, 1), moment(8, 15), moment(10, 1)
EARLY, LATE = moment(7, 20, 9), moment(9, 8, 9)


@pytest.fixture
def world(brand):
    """Six creators who are in one segment until mid-quarter and in another from then on."""
    before, after = make_segment(brand, "before"), make_segment(brand, "after")
    creators = [make_creator(brand) for _ in range(6)]
    for creator in creators:
        stay(before, creator, moment(2, 1), MIDDLE)
        stay(after, creator, MIDDLE)
    return SimpleNamespace(
        brand=brand,
        before=before,
        after=after,
        creators=creators,
        relationships=[Relationship.objects.get(creator=creator) for creator in creators],
    )


def measured(world, key, segment=None):
    """The rows of a metric: before, after (or of one segment), in the third quarter of 2026."""
    segments = (world.before, world.after)
    found = measure(
        brand=world.brand,
        segment_ids=[one.pk for one in segments],
        start=START,
        until=END,
    )
    rows = [found.segments[one.pk][key] for one in segments]
    return rows if segment is None else rows[segments.index(segment)]


def engagements(world, stage=EngagementStage.LIVE):
    campaign = make_campaign(world.brand)
    return [
        Engagement.objects.create(
            campaign=campaign, relationship=relationship, stage=stage, stage_since=moment(6, 1)
        )
        for relationship in world.relationships
    ]


def piece(engagement, **values):
    return Deliverable.objects.create(
        engagement=engagement,
        title="A post",
        platform_id="instagram",
        kind=ContentKind.SPONSORED_POST,
        form=PostKind.IMAGE,
        created_at=moment(6, 1),
        state_since=moment(6, 1),
        **values,
    )


def draft(of, number, state, at):
    return Draft.objects.create(
        deliverable=of,
        number=number,
        submitted_at=at,
        is_sealed=True,
        state=state,
        state_since=at,
    )


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


class TestWork:
    def test_rounds_of_a_piece_count_where_it_was_approved(self, world):
        for number, engagement in enumerate(engagements(world)):
            first = piece(engagement)
            draft(first, 1, DraftState.NEEDS_WORK, moment(7, 2))
            draft(first, 2, DraftState.WITHDRAWN, moment(7, 3))
            draft(first, 3, DraftState.APPROVED, EARLY)
            second = piece(engagement)
            if number:
                draft(second, 1, DraftState.NEEDS_WORK, moment(7, 2))
            draft(second, 2, DraftState.APPROVED, LATE)
            draft(piece(engagement), 1, DraftState.IN_REVIEW, EARLY)
        before, after = measured(world, "revision_rounds")
        assert (before.value, before.n, before.creators) == (2, 6, 6)
        assert (before.wide.low, before.wide.high) == (pytest.approx(2), pytest.approx(2))
        assert after.value == pytest.approx(11 / 6)
        assert after.wide.low < 11 / 6 < after.wide.high

    def test_hours_at_a_gate_are_working_hours(self, world):
        for number, engagement in enumerate(engagements(world)):
            for at in (EARLY, LATE):
                handed_in = draft(piece(engagement), 1, DraftState.APPROVED, at)
                GateTurn.objects.create(
                    draft=handed_in,
                    opening=1,
                    gate=Gate.LEGAL,
                    position=0,
                    began_at=at,
                    due_at=at + timedelta(days=3),
                    # From Monday 9:00, or Tuesday: 1 to 6 hours.
                    decided_at=at + timedelta(hours=number + 1),
                    outcome=GateOutcome.APPROVED,
                )
        before, after = measured(world, "approval_hours:legal")
        assert (before.value, before.n, before.creators) == (3.5, 6, 6)
        assert (before.wide.low, before.wide.high) == (1, 6)
        assert after.value == 3.5
        manager = measured(world, "approval_hours:manager", world.before)
        assert manager.value is None
        assert manager.reason.startswith("Too few: ")

    def test_days_to_live_do_not_drop_who_is_not_there_yet(self, world):
        asked = engagements(world)
        for number, engagement in enumerate(asked):
            EngagementStay.objects.create(
                engagement=engagement, stage=EngagementStage.INVITED, entered_at=EARLY
            )
            if number < 5:
                piece(
                    engagement,
                    published_at=EARLY + timedelta(days=10 * (number + 1)),
                    published_url="https://example.com/p",
                )
        row = measured(world, "time_to_activate", world.before)
        # After 10, 20 and 30 days half are live.
        assert (row.value, row.n) == (30, 6)
        assert row.inputs["not_live_yet_or_out"] == 1
        assert row.inputs["ninetieth_percentile"] == "not known"
        assert (row.narrow.low, row.narrow.high) == (20, 50)
        assert row.wide is None
        assert row.interval_reason == "Too few are live to say how long it may take."
        assert measured(world, "time_to_activate", world.after).value is None
        piece(
            asked[5],
            published_at=EARLY + timedelta(days=60),
            published_url="https://example.com/p",
        )
        row = measured(world, "time_to_activate", world.before)
        assert (row.value, row.inputs["ninetieth_percentile"]) == (30, 60)

    def test_who_came_back_within_twelve_months(self, world):
        for months, at in ((0, moment(8, 1, year=2025)), (11, moment(7, 1))):
            for number, engagement in enumerate(engagements(world)):
                if months and number >= 2:
                    continue
                EngagementStay.objects.create(
                    engagement=engagement, stage=EngagementStage.CONTRACTED, entered_at=at
                )
        before, after = measured(world, "partner_retention")
        assert before.value == pytest.approx(2 / 6)
        assert before.wide.low < 2 / 6 < before.wide.high
        assert after.value is None


class TestGovernance:
    def review(self, of, verdict, at):
        DisclosureReview.objects.create(
            brand=of.engagement.campaign.brand,
            deliverable=of,
            stage=ReviewStage.LIVE,
            state=ReviewState.DECIDED,
            opened_at=at,
            due_at=at,
            verdict=verdict,
            decided_at=at,
        )

    def test_the_first_verdict_counts_and_what_was_not_reviewed_stands_apart(self, world):
        for number, engagement in enumerate(engagements(world)):
            live = piece(
                engagement,
                state=DeliverableState.PUBLISHED,
                published_at=EARLY,
                published_url="https://example.com/p",
            )
            verdict = DisclosureVerdict.SUFFICIENT if number else DisclosureVerdict.INSUFFICIENT
            self.review(live, verdict, EARLY)
            self.review(live, DisclosureVerdict.SUFFICIENT, LATE)
            piece(
                engagement,
                state=DeliverableState.PUBLISHED,
                published_at=EARLY,
                published_url="https://example.com/q",
            )
            self.review(piece(engagement), DisclosureVerdict.NOT_REQUIRED, EARLY)
        before, after = measured(world, "disclosure_compliance")
        assert before.value == pytest.approx(5 / 6)
        assert before.n == 6
        assert before.inputs["publications_excluded"] == {"published, not reviewed": 6}
        assert before.wide.low < 5 / 6 < before.wide.high <= 1
        assert (after.value, after.n) == (None, 0)

    def test_incidents_in_a_hundred_posts(self, world):
        for creator in world.creators:
            for _ in range(5):
                post(creator, EARLY)
                post(creator, LATE)
        for severity, day, state in (
            (Severity.HIGH, date(2026, 7, 20), "open"),
            (Severity.HIGH, date(2026, 9, 20), "closed"),
            (Severity.HIGH, date(2026, 9, 21), "dismissed"),
            (Severity.LOW, date(2026, 8, 15), "open"),
            (Severity.LOW, None, "open"),
        ):
            Incident.objects.create(
                brand=world.brand,
                relationship=world.relationships[0],
                kind=IncidentKind.CLAIM,
                severity=severity,
                happened_on=day,
                noticed_on=date(2026, 9, 30),
                what="Said what nobody may say.",
                state=state,
            )
        before, after = measured(world, "incident_rate:high")
        assert before.value == pytest.approx(100 / 30)
        assert after.value == pytest.approx(100 / 30)
        assert before.wide.low < 100 / 30 < before.wide.high
        before, after = measured(world, "incident_rate:low")
        assert (before.value, before.wide.low) == (0, 0)
        assert after.value == pytest.approx(200 / 30)


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
            for at, sums in ((EARLY, (10, 4, 8, 2, 4, 1, 6)), (LATE, (5, 0, 0, 0, 0, 0, 0))):
                CommentThread.objects.create(
                    brand=world.brand,
                    post=post(creator, at),
                    scored=sums[0],
                    **dict(
                        zip(
                            ("comments", "answered", "classified", "relevant", "in_language",
                             "positive", "replies"),
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


class TestConversions:
    @pytest.fixture
    def links(self, world):
        return [
            TrackingLink.objects.create(
                brand=world.brand,
                code=f"abcd{number + 2}",
                relationship=relationship,
                target="https://shop.example/",
                created_at=moment(6, 1),
            )
            for number, relationship in enumerate(world.relationships)
        ]

    def click(self, link, at, visitor=None, kind=ClickKind.PERSON):
        return Click.objects.create(
            id=uuid4(),
            brand=link.brand,
            link=link,
            at=at,
            day=at.date(),
            kind=kind,
            visitor=visitor,
        )

    def convert(self, world, at, **values):
        return Conversion.objects.create(
            brand=world.brand,
            key=str(uuid4()),
            at=at,
            source=ConversionSource.API,
            value=Decimal(20),
            currency="EUR",
            **values,
        )

    def test_clicks_by_impressions(self, world, links):
        for link, creator in zip(links, world.creators, strict=True):
            post(creator, EARLY, impressions=100)
            post(creator, LATE, impressions=50)
            for at in (EARLY, EARLY, LATE):
                self.click(link, at)
            self.click(link, EARLY, kind=ClickKind.BOT)
        before, after = measured(world, "click_through")
        assert (before.value, before.n) == (pytest.approx(0.02), 600)
        assert after.value == pytest.approx(0.02)
        assert before.inputs["clicks_of_people"] == 12

    def test_conversions_by_clicks_without_what_was_taken_back(self, world, links):
        for link in links:
            for at in (EARLY, EARLY, LATE, LATE):
                self.click(link, at)
            self.convert(world, EARLY, link=link)
            came = self.click(link, LATE)
            self.convert(world, LATE, click=came.pk)
            returned = self.convert(world, EARLY, link=link)
            Refund.objects.create(
                brand=world.brand,
                conversion=returned,
                key=str(uuid4()),
                at=LATE,
                source=ConversionSource.API,
            )
        before, after = measured(world, "conversion_rate")
        assert before.value == pytest.approx(6 / 12)
        assert after.value == pytest.approx(6 / 18)

    def test_codes_redeemed(self, world):
        assert measured(world, "code_redemptions", world.before).reason == "The brand has no codes."
        code = PromoCode.objects.create(
            brand=world.brand, code="ANNA10", relationship=world.relationships[0]
        )
        self.convert(world, EARLY, code=code, code_text="anna10")
        partly = self.convert(world, LATE, code=code, code_text="anna10")
        Refund.objects.create(
            brand=world.brand,
            conversion=partly,
            key="back",
            at=LATE,
            value=Decimal(5),
            source=ConversionSource.API,
        )
        before, after = measured(world, "code_redemptions")
        assert (before.value, after.value) == (1, 1)
        assert before.metric.unit == "events"

    def test_assisted_counts_for_the_segment_of_the_click(self, world, links):
        code = PromoCode.objects.create(
            brand=world.brand, code="ANNA10", relationship=world.relationships[0]
        )
        self.click(links[1], moment(8, 10), visitor=7)
        self.click(links[2], moment(8, 20), visitor=7)
        # The last link is credited; the first assisted, before its creator moved.
        self.convert(world, moment(8, 21), visitor=7, link=links[2])
        before, after = measured(world, "assisted_conversions")
        assert (before.value, after.value) == (1, 0)
        # With a code, both links assist.
        self.convert(world, moment(8, 22), visitor=7, code=code, code_text="ANNA10")
        before, after = measured(world, "assisted_conversions")
        assert (before.value, after.value) == (2, 1)
        # Outside of the window nothing does.
        self.convert(world, moment(9, 25), visitor=7, code=code, code_text="ANNA10")
        assert measured(world, "assisted_conversions", world.before).value == 2


class TestLift:
    """Searches are 100 on Mondays and 10 else, a fifth more on the days of pieces and after."""

    def series(self, world, days):
        series = DailySeries.objects.create(
            brand=world.brand,
            key="searches",
            name="Searches",
            kind=SeriesKind.BRAND_SEARCH,
        )
        new = {day + timedelta(days=more) for day in days for more in (0, 1)}
        every = (date(2026, 6, 1) + timedelta(days=number) for number in range(130))
        DailyValue.objects.bulk_create(
            DailyValue(
                series=series,
                day=day,
                value=(10 if day.weekday() else 100) * (1.2 if day in new else 1),
            )
            for day in every
        )

    def test_days_of_new_pieces_against_the_same_weekdays_without(self, world):
        days = [date(2026, 7, 6), date(2026, 7, 9), date(2026, 7, 17), date(2026, 7, 25)]
        self.series(world, days)
        for engagement, day in zip(engagements(world), days, strict=False):
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            piece(engagement, state=DeliverableState.PUBLISHED, published_at=at)
        before, after = measured(world, "brand_search_lift")
        assert before.value == pytest.approx(0.2)
        assert (before.n, before.creators, before.inputs["weeks"]) == (8, 4, 4)
        # Every week is a fifth more: nothing tells them apart.
        assert before.wide.low == pytest.approx(0.2)
        assert after.reason == "No piece of a member went live in this period."
        [nothing] = measured(world, "direct_lift", world.before).reason.splitlines()
        assert nothing == "The brand has no daily series of it in this period."

    def test_three_weeks_are_too_few_and_others_pieces_make_no_quiet_days(self, world):
        days = [date(2026, 7, 6), date(2026, 7, 9), date(2026, 7, 17)]
        self.series(world, days)
        some = engagements(world)
        for engagement, day in zip(some, days, strict=False):
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            piece(engagement, state=DeliverableState.PUBLISHED, published_at=at)
        row = measured(world, "brand_search_lift", world.before)
        assert row.value is None
        assert "lie in 3 weeks, 4 are needed" in row.reason
        # Something new on all days round about: nothing is left to compare with.
        for number in range(-40, 90, 2):
            at = moment(7, 1, 12) + timedelta(days=number)
            piece(some[5], state=DeliverableState.PUBLISHED, published_at=at)
        row = measured(world, "brand_search_lift", world.before)
        assert row.inputs["days_used"] == 0


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
