"""Links made while an experiment runs bear the creator's arm, and nobody says another one."""

from __future__ import annotations

import pytest

from campaigns.models import TrackingLink
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import links
from campaigns.services.tracking.places import Place
from segmentation.models import ExperimentAssignment
from tests.factories import NOW
from tests.segmentation.experiments.worlds import educators, make_experiment, start

pytestmark = pytest.mark.django_db


def make(brand, relationship, actor, **said: str) -> TrackingLink:
    return links.make_link(
        brand=brand,
        place=Place(relationship),
        said=links.Said(target="https://shop.example/", **said),
        actor=actor,
        at=NOW,
    )


def change(link: TrackingLink, actor, **said: str) -> TrackingLink:
    return links.change_link(
        link_id=link.pk,
        brand=link.brand,
        said=links.Said(**said),
        actor=actor,
        at=NOW,
        expected_version=None,
    )


def test_a_link_bears_the_arm_while_the_experiment_runs(brand, manager):
    people = educators(brand)
    before = make(brand, people[0], manager, variant="story")
    experiment = start(make_experiment(brand))
    arm = ExperimentAssignment.objects.get(experiment=experiment, relationship=people[0]).arm.key
    link = make(brand, people[0], manager)
    assert (link.variant, link.utm_term) == (arm, arm)
    with pytest.raises(CampaignRefused) as refusal:
        make(brand, people[0], manager, variant="story")
    assert (refusal.value.code, refusal.value.field) == ("in_experiment", "variant")
    with pytest.raises(CampaignRefused, match="An experiment runs"):
        change(link, manager, variant="story")
    link.refresh_from_db()
    assert link.variant == arm
    # What was made before keeps what it was called, and may be called by the arm.
    assert change(before, manager, label="Old", variant="story").variant == "story"
    assert change(before, manager, variant=arm).variant == arm


def test_a_draft_hands_out_nothing(brand, manager):
    people = educators(brand)
    make_experiment(brand)
    assert make(brand, people[0], manager, variant="story").variant == "story"
