"""An acceptance and what follows from it: all of it, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from campaigns.choices import ContractAct, ContractState, EngagementStage
from campaigns.models import (
    ContractAcceptance,
    ContractEvent,
    ContractVersion,
    Deliverable,
    Engagement,
    GuestLink,
    UsageRight,
)
from campaigns.services.contracts import deciding, expiring, sending, writing
from campaigns.services.contracts.deciding import Signature
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.terms import Right
from campaigns.services.contracts.verifying import verify
from campaigns.services.guests import make_link
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import Brand, Notification, User
from tests.campaigns.contracts.worlds import TERMS, drafted, place
from tests.factories import NOW

LATER = NOW + timedelta(days=1)


def sent(brand: Brand, manager: User, **terms: object):
    found = place(brand, manager)
    contract = drafted(found, manager, **terms)
    return sending.send(
        contract_id=contract.pk, brand=brand, actor=manager, at=NOW, expected_version=1
    )


def accept(contract, **values):
    link = GuestLink.objects.get(engagement=contract.engagement_id)
    said = {"digest": contract.current.digest, "signature": Signature("Mira Holm")} | values
    return deciding.accept_by_link(contract_id=contract.pk, link=link, at=LATER, **said)


def test_what_follows_from_an_acceptance(brand: Brand, manager: User) -> None:
    contract = sent(brand, manager)
    done = accept(contract)
    assert done.left == ()
    found = Engagement.objects.get(pk=contract.engagement_id)
    assert (found.stage, found.agreed_cost) == (EngagementStage.CONTRACTED, Decimal("1000.00"))
    pieces = Deliverable.objects.filter(engagement=found).order_by("pk")
    assert [(row.form, row.kind, row.draft_due_on, row.rounds) for row in pieces] == [
        ("short_video", "review", date(2027, 2, 10), 3),
        ("short_video", "review", date(2027, 2, 10), 3),
        ("story", "tutorial", None, 3),
    ]
    rights = UsageRight.objects.filter(engagement=found).order_by("pk")
    assert [
        (row.usage, row.trigger, row.starts_on, row.months, row.territory, row.channels)
        for row in rights
    ] == [
        ("organic", "signing", LATER.date(), 12, [], []),
        ("paid", "publication", None, 3, ["DK", "SE"], ["instagram"]),
    ]
    assert {row.reference for row in rights} == {f"Contract {contract.pk}, version 1"}
    acceptance = ContractAcceptance.objects.get()
    assert (acceptance.name, acceptance.on) == ("Mira Holm", LATER.date())
    assert acceptance.digest == contract.current.digest
    assert acceptance.link == GuestLink.objects.get()
    acts = ContractEvent.objects.filter(contract=contract).order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [ContractAct.SEND, ContractAct.ACCEPT]
    told = Notification.objects.get(user=manager, text__startswith="Accepted")
    assert told.url.endswith(f"/contracts/{contract.pk}/")


def test_what_is_accepted_can_be_proved(brand: Brand, manager: User) -> None:
    contract = accept(sent(brand, manager)).contract
    version = ContractVersion.objects.select_related("contract").get()
    proof = verify(version)
    assert proof is not None
    assert proof.holds
    for change in ({"digest": "0" * 64}, {"terms": {}}, {"document": {}}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ContractVersion.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContractAcceptance.objects.update(name="Somebody else")
    version.document["title"] = "Another title"
    changed = verify(version)
    assert changed is not None
    assert not changed.holds
    assert contract.state == ContractState.ACCEPTED


def test_all_or_nothing(brand: Brand, manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = sent(brand, manager)

    def fail(**_: object) -> None:
        raise CampaignRefused("Not today.")

    monkeypatch.setattr("campaigns.services.contracts.effects.granting.grant", fail)
    with pytest.raises(CampaignRefused, match="Not today"):
        accept(contract)
    contract.refresh_from_db()
    assert contract.state == ContractState.SENT
    assert not Deliverable.objects.exists()
    assert not ContractAcceptance.objects.exists()
    assert not UsageRight.objects.exists()
    assert Engagement.objects.get().stage == EngagementStage.NEGOTIATING
    assert ContractEvent.objects.count() == 1


def test_what_was_not_read_cannot_be_accepted(brand: Brand, manager: User) -> None:
    contract = sent(brand, manager)
    with pytest.raises(CampaignOutdated, match="Read it first; nothing was accepted"):
        accept(contract, digest="0" * 64)
    with pytest.raises(CampaignRefused, match="Type the full name"):
        accept(contract, signature=Signature("  "))
    other = make_link(target=place(brand, manager), name="Somebody", actor=manager, at=NOW)
    with pytest.raises(type(contract).DoesNotExist):
        deciding.accept_by_link(
            contract_id=contract.pk,
            link=other,
            digest=contract.current.digest,
            signature=Signature("Somebody"),
            at=LATER,
        )
    contract.refresh_from_db()
    assert contract.state == ContractState.SENT
    assert not ContractAcceptance.objects.exists()


def test_a_minor_needs_the_guardian(brand: Brand, manager: User) -> None:
    contract = drafted(place(brand, manager), manager, is_minor=True, guardian="Kim Holm")
    with pytest.raises(CampaignRefused, match="The creator is a minor"):
        sending.send(
            contract_id=contract.pk, brand=brand, actor=manager, at=NOW, expected_version=1
        )
    assert "Kim Holm consents as parent" in " ".join(
        line
        for section in document_of(contract, contract.current).sections
        for line in section.text
    )


def test_who_is_out_of_the_campaign_accepts_nothing(brand: Brand, manager: User) -> None:
    contract = sent(brand, manager)
    Engagement.objects.update(stage=EngagementStage.DROPPED)
    with pytest.raises(CampaignRefused, match="has no open place in"):
        accept(contract)
    assert not ContractAcceptance.objects.exists()


def test_an_amendment_takes_the_place(brand: Brand, manager: User) -> None:
    first = accept(sent(brand, manager)).contract
    made = writing.amend(
        contract_id=first.pk,
        brand=brand,
        actor=manager,
        at=LATER,
        expected_version=first.version,
        reason="One more story",
    )
    stories = replace(TERMS.deliverables[1], count=2)
    terms = replace(
        TERMS,
        total=Decimal(1200),
        deliverables=(TERMS.deliverables[0], stories),
        rights=(TERMS.rights[0], Right("paid", months=6)),
    )
    writing.change_draft(
        contract_id=made.pk,
        brand=brand,
        terms=terms,
        title=None,
        reason=None,
        actor=manager,
        at=LATER,
        expected_version=1,
    )
    made = sending.send(
        contract_id=made.pk, brand=brand, actor=manager, at=LATER, expected_version=2
    )
    accept(made)
    first.refresh_from_db()
    assert first.state == ContractState.SUPERSEDED
    assert Deliverable.objects.count() == 4
    assert Engagement.objects.get().agreed_cost == Decimal(1200)
    held = UsageRight.objects.held().order_by("pk")
    assert [(row.usage, row.months) for row in held] == [("organic", 12), ("paid", 6)]


def test_the_fee_in_another_currency_is_left_to_people(brand: Brand, manager: User) -> None:
    done = accept(sent(brand, manager, currency="USD"))
    (words,) = done.left
    assert words == (
        "The fee is 1,000 USD, and the campaign counts in EUR: write down the agreed cost yourself."
    )
    found = Engagement.objects.get()
    assert (found.stage, found.agreed_cost) == (EngagementStage.NEGOTIATING, None)
    assert done.contract.state == ContractState.ACCEPTED


def test_a_signed_paper_is_written_down(brand: Brand, manager: User) -> None:
    contract = sent(brand, manager)
    said = {
        "contract_id": contract.pk,
        "brand": brand,
        "actor": manager,
        "at": LATER,
        "expected_version": contract.version,
    }
    with pytest.raises(CampaignRefused, match="Add the signed paper"):
        deciding.record_acceptance(**said, signature=Signature("Mira Holm"))
    with pytest.raises(CampaignRefused, match="This day is still to come"):
        deciding.record_acceptance(
            **said, signature=Signature("Mira Holm", on=date(2100, 1, 1), note="By post")
        )
    assert not ContractAcceptance.objects.exists()
    done = deciding.record_acceptance(
        **said, signature=Signature("Mira Holm", on=NOW.date(), note="By post, folder 3")
    )
    assert done.acceptance.recorded_by == manager
    assert done.acceptance.on == NOW.date()
    assert UsageRight.objects.get(usage="organic").starts_on == NOW.date()


def test_what_has_had_its_last_day_ends(brand: Brand, manager: User) -> None:
    contract = accept(sent(brand, manager, ends_on=LATER.date())).contract
    assert expiring.end_due(at=LATER) == 0
    assert [expiring.tell_ending(at=LATER) for _ in range(2)] == [1, 1]
    told = Notification.objects.get(text__startswith="Ends on")
    assert told.user == manager
    assert expiring.end_due(at=LATER + timedelta(days=2)) == 1
    assert expiring.end_due(at=LATER + timedelta(days=2)) == 0
    contract.refresh_from_db()
    assert contract.state == ContractState.ENDED
