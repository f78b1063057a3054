"""From a segment into a campaign: the ranking by hand, who is left out, shares, what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.choices import BudgetKind, CampaignStatus, EngagementStage
from campaigns.models import BudgetLine, Engagement
from campaigns.services.refusals import CampaignRefused
from crm.choices import Stage, SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, Suppression
from segmentation.choices import SegmentStatus
from segmentation.models import (
    Activation,
    ActivationPick,
    CreatorFacts,
    Membership,
    PeerNorm,
    Playbook,
    Segment,
)
from segmentation.selectors.activations import rank
from segmentation.selectors.shares import Share
from segmentation.services.activations import Plan, activate
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, RelationshipFactory
from tests.segmentation.world import make_run, make_segment, reviewed, stay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def member(segment, name, *, engagement=None, posted=None, followers=1_000, **relationship):
    """A creator in the segment for a month; what is not said is not known."""
    row = RelationshipFactory(brand=segment.brand, creator__name=name, **relationship)
    stay(segment, row.creator, NOW - 30 * DAY)
    CreatorFacts.objects.create(
        brand=segment.brand,
        creator=row.creator,
        as_of=NOW,
        followers=followers,
        primary_platform="instagram",
        engagement_rate=engagement,
        last_post_at=(posted is not None and NOW - posted * DAY) or None,
    )
    return row


@pytest.fixture
def segment(brand):
    made = make_segment(brand, "educators")
    PeerNorm.objects.create(
        brand=brand, platform_id="instagram", as_of=NOW, median_rate=0.04, creators=100
    )
    return made


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


def names(ranking):
    return [row.name for row in ranking.rows]


def test_the_score_is_the_weighted_mean_of_what_is_known_and_unknown_comes_last(campaign, segment):
    ida = member(segment, "Ida", engagement=0.04, posted=9)
    # A risk of 2 of 5 is a good one: it counts as 4.
    reviewed(ida, 5, 3, risk=2)
    bo = member(segment, "Bo", engagement=0.08, posted=0)
    reviewed(bo, 2)
    member(segment, "Eva", engagement=0.2, posted=0)
    member(segment, "Nobody knows")
    ranking = rank(campaign, segment, as_of=NOW, size=10)
    # Ida: fit 4 of 5 -> .75, engagement 1 x -> .5, 9 of 90 days -> .9, free -> 1.
    # Bo: fit 2 -> .25, 2 x -> 1, today -> 1, free -> 1.
    # Weights 3, 3, 2, 2.
    assert names(ranking) == ["Bo", "Ida", "Eva", "Nobody knows"]
    assert [row.score for row in ranking.rows] == pytest.approx([0.775, 0.755, 1.0, 1.0])
    assert [row.unknown for row in ranking.rows] == [
        [],
        [],
        ["fit"],
        ["fit", "engagement", "freshness"],
    ]
    first = ranking.rows[0]
    assert first.why == (
        "Fit: 2.0 of 5 in reviews; Engagement: 2.00 x the norm; Freshness: posted 0 days ago; "
        "Load: in no other campaign."
    )
    assert first.kept == {
        "fit": [2.0, 0.25],
        "engagement": [2.0, 1.0],
        "freshness": [0.0, 1.0],
        "load": [0.0, 1.0],
    }
    assert (ranking.members, ranking.candidates, ranking.left_out) == (4, 4, [])


def test_what_has_no_weight_does_not_count_and_need_not_be_known(campaign, segment, brand):
    busy = member(segment, "Busy", engagement=0.08, posted=0)
    other = make_campaign(brand, None, name="Autumn")
    engage(other, EngagementStage.INVITED, busy)
    member(segment, "Free", engagement=0.02, posted=80)
    only = {"fit": 0, "engagement": 0, "freshness": 0, "load": 1}
    ranking = rank(campaign, segment, as_of=NOW, size=10, weights=only)
    assert [(row.name, row.score, row.unknown) for row in ranking.rows] == [
        ("Free", 1.0, []),
        ("Busy", 0.5, []),
    ]
    # What was left behind is no load.
    Engagement.objects.update(stage=EngagementStage.DROPPED)
    ranking = rank(campaign, segment, as_of=NOW, size=10, weights=only)
    assert [row.score for row in ranking.rows] == [1.0, 1.0]


def test_who_cannot_be_asked_is_left_out_and_counted(campaign, segment, brand):
    member(segment, "Free")
    engage(campaign, EngagementStage.DROPPED, member(segment, "Present"))
    member(segment, "Declined", stage=Stage.DECLINED)
    # A member of that moment who objects by now.
    member(segment, "Objects", unprofiled_at=NOW)
    suppressed = member(segment, "Suppressed")
    Suppression.objects.create(
        brand=brand,
        creator=suppressed.creator,
        is_person=True,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.PERSON,
        at=NOW,
    )
    peace = make_segment(brand, "peace", dimension="persona", name="Peace")
    Playbook.objects.create(segment=peace, do_not_pitch=True, updated_at=NOW)
    stay(peace, member(segment, "In peace").creator, NOW - 30 * DAY)
    ranking = rank(campaign, segment, as_of=NOW, size=10)
    assert names(ranking) == ["Free"]
    assert (ranking.members, ranking.candidates) == (6, 2)
    assert ranking.left_out == [
        ("declined to work with the brand", 1),
        ("objected to being judged by machines", 1),
        ("in this campaign already", 1),
        ("on the suppression list", 1),
        ("not to be pitched, says a playbook", 1),
    ]


def test_members_are_those_of_the_moment(campaign, segment):
    member(segment, "Stays")
    left = member(segment, "Left")
    Membership.objects.filter(creator=left.creator).update(
        left_at=NOW - 5 * DAY, left_run=make_run(segment.brand, NOW - 5 * DAY)
    )
    assert names(rank(campaign, segment, as_of=NOW, size=10)) == ["Stays"]
    before = rank(campaign, segment, as_of=NOW - 6 * DAY, size=10)
    assert sorted(names(before)) == ["Left", "Stays"]


@pytest.mark.parametrize(
    ("maximum", "present", "everybody", "planned", "allowed"),
    [
        (None, 0, 0, None, None),
        (1.0, 3, 3, None, None),
        # Of 20 planned, a fifth is 4.
        (0.2, 0, 0, 20, 4),
        (0.2, 3, 10, 20, 1),
        (0.2, 6, 10, 20, 0),
        # Beyond the plan each pick makes the whole larger: 4 + 2 of 22 + 2 are a quarter.
        (0.25, 4, 22, 20, 2),
        (0.25, 4, 22, None, 2),
        # Nobody is there: whoever comes first is all there is.
        (0.2, 0, 0, None, 0),
    ],
)
def test_how_many_more_a_playbook_allows(maximum, present, everybody, planned, allowed):
    share = Share(Segment(name="Educators"), maximum, present, everybody, planned)
    assert share.allowed == allowed
    assert share.refusal(allowed or 0) == ""
    if allowed is not None:
        assert "of a campaign" in share.refusal(allowed + 1)
        assert present > everybody * maximum or share.after(allowed) <= maximum + 1e-9
        assert share.after(allowed + 1) > maximum


def do(campaign, at=NOW, **values):
    said = {"segment": "educators", "as_of": NOW, "wanted": 2} | values
    return activate(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        plan=Plan(**said),
        actor=campaign.owner,
        at=at,
    )


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Engagement, Activation, ActivationPick, BudgetLine, AuditEntry)
    ]


def test_who_is_taken_is_on_the_shortlist_with_place_reasons_version_and_moment(
    campaign, segment, brand, manager
):
    for number in range(3):
        member(segment, f"Creator {number}", engagement=0.01 * (number + 1), posted=1)
    made = do(campaign, budget=Decimal(1000), starts_on=date(2027, 3, 2), note="First wave")
    taken = Engagement.objects.filter(campaign=campaign).order_by("pk")
    assert [row.relationship.creator.name for row in taken] == ["Creator 2", "Creator 1"]
    assert {(row.segment, row.planned_cost, row.stage) for row in taken} == {
        ("educators", 500, "shortlisted")
    }
    reason = taken[0].stays.get().reason
    assert reason.startswith("1. of “Educators” as of 22 November 2026. Fit: not known; Engage")
    assert (made.version, made.as_of, made.members, made.candidates) == (
        segment.active_version,
        NOW,
        3,
        3,
    )
    assert (made.wanted, made.budget, made.share, made.maximum_share) == (2, 1000, 1.0, None)
    picks = list(made.picks.values_list("rank", "engagement", "parts__load"))
    assert picks == [(1, taken[0].pk, [0.0, 1.0]), (2, taken[1].pk, [0.0, 1.0])]
    line = BudgetLine.objects.get(campaign=campaign, kind=BudgetKind.SEGMENT)
    assert (line.key, line.name, line.amount, line.creators) == ("educators", "Educators", 1000, 2)
    # A second wave adds to the line.
    do(campaign, budget=Decimal(300), wanted=5)
    line = BudgetLine.objects.get(campaign=campaign)
    assert (line.amount, line.creators) == (1300, 3)
    entry = AuditEntry.objects.latest("number")
    assert entry.verb == "segmentation.activation.made"
    assert (entry.data["segment"], entry.data["version"], entry.data["creators"]) == (
        "educators",
        1,
        1,
    )


def test_only_those_who_were_ticked_are_taken(campaign, segment):
    rows = [member(segment, f"Creator {number}", posted=number) for number in range(4)]
    do(campaign, only=[rows[3].pk, rows[1].pk], wanted=1)
    taken = Engagement.objects.filter(campaign=campaign).order_by("pk")
    assert [row.relationship_id for row in taken] == [rows[1].pk, rows[3].pk]
    assert list(Activation.objects.get().picks.values_list("rank", flat=True)) == [2, 4]
    before = everything()
    with pytest.raises(CampaignRefused, match="cannot be taken any more") as refusal:
        do(campaign, only=[rows[3].pk, rows[0].pk])
    assert refusal.value.code == "changed_meanwhile"
    assert everything() == before


def test_no_more_than_the_playbooks_share_are_taken(campaign, segment):
    Playbook.objects.create(segment=segment, maximum_share=0.2, updated_at=NOW)
    for number in range(6):
        member(segment, f"Creator {number}")
    campaign.wanted_creators = 20
    campaign.save()
    before = everything()
    with pytest.raises(CampaignRefused) as refusal:
        do(campaign, wanted=5)
    assert str(refusal.value) == (
        "The playbook of “Educators” allows at most 20 % of a campaign. With 5 more it would have "
        "25 %: take 4 at most."
    ).replace(" %", "%")
    assert refusal.value.code == "share_exceeded"
    assert everything() == before
    made = do(campaign, wanted=4)
    assert (made.share, made.maximum_share) == (0.2, 0.2)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"segment": "nowhere"}, "unknown_segment", "segment"),
        ({"as_of": NOW + DAY}, "in_the_future", "as_of"),
        ({"wanted": 0}, "out_of_range", "wanted"),
        ({"wanted": 501}, "out_of_range", "wanted"),
        ({"weights": {"fame": 1}}, "out_of_range", "weights"),
        ({"weights": {"fit": 11}}, "out_of_range", "weights"),
        ({"weights": {"fit": 0}}, "nothing_counts", "weights"),
        ({"budget": Decimal(-1)}, "out_of_range", "budget"),
        ({"budget": Decimal(10_001)}, "over_budget", "budget"),
        ({"starts_on": date(2027, 1, 1)}, "out_of_range", "starts_on"),
        ({"ends_on": date(2027, 3, 4)}, "out_of_order", "starts_on"),
        ({"as_of": NOW - 300 * DAY}, "nobody", "segment"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_nothing(campaign, segment, values, code, field):
    member(segment, "Ida")
    before = everything()
    with pytest.raises(CampaignRefused) as refusal:
        do(campaign, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert everything() == before


def test_nothing_is_added_to_what_is_over_or_from_a_segment_that_is_not_active(campaign, segment):
    member(segment, "Ida")
    segment.status = SegmentStatus.ARCHIVED
    segment.save()
    with pytest.raises(CampaignRefused, match="only creators of active"):
        do(campaign)
    segment.status = SegmentStatus.ACTIVE
    segment.save()
    set_status(campaign, CampaignStatus.COMPLETED)
    with pytest.raises(CampaignRefused, match="is completed"):
        do(campaign)
    assert not Engagement.objects.exists()


def test_a_ranking_costs_the_same_for_few_and_many(campaign, segment, django_assert_num_queries):
    for number in range(3):
        member(segment, f"Creator {number}")
    with django_assert_num_queries(5):
        rank(campaign, segment, as_of=NOW, size=10)
    for number in range(40):
        member(segment, f"More {number}")
    with django_assert_num_queries(5):
        ranking = rank(campaign, segment, as_of=timezone.now(), size=40)
    assert len(ranking.rows) == 40
