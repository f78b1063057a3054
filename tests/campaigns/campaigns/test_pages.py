"""Pages of campaigns: what they show, what they do, who may, and constant query counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import BudgetLine, Campaign, Competitor, Deadline, Engagement, Slot, SlotFill
from crm.models import AuditEntry, Creator, Relationship
from tests.campaigns.made import engage, make_campaign, set_status

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Winter skin",
    "trigger": "season",
    "objective": "conversions",
    "target": "500",
    "starts_on": "2027-01-15",
    "platforms": ["instagram", "tiktok"],
    "jurisdictions": ["DK"],
    "budget": "8000",
    "currency": "EUR",
}


def address(name, *args):
    return reverse(f"campaigns:{name}", args=["acme", *args])


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


def test_an_empty_list_says_what_it_is_for(manager_client, analyst_client, brand):
    assert "Plan a campaign" in manager_client.get(address("campaigns")).text
    text = analyst_client.get(address("campaigns")).text
    assert "No campaign yet" in text
    assert "Plan a campaign" not in text


def test_a_campaign_is_planned_from_its_kind(manager_client, brand):
    text = manager_client.get(address("campaign_new")).text
    assert text.count('class="card card-link h-100"') == 10
    assert "the first one 112 days before" in text
    page = address("campaign_new") + "?use_case=seasonal"
    assert manager_client.get(page).context["form"]["trigger"].value() == "season"
    answer = manager_client.post(page, NEW)
    assert answer.status_code == 302
    made = Campaign.objects.get()
    assert answer.url == address("campaign", "winter-skin")
    assert (made.use_case, made.target, made.ends_on) == ("seasonal", 500, date(2027, 2, 19))
    text = manager_client.get(answer.url).text
    assert "is planned, with 11 steps to its days" in text
    assert "Conversions, by" in text


def test_what_cannot_be_planned_stays_on_the_page_beside_its_field(manager_client, brand):
    page = address("campaign_new") + "?use_case=seasonal"
    answer = manager_client.post(page, NEW | {"ends_on": "2027-01-01", "name": "Winter"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"ends_on": ["The last day comes before the first."]}
    assert 'value="Winter"' in answer.text
    assert manager_client.post(page, {}).status_code == 422
    assert not Campaign.objects.exists()


def test_the_list_is_narrowed_and_exported(manager_client, campaign, brand, manager):
    active = set_status(make_campaign(brand, manager, name="Autumn"), CampaignStatus.ACTIVE)
    engage(active, EngagementStage.CONTRACTED, agreed_cost=250)
    engage(active, planned_cost=100)
    engage(active)
    found = manager_client.get(address("campaigns"), {"status": "active"})
    assert [row.campaign for row in found.context["rows"]] == [active]
    row = found.context["rows"][0]
    assert (row.creators, row.live) == (3, 0)
    assert (row.spending.committed, row.spending.expected, row.spending.unknown) == (250, 100, 1)
    assert "350 EUR" in found.text
    named = manager_client.get(address("campaigns"), {"search": "spring", "use_case": "nonsense"})
    assert [row.campaign for row in named.context["rows"]] == [campaign]
    answer = manager_client.get(address("campaigns_export", "csv"), {"status": "active"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Autumn,autumn,Active,Awareness,2027-03-01,2027-04-12,manager,Reach")
    assert lines[1].endswith(",EUR,10000.00,250.00,100.00,1")


def test_putting_away_takes_it_out_of_the_list(manager_client, campaign):
    manager_client.post(address("campaign_archive", campaign.key), {"away": "yes"})
    assert not manager_client.get(address("campaigns")).context["rows"]
    found = manager_client.get(address("campaigns"), {"is_archived": "true"})
    assert [row.campaign for row in found.context["rows"]] == [campaign]
    set_status(campaign, CampaignStatus.ACTIVE)
    answer = manager_client.post(
        address("campaign_archive", campaign.key), {"away": "yes"}, follow=True
    )
    assert answer.status_code == 200


def test_the_page_of_a_campaign_tells_how_it_stands(manager_client, campaign):
    engage(campaign, EngagementStage.LIVE, agreed_cost=12_000)
    engage(campaign, EngagementStage.DROPPED)
    campaign.reached = Decimal(90_000)
    campaign.save()
    text = manager_client.get(address("campaign", campaign.key)).text
    assert "100,000" in text
    assert "not met" in text
    assert "Over budget by" in text
    assert "2,000 EUR" in text
    assert "Activate" in text


def test_activation_and_its_refusal(manager_client, campaign):
    page = address("campaign_act", campaign.key, "complete")
    answer = manager_client.post(page, {"version": 1})
    assert answer.status_code == 409
    assert "is draft, so you can activate or cancel it." in answer.text
    bare = address("campaign_act", campaign.key, "cancel")
    answer = manager_client.post(bare, {"version": 1})
    assert answer.status_code == 409
    assert "Say why Spring launch is to be cancelled." in answer.text
    manager_client.post(address("campaign_act", campaign.key, "activate"), {"version": 1})
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.ACTIVE
    assert manager_client.post(page, {"version": 1}).status_code == 409
    assert manager_client.post(page, {}).status_code == 422
    assert manager_client.post(address("campaign_act", campaign.key, "x"), {}).status_code == 404


def test_a_campaign_is_edited_and_an_old_page_does_not_overwrite(manager_client, campaign):
    page = address("campaign_edit", campaign.key)
    form = manager_client.get(page).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None} | {
        "name": "Spring 2027"
    }
    assert manager_client.post(page, sent).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.name, campaign.version) == ("Spring 2027", 2)
    answer = manager_client.post(page, sent | {"name": "Mine"})
    assert answer.status_code == 422
    assert "Somebody changed Spring 2027 since you loaded this page" in answer.text


def test_steps_are_done_moved_added_and_taken_away(manager_client, campaign):
    step = campaign.deadlines.first()

    def send(act, **data):
        page = address("campaign_deadline", campaign.key, step.pk, act)
        return manager_client.post(page, data, follow=True)

    send("done")
    step.refresh_from_db()
    assert step.done_by.email == "manager@acme.example"
    send("reopen")
    assert "Write the day" in send("move", due_on="soon").text
    send("move", due_on="2027-01-05")
    step.refresh_from_db()
    assert (step.done_at, step.due_on) == (None, date(2027, 1, 5))
    send("delete")
    assert not Deadline.objects.filter(pk=step.pk).exists()
    assert send("done").status_code == 404
    page = address("campaign_deadlines", campaign.key)
    manager_client.post(page, {"title": "Send samples", "due_on": "2027-02-01"})
    assert campaign.deadlines.filter(title="Send samples").exists()
    assert manager_client.post(page, {"title": ""}).status_code == 422


def test_the_budget_is_cut_by_tier_and_segment(manager_client, campaign):
    engage(campaign, tier="micro", segment="educators", planned_cost=700)
    page = address("campaign_budget", campaign.key)
    sent = {
        "kind": "tier",
        "tier-version": "1",
        "tier-micro_amount": "600",
        "tier-micro_creators": "3",
    }
    assert manager_client.post(page, sent).status_code == 302
    answer = manager_client.get(page)
    (line,) = answer.context["budget"].cuts["tier"]
    assert (line.name, line.planned, line.spending.expected, line.is_over) == (
        "Micro",
        600,
        700,
        True,
    )
    assert "exceeded" in answer.text
    # What nobody planned is called as the brand's scheme calls it; what that no longer has, by key.
    engage(campaign, tier="mid", planned_cost=5)
    engage(campaign, tier="whales", planned_cost=6)
    lines = manager_client.get(page).context["budget"].cuts["tier"][1:]
    assert [(one.key, one.name) for one in lines] == [("mid", "Mid-tier"), ("whales", "whales")]
    sent = {
        "kind": "segment",
        "segment-version": "2",
        "segment-new0_key": "educators",
        "segment-new0_amount": "20000",
    }
    answer = manager_client.post(page, sent)
    assert answer.status_code == 422
    assert "10,000 EUR more than the budget" in answer.text
    answer = manager_client.post(page, sent | {"segment-new0_key": ""})
    assert "Name the segment by its key." in answer.text
    assert BudgetLine.objects.count() == 1


def test_a_clone_asks_for_name_and_day(manager_client, campaign):
    page = address("campaign_clone", campaign.key)
    assert manager_client.post(page, {"name": "Again"}).status_code == 422
    answer = manager_client.post(page, {"name": "Again", "starts_on": "2027-09-01"})
    assert answer.url == address("campaign", "again")
    text = manager_client.get(answer.url).text
    assert "is planned like Spring launch, with nobody in it yet." in text


def test_the_calendar_shows_filled_unfilled_and_conflicts(manager_client, campaign):
    page = address("campaign_calendar", campaign.key)
    sent = {
        "title": "Tuesday lesson",
        "cadence": "weekly",
        "first_on": "2027-03-02",
        "until": "2027-03-30",
        "places": "1",
    }
    assert "comes 5 times" in manager_client.post(page, sent, follow=True).text
    answer = manager_client.post(page, sent | {"until": "2028-01-01"})
    assert answer.status_code == 422
    assert "runs from 1 March 2027 to 12 April 2027" in answer.text
    slot, engagement = Slot.objects.get(), engage(campaign)
    other = Slot.objects.create(
        campaign=campaign,
        title="Routine",
        cadence="monthly",
        first_on=date(2027, 3, 3),
        until=date(2027, 4, 12),
    )
    fill = address("campaign_slot", campaign.key, slot.pk, "fill")
    manager_client.post(fill, {"on": "2027-03-02", "engagement": engagement.pk})
    taken = manager_client.post(
        fill, {"on": "2027-03-02", "engagement": engage(campaign).pk}, follow=True
    )
    assert "is full on 2 March 2027" in taken.text
    wrong = manager_client.post(
        fill, {"on": "2027-03-03", "engagement": engagement.pk}, follow=True
    )
    assert "is not on 3 March 2027" in wrong.text
    beside = address("campaign_slot", campaign.key, other.pk, "fill")
    manager_client.post(beside, {"on": "2027-03-03", "engagement": engagement.pk})
    shown = manager_client.get(page).context["page"]
    assert (shown.places, shown.filled, shown.unfilled, shown.conflicts) == (7, 2, 5, 2)
    assert "publishes on 3 March, too" in manager_client.get(page, {"only": "conflicts"}).text
    first = SlotFill.objects.order_by("on").first()
    manager_client.post(address("campaign_fill", campaign.key, first.pk))
    manager_client.post(address("campaign_slot", campaign.key, other.pk, "delete"))
    assert not SlotFill.objects.exists()
    assert list(campaign.slots.all()) == [slot]


def test_competitors_are_named_and_forgotten(manager_client, brand):
    page = address("competitors")
    manager_client.post(page, {"name": "Glow Co", "handles": "@glowco, #GlowSkin"})
    made = Competitor.objects.get()
    assert made.handles == ["glowco", "glowskin"]
    answer = manager_client.post(page, {"name": "glow co"})
    assert answer.status_code == 422
    assert "is named already" in answer.text
    assert manager_client.post(page, {"name": "XY"}).status_code == 422
    manager_client.post(address("competitor", made.pk), {"name": "Glow Company"})
    made.refresh_from_db()
    assert (made.name, made.handles) == ("Glow Company", ["glow company"])
    manager_client.post(address("competitor_delete", made.pk))
    assert not Competitor.objects.exists()
    assert manager_client.post(address("competitor_delete", made.pk)).status_code == 404


def test_another_brands_campaign_is_not_there(manager_client, other_brand):
    theirs = make_campaign(other_brand)
    engagement = engage(theirs)
    for name, *args in (
        ("campaign",),
        ("campaign_edit",),
        ("campaign_budget",),
        ("campaign_board",),
        ("shortlist",),
        ("campaign_calendar",),
        ("engagement", engagement.pk),
    ):
        assert manager_client.get(address(name, theirs.key, *args)).status_code == 404, name


def test_who_only_reads_sees_it_and_changes_nothing(analyst_client, legal_client, campaign):
    engage(campaign)
    before = AuditEntry.objects.count()
    for client in (analyst_client, legal_client):
        for name in (
            "campaign",
            "campaign_budget",
            "campaign_board",
            "shortlist",
            "campaign_calendar",
        ):
            answer = client.get(address(name, campaign.key))
            assert answer.status_code == 200, name
            # Log out, and nothing else.
            content = answer.text.partition("<main")[2].partition("</main>")[0]
            assert "csrfmiddlewaretoken" not in content, name
        sent = client.post(address("campaign_act", campaign.key, "activate"), {"version": 1})
        assert sent.status_code == 403
    assert AuditEntry.objects.count() == before


def test_pages_cost_the_same_with_500_creators(
    manager_client, campaign, brand, django_assert_max_num_queries
):
    def fill(number):
        made = Creator.objects.bulk_create(Creator(name=f"Creator {n}") for n in range(number))
        rows = Relationship.objects.bulk_create(
            Relationship(brand=brand, creator=creator) for creator in made
        )
        stages = list(EngagementStage)
        Engagement.objects.bulk_create(
            Engagement(campaign=campaign, relationship=row, stage=stages[n % len(stages)])
            for n, row in enumerate(rows)
        )

    def costs():
        found = {}
        for name in (
            "campaigns",
            "campaign",
            "campaign_board",
            "shortlist",
            "campaign_budget",
            "campaign_calendar",
        ):
            args = [] if name == "campaigns" else [campaign.key]
            with django_assert_max_num_queries(60) as captured:
                assert manager_client.get(address(name, *args)).status_code == 200
            found[name] = len(captured)
        return found

    fill(36)
    few = costs()
    fill(464)
    assert Engagement.objects.filter(campaign=campaign).count() == 500
    assert costs() == few
    assert few == {
        "campaigns": 10,
        "campaign": 10,
        "campaign_board": 22,
        "shortlist": 20,
        "campaign_budget": 10,
        "campaign_calendar": 10,
    }
