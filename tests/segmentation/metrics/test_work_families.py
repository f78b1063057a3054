"""What each family of metrics finds of work with creators and of what it brings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from campaigns.choices import (
    ClickKind,
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
    Conversion,
    DailySeries,
    DailyValue,
    DisclosureReview,
    EngagementStay,
    GateTurn,
    PromoCode,
    Refund,
    TrackingLink,
)
from crm.choices import IncidentKind, Severity
from crm.models import Incident
from tests.segmentation.metrics.worlds import EARLY, LATE, draft, engagements, measured, piece
from tests.segmentation.world import moment, post

pytestmark = pytest.mark.django_db


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
        # One draft for one of them, two for five.
        assert [after.inputs[name] for name in ("drafts", "median", "ninetieth_percentile")] == [
            11,
            2,
            2,
        ]
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
