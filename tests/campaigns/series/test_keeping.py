"""Daily series: one number a day, files that are taken whole, notes on days, lifts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.experiments.weeks import Span
from campaigns.models import DailySeries, DailyValue, DayNote, SeriesBatch, SeriesLift
from campaigns.selectors.series.lifts import lifts_of
from campaigns.services.series import importing, keeping, lifts, notes
from campaigns.services.series.keeping import SeriesRefused
from campaigns.services.series.lifts import Asked
from crm.importers.tables import TableRefused
from crm.models import AuditEntry
from tests.campaigns.made import make_campaign
from tests.factories import NOW

DAY = date(2026, 11, 2)


def make_series(brand, name="Brand search") -> DailySeries:
    return keeping.create_series(
        brand=brand, name=name, kind="brand_search", source="", actor=None, at=NOW
    )


def values(series) -> dict[date, float]:
    return dict(series.values_by_day.values_list("day", "value"))


def take(brand, text, series=None) -> SeriesBatch:
    upload = SimpleUploadedFile("searches.csv", text.encode())
    return importing.import_values(brand=brand, upload=upload, series=series, actor=None, at=NOW)


def test_a_series_has_a_name_of_its_own(brand, other_brand):
    made = make_series(brand)
    assert (made.key, made.kind) == ("brand-search", "brand_search")
    for name, kind, words in (
        ("brand search!", "other", "There is a series called"),
        (" ", "other", "Give the series a name."),
        ("New", "luck", "“luck” is none of"),
    ):
        with pytest.raises(SeriesRefused, match=words):
            keeping.create_series(brand=brand, name=name, kind=kind, source="", actor=None, at=NOW)
    make_series(other_brand)
    assert DailySeries.objects.count() == 2


def test_a_later_value_of_a_day_replaces_the_earlier(brand):
    series = make_series(brand)
    first = keeping.put_values(series=series, values={DAY: 3.0}, actor=None, at=NOW)
    then = keeping.put_values(
        series=series, values={DAY: 5.0, DAY + timedelta(days=1): 0.0}, actor=None, at=NOW
    )
    assert (first.new, then.new, then.replaced) == (1, 1, [(series.pk, DAY, 3.0)])
    assert values(series) == {DAY: 5.0, DAY + timedelta(days=1): 0.0}
    assert AuditEntry.objects.filter(verb="campaigns.series.written").count() == 2


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2026, 11, 23), 1.0),
        (date(1999, 12, 31), 1.0),
        (DAY, -1.0),
        (DAY, float("nan")),
        (DAY, float("inf")),
    ],
)
def test_days_to_come_and_numbers_that_are_none_are_refused(brand, day, value):
    series = make_series(brand)
    with pytest.raises(SeriesRefused):
        keeping.put_values(series=series, values={DAY: 1.0, day: value}, actor=None, at=NOW)
    assert not DailyValue.objects.exists()


def test_a_file_is_taken_in_and_out_again(brand):
    search, direct = make_series(brand), make_series(brand, "Direct")
    keeping.put_values(series=search, values={DAY: 3.0}, actor=None, at=NOW)
    batch = take(
        brand,
        "Date,Value,Series\n2026-11-02,10,brand-search\n2026-11-03,11,Brand search\n"
        "2026-11-02,7,direct\n2026-11-04,,direct\n",
    )
    assert (batch.values_new, batch.replaced) == (2, [[search.pk, "2026-11-02", 3.0]])
    assert values(search) == {DAY: 10.0, date(2026, 11, 3): 11.0}
    assert values(direct) == {DAY: 7.0}  # an empty cell is not known
    # Somebody writes over one of its values: that stays.
    keeping.put_values(series=direct, values={DAY: 8.0}, actor=None, at=NOW)
    importing.undo_import(batch_id=batch.pk, actor=None, at=NOW)
    assert values(search) == {DAY: 3.0}
    assert values(direct) == {DAY: 8.0}
    with pytest.raises(SeriesRefused, match="taken out already"):
        importing.undo_import(batch_id=batch.pk, actor=None, at=NOW)


def test_a_file_with_faults_is_not_taken_at_all(brand):
    series = make_series(brand)
    with pytest.raises(TableRefused) as refusal:
        take(
            brand,
            "day,value,series\n2026-11-02,10,\n2026-11-02,11,\n02/11/2026,1,\n2027-01-01,1,\n"
            "2026-11-03,-4,\n2026-11-03,4,nobody's\n",
            series,
        )
    assert refusal.value.faults == [
        "Line 3: Brand search has 2 November 2026 already.",
        "Line 4: “02/11/2026” is no day: write 2026-11-22.",
        "Line 5: 1 January 2027 is not between 1 January 2000 and today.",
        "Line 6: A value cannot be negative.",
        "Line 7: There is no series “nobody's”: make it first.",
    ]
    with pytest.raises(TableRefused, match="A column is missing: “series”"):
        take(brand, "day,value\n2026-11-02,10\n")
    with pytest.raises(TableRefused, match="No row has a value"):
        take(brand, "day,value\n2026-11-02,\n", series)
    assert not DailyValue.objects.exists()
    assert not SeriesBatch.objects.exists()


def test_a_note_on_a_day(brand):
    made = notes.add_note(
        brand=brand,
        day=DAY,
        title=" The feed ranks by watch time ",
        platform=None,
        url="https://example.com/news",
        actor=None,
        at=NOW,
    )
    assert made.title == "The feed ranks by watch time"
    for values_, words in (
        ({"title": " "}, "Say what happened"),
        ({"url": "javascript:alert(1)"}, "begins with https"),
        ({"day": date(1900, 1, 1)}, "too far away"),
    ):
        said = {"day": DAY, "title": "x", "url": ""} | values_
        with pytest.raises(SeriesRefused, match=words):
            notes.add_note(brand=brand, platform=None, actor=None, at=NOW, **said)
    assert DayNote.objects.count() == 1
    notes.remove_note(note=made, actor=None, at=NOW)
    assert not DayNote.objects.exists()


def ask(campaign, series, **said) -> SeriesLift:
    asked = {
        "before": Span(date(2026, 9, 28), date(2026, 10, 25)),
        "after": Span(date(2026, 10, 26), date(2026, 11, 22)),
        "days_back": 364,
    } | said
    return lifts.ask_lift(
        campaign=campaign, asked=Asked(series=series, **asked), actor=None, at=NOW
    )


def test_a_lift_is_answered_with_what_is_known(brand, manager, django_assert_num_queries):
    campaign = make_campaign(brand, manager)
    search, other = make_series(brand), make_series(brand, "Other market")
    days = [date(2026, 9, 28) + timedelta(days=number) for number in range(56)]
    level = {day: 150.0 if place >= 28 else 100.0 for place, day in enumerate(days)}
    keeping.put_values(series=search, values=level, actor=None, at=NOW)
    keeping.put_values(
        series=other,
        values={day: 60.0 if place >= 28 else 50.0 for place, day in enumerate(days)},
        actor=None,
        at=NOW,
    )
    ask(campaign, search, control=other, days_back=None)
    ask(campaign, search)
    with django_assert_num_queries(2):
        beside, before = lifts_of(campaign)
    assert beside.lift.lift == pytest.approx(1.5 / 1.2 - 1)
    assert (beside.control, beside.lift.weeks_after) == ("Other market on the same days", 4)
    assert before.lift is None
    assert "there is no whole week" in before.why_not
    lifts.drop_lift(lift=beside.asked, actor=None, at=NOW)
    assert SeriesLift.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"days_back": None}, "Choose one control"),
        ({"days_back": 365}, "whole weeks back"),
        ({"days_back": 28}, "before all of these"),
        ({"after": Span(date(2026, 10, 20), date(2026, 11, 22))}, "when the days before are over"),
        ({"before": Span(date(2026, 10, 22), date(2026, 10, 25))}, "at least a week"),
        ({"before": Span(date(2020, 1, 1), date(2026, 10, 25))}, "at most 400 days"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(brand, manager, said, words):
    campaign, series = make_campaign(brand, manager), make_series(brand)
    with pytest.raises(SeriesRefused, match=words):
        ask(campaign, series, **said)
    with pytest.raises(SeriesRefused, match="no control of itself"):
        ask(campaign, series, control=series, days_back=None)
    assert not SeriesLift.objects.exists()
