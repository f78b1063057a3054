"""Plans of experiments: what a plan must say, and what no longer changes once it has begun."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from crm.models import AuditEntry
from segmentation.choices import ExperimentDesign, ExperimentReading, ExperimentStatus
from segmentation.models import Experiment, ExperimentArm, ExperimentAssignment
from segmentation.services.experiments import assigning, ending, plans
from segmentation.services.experiments.plans import ArmPlan
from segmentation.services.experiments.refusals import ExperimentRefused
from tests.factories import NOW
from tests.segmentation.experiments.worlds import (
    ARMS,
    ENDED,
    educators,
    make_experiment,
    read,
    saves,
    start,
    wanted,
)
from tests.segmentation.world import make_segment


def test_a_plan_is_kept_with_its_arms_and_a_seed_nobody_foresaw(brand, analyst):
    make_segment(brand, "educators")
    made = plans.create_experiment(brand=brand, wanted=wanted(), actor=analyst, at=NOW)
    arms = list(made.arms.values_list("key", "name", "is_control", "share", "position"))
    assert arms == [("list", "List", True, 1, 0), ("demo", "Demonstration", False, 1, 1)]
    assert (made.status, made.looks_planned, made.version) == (ExperimentStatus.DRAFT, 1, 1)
    again = plans.create_experiment(brand=brand, wanted=wanted(), actor=analyst, at=NOW)
    assert len(made.seed) == 32
    assert made.seed != again.seed
    entry = AuditEntry.objects.filter(verb="segmentation.experiment.created").first()
    assert entry.data["design"] == "chance"
    assert "treatment" not in str(entry.facts)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": " "}, "name", "Give the experiment a name."),
        ({"question": ""}, "question", "Say what you want to know: “Do …?”"),
        ({"segment": ""}, "campaign", "Say who takes part"),
        ({"segment": "nowhere"}, "segment", "There is no segment “nowhere” in use."),
        ({"campaign": "nowhere"}, "campaign", "There is no campaign “nowhere”."),
        ({"dimension": "nowhere"}, "dimension", "There is no dimension “nowhere”."),
        ({"metric": "luck"}, "metric", "“luck” is none of"),
        ({"days": 0}, "days", "An experiment runs for 1 to 365 days."),
        ({"level": 1.0}, "level", "The level must be at least 50 % and less than 100 %."),
        ({"planned_lift": 0.0}, "planned_lift", "must be more than 0 %"),
        (
            {"reading": ExperimentReading.PLANNED, "looks_planned": 1},
            "looks_planned",
            "Plan between 2 and 52 looks",
        ),
        (
            {"reading": ExperimentReading.PLANNED, "looks_planned": 5, "days": 4},
            "looks_planned",
            "at most one a day",
        ),
        ({"arms": ARMS[:1]}, "arms", "Compare between 2 and 6 arms."),
        ({"arms": (*ARMS, ArmPlan("other", "list"))}, "arms", "Two arms are called “list”."),
        ({"arms": (*ARMS, ArmPlan("demo", "Other"))}, "arms", "Two arms are with the key “demo”."),
        ({"arms": (*ARMS, ArmPlan("c", "C", share=0))}, "arms", "between 1 and 100"),
        ({"arms": (*ARMS, ArmPlan("c", "C", segment="educators"))}, "arms", "Chance decides"),
        (
            {"design": ExperimentDesign.SEGMENTS, "segment": ""},
            "arms",
            "Give each arm a segment of its own.",
        ),
    ],
)
def test_a_plan_that_says_too_little_or_contradicts_itself_is_refused(brand, values, field, words):
    make_segment(brand, "educators")
    with pytest.raises(ExperimentRefused, match=words.replace("?", r"\?")) as refusal:
        make_experiment(brand, **values)
    assert refusal.value.field == field
    assert not Experiment.objects.exists()
    assert not AuditEntry.objects.exists()


def test_segments_of_another_brand_cannot_take_part(brand, other_brand):
    make_segment(other_brand, "educators")
    with pytest.raises(ExperimentRefused, match="There is no segment “educators” in use"):
        make_experiment(brand)


def test_a_draft_is_written_anew_and_an_old_page_is_refused(brand, analyst):
    make_segment(brand, "educators")
    made = make_experiment(brand)
    said = wanted(name="Other", arms=(*ARMS, ArmPlan("both", "Both")))
    plans.change_experiment(experiment_id=made.pk, wanted=said, version=1, actor=analyst, at=NOW)
    made.refresh_from_db()
    assert (made.name, made.version, made.seed) == ("Other", 2, "spring")
    assert list(made.arms.values_list("key", flat=True)) == ["list", "demo", "both"]
    with pytest.raises(ExperimentRefused, match="Somebody else has changed this"):
        plans.change_experiment(
            experiment_id=made.pk, wanted=wanted(), version=1, actor=analyst, at=NOW
        )
    made.refresh_from_db()
    assert made.name == "Other"


def test_what_has_begun_is_neither_changed_nor_deleted(brand):
    educators(brand)
    made = start(make_experiment(brand))
    for act in (
        lambda: plans.change_experiment(
            experiment_id=made.pk, wanted=wanted(name="Other"), version=None, actor=None, at=NOW
        ),
        lambda: plans.delete_experiment(experiment_id=made.pk, actor=None, at=NOW),
        lambda: start(made),
    ):
        with pytest.raises(ExperimentRefused, match="has begun"):
            act()
    made.refresh_from_db()
    assert (made.name, made.status) == ("Demonstrate or list", ExperimentStatus.RUNNING)


def test_the_database_keeps_plan_arms_and_assignments(brand):
    educators(brand)
    made = start(make_experiment(brand))
    one = made.assignments.first()
    other = made.arms.exclude(pk=one.arm_id).get()
    for attempt in (
        lambda: Experiment.objects.filter(pk=made.pk).update(seed="other"),
        lambda: Experiment.objects.filter(pk=made.pk).update(planned_lift=0.5),
        lambda: ExperimentArm.objects.filter(pk=other.pk).update(treatment="Something else."),
        lambda: ExperimentArm.objects.create(experiment=made, key="c", name="C", position=3),
        lambda: ExperimentAssignment.objects.filter(pk=one.pk).update(arm=other),
    ):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            attempt()


def test_a_draft_is_deleted_with_its_arms(brand):
    make_segment(brand, "educators")
    made = make_experiment(brand)
    plans.delete_experiment(experiment_id=made.pk, actor=None, at=NOW)
    assert not Experiment.objects.exists()
    assert not ExperimentArm.objects.exists()


def test_it_ends_with_a_decision_after_the_last_look_or_with_a_reason(brand, analyst):
    people = educators(brand)
    made = make_experiment(brand)
    with pytest.raises(ExperimentRefused, match="is not running"):
        ending.stop(experiment_id=made.pk, reason="No.", actor=analyst, at=NOW)
    start(made)
    with pytest.raises(ExperimentRefused, match="Nobody has looked at the result yet"):
        ending.complete(experiment_id=made.pk, decision="Go on.", actor=analyst, at=ENDED)
    for place, person in enumerate(people):
        saves(person, 10 + place)
    look = read(made)
    with pytest.raises(ExperimentRefused, match="Say what you do now"):
        ending.complete(experiment_id=made.pk, decision="  ", actor=analyst, at=ENDED)
    done = ending.complete(experiment_id=made.pk, decision="Go on.", actor=analyst, at=ENDED)
    assert (done.status, done.decision, done.ended_by) == ("completed", "Go on.", analyst)
    entry = AuditEntry.objects.get(verb="segmentation.experiment.completed")
    assert entry.facts == {"look": 1, "digest": look.digest}
    with pytest.raises(ExperimentRefused, match="is not running"):
        assigning.add_late(experiment_id=made.pk, actor=analyst, at=ENDED)


def test_it_is_stopped_early_with_the_reason(brand, analyst):
    educators(brand)
    made = start(make_experiment(brand))
    with pytest.raises(ExperimentRefused, match="Say why you stop it"):
        ending.stop(experiment_id=made.pk, reason="", actor=analyst, at=NOW)
    ending.stop(experiment_id=made.pk, reason="The product is sold out.", actor=analyst, at=NOW)
    made.refresh_from_db()
    assert (made.status, made.decision) == ("stopped", "The product is sold out.")
