"""Who gets which arm: by chance within strata, repeatable, and kept."""

from __future__ import annotations

from collections import Counter

import pytest

from campaigns.experiments.assignment import Arm, Unit, assign
from crm.models import Relationship
from segmentation.choices import ExperimentDesign
from segmentation.models import ExperimentAssignment, Membership
from segmentation.services.experiments import assigning
from segmentation.services.experiments.people import counted
from segmentation.services.experiments.plans import ArmPlan
from segmentation.services.experiments.refusals import ExperimentRefused
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW
from tests.segmentation.experiments.worlds import (
    ENDED,
    educators,
    make_experiment,
    make_people,
    read,
    start,
)
from tests.segmentation.world import make_creator, make_segment, moment, stay

ROLES = (
    ArmPlan("fun", "Entertainers", segment="entertainers"),
    ArmPlan("teach", "Educators", segment="educators"),
)


def chosen(experiment) -> dict[str, str]:
    """Arm by the creator's uid."""
    rows = experiment.assignments.values_list("relationship__creator__uid", "arm__key")
    return {str(uid): arm for uid, arm in rows}


def test_the_draw_is_that_of_the_library_and_anybody_can_repeat_it(brand):
    people = educators(brand)
    made = make_experiment(brand)
    looked_at = assigning.draw(made)
    start(made)
    units = [Unit(str(one.creator.uid)) for one in people]
    repeated = assign(units[::-1], [Arm("list"), Arm("demo")], seed="spring")
    assert chosen(made) == repeated
    assert looked_at.sizes() == {arm.pk: 6 for arm in made.arms.all()}
    rows = made.assignments.order_by("number")
    assert [row.number for row in rows] == list(range(1, 13))
    assert [row.relationship_id for row in rows] == [one.pk for one in people]


def test_arms_are_balanced_within_the_segments_of_a_dimension(brand):
    people = educators(brand)
    large = make_segment(brand, "large", dimension="size")
    small = make_segment(brand, "small", dimension="size")
    for place, person in enumerate(people):
        if place < 10:
            stay(large if place < 4 else small, person.creator, moment(2, 1))
    made = start(make_experiment(brand, dimension="size"))
    found = Counter(made.assignments.values_list("stratum", "arm__key"))
    assert found == {
        ("large", "list"): 2, ("large", "demo"): 2, ("small", "list"): 3, ("small", "demo"): 3,
        ("", "list"): 1, ("", "demo"): 1,
    }  # fmt: skip


def test_those_of_the_campaign_and_of_the_segment_take_part(brand, manager):
    people = educators(brand, 6)
    campaign = make_campaign(brand, manager)
    for person in people[:4]:
        engage(campaign, relationship=person)
    engage(campaign, relationship=None)  # not an educator
    engage(campaign, "declined", relationship=people[4])
    made = start(make_experiment(brand, campaign=campaign.key))
    assert sorted(made.assignments.values_list("relationship", flat=True)) == sorted(
        one.pk for one in people[:4]
    )


def test_segments_are_compared_as_they_are_and_who_is_in_both_is_left_out(brand):
    teachers = educators(brand, 3)
    fun = make_segment(brand, "entertainers")
    others = make_people(brand, fun, 2)
    stay(fun, teachers[0].creator, moment(2, 1))
    made = make_experiment(brand, design=ExperimentDesign.SEGMENTS, segment="", arms=ROLES)
    drawn = assigning.draw(made)
    assert [one.relationship_id for one in drawn.in_several] == [teachers[0].pk]
    start(made)
    assert chosen(made) == {
        str(one.creator.uid): arm
        for one, arm in [
            (others[0], "fun"),
            (others[1], "fun"),
            *[(t, "teach") for t in teachers[1:]],
        ]
    }
    assert set(made.arms.values_list("segment_version", flat=True)) == {1}


def test_an_arm_without_anybody_does_not_begin(brand):
    make_segment(brand, "educators")
    made = make_experiment(brand)
    with pytest.raises(ExperimentRefused, match="Nobody would be in “List”"):
        start(made)
    made.refresh_from_db()
    assert made.is_draft
    assert not ExperimentAssignment.objects.exists()


def test_who_comes_later_fills_up_the_arms_and_nobody_is_moved(brand):
    people = educators(brand, 5)
    made = start(make_experiment(brand))
    before = chosen(made)
    segment = people[0].creator.pk and made.segment
    for place in range(5):
        late = make_creator(brand, name=f"Late {place}")
        stay(segment, late, moment(3, 1))
    # One of the first has left the segment since: they keep their arm.
    Membership.objects.filter(creator=people[0].creator).update(left_at=NOW)
    assert assigning.add_late(experiment_id=made.pk, actor=None, at=NOW) == 5
    after = chosen(made)
    assert {uid: after[uid] for uid in before} == before
    assert Counter(after.values()) == {"list": 5, "demo": 5}
    late = made.assignments.filter(is_late=True).order_by("number")
    assert [row.number for row in late] == [6, 7, 8, 9, 10]
    assert assigning.add_late(experiment_id=made.pk, actor=None, at=NOW) == 0


def test_nobody_joins_after_a_look_or_a_comparison_of_segments(brand):
    educators(brand, 4)
    made = start(make_experiment(brand))
    read(made)
    with pytest.raises(ExperimentRefused, match="Somebody has looked at the result already"):
        assigning.add_late(experiment_id=made.pk, actor=None, at=ENDED)
    make_people(brand, make_segment(brand, "entertainers"), 2)
    roles = start(make_experiment(brand, design=ExperimentDesign.SEGMENTS, segment="", arms=ROLES))
    with pytest.raises(ExperimentRefused, match="nobody can join a comparison of segments"):
        assigning.add_late(experiment_id=roles.pk, actor=None, at=NOW)


def test_a_draw_takes_a_constant_number_of_queries(brand, django_assert_num_queries):
    people = educators(brand, 3)
    made = make_experiment(brand)
    with django_assert_num_queries(2):  # arms, people
        assigning.draw(made)
    make_people(brand, made.segment, 20)
    with django_assert_num_queries(2):
        assert len(assigning.draw(made).people) > len(people)


def test_who_objects_takes_part_by_chance_alone(brand, manager):
    people = educators(brand, 6)
    campaign = make_campaign(brand, manager)
    for person in people:
        engage(campaign, relationship=person)
    Relationship.objects.filter(pk=people[0].pk).update(unprofiled_at=NOW)
    arms = (ArmPlan("teach", "Educators", segment="educators"), ROLES[0])
    make_segment(brand, "entertainers")
    by_role = make_experiment(brand, design=ExperimentDesign.SEGMENTS, segment="", arms=arms)
    for judging in (by_role, make_experiment(brand)):
        drawn = {one.relationship_id for one in assigning.draw(judging).people}
        assert drawn == {one.pk for one in people[1:]}
    made = start(make_experiment(brand, segment="", campaign=campaign.key, dimension="role"))
    strata = dict(made.assignments.values_list("relationship", "stratum"))
    assert strata == {one.pk: "educators" for one in people[1:]} | {people[0].pk: ""}


def test_who_objects_after_the_start_is_counted_by_chance_alone(brand, manager):
    people = educators(brand, 6)
    campaign = make_campaign(brand, manager)
    for person in people:
        engage(campaign, relationship=person)
    by_segment = start(make_experiment(brand))
    by_chance = start(make_experiment(brand, segment="", campaign=campaign.key, dimension="role"))
    Relationship.objects.filter(pk=people[0].pk).update(unprofiled_at=NOW)
    assert {pk for _, pk, _, _ in counted(by_segment)} == {one.pk for one in people[1:]}
    strata = {pk: stratum for _, pk, _, stratum in counted(by_chance)}
    assert strata == {one.pk: "educators" for one in people[1:]} | {people[0].pk: ""}
    assert by_segment.assignments.count() == 6
    result = read(by_segment).result
    assert sum(arm["creators"] + arm["unknown"] + arm["silent"] for arm in result["arms"]) == 5
