"""Creators in campaigns: every stage x stage x state of the campaign, and what a refusal leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product

import pytest

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Engagement, EngagementStay, Slot, SlotFill
from campaigns.models.engagements import OPEN_STAGES, PATH
from campaigns.services import engagements as service
from campaigns.services import shortlists
from campaigns.services.engagements import MOVES, OPEN_IN, allowed_moves
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from campaigns.services.shortlists import Pick
from crm.choices import Stage, SuppressionOrigin, SuppressionReason, VettingStatus
from crm.models import AuditEntry, Relationship, ReviewForm, Suppression, Vetting
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, CreatorMetricsFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
S = EngagementStage


@pytest.fixture
def campaign(brand, manager):
    return set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Engagement, EngagementStay, AuditEntry, Relationship, SlotFill)
    ]


def change(engagement, at=LATER, version=None, **changes):
    return service.change(
        engagement_id=engagement.pk,
        brand=engagement.campaign.brand,
        changes=changes,
        actor=engagement.campaign.owner,
        at=at,
        expected_version=version,
    )


def test_the_way_leads_from_the_shortlist_to_the_end_one_stage_at_a_time():
    reasons = {S.SHORTLISTED: True}
    for here, there in pairwise(PATH):
        assert MOVES[here][there] is reasons.get(here, False)
    assert set(MOVES) == set(S)
    # Nobody is approved who was not vetted, or invited who was not approved.
    assert {here for here in S if S.APPROVED in MOVES[here]} == {S.VETTED}
    assert {here for here in S if S.INVITED in MOVES[here]} == {S.APPROVED, S.NEGOTIATING}
    assert {here for here in S if S.SUBSTITUTED in MOVES[here]} == set()


@pytest.mark.parametrize("status", CampaignStatus)
def test_every_stage_leads_where_the_table_says_or_is_refused(brand, manager, status):
    campaign = set_status(make_campaign(brand, manager), status)
    possible = {(here, there) for here in S for there in MOVES[here] if there in OPEN_IN[status]}
    standing = {here: engage(campaign, here, agreed_cost=100) for here in S}
    before = everything()
    for here, there in product(S, S):
        if here == there and campaign.is_open:
            change(standing[here], stage=there)
        elif (here, there) not in possible:
            with pytest.raises(CampaignRefused):
                change(standing[here], stage=there, reason="Seen.")
        elif MOVES[here][there]:
            with pytest.raises(ReasonNeeded):
                change(standing[here], stage=there)
    assert everything() == before
    for here, there in possible:
        engagement = engage(campaign, here, agreed_cost=100)
        moved = change(engagement, stage=there, reason="Seen.")
        assert (moved.stage, moved.stage_since, moved.version) == (there, LATER, 2)
        stay = engagement.stays.get(left_at=None)
        assert (stay.from_stage, stay.stage, stay.reason) == (here, there, "Seen.")
        assert engagement.stays.get(stage=here).left_at == LATER


def test_the_words_of_a_refused_move_name_what_is_possible(campaign):
    engagement = engage(campaign, S.VETTED, RelationshipFactory(brand=campaign.brand))
    name = engagement.relationship.creator.name
    with pytest.raises(CampaignRefused) as refusal:
        change(engagement, stage=S.LIVE)
    assert str(refusal.value) == (
        f"{name} cannot go from “Vetted” to “Live” in one move. "
        "Possible now: “Approved”, “Shortlisted”, “Dropped”."
    )
    set_status(campaign, CampaignStatus.DRAFT)
    approved = engage(campaign, S.APPROVED)
    with pytest.raises(CampaignRefused, match="is still a draft"):
        change(approved, stage=S.INVITED)


def test_vetting_is_what_somebody_wrote_or_what_reviews_settled(campaign, brand):
    engagement = engage(campaign)
    with pytest.raises(ReasonNeeded, match="Nobody has reviewed"):
        change(engagement, stage=S.VETTED)
    vetting = Vetting.objects.create(
        brand=brand,
        relationship=engagement.relationship,
        form=ReviewForm.objects.create(brand=brand, number=99),
        reviewers=1,
        due_on=date(2026, 11, 20),
        status=VettingStatus.SETTLED,
        requested_at=NOW - timedelta(days=9),
        all_in_at=NOW - timedelta(days=3),
        settled_at=NOW - timedelta(days=3),
    )
    assert allowed_moves(S.SHORTLISTED, "active", is_vetted=True)[S.VETTED] is False
    change(engagement, stage=S.VETTED)
    assert engagement.stays.get(left_at=None).reason.startswith("Reviewed on 19 November 2026.")
    # Reviews of more than a year ago say nothing any more.
    Vetting.objects.filter(pk=vetting.pk).update(
        requested_at=NOW - timedelta(days=420),
        all_in_at=NOW - timedelta(days=400),
        settled_at=NOW - timedelta(days=400),
    )
    other = engage(campaign, relationship=RelationshipFactory(brand=brand))
    with pytest.raises(ReasonNeeded):
        change(other, stage=S.VETTED)


def test_who_declined_or_is_suppressed_is_not_invited(campaign, brand):
    declined = engage(campaign, S.APPROVED, RelationshipFactory(brand=brand, stage=Stage.DECLINED))
    suppressed = engage(campaign, S.APPROVED)
    Suppression.objects.create(
        brand=brand,
        creator=suppressed.relationship.creator,
        is_person=True,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.PERSON,
        at=NOW,
    )
    before = everything()
    for engagement, words in (
        (declined, "Has declined to work with the brand"),
        (suppressed, "Is on the suppression list since 22 November 2026: opted out"),
    ):
        with pytest.raises(CampaignRefused, match=words) as refusal:
            change(engagement, stage=S.INVITED)
        assert refusal.value.code == "barred"
    assert everything() == before


def test_a_contract_says_what_was_agreed_and_keeps_it(campaign):
    engagement = engage(campaign, S.NEGOTIATING)
    before = everything()
    with pytest.raises(CampaignRefused) as refusal:
        change(engagement, stage=S.CONTRACTED)
    assert (refusal.value.code, refusal.value.field) == ("cost_needed", "agreed_cost")
    assert everything() == before
    change(engagement, stage=S.CONTRACTED, agreed_cost=0)
    with pytest.raises(CampaignRefused, match="stays written down"):
        change(engagement, agreed_cost=None)
    with pytest.raises(CampaignRefused, match="zero or more"):
        change(engagement, agreed_cost=-1)
    engagement.refresh_from_db()
    assert engagement.agreed_cost == 0


def test_nothing_is_live_before_the_embargo_ends(campaign):
    campaign.embargo_until = datetime(2027, 3, 1, 7, tzinfo=UTC)
    campaign.save()
    engagement = engage(campaign, S.IN_PRODUCTION, agreed_cost=10)
    before = everything()
    with pytest.raises(CampaignRefused, match="under embargo until 1 March 2027 07:00 UTC"):
        change(engagement, stage=S.LIVE)
    assert everything() == before
    change(engagement, stage=S.LIVE, at=campaign.embargo_until)


def test_an_old_card_does_not_overwrite_and_is_told_who_was_quicker(campaign):
    engagement = engage(campaign)
    change(engagement, next_step="Call", next_step_on=date(2026, 12, 1))
    before = everything()
    with pytest.raises(CampaignOutdated, match=r"manager changed .* is “Shortlisted” now"):
        change(engagement, stage=S.DROPPED, reason="No.", version=1)
    assert everything() == before


def test_owner_and_next_step(campaign, outsider, analyst):
    engagement = engage(campaign)
    before = everything()
    with pytest.raises(CampaignRefused, match="has no role in Acme"):
        change(engagement, owner=outsider)
    with pytest.raises(CampaignRefused, match="Say what is to be done"):
        change(engagement, next_step_on=date(2026, 12, 1))
    assert everything() == before
    changed = change(engagement, owner=analyst, next_step="Call")
    assert (changed.owner, changed.next_step, changed.version) == (analyst, "Call", 2)
    # What the next step says is in the row, not in the ledger.
    assert [entry.data for entry in AuditEntry.objects.order_by("-number")[:2]] == [
        {"campaign": "spring-launch", "next_step_on": [None, None], "next_step": True},
        {"campaign": "spring-launch", "owner": [None, "analyst@acme.example"]},
    ]


def test_many_are_shortlisted_in_a_constant_number_of_statements(
    campaign, brand, manager, django_assert_num_queries
):
    def some(number):
        rows = RelationshipFactory.create_batch(number, brand=brand)
        for row in rows:
            CreatorMetricsFactory(creator=row.creator, followers=20_000)
        return rows

    def put(rows):
        return shortlists.shortlist(
            campaign_id=campaign.pk,
            brand=brand,
            picks=[Pick(row.pk, "First of 40.", "educators", 250) for row in rows],
            actor=manager,
            at=LATER,
        )

    few, many = some(2), some(30)
    with django_assert_num_queries(13):
        put(few)
    with django_assert_num_queries(13):
        added = put([*few, *many])
    assert len(added.made) == 30
    assert added.present == {row.pk for row in few}
    engagement = Engagement.objects.get(relationship=many[0])
    assert (engagement.tier, engagement.segment) == ("micro", "educators")
    assert (engagement.planned_cost, engagement.owner) == (250, manager)
    assert engagement.stays.get().reason == "First of 40."
    assert AuditEntry.objects.filter(verb="campaigns.engagement.created").count() == 32


def test_strangers_are_not_shortlisted_and_neither_is_anybody_with_them(
    campaign, brand, other_brand, manager
):
    ours, theirs = RelationshipFactory(brand=brand), RelationshipFactory(brand=other_brand)
    before = everything()
    with pytest.raises(CampaignRefused, match="does not know 1 of these"):
        shortlists.shortlist(
            campaign_id=campaign.pk,
            brand=brand,
            picks=[Pick(ours.pk), Pick(theirs.pk)],
            actor=manager,
            at=LATER,
        )
    assert everything() == before


def substitute(engagement, relationship, reason="Ill.", version=None):
    return shortlists.substitute(
        engagement_id=engagement.pk,
        brand=engagement.campaign.brand,
        relationship_id=relationship.pk,
        reason=reason,
        actor=engagement.campaign.owner,
        at=LATER,
        expected_version=version,
    )


@pytest.mark.parametrize("here", S)
def test_a_place_can_be_given_away_while_there_is_one(campaign, brand, here):
    engagement = engage(campaign, here, planned_cost=100, segment="educators")
    other = RelationshipFactory(brand=brand)
    before = everything()
    if here in OPEN_STAGES and here != S.LIVE:
        new = substitute(engagement, other)
        engagement.refresh_from_db()
        assert engagement.stage == S.SUBSTITUTED
        assert (new.stage, new.replaces_id, new.planned_cost) == (S.SHORTLISTED, engagement.pk, 100)
        assert new.segment == "educators"
        assert new.stays.get().reason.endswith(": Ill.")
        return
    with pytest.raises(CampaignRefused, match="no place to give away"):
        substitute(engagement, other)
    assert everything() == before


def test_who_takes_a_place_is_free_for_it(campaign, brand, other_brand):
    engagement = engage(campaign, S.INVITED)
    gone = engage(campaign, S.DROPPED)
    before = everything()
    for relationship, words in (
        (engagement.relationship, "Choose another creator"),
        (RelationshipFactory(brand=other_brand), "Choose another creator"),
        (gone.relationship, "has left this campaign"),
    ):
        with pytest.raises(CampaignRefused, match=words):
            substitute(engagement, relationship)
    with pytest.raises(ReasonNeeded):
        substitute(engagement, gone.relationship, "")
    Relationship.objects.filter(brand=other_brand).delete()
    assert everything() == before


def test_somebody_on_the_shortlist_takes_over_the_days_to_come(campaign, brand):
    engagement, other = engage(campaign, S.APPROVED), engage(campaign)
    slot = Slot.objects.create(
        campaign=campaign,
        title="Tuesday lesson",
        cadence="weekly",
        first_on=date(2026, 11, 17),
        until=date(2026, 12, 22),
        places=2,
    )
    for day in (date(2026, 11, 17), date(2026, 12, 1), date(2026, 12, 8)):
        SlotFill.objects.create(slot=slot, on=day, engagement=engagement)
    SlotFill.objects.create(slot=slot, on=date(2026, 12, 8), engagement=other)
    new = substitute(engagement, other.relationship)
    assert new.pk == other.pk
    fills = SlotFill.objects.order_by("on").values_list("on", "engagement")
    assert list(fills) == [
        (date(2026, 11, 17), engagement.pk),
        (date(2026, 12, 1), other.pk),
        (date(2026, 12, 8), other.pk),
    ]
