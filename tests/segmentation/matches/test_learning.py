"""What campaigns that are over teach: learned only from enough, judged on the unseen, decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.services.refusals import CampaignRefused
from segmentation.choices import ErrandStatus, WeightsOrigin
from segmentation.matches import shrink
from segmentation.matches.factors import USUAL
from segmentation.matches.learning import Case, learn
from segmentation.models import Match, MatchLesson, MatchRow, MatchWeights
from segmentation.services.matches import weighing
from segmentation.services.matches import weights as weights_service
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in


def cases(campaigns=4, each=20):
    """Reliability tells who works out; engagement, which weighs more, tells the opposite."""
    return [
        Case(
            campaign,
            {"reliability": 100.0 * (n % 2), "engagement": 100.0 * (1 - n % 2)},
            bool(n % 2),
        )
        for campaign in range(campaigns)
        for n in range(each)
    ]


def test_what_told_the_unseen_apart_weighs_more():
    found = learn(cases(), USUAL)
    assert (found.cases, found.worked, found.campaigns, found.why_not) == (80, 40, 4, "")
    assert (found.auc_in_force, found.auc_learned) == (0.0, 1.0)
    assert found.suggested["reliability"] > USUAL["reliability"]
    assert found.suggested["engagement"] < found.suggested["reliability"]
    assert found.coefficients["engagement"] < 0 < found.coefficients["reliability"]


@pytest.mark.parametrize(
    ("some", "words"),
    [
        (cases(2), "Too few campaigns: 2"),
        (cases(3, 10), "Too few creators: 30"),
        ([*cases(3, 2), *[Case(1, {}, True)] * 40], "Too much alike: 43 of 46"),
    ],
)
def test_too_little_teaches_nothing(some, words):
    found = learn(some, USUAL)
    assert found.suggested is None
    assert found.why_not.startswith(words)


def test_weights_that_put_the_unseen_in_order_already_are_kept():
    found = learn(cases(), {**dict.fromkeys(USUAL, 0), "reliability": 9})
    assert (found.suggested, found.auc_in_force) == (None, 1.0)
    assert "as good an order" in found.why_not


def test_few_results_are_drawn_to_the_mean_of_all():
    # Ten creators with two results each: within them 1 apart, between them 10.
    results = {n: [10.0 * n - 0.5, 10.0 * n + 0.5] for n in range(10)}
    towards = shrink.usual(results)
    assert towards.mean == pytest.approx(45)
    assert towards.worth == pytest.approx(0.5 / (8250 / 9 - 0.25), rel=0.01)
    drawn = shrink.shrink([90.0], towards)
    assert 89.9 < drawn.value < 90
    # Where creators do not differ, everybody is as usual.
    alike = shrink.usual({n: [0.0, 1.0] for n in range(10)})
    assert shrink.shrink([9.0], alike).value == pytest.approx(0.5)
    assert shrink.usual({}) is None
    few = shrink.usual({1: [0.0], 2: [2.0]})
    assert (few.worth, shrink.shrink([2.0] * 5, few).value) == (None, 1.5)


@pytest.mark.django_db
def test_a_lesson_suggests_and_a_person_decides(brand, manager):
    usual = MatchWeights.objects.create(
        brand=brand, number=1, weights=dict(USUAL), origin=WeightsOrigin.USUAL, reason="Usual",
        created_at=NOW,
    )  # fmt: skip
    people = [RelationshipFactory(brand=brand) for _ in range(2)]
    campaign = make_campaign(brand, manager)
    match = Match.objects.create(
        campaign=campaign, weights=usual, requested_at=NOW - timedelta(days=9),
        status=ErrandStatus.DONE, as_of=NOW - timedelta(days=9), known=2, candidates=2,
    )  # fmt: skip
    for rank, row in enumerate(people, 1):
        parts = {"reliability": {"value": 80, "points": 80}}
        MatchRow.objects.create(
            match=match, relationship=row, rank=rank, score=80, known=1, parts=parts
        )
    engage(campaign, EngagementStage.INVITED, people[0])
    # Who was never asked teaches nothing.
    engage(campaign, EngagementStage.SHORTLISTED, people[1])
    set_status(campaign, CampaignStatus.COMPLETED)
    # Nor who objects to being judged by machines.
    objects = RelationshipFactory(brand=brand, unprofiled_at=NOW)
    engage(campaign, EngagementStage.INVITED, objects)
    MatchRow.objects.create(match=match, relationship=objects, rank=11, known=1, parts={})
    asked = weighing.request(brand=brand, actor=manager, at=NOW)
    lesson = weighing.compute(lesson_id=asked.pk, at=NOW)
    assert (lesson.status, lesson.campaigns, lesson.engagements) == ("done", 1, 1)
    assert lesson.suggested is None
    decide = {"lesson_id": lesson.pk, "brand": brand, "actor": manager, "at": NOW}
    with pytest.raises(CampaignRefused) as refusal:
        weighing.decide(accept=True, reason="", **decide)
    assert refusal.value.code == "nothing_suggested"
    lesson.suggested = {**USUAL, "reliability": 9}
    lesson.save()
    address = reverse("segmentation:match_lessons", args=[brand.slug])
    page = " ".join(logged_in(manager).get(address).content.decode().split())
    assert 'Reliability</th><td class="number">2</td><td class="number">9</td>' in page
    assert "Take these weights" in page
    weighing.decide(accept=True, reason="It held", **decide)
    held = weights_service.in_force(brand, campaign)
    assert (held.number, held.origin, held.lesson) == (2, WeightsOrigin.LEARNED, lesson)
    assert held.weights["reliability"] == 9
    assert weighing.taken_so_far(brand) == (1, 1)
    with pytest.raises(CampaignRefused) as refusal:
        weighing.decide(accept=False, reason="", **decide)
    assert refusal.value.code == "decided"
    assert MatchLesson.objects.get().is_accepted is True
    (came,) = weighing.calibration(campaign)
    assert (came.top, came.chosen, came.published) == (2, 1, 0)
