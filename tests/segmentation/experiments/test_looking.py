"""Looks at the result: as often as was planned, kept, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.experiments.analysis import analyse
from campaigns.experiments.results import Outcome, Plan, Reading
from campaigns.services.documents import digest_of
from segmentation.choices import ErrandStatus, ExperimentReading, OutcomeMetric
from segmentation.models import ExperimentLook, ExperimentOutcome
from segmentation.services.experiments import ending, looking
from segmentation.services.experiments.refusals import ExperimentRefused
from tests.segmentation.experiments.worlds import (
    ENDED,
    STARTED,
    educators,
    make_experiment,
    read,
    saves,
    start,
)


def with_posts(made) -> None:
    """Twice as many saves of demonstrations, unevenly, and one creator without a post."""
    for row in list(made.assignments.select_related("arm", "relationship"))[1:]:
        base = 20 + row.number
        saves(row.relationship, base * 2 if row.arm.key == "demo" else base)


@pytest.fixture
def running(brand):
    educators(brand)
    made = start(make_experiment(brand))
    with_posts(made)
    return made


def test_a_look_is_the_analysis_of_what_was_measured(running):
    look = read(running)
    assert (look.status, look.number, look.error) == (ErrandStatus.DONE, 1, "")
    rows = list(running.assignments.select_related("arm").order_by("number"))
    outcomes = []
    for place, row in enumerate(rows):
        times = 2 if row.arm.key == "demo" else 1
        events, weight = (0.0, 0.0) if place == 0 else ((20 + row.number) * times, 1_000.0)
        outcomes.append(Outcome(row.pk, row.arm.key, float(events), weight))
    found = analyse(outcomes, Plan(control="list", seed="spring"))
    [one] = look.result["comparisons"]
    [expected] = found.comparisons
    assert one["lift"] == pytest.approx(expected.lift)
    assert one["interval"]["low"] == pytest.approx(expected.interval.low)
    assert one["by_chance"] == expected.by_chance
    # Who is in which arm hangs on the numbers of their rows.
    assert 0.5 < one["lift"] < 1.7
    assert one["is_decided"]
    assert {arm["arm"]: arm["silent"] for arm in look.result["arms"]} == {
        "list": int(rows[0].arm.key == "list"),
        "demo": int(rows[0].arm.key == "demo"),
    }
    assert look.result["words"][1] == "Demonstration does better than List."
    assert look.digest == digest_of(look.result)
    assert ExperimentOutcome.objects.filter(look=look).count() == 12


def test_a_result_never_changes(running):
    look = read(running)
    for attempt in (
        lambda: ExperimentLook.objects.filter(pk=look.pk).update(result={"words": ["Better!"]}),
        lambda: ExperimentOutcome.objects.filter(look=look).update(events=1_000),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            attempt()
    assert looking.compute(look_id=look.pk, at=ENDED).digest == look.digest


def test_once_is_once(running):
    with pytest.raises(ExperimentRefused, match="Look 1 of 1 is due on 20 December 2026"):
        read(running, at=ENDED - timedelta(seconds=1))
    assert not ExperimentLook.objects.exists()
    read(running)
    with pytest.raises(ExperimentRefused, match="was planned to read this experiment once"):
        read(running, at=ENDED + timedelta(days=9))
    assert ExperimentLook.objects.count() == 1


def test_planned_looks_are_equally_far_apart_and_wider(brand):
    educators(brand)
    made = start(make_experiment(brand, reading=ExperimentReading.PLANNED, looks_planned=4))
    with_posts(made)
    assert [looking.due_at(made, number) - STARTED for number in (1, 2, 3, 4)] == [
        timedelta(days=days) for days in (7, 14, 21, 28)
    ]
    assert looking.due_at(made, 5) is None
    first = read(made, at=STARTED + timedelta(days=7))
    with pytest.raises(ExperimentRefused, match="Look 2 of 4 is due on 6 December 2026"):
        read(made, at=STARTED + timedelta(days=8))
    second = read(made, at=STARTED + timedelta(days=14))
    assert (first.number, second.number) == (1, 2)
    assert "Pocock's boundary for 4 looks" in first.result["method"]
    # It is decided already: the experiment may end early.
    assert first.result["comparisons"][0]["is_decided"]
    ending.complete(experiment_id=made.pk, decision="Demonstrate.", actor=None, at=ENDED)
    made.refresh_from_db()
    assert made.status == "completed"


def test_an_open_look_does_not_end_it(brand):
    educators(brand)
    made = start(make_experiment(brand, reading=ExperimentReading.PLANNED, looks_planned=2))
    # The same numbers in each arm: whoever was drawn, there is nothing between them.
    for arm in made.arms.all():
        for place, given in enumerate(arm.assignments.select_related("relationship")):
            saves(given.relationship, 10 + place)
    read(made, at=STARTED + timedelta(days=14))
    with pytest.raises(ExperimentRefused, match="Look 1 of 2 has decided nothing"):
        ending.complete(experiment_id=made.pk, decision="Go.", actor=None, at=ENDED)


def test_at_any_time_as_often_as_one_likes(brand):
    educators(brand)
    made = start(make_experiment(brand, reading=ExperimentReading.ANYTIME))
    with_posts(made)
    looks = [read(made, at=STARTED + timedelta(days=days)) for days in (2, 3, 40)]
    assert [look.number for look in looks] == [1, 2, 3]
    assert all("always valid" in look.result["method"] for look in looks)
    assert looks[0].result["comparisons"][0]["by_chance"] is None


def test_two_at_a_time_are_refused_and_a_failed_one_is_taken_again(running, monkeypatch):
    look = looking.ask(experiment_id=running.pk, actor=None, at=ENDED)
    with pytest.raises(ExperimentRefused, match="is being computed already"):
        looking.ask(experiment_id=running.pk, actor=None, at=ENDED)
    with pytest.raises(ExperimentRefused, match="wait for it"):
        ending.stop(experiment_id=running.pk, reason="No.", actor=None, at=ENDED)

    def refuse(**_asked):
        raise ExperimentRefused("Revenue came in EUR and USD.", code="several_currencies")

    with monkeypatch.context() as patched:
        patched.setattr(looking, "measured", refuse)
        failed = looking.compute(look_id=look.pk, at=ENDED)
    assert (failed.status, failed.error) == ("failed", "Revenue came in EUR and USD.")
    assert not failed.outcomes.exists()
    again = read(running)
    assert (again.number, again.status) == (1, ErrandStatus.DONE)
    assert ExperimentLook.objects.count() == 1


def test_too_little_says_so(brand):
    educators(brand, 4)
    made = start(make_experiment(brand))
    look = read(made)
    [one] = look.result["comparisons"]
    assert (one["lift"], one["interval"], one["is_decided"]) == (None, None, False)
    assert one["reason_if_absent"].startswith("Too little to say in “Demonstration”")


def test_a_file_is_read_where_that_was_planned_only(brand, running):
    with pytest.raises(ExperimentRefused, match="it was not planned to read a file"):
        read(running, outcomes={})
    made = make_experiment(brand, metric=OutcomeMetric.UPLOADED)
    start(made)
    with pytest.raises(ExperimentRefused, match="come from a file: upload it"):
        read(made)


def test_the_words_say_that_segments_were_only_observed():
    found = analyse(
        [Outcome(n, ("Fun", "Teach")[n % 2], 10.0 + n, 100.0) for n in range(12)],
        Plan(control="Fun", randomised=False, reading=Reading.ONCE),
    )
    words = looking.as_result(found, {"Fun": "a", "Teach": "b"})["words"]
    assert "this shows a difference and not its cause" in words[-1]
