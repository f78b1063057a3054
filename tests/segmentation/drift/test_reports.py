"""Drift reports: which facts shifted, how old data are, and the life of a report."""

from __future__ import annotations

from datetime import date

import pytest

from crm.models import AuditEntry, MetricSnapshot
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import catalogue
from segmentation.models import DriftReport
from segmentation.services.drift import DriftRefused, compute_report, flows, reports, request_report
from segmentation.services.drift import facts as drift_facts
from tests.factories import NOW, MetricSnapshotFactory
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db

SINCE_ON, UNTIL_ON = date(2026, 6, 30), date(2026, 9, 30)


@pytest.fixture
def growing(brand):
    """Thirty creators whose followers doubled in August."""
    made = []
    for number in range(30):
        creator = make_creator(brand, followers=1_000 + 10 * number)
        MetricSnapshotFactory(
            profile=creator.profiles.first(),
            followers=2_000 + 20 * number,
            captured_at=moment(8, 1),
        )
        made.append(creator)
    return made


def report_of(brand, since_on=SINCE_ON, until_on=UNTIL_ON, actor=None):
    wanted = request_report(brand=brand, since_on=since_on, until_on=until_on, actor=actor, at=NOW)
    return compute_report(report_id=wanted.pk, at=NOW)


def fact(report, key):
    return next(row for row in report.facts if row["fact"] == key)


def test_a_shift_is_found_with_n_on_both_sides(brand, growing):
    report = report_of(brand)
    assert report.status == ErrandStatus.DONE
    assert report.creators == {"since": 30, "until": 30, "sample": 30}
    followers = fact(report, "followers")
    assert followers["test"] == drift_facts.KS
    assert followers["statistic"] == 1.0
    assert followers["p"] == 1 / 2_000
    tested = [row for row in report.facts if row["p"] is not None]
    assert followers["p_adjusted"] == pytest.approx(len(tested) / 2_000)
    assert followers["verdict"] == drift_facts.SHIFTED
    assert (followers["before"]["n"], followers["after"]["n"]) == (30, 30)
    assert followers["before"]["quartiles"][1] == 1_145.0
    assert followers["after"]["quartiles"][1] == 2_290.0
    tier = fact(report, "tier")
    assert tier["test"] == drift_facts.JS
    assert tier["verdict"] in {drift_facts.UNCHANGED, drift_facts.TOO_FEW}


def test_unknown_values_are_counted_not_compared(brand, growing):
    engagement = fact(report_of(brand), "engagement_rate")
    assert (engagement["before"]["n"], engagement["before"]["creators"]) == (0, 30)
    assert engagement["verdict"] == drift_facts.TOO_FEW
    assert engagement["p"] is None
    assert engagement["p_adjusted"] is None


def test_what_keeps_no_history_is_not_compared(brand):
    keys = {one.key for one in drift_facts.compared(catalogue(brand))}
    assert {"followers", "stage", "platforms", "audience_country", "days_in_stage"} <= keys
    assert not keys & {
        "niches",
        "country",
        "language",
        "creator_type",
        "profession",
        "is_celebrity",
        "is_verified",
        "has_owner",
        "has_email",
        "tags",
        "days_known",
        "known_since",
        "last_post_at",
        "next_step_on",
    }


def test_the_past_is_that_of_dated_records(brand, growing):
    """A count that came in later says nothing of then."""
    MetricSnapshot.objects.filter(captured_at=moment(8, 1)).update(captured_at=moment(10, 20))
    followers = fact(report_of(brand), "followers")
    assert followers["statistic"] == 0.0
    assert followers["verdict"] == drift_facts.UNCHANGED


def test_the_age_of_data_by_source(brand, growing):
    report = report_of(brand)
    snapshots = next(row for row in report.freshness if row["source"] == "Profile snapshots")
    # 1 August to the end of September: 60 to 61 days.
    assert snapshots == {
        "source": "Profile snapshots",
        "creators": 30,
        "ages": [0, 30, 0, 0, 0],
        "never": 0,
    }
    posts = next(row for row in report.freshness if row["source"] == "Posts")
    assert (posts["ages"], posts["never"]) == ([0, 0, 0, 0, 0], 30)


def test_the_sample_is_bounded_and_the_same_each_time(brand, growing, monkeypatch):
    monkeypatch.setattr(drift_facts, "SAMPLE", 25)
    found = drift_facts.sample(brand=brand, until=moment(9, 30))
    assert len(found) == 25
    assert found == drift_facts.sample(brand=brand, until=moment(9, 30))
    assert report_of(brand).creators == {"since": 30, "until": 30, "sample": 25}


def test_days_are_the_brands_and_end_at_midnight(brand):
    brand.timezone = "Europe/Copenhagen"
    brand.save()
    wanted = request_report(brand=brand, since_on=SINCE_ON, until_on=UNTIL_ON, actor=None, at=NOW)
    assert wanted.since == moment(6, 30, 22)
    assert wanted.until == moment(9, 30, 22)


def test_a_day_that_is_not_over_is_looked_at_up_to_now(brand):
    today = NOW.date()
    wanted = request_report(brand=brand, since_on=SINCE_ON, until_on=today, actor=None, at=NOW)
    assert wanted.until == NOW


@pytest.mark.parametrize(
    ("since_on", "until_on", "words"),
    [
        (UNTIL_ON, UNTIL_ON, "must be later"),
        (UNTIL_ON, SINCE_ON, "must be later"),
        (SINCE_ON, date(2999, 1, 1), "has not come yet"),
        (date(1999, 12, 31), UNTIL_ON, "Nothing is known of before 2000"),
    ],
)
def test_days_that_cannot_be_compared(brand, analyst, since_on, until_on, words):
    with pytest.raises(DriftRefused, match=words):
        request_report(brand=brand, since_on=since_on, until_on=until_on, actor=analyst, at=NOW)
    assert not DriftReport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_asking_again_computes_again_and_doing_it_twice_changes_nothing(brand, growing, analyst):
    first = report_of(brand, actor=analyst)
    creator = make_creator(brand, followers=5)
    assert compute_report(report_id=first.pk, at=NOW).creators["until"] == 30
    assert creator.pk
    assert report_of(brand).creators["until"] == 31
    assert DriftReport.objects.count() == 1
    assert AuditEntry.objects.get().verb == "segmentation.drift.requested"


def test_a_failure_is_told_and_keeps_the_old_numbers(brand, growing, monkeypatch):
    report_of(brand)

    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(flows, "read_flows", broken)
    with pytest.raises(ZeroDivisionError):
        report_of(brand)
    stored = DriftReport.objects.get()
    assert stored.status == ErrandStatus.FAILED
    assert "stopped with an error" in stored.error
    assert stored.creators["until"] == 30


def test_reports_make_room_for_newer_ones(brand, monkeypatch):
    monkeypatch.setattr(reports, "MOST_REPORTS", 2)
    for day in (1, 2, 3):
        request_report(
            brand=brand,
            since_on=SINCE_ON,
            until_on=date(2026, 8, day),
            actor=None,
            at=moment(10, day),
        )
    kept = DriftReport.objects.order_by("until_on").values_list("until_on__day", flat=True)
    assert list(kept) == [2, 3]


def test_a_brand_without_anything(brand):
    report = report_of(brand)
    assert report.creators == {"since": 0, "until": 0, "sample": 0}
    assert report.dimensions == []
    assert {row["verdict"] for row in report.facts} == {drift_facts.TOO_FEW}


def test_flows_are_stored_with_it(brand, growing):
    segment = make_segment(brand, "small", dimension="size")
    stay(segment, growing[0], moment(2, 1))
    [size] = report_of(brand).dimensions
    assert size["flows"] == [["small", "small", 1]] or size["flows"] == [("small", "small", 1)]
