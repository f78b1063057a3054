"""Thresholds of the packs: with exact numbers, opened, resolved, set aside."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.choices import AlertState, CampaignStatus, ContractState
from campaigns.models import Permit, RuleAlert
from campaigns.services.connections import noting
from campaigns.services.connections.noting import Tie
from campaigns.services.contracts.sending import send
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import aside, facts, looking, permit_endings, permits
from campaigns.services.registers.gate import missing_permits
from campaigns.services.registers.permits import Wanted
from crm.day import Asker, Section, section_page
from crm.models import Notification
from tests.campaigns.contracts.worlds import drafted
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def in_market(brand, owner, *keys, **creator):
    campaign = set_status(
        make_campaign(brand, owner, jurisdictions=list(keys)), CampaignStatus.ACTIVE
    )
    relationship = RelationshipFactory(brand=brand, owner=owner, **creator)
    return engage(campaign, "negotiating", relationship)


def found():
    rows = RuleAlert.objects.order_by("rule", "subject")
    return [(row.rule, row.subject, row.level, row.state, row.words) for row in rows]


def pay(relationship, actor, value, aim="Spring", **more):
    tie = Tie("payment", "Finance", Decimal(value), "EUR", date(2026, 5, 1), aim=aim, **more)
    return noting.note(relationship=relationship, tie=tie, actor=actor, at=NOW)


def test_the_french_sum_by_aim_until_a_contract_is_written(brand, manager):
    relationship = in_market(brand, manager, "FR").relationship
    pay(relationship, manager, 999)
    assert found() == []
    pay(relationship, manager, 1)
    pay(relationship, manager, 600, aim="Autumn")
    words = "1,000.00 EUR in 2026; from 1,000 a written contract is required; none is on file."
    assert found() == [("FR.contract.1", "2026: Spring", "due", "open", words)]
    told = Notification.objects.get()
    assert (told.user, words in told.text) == (manager, True)
    pay(relationship, manager, 5, written_contract=True)
    assert [(subject, state) for _r, subject, _l, state, _w in found()] == [
        ("2026: Spring", "resolved")
    ]


def test_what_has_no_value_is_to_be_found_out(brand, manager):
    relationship = in_market(brand, manager, "FR").relationship
    tie = Tie("free_product", "Her post", on=date(2026, 5, 1), aim="Spring")
    noting.note(relationship=relationship, tie=tie, actor=manager, at=NOW)
    words = (
        "0.00 EUR in 2026, and 1 more thing without a value in EUR; "
        "from 1,000 a written contract is required."
    )
    assert found() == [("FR.contract.1", "2026: Spring", "ask", "open", words)]
    assert not Notification.objects.exists()


def test_registers_ask_only_whom_a_threshold_is_known_of(brand, manager):
    relationship = in_market(brand, manager, "IT", "ES", "NL").relationship
    profile = ProfileFactory(creator=relationship.creator, followers=499_999)
    assert looking.look_at_all(at=NOW) == 0
    profile.followers = 1_000_000
    profile.save()
    assert looking.look_at_all(at=NOW) == 2
    assert looking.look_at_all(at=NOW) == 0
    assert [(rule, level) for rule, _s, level, _st, _w in found()] == [
        ("ES.registration.1", "ask"),
        ("IT.registration.1", "due"),
    ]
    wanted = Wanted("IT", "register", number="AGCOM 7", checked_on=TODAY)
    permits.save_permit(relationship=relationship, wanted=wanted, actor=manager, at=NOW)
    facts.state_fact(
        relationship=relationship,
        key="income_eur",
        value="120,000",
        on=None,
        source="Her tax return",
        actor=manager,
        at=NOW,
    )
    assert {row.state for row in RuleAlert.objects.all()} == {"resolved"}


def test_no_contract_leaves_for_who_has_no_permit(brand, manager):
    engagement = in_market(brand, manager, "AE", creator__name="Mira Holm")
    contract = drafted(
        engagement,
        manager,
        jurisdictions=("AE",),
        exclusive_for="",
        exclusive_from=None,
        exclusive_until=None,
    )
    said = {"contract_id": contract.pk, "brand": brand, "actor": manager, "at": NOW}
    with pytest.raises(CampaignRefused, match="No permit is on file") as refused:
        send(**said, expected_version=None)
    assert refused.value.code == "permit_needed"
    assert "valid trade licence + permit" in str(refused.value)
    contract.refresh_from_db()
    assert contract.state == ContractState.DRAFT
    none = Wanted("AE", "permit", "none", checked_on=TODAY)
    row = permits.save_permit(
        relationship=engagement.relationship, wanted=none, actor=manager, at=NOW
    )
    assert [(rule, level) for rule, _s, level, _st, _w in found()] == [("AE.registration.1", "due")]
    with pytest.raises(CampaignRefused, match="The creator has no permit"):
        send(**said, expected_version=None)
    held = Wanted("AE", "permit", number="UAE-1", valid_until=date(2027, 5, 1))
    permits.save_permit(
        relationship=engagement.relationship,
        wanted=held,
        actor=manager,
        at=NOW,
        permit_id=row.pk,
        expected_version=1,
    )
    assert RuleAlert.objects.get().state == AlertState.RESOLVED
    assert missing_permits(engagement.relationship, ["AE"], TODAY) == []


def test_papers_that_end_are_told_of_once_at_each_step(brand, manager):
    relationship = RelationshipFactory(brand=brand, owner=manager, creator__name="Maya")
    held = Wanted("AE", "permit", number="UAE-1", valid_until=TODAY + timedelta(days=60))
    permits.save_permit(relationship=relationship, wanted=held, actor=manager, at=NOW)
    assert [(rule, level) for rule, _s, level, _st, _w in found()] == [("AE.permit.ends", "ask")]
    for days in (0, 1, 30, 31, 54, 60, 61):
        permit_endings.tell_endings(at=NOW + timedelta(days=days))
    texts = list(Notification.objects.order_by("created_at").values_list("text", flat=True))
    assert texts == [
        "Maya: AE permit UAE-1 ends in 60 days. Ask for the next one.",
        "Maya: AE permit UAE-1 ends in 30 days. Ask for the next one.",
        "Maya: AE permit UAE-1 ends in 6 days. Ask for the next one.",
    ]
    looking.look_at_all(at=NOW + timedelta(days=61))
    assert RuleAlert.objects.get().words == (
        "AE permit UAE-1 ended on 21 January 2027: ask for the next one."
    )


def test_a_paper_that_was_written_down_twice_is_told_of_once(brand, manager):
    relationship = RelationshipFactory(brand=brand)
    held = Wanted("AE", "permit", number="UAE-1", valid_until=TODAY + timedelta(days=5))
    for _ in range(2):
        permits.save_permit(relationship=relationship, wanted=held, actor=manager, at=NOW)
    assert [(rule, level) for rule, _s, level, _st, _w in found()] == [("AE.permit.ends", "due")]


def test_the_day_of_whoever_leads_the_relationship(brand, manager, analyst):
    relationship = in_market(brand, manager, "FR", creator__name="Maya").relationship
    pay(relationship, manager, 2_000)

    def day(user, role):
        asker = Asker(user=user, brand=brand, role=role, at=NOW)
        rows = section_page(asker, Section.UNBLOCK, size=20).items
        return [(row.row.title, row.row.about) for row in rows]

    assert ("Maya", "FR, 2026: Spring") in day(manager, "manager")
    assert ("Maya", "FR, 2026: Spring") not in day(analyst, "analyst")


def test_what_is_set_aside_comes_back_only_when_it_gets_worse(brand, manager, legal):
    relationship = in_market(brand, manager, "FR").relationship
    tie = Tie("free_product", "Her post", on=date(2026, 5, 1), aim="Spring")
    noting.note(relationship=relationship, tie=tie, actor=manager, at=NOW)
    alert = RuleAlert.objects.get()
    who = {"alert_id": alert.pk, "brand": brand, "actor": legal, "at": NOW}
    with pytest.raises(CampaignRefused, match="Say why"):
        aside.set_aside(**who, reason="", expected_version=1)
    with pytest.raises(CampaignOutdated):
        aside.set_aside(**who, reason="A pen", expected_version=9)
    aside.set_aside(**who, reason="A pen", expected_version=1)
    pay(relationship, manager, 10)
    alert.refresh_from_db()
    assert (alert.state, alert.reason) == ("aside", "A pen")
    pay(relationship, manager, 990)
    alert.refresh_from_db()
    assert (alert.state, alert.level, alert.reason, alert.aside_by) == ("open", "due", "", None)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("XX", "permit", number="1"), "no rules for “XX”"),
        (Wanted("AE", "licence", number="1"), "Choose a permit"),
        (Wanted("AE", "permit"), "Write the number down"),
        (Wanted("AE", "permit", "none", number="1"), "Who has none"),
        (Wanted("AE", "permit", number="1", checked_on=date(2027, 1, 1)), "still to come"),
        (Wanted("AE", "permit", number="1", checked_at_url="javascript:x"), "begins with https"),
        (
            Wanted("AE", "permit", number="1", valid_from=TODAY, valid_until=date(2026, 1, 1)),
            "before the first",
        ),
    ],
)
def test_papers_that_cannot_be(wanted, words, brand, manager):
    relationship = RelationshipFactory(brand=brand)
    with pytest.raises(CampaignRefused, match=words):
        permits.save_permit(relationship=relationship, wanted=wanted, actor=manager, at=NOW)
    assert not Permit.objects.exists()
