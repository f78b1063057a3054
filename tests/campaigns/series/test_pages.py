"""Pages and REST of daily series: kept, shown with what happened, and lifts of a campaign."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.models import DailySeries, DailyValue, DayNote, SeriesBatch, SeriesLift
from tests.campaigns.made import make_campaign
from tests.campaigns.series.test_keeping import make_series, values
from tests.people import logged_in
from tests.rest import assert_problem, rest_as, walk

TODAY = date(2026, 11, 22)


def page(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=["acme", *args])


@pytest.fixture
def ana(analyst):
    return logged_in(analyst)


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_series_is_made_filled_and_shown(ana, brand):
    assert "No series yet" in text_of(ana.get(page("series_list")))
    said = {"name": "Brand search", "kind": "brand_search", "source": "Search Console"}
    assert ana.post(page("series_new"), said)["Location"] == page("series", "brand-search")
    assert "There is a series called" in text_of(ana.post(page("series_new"), said))
    series = DailySeries.objects.get()
    day = timezone.now().date() - timedelta(days=3)
    file = SimpleUploadedFile("a.csv", f"day,value\n{day},412\n".encode())
    assert ana.post(page("series_import"), {"file": file, "series": series.pk}).status_code == 302
    ana.post(page("series", series.key), {"day": f"{day + timedelta(days=1)}", "value": "398.5"})
    assert values(series) == {day: 412.0, day + timedelta(days=1): 398.5}
    note = {"day": f"{day}", "title": "Ranks by watch time", "platform": "instagram"}
    ana.post(page("day_note_new"), note | {"url": "https://example.com/a"})
    text = text_of(ana.get(page("series", series.key), {"days": "180"}))
    assert "2 days as a table" in text
    assert "Instagram: Ranks by watch time" in text
    assert '"marks": [{"x"' in text
    text = text_of(ana.get(page("series_list")))
    assert "Take out" in text
    ana.post(page("series_undo", SeriesBatch.objects.get().pk))
    assert values(series) == {day + timedelta(days=1): 398.5}
    ana.post(page("day_note_remove", DayNote.objects.get().pk))
    assert not DayNote.objects.exists()


def test_what_is_wrong_is_said_beside_the_field(ana, brand):
    series = make_series(brand)
    file = SimpleUploadedFile("a.csv", b"day,value\nyesterday,1\n")
    answer = ana.post(page("series_import"), {"file": file, "series": series.pk})
    assert answer.status_code == 422
    assert "Line 2: “yesterday” is no day" in text_of(answer)
    answer = ana.post(page("series", series.key), {"day": "2300-01-01", "value": "1"})
    assert answer.status_code == 422
    answer = ana.post(page("day_note_new"), {"day": "2026-11-22", "title": "x", "url": "no"})
    assert "begins with https" in text_of(answer)
    assert not DailyValue.objects.exists()
    assert ana.get(page("series", series.key), {"days": "never"}).status_code == 200


def test_a_lift_is_asked_on_the_campaigns_page(ana, brand, manager, django_assert_max_num_queries):
    campaign = make_campaign(brand, manager)
    assert "No daily series yet" in text_of(ana.get(page("lifts", campaign.key)))
    search, other = make_series(brand), make_series(brand, "Other market")
    first = date(2026, 9, 28)
    for series, low, high in ((search, 100.0, 150.0), (other, 50.0, 60.0)):
        DailyValue.objects.bulk_create(
            DailyValue(
                series=series,
                day=first + timedelta(days=number),
                value=(high if number >= 28 else low) + number // 7 % 2,
            )
            for number in range(56)
        )
    said = {
        "series": search.pk,
        "control": other.pk,
        "before_first": "2026-09-28",
        "before_last": "2026-10-25",
        "after_first": "2026-10-26",
        "after_last": "2026-11-22",
    }
    answer = ana.post(page("lifts", campaign.key), said | {"control": search.pk})
    assert "no control of itself" in text_of(answer)
    assert ana.post(page("lifts", campaign.key), said).status_code == 302
    with django_assert_max_num_queries(16):
        text = text_of(ana.get(page("lifts", campaign.key)))
    assert "compared with Other market on the same days" in text
    assert "Brand search was 25 % more than the control says" in text
    rest = rest_as(manager, brand)
    [row] = rest.json(f"campaigns/{campaign.key}/lifts/")["results"]
    assert (row["series"], row["weeks_after"]) == ("brand-search", 4)
    assert row["low"] < row["lift"] < row["high"]
    ana.post(page("lift_drop", campaign.key, SeriesLift.objects.get().pk))
    assert not SeriesLift.objects.exists()


def test_lawyers_only_read(brand, legal):
    series = make_series(brand)
    lex = logged_in(legal)
    assert "Make it" not in text_of(lex.get(page("series_list")))
    answer = lex.post(page("series", series.key), {"day": "2026-11-01", "value": "1"})
    assert answer.status_code == 403
    assert not DailyValue.objects.exists()


def test_over_rest(brand, manager, other_brand):
    rest = rest_as(manager, brand)
    made = rest.send("POST", "series/", {"name": "Direct", "kind": "direct_traffic"})
    assert (made.status_code, made.json()["key"]) == (201, "direct")
    two = {"values": [{"day": "2026-11-20", "value": 4}, {"day": "2026-11-21", "value": 5.5}]}
    assert rest.send("POST", "series/direct/values/", two).json() == {"new": 2, "replaced": 0}
    assert rest.send("POST", "series/direct/values/", two).json() == {"new": 0, "replaced": 2}
    assert walk(rest, "series/direct/values/", limit=1) == [
        {"day": "2026-11-21", "value": 5.5},
        {"day": "2026-11-20", "value": 4.0},
    ]
    assert rest.json("series/direct/")["days"] == 2
    note = rest.send("POST", "day-notes/", {"day": "2026-11-20", "title": "A sale"})
    assert note.status_code == 201
    assert [one["title"] for one in rest.json("day-notes/")["results"]] == ["A sale"]
    bad = {"values": [{"day": "2026-11-20", "value": "NaN"}]}
    assert_problem(rest.send("POST", "series/direct/values/", bad), 400)
    late = {"values": [{"day": "2199-01-01", "value": 1}]}
    assert_problem(rest.send("POST", "series/direct/values/", late), 409, "out_of_range")
    make_series(other_brand, "Theirs")
    assert_problem(rest.send("GET", "series/theirs/"), 404)
    assert_problem(rest.send("GET", "series/theirs/values/"), 404)
    assert DailyValue.objects.count() == 2
