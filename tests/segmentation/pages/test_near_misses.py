"""Who is nearly in a segment, by what and how near: the page and its file."""

from __future__ import annotations

import csv

import pytest
from django.urls import reverse

from crm import limits
from segmentation.choices import RunStatus
from segmentation.facts.catalogue import catalogue
from segmentation.models import Run, Segment
from segmentation.selectors import near_misses
from segmentation.selectors.near_misses import near_list, newer_run
from segmentation.services import counting, runs
from segmentation.services.segments import archive_segment
from tests.factories import NOW, UserFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import LATER, creator_with, give_followers, run_now

pytestmark = pytest.mark.django_db


def url(run, name="near", **query):
    address = reverse(f"segmentation:{name}", args=[run.brand.slug, run.pk])
    return address + "?" + "&".join(f"{key}={value}" for key, value in query.items())


@pytest.fixture
def people(brand):
    """One is in; others lack 1, 4, 9 and 11 percent of it."""
    return [creator_with(brand, followers, name=f"With {followers}") for followers in FOLLOWERS]


FOLLOWERS = (10_000, 9_900, 9_600, 9_100, 8_900)


@pytest.fixture
def run(brand, people):
    """An applied run of two segments, counted; the near misses of one of them differ by fact."""
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 10_000")
    segment_of(dimension, "both", "followers >= 9_000 and followers <= 9_550")
    done = run_now(brand)
    counting.count_run(run_id=done.pk, at=NOW)
    return done


def found(run, key, **narrowing):
    """Name, and by what and how near, of all near misses."""
    segment = Segment.objects.get(brand=run.brand, key=key)
    asked = near_list(run, segment, catalogue(run.brand), **narrowing)
    return [
        (one.name, [(by.read.label, by.read.words, by.within) for by in one.by])
        for one in asked.page(cursor=None).items
    ]


def test_each_is_listed_with_what_is_near_and_how_near(run):
    assert found(run, "big") == [
        ("With 9900", [("Followers", "9,900", 1)]),
        ("With 9600", [("Followers", "9,600", 5)]),
        ("With 9100", [("Followers", "9,100", 10)]),
    ]
    assert found(run, "both") == [
        ("With 10000", [("Followers", "10,000", 5)]),
        ("With 9900", [("Followers", "9,900", 5)]),
        ("With 9600", [("Followers", "9,600", 1)]),
        ("With 8900", [("Followers", "8,900", 2)]),
    ]
    counted = run.segments.get(segment__key="big")
    assert counted.near == {"followers": 3}


def test_narrowed_by_distance_and_fact(run):
    assert [name for name, _ in found(run, "big", within=5)] == ["With 9900", "With 9600"]
    assert [name for name, _ in found(run, "big", within=1)] == ["With 9900"]
    assert len(found(run, "big", subject="followers")) == 3
    # What the rule does not have narrows nothing.
    assert len(found(run, "big", subject="likes", within=3)) == 3


def test_of_a_run_that_waits_with_the_members_that_it_would_leave(brand, people, run):
    give_followers(people[0], 9_990, NOW)
    give_followers(people[1], 20_000, NOW)
    brand.approval_threshold_percent = 1
    brand.save()
    asked = runs.start_run(brand=brand, as_of=LATER, at=LATER)
    waits = runs.execute_run(run_id=asked.pk, at=LATER)
    assert waits.status == RunStatus.WAITING
    assert [name for name, _ in found(waits, "big")] == ["With 10000", "With 9600", "With 9100"]
    assert waits.counted_at is None
    counting.count_run(run_id=waits.pk, at=LATER)
    assert waits.segments.get(segment__key="big").near == {"followers": 3}
    assert Run.objects.get(pk=waits.pk).counted_at == LATER


def test_the_page_its_filter_and_its_pager(run, analyst_client, monkeypatch):
    shown = analyst_client.get(url(run, segment="big")).content.decode()
    assert "With 9900" in shown
    assert "within 1&#8239;% of the threshold" in shown
    assert "With 8900" not in shown
    narrowed = analyst_client.get(url(run, segment="big", within=2)).content.decode()
    assert "With 9900" in narrowed
    assert "With 9600" not in narrowed
    # Without a segment that with most near misses comes first.
    assert analyst_client.get(url(run)).context["segment"].key == "both"
    page = near_list(run, Segment.objects.get(key="big"), catalogue(run.brand)).page(
        cursor=None, size=2
    )
    answer = analyst_client.get(
        url(run, segment="big", cursor=page.next), headers={"hx-request": "true"}
    )
    assert [one.name for one in answer.context["page"].items] == ["With 9100"]
    assert b"<html" not in answer.content
    assert analyst_client.get(url(run, cursor="broken")).status_code == 302


def test_queries_do_not_grow_with_creators(brand, run, analyst_client, count_queries):
    analyst_client.get(url(run, segment="big"))  # what is looked up once for all requests
    few = count_queries(lambda: analyst_client.get(url(run, segment="big")))
    for _ in range(20):
        creator_with(brand, 9_700)
    again = run_now(brand, LATER)
    counting.count_run(run_id=again.pk, at=LATER)
    assert len(analyst_client.get(url(again, segment="big")).context["page"].items) == 23
    assert count_queries(lambda: analyst_client.get(url(again, segment="big"))) == few


def test_the_file_goes_on_to_the_end(run, analyst_client, monkeypatch):
    monkeypatch.setattr(near_misses, "CHUNK", 2)
    answer = analyst_client.get(url(run, "near_csv", segment="big"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    rows = [row[1:] for row in csv.reader(lines)]
    assert rows == [
        ["name", "segment", "what is near", "value", "within percent of the threshold"],
        ["With 9900", "big", "Followers", "9,900", "1"],
        ["With 9600", "big", "Followers", "9,600", "5"],
        ["With 9100", "big", "Followers", "9,100", "10"],
    ]


def test_a_newer_run_is_pointed_out(brand, run, analyst_client):
    assert newer_run(run) is None
    assert "Facts have moved" not in analyst_client.get(url(run)).content.decode()
    again = run_now(brand, LATER)
    assert newer_run(run) == again
    assert f"See those of run {again.pk}" in analyst_client.get(url(run)).content.decode()


def test_a_rule_that_takes_too_long_says_what_to_do(run, analyst_client, monkeypatch):
    def never(_seconds):
        raise limits.TookTooLong

    monkeypatch.setattr(near_misses, "limited", never)
    shown = analyst_client.get(url(run, segment="big")).content.decode()
    assert "Narrow the list to one fact, or take the export." in shown


def test_what_cannot_be_looked_up_says_so(brand, run, analyst_client):
    segment_of(dimension_of(brand, "plain"), "plain", "stage is prospect")
    again = run_now(brand, LATER)
    shown = analyst_client.get(url(again, segment="plain")).content.decode()
    assert "compares nothing with a number" in shown
    archive_segment(
        segment_id=Segment.objects.get(key="big").pk,
        at=LATER,
        actor=UserFactory(),
        reason="Not needed.",
    )
    assert "cannot be evaluated" in analyst_client.get(url(again, segment="big")).content.decode()
    Run.objects.filter(pk=again.pk).update(status=RunStatus.REJECTED)
    assert "Nothing to look at" in analyst_client.get(url(again)).content.decode()


def test_until_it_is_counted_the_page_of_a_run_says_so(brand, people, analyst_client):
    segment_of(dimension_of(brand), "big", "followers >= 10_000")
    run = run_now(brand)
    address = reverse("segmentation:run", args=[brand.slug, run.pk])
    assert "being counted" in analyst_client.get(address).content.decode()
    counting.count_run(run_id=run.pk, at=NOW)
    shown = analyst_client.get(address).content.decode()
    assert "being counted" not in shown
    assert f"{url(run)}segment=big&amp;fact=followers" in shown
