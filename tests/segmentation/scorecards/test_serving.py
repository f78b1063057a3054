"""Scorecards as they are stored, served, and computed again where they may differ."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.choices import SeriesKind
from campaigns.services.publishing.recording import take_back
from campaigns.services.series import keeping
from crm.models import AuditEntry, ImportBatch, PromisedTask
from segmentation.choices import ErrandStatus, SegmentStatus
from segmentation.metrics.catalogue import METRICS
from segmentation.metrics.periods import Quarter
from segmentation.models import Scorecard, ScorecardOrder
from segmentation.services import scorecard_orders, scorecards
from segmentation.services.scorecards import PeriodRefused
from tests.campaigns.publishing.pieces import piece, producing, published, running
from tests.factories import NOW, BrandFactory, PostFactory
from tests.segmentation.scorecards.worlds import members, q3, row, value
from tests.segmentation.world import make_creator, make_run, make_segment, moment, post, stay

pytestmark = pytest.mark.django_db


class TestServing:
    def test_the_rest_shape(self, brand, segment):
        members(segment, [0.1] * 5)
        found = scorecards.as_json(q3(segment))
        assert found["segment"] == "educators"
        assert found["period"] == "2026Q3"
        assert found["size"] == 5
        assert found["is_final"]
        wanted = {
            *("key", "label", "value", "unit", "n", "interval", "benchmark", "change", "target"),
            *("formula", "source", "reason_if_absent", "interval_80"),
        }
        for cell in found["metrics"]:
            assert wanted <= set(cell)
            assert "inputs" not in cell
            assert (cell["value"] is None) == (cell["reason_if_absent"] is not None)
        keys = [cell["key"] for cell in found["metrics"]]
        assert keys[:5] == ["size", "joiners", "leavers", "followers_total", "stage_share:prospect"]
        assert len(keys) == len(set(keys))
        whole = {key.partition(":")[0] for key in keys}
        assert whole == {metric.key for metric in METRICS}
        assert found["metrics"][0]["formula"].startswith("size v1: ")

    def test_a_stored_row_is_served_as_it_is(self, brand, segment):
        members(segment, [0.1] * 5)
        first = q3(segment)
        post(segment.memberships.first().creator, moment(8, 9), followers_at_post=10, likes=9)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            again = q3(segment)
        assert len(queries) == 1
        assert again.metrics == first.metrics

    def test_a_running_period_is_computed_again_after_a_day_and_at_its_end(self, brand, segment):
        stay(segment, make_creator(brand), moment(10, 2))
        early = scorecards.get(segment=segment, period="2026Q4", as_of=moment(10, 5))
        stay(segment, make_creator(brand), moment(10, 4))
        same = scorecards.get(segment=segment, period="2026Q4", as_of=moment(10, 5, 23))
        assert (early.size, same.size) == (1, 1)
        later = scorecards.get(segment=segment, period="2026Q4", as_of=moment(10, 6, 1))
        assert later.size == 2
        final = scorecards.get(segment=segment, period="2026Q4", as_of=moment(1, 1, year=2027))
        assert final.as_of == final.ends_at
        assert Scorecard.objects.count() == 1

    def test_another_formula_is_not_compared_and_not_served(self, brand, segment):
        stay(segment, make_creator(brand), moment(6, 2))
        q2 = scorecards.get(segment=segment, period="2026Q2", as_of=NOW)
        q2.metrics[0] |= {"formula": "size v0: something else", "value": 99}
        q2.save()
        assert row(q3(segment), "size")["change"]["previous"] == 1
        assert value(scorecards.get(segment=segment, period="2026Q2", as_of=NOW), "size") == 1

    def test_refresh_writes_every_segment_and_quarter_once(self, brand, segment):
        second = make_segment(brand, "second")
        make_segment(brand, "draft", status=SegmentStatus.DRAFT)
        stay(segment, make_creator(brand), moment(5, 1))
        assert scorecards.refresh(brand_id=brand.pk, as_of=NOW) == 6
        found = Scorecard.objects.order_by("period", "segment").values_list("period", "segment")
        assert list(found) == [
            (period, pk)
            for period in ("2026Q2", "2026Q3", "2026Q4")
            for pk in (segment.pk, second.pk)
        ]
        card = Scorecard.objects.get(period="2026Q3", segment=segment)
        assert row(card, "size")["change"] == {
            "period": "2026Q2",
            "previous": 1,
            "difference": 0,
            "relative": 0,
        }

    def test_finished_quarters_are_computed_again_only_when_they_may_differ(self, brand, segment):
        def refresh():
            return scorecards.refresh(brand_id=brand.pk, as_of=NOW)

        creator = make_creator(brand)
        stay(segment, creator, moment(5, 1))
        assert refresh() == 3
        assert refresh() == 1
        assert value(q3(segment), "engagement_rate_followers") is None
        now = timezone.now()
        make_run(brand, moment(9, 1), applied_at=now)
        assert refresh() == 2
        Scorecard.objects.update(computed_at=now + timedelta(days=2))
        assert refresh() == 1
        batch = ImportBatch.objects.create(
            brand=brand, captured_at=now, created_at=now, applied_at=now + timedelta(days=2)
        )
        Scorecard.objects.update(computed_at=now + timedelta(days=2))
        assert refresh() == 3
        Scorecard.objects.update(computed_at=now + timedelta(days=4))
        assert refresh() == 1
        batch.undone_at = now + timedelta(days=5)
        batch.save()
        assert refresh() == 3
        Scorecard.objects.update(computed_at=now + timedelta(days=9))
        assert refresh() == 1
        asked = {"brand": brand, "name": "Searches", "source": "", "actor": None, "at": NOW}
        series = keeping.create_series(kind=SeriesKind.BRAND_SEARCH, **asked)
        told = {"actor": None, "at": now + timedelta(days=9)}
        keeping.put_values(series=series, values={moment(8, 3).date(): 40.0}, **told)
        assert refresh() == 3
        Scorecard.objects.update(computed_at=now + timedelta(days=12))
        assert refresh() == 1
        told = {"brand": brand, "actor": None, "at": now + timedelta(days=12)}
        shown = published(piece(producing(running(brand))))
        assert refresh() == 1
        take_back(deliverable_id=shown.deliverable_id, reason="Another reel", **told)
        assert refresh() == 3
        make_segment(brand, "new")
        Scorecard.objects.update(computed_at=now + timedelta(days=15))
        assert refresh() == 6

    def test_refresh_and_get_agree(self, brand, segment):
        members(segment, [0.02, 0.03, 0.05, 0.06, 0.09, 0.11])
        alone = q3(segment).metrics
        make_segment(brand, "second")
        scorecards.refresh(brand_id=brand.pk, as_of=NOW)
        assert q3(segment).metrics == alone

    def test_statements_do_not_grow_with_segments_or_creators(self, brand, segment):
        def count():
            with CaptureQueriesContext(connection) as queries:
                scorecards.refresh(brand_id=brand.pk, as_of=NOW, periods=["2026Q3"])
            return len(queries)

        members(segment, [0.1] * 3)
        few = count()
        for n in range(10):
            members(make_segment(brand, f"more-{n}"), [0.1] * 7)
        Scorecard.objects.filter(period="2026Q2").delete()
        assert count() == few

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("2026", "'2026' is not a quarter; write it as 2026Q3."),
            ("2026Q5", "'2026Q5' is not a quarter; write it as 2026Q3."),
            ("", "'' is not a quarter; write it as 2026Q3."),
            ("x" * 5000, f"{'x' * 20!r} is not a quarter; write it as 2026Q3."),
            ("2027Q1", "2027Q1 has not begun: it starts on 1 January 2027."),
            ("1999Q4", "1999Q4 is too long ago: scorecards begin with 2000Q1."),
        ],
    )
    def test_periods_that_there_are_not(self, segment, text, words):
        with pytest.raises(PeriodRefused) as refusal:
            scorecards.get(segment=segment, period=text, as_of=NOW)
        assert str(refusal.value) == words
        assert not Scorecard.objects.exists()

    def test_nobody_is_asked_for_a_period_before_anything(self, brand, segment):
        asked = {"brand": brand, "actor": None, "at": NOW}
        with pytest.raises(PeriodRefused, match="2026Q3 has nothing to measure"):
            scorecard_orders.look(quarter=Quarter(2026, 3), **asked)
        assert not ScorecardOrder.objects.exists()
        # The running one may have somebody any moment.
        assert scorecard_orders.look(quarter=Quarter(2026, 4), **asked).is_open
        stay(segment, make_creator(brand), moment(5, 1))
        assert scorecard_orders.look(quarter=Quarter(2026, 2), **asked).is_open
        with pytest.raises(PeriodRefused, match="2004Q2 has nothing to measure"):
            scorecard_orders.ask(period="2004Q2", **asked)
        assert ScorecardOrder.objects.count() == 2
        assert not AuditEntry.objects.exists()

    def test_all_who_look_share_one_order_and_who_asks_has_it_done_anew(self, brand, segment):
        stay(segment, make_creator(brand), moment(5, 1))
        look = {"brand": brand, "quarter": Quarter(2026, 3), "actor": None}
        first = scorecard_orders.look(**look, at=NOW)
        assert scorecard_orders.look(**look, segment=segment, at=NOW + timedelta(hours=1)) == first
        first.refresh_from_db()
        assert first.requested_at == NOW
        assert PromisedTask.objects.count() == 1
        later = NOW + timedelta(seconds=1)
        asked = scorecard_orders.ask(brand=brand, period="2026Q3", actor=None, at=later)
        assert (asked.pk, asked.requested_at) == (first.pk, later)
        assert PromisedTask.objects.count() == 2
        done = scorecard_orders.compute(order_id=first.pk, at=NOW)
        assert done.status == ErrandStatus.DONE
        card = Scorecard.objects.get()
        assert scorecard_orders.hold(segment=segment, period="2026Q3", actor=None, at=NOW) == (
            card,
            None,
        )
        # It holds, so that beat's sweep and a second message do nothing.
        assert scorecard_orders.compute(order_id=first.pk, at=NOW).attempts == 1

    def test_fiscal_quarters_of_the_brand(self):
        brand = BrandFactory(fiscal_year_start_month=2)
        segment = make_segment(brand)
        stay(segment, make_creator(brand), moment(10, 15))
        found = scorecards.get(segment=segment, period="2027Q3", as_of=NOW)
        assert (found.starts_at, found.ends_at) == (moment(8, 1), moment(11, 1))
        assert value(found, "joiners") == 1

    def test_undated_posts_count_in_no_period(self, brand, segment):
        creators = members(segment, [0.1] * 5)
        PostFactory(
            profile=creators[0].profiles.get(), posted_at=None, followers_at_post=10, likes=9
        )
        assert row(q3(segment), "engagement_rate_followers")["n"] == 5

    def test_a_stay_as_of_a_microsecond_ago(self, brand, segment):
        stay(segment, make_creator(brand), NOW + timedelta(microseconds=1))
        found = scorecards.get(segment=segment, period="2026Q4", as_of=NOW)
        assert found.size == 0
