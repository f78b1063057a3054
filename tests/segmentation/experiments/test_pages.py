"""Pages of experiments, from the plan to the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from segmentation.choices import ExperimentDesign, OutcomeMetric
from segmentation.models import Experiment, ExperimentLook
from segmentation.services.experiments import looking
from segmentation.services.experiments.plans import ArmPlan
from tests.campaigns.made import engage, make_campaign
from tests.people import logged_in
from tests.segmentation.experiments.worlds import (
    educators,
    make_experiment,
    make_people,
    saves,
    start,
)
from tests.segmentation.world import make_segment

PLAN = {
    "name": "Demonstrate or list",
    "question": "Do demonstrations hold attention better?",
    "design": "chance",
    "metric": "saves",
    "campaign": "",
    "segment": "educators",
    "dimension": "",
    "days": "28",
    "reading": "once",
    "looks_planned": "1",
    "level": "0.95",
    "planned_lift": "20",
    "arms-TOTAL_FORMS": "3",
    "arms-INITIAL_FORMS": "3",
    "arms-0-name": "List",
    "arms-0-share": "1",
    "arms-1-name": "Demonstration",
    "arms-1-treatment": "Show how it works.",
    "arms-1-share": "2",
    "arms-2-name": "",
    "arms-2-share": "1",
}


def page(name: str, *args) -> str:
    return reverse(f"segmentation:{name}", args=["acme", *args])


@pytest.fixture
def ana(analyst):
    return logged_in(analyst)


def begun(made: Experiment) -> Experiment:
    """Started long enough ago that its look is due."""
    return start(made, at=timezone.now() - timedelta(days=made.days, hours=1))


def test_an_empty_list_says_what_it_is_for(ana, brand, manager):
    assert "Plan an experiment" in ana.get(page("experiments")).content.decode()
    plain = logged_in(manager).get(page("experiments")).content.decode()
    assert "A strategist, an analyst or an admin can plan one." in plain


def test_a_plan_is_written_down_and_edited(ana, brand):
    make_segment(brand, "educators")
    assert ana.get(page("experiment_new")).status_code == 200
    answer = ana.post(page("experiment_new"), PLAN)
    made = Experiment.objects.get()
    assert answer["Location"] == page("experiment", made.pk)
    assert list(made.arms.values_list("key", "name", "share", "treatment")) == [
        ("list", "List", 1, ""),
        ("demonstration", "Demonstration", 2, "Show how it works."),
    ]
    assert made.planned_lift == 0.2
    shown = ana.get(page("experiment_edit", made.pk)).content.decode()
    assert "Show how it works." in shown
    answer = ana.post(
        page("experiment_edit", made.pk), PLAN | {"name": "Other", "version": made.version}
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.name, made.version) == ("Other", 2)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"segment": ""}, "Say who takes part"),
        ({"arms-1-name": ""}, "Give the arm a name."),
        ({"arms-1-name": "", "arms-1-treatment": ""}, "Compare between 2 and 6 arms."),
        ({"arms-2-name": "list"}, "Two arms are called"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"planned_lift": "nan"}, "Enter a number."),
        ({"arms-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
        ({"arms-TOTAL_FORMS": "7"}, "Please submit at most 6 forms."),
    ],
)
def test_what_a_plan_lacks_is_said_beside_it_and_what_was_typed_stays(ana, brand, values, words):
    make_segment(brand, "educators")
    answer = ana.post(page("experiment_new"), PLAN | values)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Do demonstrations hold attention better?" in answer.content.decode()
    assert not Experiment.objects.exists()


def test_a_draft_shows_who_would_get_what_and_what_it_could_show(ana, brand):
    people = educators(brand)
    made = make_experiment(brand)
    text = ana.get(page("experiment", made.pk)).content.decode()
    assert "Who would get what, if it began now" in text
    assert text.count('<td class="number"><strong>6</strong></td>') == 2
    power = page("experiment_power", made.pk)
    assert "Say what you expect instead." in ana.get(power).content.decode()
    said = {"source": "expected", "between": "60", "events": "6.25"}
    text = ana.get(power, said).content.decode()
    assert "With <strong>6</strong> creators in the smallest arm" in text
    assert "<strong>247</strong> creators in each arm" in text
    assert "in numbers" in ana.get(power, said | {"events": "-1"}).content.decode()
    assert "what one of them brings" in ana.get(power, {"source": "expected"}).content.decode()
    for place, person in enumerate(people):
        post = saves(person, 10 + 3 * place)
        post.posted_at = timezone.now() - timedelta(days=2)
        post.save()
    assert "the last 28 days of 12 creators" in ana.get(power).content.decode()


def test_the_calculator_answers_while_one_types(ana):
    address = page("experiment_calculator")
    assert "What it could show" in ana.get(address).content.decode()
    said = {"between": "60", "events": "6.25", "creators": "40", "lift": "50"}
    part = ana.get(address, said, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "70&#8239;%" in part or "70\u202f%" in part or "70 %" in part
    part = ana.get(address, said | {"lift": "x"}, headers={"HX-Request": "true"})
    assert "Difference to be seen, in %: Enter a number." in part.content.decode()


def test_from_the_start_to_the_decision(ana, brand, django_assert_max_num_queries):
    educators(brand)
    made = make_experiment(brand)
    ana.post(page("experiment_start", made.pk))
    made.refresh_from_db()
    assert made.is_running
    answer = ana.post(page("experiment_look", made.pk), follow=True)
    assert "Look 1 of 1 is due on" in answer.content.decode()
    assert not ExperimentLook.objects.exists()

    other = begun(make_experiment(brand))
    for row in other.assignments.select_related("relationship", "arm"):
        post = saves(row.relationship, (20 + row.number) * (1 + (row.arm.key == "demo")))
        post.posted_at = timezone.now() - timedelta(days=2)
        post.save()
    here = page("experiment", other.pk)
    assert "Numbers stay out of sight" in ana.get(here).content.decode()
    ana.post(page("experiment_look", other.pk))
    waiting = ana.get(here, headers={"HX-Request": "true"})
    assert "is being computed" in waiting.content.decode()
    look = ExperimentLook.objects.get()
    looking.compute(look_id=look.pk, at=timezone.now())
    assert ana.get(here, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    with django_assert_max_num_queries(14):
        text = ana.get(here).content.decode()
    assert "Demonstration does better than List." in text
    assert "What can be concluded, and what not" in text
    assert 'data-chart="forest-data"' in text
    assert "All looks that were planned are taken." in text
    answer = ana.post(page("experiment_complete", other.pk), {"words": ""})
    assert answer.status_code == 422
    ana.post(page("experiment_complete", other.pk), {"words": "We demonstrate."})
    assert "We demonstrate." in ana.get(page("experiments")).content.decode()


def test_a_file_is_uploaded_or_refused_line_by_line(ana, brand):
    people = educators(brand)
    made = begun(make_experiment(brand, metric=OutcomeMetric.UPLOADED))
    address = page("experiment_look", made.pk)

    def send(text: str):
        return ana.post(address, {"file": SimpleUploadedFile("a.csv", text.encode())})

    answer = send("creator,events\nnobody,1\n,2\n")
    assert answer.status_code == 422
    assert "Line 2: “nobody” is no creator&#x27;s id." in answer.content.decode()
    assert "Line 3: Say who it is" in answer.content.decode()
    rows = [f"{one.creator.uid},{place + 1}" for place, one in enumerate(people)]
    assert send("\n".join(["creator,events", *rows])).status_code == 302
    look = ExperimentLook.objects.get()
    assert (look.source, look.outcomes.count()) == ("file", 12)


def test_an_observed_comparison_says_what_it_is_not(ana, brand):
    educators(brand, 3)
    make_people(brand, make_segment(brand, "entertainers"), 3)
    arms = (
        ArmPlan("fun", "Entertainers", segment="entertainers"),
        ArmPlan("teach", "Educators", segment="educators"),
    )
    made = begun(make_experiment(brand, design=ExperimentDesign.SEGMENTS, segment="", arms=arms))
    text = ana.get(page("experiment", made.pk)).content.decode()
    assert "nobody was given a role by chance" in text
    assert "Give arms to who came since" not in text
    assert "version 1" in text


def test_who_got_what_is_a_list_and_stands_on_the_creators_page_of_the_campaign(
    brand, manager, strategist
):
    people = educators(brand, 2)
    campaign = make_campaign(brand, manager)
    engagements = [engage(campaign, relationship=one) for one in people]
    made = start(make_experiment(brand, campaign=campaign.key))
    one = made.assignments.get(relationship=people[0])
    mia = logged_in(manager)
    address = page("engagement_experiments", campaign.key, engagements[0].pk)
    text = mia.get(address).content.decode()
    assert f"<strong>{one.arm.name}</strong>" in text
    assert one.arm.treatment.split("\n", maxsplit=1)[0] in text
    listed = b"".join(mia.get(page("experiment_assigned", made.pk, "csv"))).decode()
    assert f"1,{people[0].creator.uid}" in listed
    assert "spring" in mia.get(page("experiment", made.pk)).content.decode()
    assert mia.post(page("experiment_stop", made.pk), {"words": "No."}).status_code == 403
    stella = logged_in(strategist)
    stella.post(page("experiment_stop", made.pk), {"words": "Sold out."})
    assert "Sold out." in stella.get(page("experiment", made.pk)).content.decode()


def test_acts_out_of_turn_are_told_and_change_nothing(ana, brand):
    educators(brand, 2)
    made = start(make_experiment(brand))
    for name, words in (
        ("experiment_start", "has begun already"),
        ("experiment_delete", "has begun, and what has begun is kept"),
        ("experiment_look", "is due on"),
    ):
        assert words in ana.post(page(name, made.pk), follow=True).content.decode()
    assert (
        "Nobody came." in ana.post(page("experiment_join", made.pk), follow=True).content.decode()
    )
    assert Experiment.objects.get().is_running


def test_another_brands_experiments_are_not_there(ana, other_brand):
    make_segment(other_brand, "educators")
    made = make_experiment(other_brand)
    assert ana.get(page("experiment", made.pk)).status_code == 404
    assert ana.post(page("experiment_start", made.pk)).status_code == 404
    assert Experiment.objects.get().is_draft


@pytest.mark.usefixtures("brand")
def test_the_list_takes_a_constant_number_of_queries(ana, brand, django_assert_max_num_queries):
    make_segment(brand, "educators")
    for _ in range(3):
        make_experiment(brand)
    with django_assert_max_num_queries(6):
        assert ana.get(page("experiments")).content.decode().count("Demonstrate or list") == 3
