"""Campaigns: what must be said, every state x act, clones, and what a refusal leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from campaigns.choices import BudgetKind, CampaignStatus, EngagementStage, UseCase
from campaigns.models import BudgetLine, Campaign, Deadline, Engagement, EngagementStay, Slot
from campaigns.services import campaigns as service
from campaigns.services import plans
from campaigns.services.campaigns import MOVES, Act
from campaigns.services.plans import Line
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from campaigns.services.use_cases import templates
from crm.models import AuditEntry
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def everything():
    """All that may be written, to see that a refusal wrote nothing."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Campaign, Deadline, BudgetLine, Engagement, EngagementStay, AuditEntry)
    ]


def move(campaign, act, words="", version=None):
    return service.move_campaign(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        act=act,
        actor=campaign.owner,
        at=LATER,
        words=words,
        expected_version=version,
    )


def change(campaign, **changes):
    return service.change_campaign(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        changes=changes,
        actor=campaign.owner,
        at=LATER,
        expected_version=None,
    )


def test_each_use_case_has_a_template_whose_steps_lead_up_to_its_days():
    for use_case, template in templates().items():
        assert template.use_case == use_case
        assert template.purpose
        days = [
            step.due_on(date(2027, 3, 1), date(2027, 3, 1) + timedelta(days=template.lasts))
            for step in template.steps
        ]
        assert len(days) >= 8
        assert days == sorted(days), use_case
        assert days[0] < date(2027, 3, 1) < days[-1]
    assert templates()[UseCase.SEASONAL].lead == 112
    assert templates()[UseCase.LAUNCH].needs_embargo


def test_a_campaign_begins_as_its_template_says(brand, manager):
    campaign = make_campaign(brand, manager, use_case=UseCase.SEASONAL)
    assert campaign.key == "spring-launch"
    assert campaign.status == CampaignStatus.DRAFT
    assert campaign.objective == "conversions"
    assert campaign.ends_on == campaign.target_on == date(2027, 4, 5)
    steps = list(campaign.deadlines.values_list("due_on", "title"))
    assert steps[0] == (date(2026, 11, 9), "Objective and budget are agreed")
    assert steps[-1] == (date(2027, 4, 26), "Report is shared and lessons are written down")
    assert len(steps) == 11
    entry = AuditEntry.objects.get()
    assert entry.verb == "campaigns.campaign.created"
    assert entry.data == {"use_case": "seasonal", "key": "spring-launch"}
    assert make_campaign(brand, manager).key == "spring-launch-2"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "  "}, "name_needed", "name"),
        ({"key": "Spring"}, "key_invalid", "key"),
        ({"key": "calendar"}, "key_taken", "key"),
        ({"objective": "fame"}, "unknown_objective", "objective"),
        ({"target": Decimal(0)}, "out_of_range", "target"),
        ({"objective": "click_through", "target": Decimal(101)}, "out_of_range", "target"),
        ({"ends_on": date(2027, 2, 1)}, "out_of_order", "ends_on"),
        ({"target_on": date(2027, 2, 1)}, "out_of_order", "target_on"),
        ({"starts_on": date(1999, 1, 1)}, "out_of_range", "starts_on"),
        ({"embargo_until": datetime(2028, 1, 1, tzinfo=UTC)}, "out_of_order", "embargo_until"),
        ({"jurisdictions": ["XX"]}, "unknown_jurisdiction", "jurisdictions"),
        ({"jurisdictions": ["DK", "DK"]}, "named_twice", "jurisdictions"),
        ({"platforms": ["myspace2"]}, "unknown_platform", "platforms"),
        ({"currency": "EURO"}, "unknown_currency", "currency"),
        ({"budget": Decimal(0)}, "out_of_range", "budget"),
        ({"wanted_creators": 0}, "out_of_range", "wanted_creators"),
    ],
)
def test_what_cannot_be_saved_says_which_input_and_leaves_nothing(
    brand, manager, values, code, field
):
    with pytest.raises(CampaignRefused) as refusal:
        make_campaign(brand, manager, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert everything() == [[], [], [], [], [], []]


def test_somebody_without_a_role_cannot_own_it(brand, manager, outsider):
    with pytest.raises(CampaignRefused, match="has no role in Acme"):
        make_campaign(brand, outsider)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(("status", "act"), list(product(CampaignStatus, Act)))
def test_every_state_and_act_leads_where_the_table_says_or_is_refused(brand, manager, status, act):
    campaign = set_status(make_campaign(brand, manager), status)
    to = MOVES.get((status, act))
    if to is not None:
        assert move(campaign, act, "For a reason.").status == to
        entries = AuditEntry.objects.filter(verb__startswith="campaigns.campaign.")
        assert entries.latest("number").data["status"] == [status, to]
        return
    before = everything()
    with pytest.raises(CampaignRefused, match=status.label.lower()) as refusal:
        move(campaign, act, "For a reason.")
    assert refusal.value.code == "move_not_allowed"
    assert everything() == before


def test_it_is_activated_once_it_says_all_that_others_rely_on(brand, manager):
    bare = make_campaign(
        brand,
        None,
        use_case=UseCase.LAUNCH,
        platforms=[],
        jurisdictions=[],
        budget=None,
    )
    before = everything()
    with pytest.raises(CampaignRefused) as refusal:
        move(bare, Act.ACTIVATE)
    assert str(refusal.value) == (
        "Before Spring launch can be activated, it has to say the platforms, the jurisdictions "
        "whose disclosure rules apply, the budget, the moment at which the embargo ends and the "
        "owner."
    )
    assert everything() == before


def test_completing_asks_for_lessons_and_for_everybody_to_be_through(brand, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    engagement = engage(campaign, EngagementStage.LIVE)
    before = everything()
    with pytest.raises(CampaignRefused, match="1 creator is neither through nor out") as refusal:
        move(campaign, Act.COMPLETE, "Ask earlier.")
    assert refusal.value.code == "creators_open"
    assert everything() == before
    Engagement.objects.filter(pk=engagement.pk).update(stage=EngagementStage.COMPLETED)
    with pytest.raises(CampaignRefused) as refusal:
        move(campaign, Act.COMPLETE)
    assert (refusal.value.code, refusal.value.field) == ("lessons_needed", "words")
    assert move(campaign, Act.COMPLETE, "Ask earlier.").lessons == "Ask earlier."


def test_cancelling_drops_who_is_open_but_not_who_is_bound(brand, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)
    listed, declined = engage(campaign), engage(campaign, EngagementStage.DECLINED)
    bound = engage(campaign, EngagementStage.CONTRACTED, agreed_cost=100)
    before = everything()
    with pytest.raises(CampaignRefused, match="1 creator is under contract"):
        move(campaign, Act.CANCEL, "No stock.")
    with pytest.raises(ReasonNeeded):
        move(campaign, Act.CANCEL)
    assert everything() == before
    bound.delete()
    move(campaign, Act.CANCEL, "No stock.")
    listed.refresh_from_db()
    declined.refresh_from_db()
    assert (listed.stage, listed.version, listed.stage_since) == ("dropped", 2, LATER)
    assert declined.stage == "declined"
    stays = list(listed.stays.order_by("entered_at").values_list("stage", "left_at", "reason"))
    assert stays == [
        ("shortlisted", LATER, "put there by a test"),
        ("dropped", None, "The campaign was cancelled: No stock."),
    ]
    verbs = list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs[-2:] == ["campaigns.engagement.moved", "campaigns.campaign.moved"]
    assert AuditEntry.objects.latest("number").data == {
        "status": ["active", "cancelled"],
        "reason": "No stock.",
        "dropped": 1,
    }


def test_open_steps_move_with_the_days_and_done_ones_stay(brand, manager):
    campaign = make_campaign(brand, manager, use_case=UseCase.EVENT)
    first, *_, last = campaign.deadlines.order_by("due_on", "pk")
    plans.finish_deadline(deadline_id=first.pk, brand=brand, is_done=True, actor=manager, at=NOW)
    before = dict(campaign.deadlines.values_list("pk", "due_on"))
    change(
        campaign, starts_on=date(2027, 3, 8), ends_on=date(2027, 3, 18), target_on=date(2027, 3, 18)
    )
    after = dict(campaign.deadlines.values_list("pk", "due_on"))
    assert after[first.pk] == before[first.pk]
    assert after[last.pk] == before[last.pk] + timedelta(days=10)
    moved = {pk: after[pk] - before[pk] for pk in after if pk not in {first.pk, last.pk}}
    assert set(moved.values()) == {timedelta(days=7)}


def test_a_change_that_changes_nothing_leaves_no_trace(brand, manager):
    campaign = make_campaign(brand, manager)
    before = everything()
    change(campaign, name="Spring launch", budget=Decimal("10000.00"))
    assert everything() == before


def test_of_what_is_over_only_lessons_and_result_can_be_changed(brand, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.COMPLETED)
    before = everything()
    with pytest.raises(CampaignRefused) as refusal:
        change(campaign, name="Autumn launch")
    assert refusal.value.code == "not_open"
    assert everything() == before
    changed = change(campaign, lessons="Ask twice.", reached=Decimal(90_000))
    assert (changed.lessons, changed.reached) == ("Ask twice.", 90_000)
    # The ledger says that the words changed, not what they are.
    assert AuditEntry.objects.latest("number").data == {
        "reached": [None, "90000"],
        "lessons": True,
    }


def test_an_old_page_does_not_overwrite(brand, manager):
    campaign = make_campaign(brand, manager)
    change(campaign, name="Spring")
    before = everything()
    with pytest.raises(CampaignOutdated):
        move(campaign, Act.ACTIVATE, version=1)
    assert everything() == before


def cut(campaign, lines, kind=BudgetKind.TIER):
    return plans.set_budget_lines(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        kind=kind,
        lines=lines,
        actor=campaign.owner,
        at=LATER,
        expected_version=None,
    )


def test_each_cut_of_the_budget_adds_up_to_no_more_than_it(brand, manager):
    campaign = make_campaign(brand, manager)
    cut(campaign, [Line("micro", "Micro", Decimal(6000), 12), Line("nano", "Nano", Decimal(4000))])
    cut(campaign, [Line("educators", "Educators", Decimal(9000))], BudgetKind.SEGMENT)
    before = everything()
    with pytest.raises(CampaignRefused, match=r"add up to 10,001 EUR, which is 1 EUR more"):
        cut(campaign, [Line("micro", "Micro", Decimal(10_001))])
    with pytest.raises(CampaignRefused, match="has no tier 'huge'"):
        cut(campaign, [Line("huge", "Huge", Decimal(1))])
    with pytest.raises(CampaignRefused, match="Name each once"):
        cut(campaign, [Line("micro", "Micro", Decimal(1)), Line("micro", "Micro", Decimal(2))])
    # A smaller budget would leave lines that add up to more.
    with pytest.raises(CampaignRefused, match="500 EUR more than the budget"):
        change(campaign, budget=Decimal(9500))
    assert everything() == before


def test_a_clone_has_the_plan_from_another_day_on_and_nobody_in_it(brand, manager):
    source = make_campaign(brand, manager, embargo_until=datetime(2027, 3, 1, 7, tzinfo=UTC))
    cut(source, [Line("micro", "Micro", Decimal(6000), 12)])
    Slot.objects.create(
        campaign=source,
        title="Tuesday lesson",
        cadence="weekly",
        first_on=date(2027, 3, 2),
        until=date(2027, 4, 6),
    )
    engage(source)
    set_status(source, CampaignStatus.COMPLETED)
    made = service.clone_campaign(
        campaign_id=source.pk,
        brand=brand,
        name="Autumn launch",
        starts_on=date(2027, 9, 1),
        actor=manager,
        at=LATER,
    )
    shift = date(2027, 9, 1) - date(2027, 3, 1)
    assert (made.key, made.status, made.lessons, made.version) == ("autumn-launch", "draft", "", 1)
    assert made.ends_on == source.ends_on + shift
    assert made.embargo_until == datetime(2027, 9, 1, 7, tzinfo=UTC)
    assert list(made.budget_lines.values_list("key", "amount", "creators")) == [("micro", 6000, 12)]
    assert list(made.deadlines.values_list("title", "due_on")) == [
        (title, due_on + shift) for title, due_on in source.deadlines.values_list("title", "due_on")
    ]
    assert made.slots.get().first_on == date(2027, 9, 2)
    assert not made.engagements.exists()
    assert source.engagements.count() == 1
    assert made.cloned_from == source


def test_what_is_active_cannot_be_put_away(brand, manager):
    campaign = set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)

    def archive(is_away):
        return service.archive_campaign(
            campaign_id=campaign.pk, brand=brand, is_away=is_away, actor=manager, at=LATER
        )

    before = everything()
    with pytest.raises(CampaignRefused):
        archive(True)
    assert everything() == before
    set_status(campaign, CampaignStatus.CANCELLED)
    assert archive(True).archived_at == LATER
    with pytest.raises(CampaignRefused, match="is put away"):
        move(campaign, Act.REOPEN, "Again.")
    assert archive(False).archived_at is None


def test_another_brands_campaign_is_not_there(brand, other_brand, manager):
    campaign = make_campaign(other_brand)
    with pytest.raises(Campaign.DoesNotExist):
        service.change_campaign(
            campaign_id=campaign.pk,
            brand=brand,
            changes={"name": "Ours"},
            actor=manager,
            at=LATER,
            expected_version=None,
        )
