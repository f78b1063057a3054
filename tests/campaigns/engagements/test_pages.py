"""Board, shortlist and the page of one creator in a campaign; panel, timeline, day, calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.day.campaigns import NextSteps, StandingStill, StepsDue
from campaigns.models import Competitor, Engagement, Offer, OfferVersion, Slot, SlotFill
from crm.day import Asker, DayRefused
from crm.services.calendar import calendar_of
from crm.timeline import timeline
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, PostFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
S = EngagementStage
HTMX = {"HX-Request": "true"}


@pytest.fixture
def campaign(brand, manager):
    return set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)


def address(name, *args):
    return reverse(f"campaigns:{name}", args=["acme", "spring-launch", *args])


def test_a_card_moves_and_says_where_it_is(manager_client, campaign):
    card = engage(campaign, S.VETTED, RelationshipFactory(brand=campaign.brand))
    page = address("engagement_move", card.pk)
    answer = manager_client.post(page, {"to": "approved", "version": 1}, headers=HTMX)
    assert answer.status_code == 200
    assert 'hx-swap-oob="afterbegin:#cards-approved"' in answer.text
    assert 'id="count-approved" hx-swap-oob="true">1<' in answer.text
    assert answer["HX-Trigger-After-Settle"] == f'{{"rapport:card": {{"id": "card-{card.pk}"}}}}'
    card.refresh_from_db()
    assert (card.stage, card.version) == (S.APPROVED, 2)


def test_a_refused_move_stays_and_asks_or_explains(manager_client, campaign):
    card = engage(campaign)
    page = address("engagement_move", card.pk)
    asks = manager_client.post(page, {"to": "dropped", "version": 1}, headers=HTMX)
    assert asks.status_code == 200
    assert 'placeholder="Why dropped?"' in asks.text
    refused = manager_client.post(page, {"to": "live", "version": 1}, headers=HTMX)
    assert refused.status_code == 409
    assert "cannot go from “Shortlisted” to “Live” in one move" in refused.text
    plain = manager_client.post(page, {"to": "live", "version": 1}, follow=True)
    assert "cannot go from" in plain.text
    card.refresh_from_db()
    assert (card.stage, card.version) == (S.SHORTLISTED, 1)


def test_the_board_goes_on_in_each_column(manager_client, campaign):
    for _ in range(27):
        engage(campaign)
    answer = manager_client.get(address("campaign_board"))
    shown = answer.context["columns"][0]
    assert (shown.count, len(shown.cards), bool(shown.next)) == (27, 25, True)
    more = manager_client.get(
        address("campaign_board_column", "shortlisted"), {"cursor": shown.next}, headers=HTMX
    )
    assert len(more.context["column"].cards) == 2
    assert manager_client.get(address("campaign_board_column", "nowhere")).status_code == 404


def test_the_shortlist_shows_what_speaks_for_and_against(manager_client, campaign, brand):
    Competitor.objects.create(brand=brand, name="Glow Co", handles=["glowco"])
    engagement = engage(campaign)
    relationship = engagement.relationship
    now = timezone.now()
    PostFactory(
        profile__creator=relationship.creator,
        posted_at=now - timedelta(days=9),
        caption="New favourite from @GlowCo!",
        is_paid_partnership=True,
    )
    # Names that only begin like it, and old posts, say nothing.
    other = engage(campaign)
    PostFactory(
        profile__creator=other.relationship.creator,
        posted_at=now - timedelta(days=9),
        caption="#glowcoffee",
    )
    PostFactory(
        profile__creator=other.relationship.creator,
        posted_at=now - timedelta(days=200),
        caption="@glowco",
    )
    autumn = make_campaign(brand, name="Autumn")
    engage(autumn, S.INVITED, relationship)
    offer = Offer.objects.create(
        brand=brand,
        relationship=relationship,
        title="Autumn posts",
        state="accepted",
        state_since=now,
        created_at=now,
    )
    offer.current = OfferVersion.objects.create(
        offer=offer,
        number=1,
        side="ours",
        fixed_at=now,
        compensation="gift",
        product="Cream",
        product_value=40,
        currency="EUR",
        exclusive_for="skincare",
        exclusive_months=12,
    )
    offer.save()
    lines = {
        line.card.engagement.pk: line
        for line in manager_client.get(address("shortlist")).context["lines"]
    }
    assert [one.words.split(" on ")[0] for one in lines[engagement.pk].conflicts] == [
        "Published a paid post with the competitor Glow Co",
        "Invited in Autumn, 1 March to 12 April 2027, at the same time.",
        f"Exclusive to Acme for skincare until {now + timedelta(days=365):%-d %B %Y}.",
    ]
    assert lines[engagement.pk].why == "put there by a test"
    assert lines[other.pk].conflicts == []


def test_somebody_is_added_by_name_with_a_reason(manager_client, campaign, brand):
    relationship = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    engage(campaign, relationship=RelationshipFactory(brand=brand, creator__name="Ida Olsen"))
    found = manager_client.get(address("shortlist"), {"q": "ida"}).context["found"]
    assert [row.relationship.creator.name for row in found] == ["Ida Holm"]
    assert manager_client.get(address("shortlist"), {"q": "ida\0"}).context["found"] == found
    sent = {"creator": relationship.creator.uid, "reason": "Calm voice"}
    answer = manager_client.post(address("shortlist_add"), sent, follow=True)
    assert "Ida Holm is on the shortlist." in answer.text
    assert "Calm voice" in answer.text
    answer = manager_client.post(address("shortlist_add"), sent, follow=True)
    assert "is in this campaign already" in answer.text
    answer = manager_client.post(address("shortlist_add"), {"creator": "x"}, follow=True)
    assert "Choose a creator whom your brand knows." in answer.text


def test_several_are_vetted_at_once_and_each_refusal_is_told(manager_client, campaign):
    first, second = engage(campaign), engage(campaign)
    picked = [f"{first.pk}:1", f"{second.pk}:1"]
    page = address("shortlist_many")
    answer = manager_client.post(page, {"to": "vetted", "picked": picked}, follow=True)
    assert answer.text.count("Nobody has reviewed") == 2
    sent = {"to": "vetted", "picked": picked, "reason": "Looked at 20 posts."}
    answer = manager_client.post(page, sent, follow=True)
    assert "2 creators are in “Vetted” now." in answer.text
    # The list that was looked at is out of date now.
    answer = manager_client.post(page, sent, follow=True)
    assert "who changed meanwhile is left out" in answer.text
    stages = Engagement.objects.values_list("stage", "version")
    assert set(stages) == {(S.VETTED, 2)}


def test_the_page_of_one_creator_moves_costs_and_substitutes(manager_client, campaign, brand):
    engagement = engage(campaign, S.NEGOTIATING)
    page = address("engagement", engagement.pk)
    assert manager_client.get(page).status_code == 200
    sent = {"stage": "contracted", "version": 1, "owner": ""}
    answer = manager_client.post(page, sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["agreed_cost"]
    assert manager_client.post(page, sent | {"agreed_cost": "700"}).status_code == 302
    other = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    assert "Ida Holm" in manager_client.get(page, {"q": "ida"}).text
    leave = address("engagement_substitute", engagement.pk)
    sent = {"creator": other.creator.uid, "version": 2}
    answer = manager_client.post(leave, sent)
    assert answer.status_code == 422
    answer = manager_client.post(leave, sent | {"reason": "Ill."}, follow=True)
    assert "Ida Holm is on the shortlist in the place of" in answer.text
    assert "Takes the place of" in answer.text
    assert "has the place now" in manager_client.get(page).text


def test_the_creators_page_has_their_campaigns(manager_client, campaign, other_brand):
    engagement = engage(campaign, S.INVITED)
    theirs = make_campaign(other_brand, name="Secret")
    engage(
        theirs,
        S.INVITED,
        RelationshipFactory(brand=other_brand, creator=engagement.relationship.creator),
    )
    uid = engagement.relationship.creator.uid
    text = manager_client.get(reverse("campaigns:creator_campaigns", args=["acme", uid])).text
    assert "Spring launch" in text
    assert "Invited" in text
    assert "Secret" not in text


def test_the_timeline_tells_each_stage_with_its_reason(campaign, manager):
    engagement = engage(campaign, S.DROPPED)
    (event,) = [one for one in timeline(engagement.relationship).items if one.kind == "campaign"]
    assert (event.title, event.text) == ("Spring launch: dropped", "put there by a test")
    assert event.url == address("engagement", engagement.pk)


def test_a_day_has_steps_next_steps_and_who_stands_still(campaign, brand, manager, analyst):
    at = NOW + timedelta(days=120)
    asker = Asker(user=manager, brand=brand, role="manager", at=at)
    step = campaign.deadlines.order_by("due_on").first()
    due, source = StepsDue(), StepsDue()
    rows = source.show(asker, due.rows(asker).order_by("due_on", "pk"))
    assert rows[0].title == "Shortlist of creators is complete"
    assert rows[0].is_late
    source.finish(asker, step.pk, version=None, asked={})
    assert step.pk not in {row.pk for row in due.rows(asker)}
    with pytest.raises(DayRefused):
        source.finish(asker, step.pk, version=None, asked={})
    source.undo(asker, step.pk, None)
    assert step.pk in {row.pk for row in due.rows(asker)}

    mine = engage(campaign, S.INVITED, owner=manager)
    planned = engage(campaign, S.INVITED, owner=manager, next_step="Call", next_step_on=at.date())
    engage(campaign, S.INVITED, owner=analyst)
    engage(campaign, S.COMPLETED, owner=manager)
    stuck = StandingStill()
    (row,) = stuck.show(asker, stuck.rows(asker))
    assert (row.pk, row.why) == (mine.pk, "invited for 120 days; 5 are usual")
    steps = NextSteps()
    (row,) = steps.show(asker, steps.rows(asker))
    assert (row.pk, row.why, row.is_late) == (planned.pk, "Call", False)
    everybody = Asker(user=manager, brand=brand, role="manager", at=at, is_team=True)
    assert stuck.rows(everybody).count() == 2


def test_a_calendar_has_steps_and_filled_days_without_names(campaign, manager, analyst):
    engagement = engage(campaign, S.APPROVED, owner=manager)
    slot = Slot.objects.create(
        campaign=campaign,
        title="Tuesday lesson",
        cadence="weekly",
        first_on=campaign.starts_on,
        until=campaign.ends_on,
    )
    SlotFill.objects.create(slot=slot, on=campaign.starts_on, engagement=engagement)
    text = calendar_of(manager, NOW).decode()
    assert text.count("BEGIN:VEVENT") == campaign.deadlines.count() + 1
    assert "SUMMARY:Tuesday lesson (Spring launch)" in text
    assert engagement.relationship.creator.name not in text
    assert "BEGIN:VEVENT" not in calendar_of(analyst, NOW).decode()


def test_the_search_finds_campaigns_and_their_pages(manager_client, campaign):
    text = manager_client.get(reverse("crm:search", args=["acme"]), {"q": "spring"}).text
    assert "Active, 1 March 2027" in text
