"""What segments say to outreach: whom to leave in peace, and whom one can write to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Engagement
from campaigns.services.offers.sending import send_by_hand
from campaigns.services.offers.wanted import OfferRefused
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import Pick, shortlist, substitute
from crm.choices import PitchDepth
from crm.models import PitchApproval, Relationship
from crm.outreach.parts import AUDIENCES, OBJECTIONS, Care
from segmentation.choices import SegmentStatus
from segmentation.models import Playbook, Segment
from segmentation.outreach import do_not_pitch, with_care
from segmentation.services.activations import Plan, activate
from segmentation.services.budgets.asking import ask
from segmentation.services.budgets.asks import Asks
from segmentation.services.budgets.gathering import people_of
from segmentation.services.edits import EditRefused
from segmentation.services.unpitched import UNPITCHED
from tests.campaigns.made import make_campaign
from tests.campaigns.offers.worlds import BY_PHONE, an_offer
from tests.crm.applications.worlds import applied
from tests.factories import NOW, ProfileFactory
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db
WHY = "Is in “{}”, whose playbook says: do not pitch."


def barred(segment: Segment) -> Segment:
    Playbook.objects.create(segment=segment, do_not_pitch=True, updated_at=NOW)
    return segment


def test_the_parts_are_added(brand):
    segment = make_segment(brand, "educators", name="Educators")
    maya, left, _never = (make_creator(brand) for _ in range(3))
    stay(segment, maya, moment(1, 1))
    stay(segment, left, moment(1, 1), moment(2, 1))
    assert OBJECTIONS["do_not_pitch"].of is do_not_pitch
    audience = AUDIENCES["segment"]
    assert audience.choices(brand) == [("educators", "Educators")]
    assert list(audience.members(brand, "educators")) == [maya]
    assert list(audience.members(brand, "nobody")) == []


def test_a_playbook_leaves_creators_in_peace(brand, other_brand, django_assert_num_queries):
    segment = barred(make_segment(brand, "innovators", name="Innovators"))
    inside, left, outside = (make_creator(brand) for _ in range(3))
    stay(segment, inside, moment(1, 1))
    stay(segment, left, moment(1, 1), moment(2, 1))
    ids = [inside.pk, left.pk, outside.pk]
    with django_assert_num_queries(1):
        found = do_not_pitch(brand, ids, NOW)
    assert found == {inside.pk: WHY.format("Innovators")}
    assert do_not_pitch(other_brand, ids, NOW) == {}


def test_who_decides_about_an_applicant_is_told(brand, manager_client):
    barring = barred(make_segment(brand, "innovators", name="Innovators"))
    costly = make_segment(brand, "partners", name="Partners")
    Playbook.objects.create(segment=costly, mistake_cost="high", updated_at=NOW)
    for segment in (barring, costly):
        segment.dimension.has_precedence = True
        segment.dimension.save()
        creator = make_creator(brand, name=f"Maya {segment.key}")
        ProfileFactory(creator=creator, handle=f"maya.{segment.key}")
        stay(segment, creator, moment(1, 1))
        applied(brand, f"{segment.key.title()} Holm", (("instagram", f"maya.{segment.key}"),))
    shown = manager_client.get("/acme/applications/").content.decode()
    assert WHY.format("Innovators") in shown
    assert "a strategist or an admin has to say yes before a first mail or offer" in shown
    assert shown.count("Persona:") == 2
    # Who objects has no persona from then on, whatever the ledger says until the next run.
    Relationship.objects.filter(creator__name="Maya innovators").update(unprofiled_at=NOW)
    shown = manager_client.get("/acme/applications/").content.decode()
    assert WHY.format("Innovators") not in shown
    assert shown.count("Persona:") == 1


def test_of_personas_the_effective_one_counts(brand):
    first = make_segment(brand, "influencer", name="Influencer", position=1)
    second = barred(make_segment(brand, "innovator", name="Innovator", position=2))
    both, only = make_creator(brand), make_creator(brand)
    for segment in (first, second):
        stay(segment, both, moment(1, 1))
    stay(second, only, moment(1, 1))
    ids = [both.pk, only.pk]
    assert set(do_not_pitch(brand, ids, NOW)) == by_statement(brand) == {both.pk, only.pk}
    dimension = first.dimension
    dimension.has_precedence = True
    dimension.save()
    assert set(do_not_pitch(brand, ids, NOW)) == by_statement(brand) == {only.pk}
    theirs = Relationship.objects.filter(brand=brand, creator=only)
    theirs.update(unprofiled_at=NOW)
    assert set(do_not_pitch(brand, ids, NOW)) == by_statement(brand) == set()
    theirs.update(unprofiled_at=None)
    second.status = SegmentStatus.ARCHIVED
    second.save()
    assert set(do_not_pitch(brand, ids, NOW)) == by_statement(brand) == set()


def by_statement(brand) -> set[int]:
    """Whom statements over many creators leave in peace."""
    with connection.cursor() as cursor:
        cursor.execute(UNPITCHED, {"brand": brand.pk})
        return {row[0] for row in cursor.fetchall()}


def test_the_dearest_mistake_says_who_has_to_say_yes(brand, django_assert_num_queries):
    costs = {"influencer": "low", "adopter": "medium", "innovator": "high"}
    personas = {
        key: make_segment(brand, key, dimension="persona", position=place)
        for place, key in enumerate(costs)
    }
    dimension = personas["influencer"].dimension
    dimension.has_precedence = True
    dimension.save()
    other = make_segment(brand, "press", name="Press")
    for segment, cost in [(personas[key], costs[key]) for key in costs] + [(other, "high")]:
        Playbook.objects.create(segment=segment, mistake_cost=cost, updated_at=NOW)
    hidden, adopter, press, unknown = (make_creator(brand) for _ in range(4))
    for creator, segments in (
        # Influencer comes first: there is room for error.
        (hidden, [personas["influencer"], personas["innovator"]]),
        (adopter, [personas["adopter"]]),
        (press, [personas["adopter"], other]),
    ):
        for segment in segments:
            stay(segment, creator, moment(1, 1))
    ids = [hidden.pk, adopter.pk, press.pk, unknown.pk]
    with django_assert_num_queries(1):
        found = with_care(brand, ids, NOW)
    assert found == {
        adopter.pk: Care(PitchDepth.COLLEAGUE, "Adopter"),
        press.pk: Care(PitchDepth.STRATEGIST, "Press"),
    }


def test_nobody_who_is_left_in_peace_is_planned(brand, manager):
    campaign = make_campaign(brand, manager)
    segment = barred(make_segment(brand, "innovators", name="Innovators"))
    inside, other = make_creator(brand), make_creator(brand)
    stay(segment, inside, moment(1, 1))
    known = {row.creator_id: row for row in Relationship.objects.filter(brand=brand)}
    common = {"brand": brand, "actor": manager, "at": NOW}
    with pytest.raises(CampaignRefused, match="whose playbook says: do not pitch") as refusal:
        shortlist(campaign_id=campaign.pk, picks=[Pick(row.pk) for row in known.values()], **common)
    assert refusal.value.code == "not_to_be_pitched"
    assert not Engagement.objects.exists()
    shortlist(campaign_id=campaign.pk, picks=[Pick(known[other.pk].pk)], **common)
    with pytest.raises(CampaignRefused, match="whose playbook says: do not pitch"):
        substitute(
            engagement_id=Engagement.objects.get().pk,
            relationship_id=known[inside.pk].pk,
            reason="Ill",
            expected_version=None,
            **common,
        )
    # Budget plans do not count on them, but for those who are in the campaign already.
    asks = Asks(budget="1000", measure="views")
    named = {one.creator for one in people_of(campaign, asks, currency="EUR", at=NOW)}
    assert named == {other.pk}
    with pytest.raises(EditRefused, match="whose playbook says: do not pitch") as must:
        ask(
            campaign_id=campaign.pk,
            name="All",
            asks=asks,
            must=[known[inside.pk].pk],
            never=[],
            **common,
        )
    assert must.value.field == "must"
    # Nor are they taken from the segment, and the refusal says why nobody is.
    with pytest.raises(CampaignRefused, match="1 not to be pitched, says a playbook"):
        activate(campaign_id=campaign.pk, plan=Plan(segment.key, NOW, 1), **common)
    # Nor is an offer sent, by mail or by hand, where nobody sent one before.
    offer = an_offer(known[inside.pk], manager)
    with pytest.raises(OfferRefused, match="is not to be pitched"):
        send_by_hand(offer_id=offer.pk, said=BY_PHONE, expected_version=None, **common)
    Playbook.objects.update(do_not_pitch=False, mistake_cost="high")
    with pytest.raises(OfferRefused, match="a strategist or an admin has to say yes"):
        send_by_hand(offer_id=offer.pk, said=BY_PHONE, expected_version=None, **common)
    PitchApproval.objects.create(
        brand=brand,
        relationship=known[inside.pk],
        depth="strategist",
        segment="Innovators",
        reason="Asked for it",
        asked_at=NOW,
        status="approved",
        decided_at=NOW,
        until=NOW + timedelta(days=1),
    )
    send_by_hand(offer_id=offer.pk, said=BY_PHONE, expected_version=None, **common)
