"""A match: factors by hand, who is left out and why, what is taken, weights in versions."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.choices import DeliverableState, EngagementStage, PaperKind, PaperState
from campaigns.models import Deliverable, Engagement, ExclusiveElsewhere, Permit
from campaigns.services.refusals import CampaignRefused
from crm.choices import Stage, SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, Hold, Platform, Suppression
from segmentation.choices import SegmentStatus, WeightsOrigin
from segmentation.matches.factors import USUAL, score_of
from segmentation.models import CreatorFacts, Match, MatchRow, MatchWeights, PeerNorm, Playbook
from segmentation.selectors import matches as selectors
from segmentation.services.matches import asking, counting
from segmentation.services.matches import weights as weights_service
from segmentation.services.matches.asking import Question
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.segmentation.world import make_segment, reviewed, stay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaign(brand, manager):
    PeerNorm.objects.create(
        brand=brand, platform_id="instagram", as_of=NOW, median_rate=0.04, creators=100
    )
    return make_campaign(brand, manager, category="Skincare")


def creator(brand, name, relationship=(), **facts):
    """A creator of whom nothing is known but what is said."""
    row = RelationshipFactory(brand=brand, creator__name=name, **dict(relationship))
    CreatorFacts.objects.create(
        brand=brand, creator=row.creator, as_of=NOW, **{"primary_platform": "instagram"} | facts
    )
    return row


def matched(campaign, manager, **question) -> Match:
    asked = asking.request(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        question=Question(**question),
        actor=manager,
        at=NOW,
    )
    done = counting.count(match_id=asked.pk, at=NOW)
    assert (done.status, done.error) == ("done", "")
    return done


def names(match):
    return [row.name for row in selectors.page_of(match, cursor=None).items]


def parts(row):
    return {part.factor.key: (part.value, part.points) for part in row.parts}


def test_each_factor_is_its_value_in_points_and_what_they_bring_adds_up(brand, campaign, manager):
    instagram = Platform.objects.get(key="instagram").number
    ida_row = creator(
        brand,
        "Ida",
        platforms=[instagram],
        engagement_rate=0.06,
        audience_country={"DK": 0.3, "SE": 0.7},
        reliability=80,
        last_post_at=NOW - 9 * DAY,
    )
    # A risk of 1 of 5 is as good as can be, so this is the mean of 3 and 5.
    reviewed(ida_row, 3, risk=1)
    creator(brand, "Bo", platforms=[], engagement_rate=0.02, audience_country={"US": 1.0})
    creator(brand, "Nobody knows", audience_country={})
    match = matched(campaign, manager)
    ida, bo, unknown = selectors.page_of(match, cursor=None).items
    assert [row.name for row in (ida, bo, unknown)] == ["Ida", "Bo", "Nobody knows"]
    assert parts(ida) == {
        "fit": (4, 75),
        "audience": (pytest.approx(0.3), pytest.approx(60)),
        "platform": (1, 100),
        "engagement": (pytest.approx(1.5), pytest.approx(75)),
        "results": (None, None),
        "reliability": (80, 80),
        "freshness": (pytest.approx(9), pytest.approx(90)),
        "load": (0, 100),
    }
    # An audience that is known, without the market: none of it, which is not unknown.
    assert parts(bo)["audience"] == (0, 0)
    assert parts(unknown)["audience"] == (None, None)
    expected = (3 * 75 + 3 * 60 + 2 * 100 + 3 * 75 + 2 * 80 + 1 * 90 + 2 * 100) / 16
    assert ida.score == pytest.approx(expected)
    assert sum(part.brings or 0 for part in ida.parts) == pytest.approx(ida.score)
    # Results (3) are not known of anybody: 16 of 19.
    assert ida.known == pytest.approx(16 / 19)
    assert match.inputs["weights"] == {**USUAL, "score": 0, "price": 0, "overlap": 0}
    assert selectors.silent(match) == [
        "no score was chosen",
        "nobody said what a piece may cost",
        "nobody is chosen yet, or no audiences were compared",
    ]


def test_who_is_little_known_comes_after_all_others(brand, campaign, manager):
    creator(brand, "All of it", engagement_rate=0.01, audience_country={"DK": 0.1}, platforms=[1],
            reliability=10, last_post_at=NOW)  # fmt: skip
    creator(brand, "One thing", engagement_rate=0.5)
    assert names(matched(campaign, manager)) == ["All of it", "One thing"]


def test_results_are_drawn_to_the_mean_and_a_piece_has_its_price(brand, campaign, manager):
    past = make_campaign(brand, manager, name="Past", currency=brand.currency)
    one = creator(brand, "One piece", avg_likes=90, avg_comments=9)
    many = creator(brand, "Many pieces", avg_likes=90, avg_comments=9)
    creator(brand, "Nothing yet", avg_likes=90, avg_comments=9)
    for row, pieces in ((one, 1), (many, 10)):
        engagement = engage(past, EngagementStage.LIVE, row, agreed_cost=Decimal(100) * pieces)
        for _ in range(pieces):
            post = PostFactory(profile=ProfileFactory(creator=row.creator), likes=180, comments=19)
            Deliverable.objects.create(
                engagement=engagement, title="Reel", platform_id="instagram", kind="review",
                form="image", state=DeliverableState.PUBLISHED, published_at=NOW - 20 * DAY,
                created_at=NOW - 30 * DAY, state_since=NOW - 20 * DAY, post=post,
            )  # fmt: skip
    # Nothing of these came out with counts: one said yes to a price, one does it for nothing.
    for name, cost, state in (("Agreed", 60, "planned"), ("For nothing", 0, "published")):
        engagement = engage(
            past, EngagementStage.LIVE, creator(brand, name), agreed_cost=Decimal(cost)
        )
        Deliverable.objects.create(
            engagement=engagement, title="Reel", platform_id="instagram", kind="review",
            form="image", state=DeliverableState(state), created_at=NOW - 30 * DAY,
            state_since=NOW - 20 * DAY,
            published_at=NOW - 20 * DAY if state == "published" else None,
        )  # fmt: skip
    campaign.currency = brand.currency
    campaign.save()
    match = matched(campaign, manager, price_limit=Decimal(80))
    rows = {row.name: {part.factor.key: part for part in row.parts} for row in
            selectors.page_of(match, cursor=None).items}  # fmt: skip
    # (180 + 19 + 1) / (99 + 1) = 2 x of both: the mean is the same, so nothing is drawn anywhere.
    assert rows["One piece"]["results"].value == pytest.approx(2)
    assert rows["One piece"]["results"].n == 1
    assert "too few to stand alone" in rows["One piece"]["results"].says
    assert "too few" not in rows["Many pieces"]["results"].says
    assert rows["Nothing yet"]["results"].value is None
    assert match.inputs["results"] == {"mean": 2.0, "worth": None, "pieces": 11, "creators": 2}
    assert rows["Many pieces"]["price"].value == pytest.approx(100 / 80)
    assert rows["Many pieces"]["price"].points == pytest.approx(75)
    assert rows["Nothing yet"]["price"].value is None
    assert rows["Agreed"]["price"].value == pytest.approx(60 / 80)
    assert rows["For nothing"]["price"].value is None


def test_whoever_must_not_be_asked_is_left_out_and_counted(brand, campaign, manager):
    creator(brand, "Free", engagement_rate=0.01)
    creator(brand, "Declined", {"stage": Stage.DECLINED})
    creator(brand, "Objects", {"unprofiled_at": NOW - DAY})
    present = creator(brand, "Present", engagement_rate=0.04)
    engage(campaign, relationship=present)
    held = creator(brand, "Held")
    Hold.objects.create(brand=brand, relationship=held, reason="A storm", since=NOW - DAY)
    over = creator(brand, "Held once")
    Hold.objects.create(
        brand=brand, relationship=over, reason="A storm", since=NOW - 3 * DAY, until=NOW - DAY
    )
    exclusive = creator(brand, "Exclusive")
    ExclusiveElsewhere.objects.create(
        relationship=exclusive, category="skincare", source="their page"
    )
    suppressed = creator(brand, "Suppressed")
    Suppression.objects.create(
        brand=brand, creator=suppressed.creator, is_person=True, at=NOW - DAY,
        reason=SuppressionReason.values[0], origin=SuppressionOrigin.values[0],
    )  # fmt: skip
    for name, states in (("No paper", ["none"]), ("Paper again", ["none", "held"])):
        row = creator(brand, name)
        for state in states:
            Permit.objects.create(
                brand=brand, relationship=row, jurisdiction="DK", kind=PaperKind.PERMIT,
                state=PaperState(state), number="" if state == "none" else "7",
            )  # fmt: skip
    match = matched(campaign, manager)
    assert set(names(match)) == {"Free", "Held once", "Paper again"}
    assert match.left_out == {
        "present": 1,
        "declined": 1,
        "objected": 1,
        "held": 1,
        "exclusive": 1,
        "suppressed": 1,
        "permit": 1,
    }
    assert (match.known, match.candidates) == (10, 3)
    assert [row.name for row in selectors.compared(match)] == ["Present"]
    assert ("work with them is paused", 1) in [(a[:24], b) for a, b in selectors.left_out(match)]


def test_the_effective_persona_says_whether_somebody_is_pitched(brand, campaign, manager):
    personas = {
        key: make_segment(brand, key, dimension="persona", position=place)
        for place, key in enumerate(["influencer", "innovator"])
    }
    dimension = personas["influencer"].dimension
    dimension.has_precedence = True
    dimension.save()
    Playbook.objects.create(segment=personas["innovator"], do_not_pitch=True, updated_at=NOW)
    both, only = creator(brand, "Both"), creator(brand, "Only an innovator")
    for row, keys in ((both, ["influencer", "innovator"]), (only, ["innovator"])):
        for key in keys:
            stay(personas[key], row.creator, NOW - DAY)
    match = matched(campaign, manager)
    assert names(match) == ["Both"]
    assert match.left_out == {"unpitched": 1}
    # Whoever becomes one in the meantime is not taken either.
    personas["influencer"].status = SegmentStatus.ARCHIVED
    personas["influencer"].save()
    with pytest.raises(CampaignRefused, match="Both: Is in “Innovator”") as refusal:
        asking.take(match_id=match.pk, brand=brand, only=[both.pk], actor=manager, at=NOW)
    assert refusal.value.code == "barred"
    assert not Engagement.objects.exists()


def test_who_is_taken_has_place_and_reasons(brand, campaign, manager):
    ida, bo = (creator(brand, name, engagement_rate=rate) for name, rate in
               (("Ida", 0.08), ("Bo", 0.02)))  # fmt: skip
    match = matched(campaign, manager)
    added = asking.take(match_id=match.pk, brand=brand, only=[ida.pk], actor=manager, at=NOW)
    (made,) = added.made
    reason = made.stays.get().reason
    assert reason.startswith("1. of the match of ")
    assert "Engagement: 2.00 x the norm" in reason
    assert "Reviews: not known" in reason
    rows = {row.name: row.is_taken for row in selectors.page_of(match, cursor=None).items}
    assert rows == {"Ida": True, "Bo": False}
    for wrong, code in (([], "nobody"), ([bo.pk + 1_000_000], "unknown_creator")):
        with pytest.raises(CampaignRefused) as refusal:
            asking.take(match_id=match.pk, brand=brand, only=wrong, actor=manager, at=NOW)
        assert refusal.value.code == code


def test_members_of_a_segment_are_ranked_alone_and_its_share_is_kept(brand, campaign, manager):
    segment = make_segment(brand)
    rows = [creator(brand, name) for name in ("In", "In too", "Out")]
    for row in rows[:2]:
        stay(segment, row.creator, NOW - DAY)
    match = matched(campaign, manager, segment="educators")
    assert sorted(names(match)) == ["In", "In too"]
    campaign.wanted_creators = 10
    campaign.save()
    Playbook.objects.create(segment=segment, maximum_share=0.1, updated_at=NOW)
    with pytest.raises(CampaignRefused, match="at most 10%") as refusal:
        asking.take(
            match_id=match.pk, brand=brand, only=[rows[0].pk, rows[1].pk], actor=manager, at=NOW
        )
    assert refusal.value.code == "share_exceeded"
    # One is what the playbook allows; sent twice, they are there already.
    for present in (0, 1):
        added = asking.take(
            match_id=match.pk, brand=brand, only=[rows[0].pk], actor=manager, at=NOW
        )
        assert (len(added.made), len(added.present)) == (1 - present, present)
    with pytest.raises(CampaignRefused) as refusal:
        matched(campaign, manager, segment="nobody")
    assert (refusal.value.code, refusal.value.field) == ("unknown_segment", "segment")


def test_weights_have_versions_and_a_match_keeps_its_own(brand, campaign, manager):
    creator(brand, "Ida", engagement_rate=0.08)
    first = matched(campaign, manager)
    assert (first.weights.origin, first.weights.campaign) == (WeightsOrigin.USUAL, None)
    only_engagement = {"engagement": 10}
    made = weights_service.set_weights(
        brand=brand, campaign=campaign, weights=only_engagement, reason="Reach is all",
        actor=manager, at=NOW, seen=0,
    )  # fmt: skip
    second = matched(campaign, manager)
    assert (second.weights, second.weights.number) == (made, 1)
    assert [len(row.parts) for row in selectors.page_of(second, cursor=None).items] == [1]
    assert len(selectors.page_of(first, cursor=None).items[0].parts) > 1
    for weights, code in (
        (only_engagement, "unchanged"),
        ({}, "nothing_counts"),
        ({"engagement": 11}, "out_of_range"),
        ({"luck": 1}, "unknown_factor"),
    ):
        with pytest.raises(CampaignRefused) as refusal:
            weights_service.set_weights(
                brand=brand, campaign=campaign, weights=weights, reason="?", actor=manager, at=NOW
            )
        assert refusal.value.code == code
    with pytest.raises(CampaignRefused) as refusal:
        weights_service.set_weights(
            brand=brand, campaign=campaign, weights={"fit": 1}, reason="?", actor=manager,
            at=NOW, seen=0,
        )  # fmt: skip
    assert refusal.value.code == "outdated"
    assert MatchWeights.objects.count() == 2
    assert AuditEntry.objects.filter(verb="segmentation.match.weighed").count() == 1


def test_the_usual_weights_that_a_match_wrote_down_are_nobody_elses(brand, campaign, manager):
    """Somebody has the page open while the brand's first match is asked for."""
    asking.request(campaign_id=campaign.pk, brand=brand, question=Question(), actor=manager, at=NOW)
    mine = {"brand": brand, "campaign": None, "reason": "?", "actor": manager, "at": NOW, "seen": 0}
    assert weights_service.set_weights(weights={"fit": 1}, **mine).number == 2
    with pytest.raises(CampaignRefused) as refusal:
        weights_service.set_weights(weights={"fit": 2}, **mine)
    assert refusal.value.code == "outdated"


def test_one_ranking_at_a_time_and_none_for_a_campaign_that_is_over(brand, campaign, manager):
    ask = {"campaign_id": campaign.pk, "brand": brand, "actor": manager, "at": NOW}
    asked = asking.request(question=Question(), **ask)
    with pytest.raises(CampaignRefused) as refusal:
        asking.request(question=Question(), **ask)
    assert refusal.value.code == "under_way"
    with pytest.raises(CampaignRefused) as refusal:
        asking.take(match_id=asked.pk, brand=brand, only=[1], actor=manager, at=NOW)
    assert refusal.value.code == "not_done"
    # Nobody to rank is no failure.
    done = counting.count(match_id=asked.pk, at=timezone.now())
    assert (done.status, done.known, done.candidates) == ("done", 0, 0)
    assert not MatchRow.objects.exists()
    campaign.status = "cancelled"
    campaign.save()
    with pytest.raises(CampaignRefused) as refusal:
        asking.request(question=Question(), **ask)
    assert refusal.value.code == "campaign_closed"


def test_a_score_is_the_mean_of_what_is_known():
    parts_ = {"fit": {"points": 100.0}, "load": {"points": 0.0}}
    assert score_of(parts_, {"fit": 3, "load": 1, "price": 4}) == (75.0, 0.5)
    assert score_of({}, {"fit": 3}) == (None, 0.0)
    assert not math.isnan(score_of(parts_, {"fit": 0, "load": 1})[0])
