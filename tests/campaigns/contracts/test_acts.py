"""State by act by role: what is allowed, what is refused and in which words, and what remains."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from campaigns.choices import ContractAct, ContractState
from campaigns.models import (
    Contract,
    ContractAcceptance,
    ContractEvent,
    ContractVersion,
    Deliverable,
    UsageRight,
)
from campaigns.services.contracts import clauses, deciding, reviewing, sending, writing
from campaigns.services.contracts.deciding import Signature
from campaigns.services.contracts.record import NotNow
from campaigns.services.contracts.states import BY_ITSELF, NEEDS, NEXT, allowed, why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.audit import entries_of, first_broken_link
from crm.choices import Role
from crm.models import AuditEntry, Notification
from crm.permissions import CAPABILITIES
from tests.campaigns.contracts.worlds import TERMS, drafted, place, put
from tests.factories import NOW
from tests.people import logged_in, person

pytestmark = pytest.mark.django_db


def act_on(contract: Contract, act: ContractAct, actor, version: int | None = None) -> object:
    who = {
        "contract_id": contract.pk,
        "brand": contract.brand,
        "actor": actor,
        "at": NOW + timedelta(hours=1),
        "expected_version": version,
    }
    return {
        ContractAct.EDIT: lambda: writing.change_draft(
            **who, terms=TERMS, title="Another title", reason="Asked for"
        ),
        ContractAct.SUBMIT: lambda: reviewing.submit(**who),
        ContractAct.CLEAR: lambda: reviewing.clear(**who),
        ContractAct.RETURN: lambda: reviewing.give_back(**who, note="Name the law."),
        ContractAct.REOPEN: lambda: reviewing.reopen(**who),
        ContractAct.SEND: lambda: sending.send(**who),
        ContractAct.ACCEPT: lambda: deciding.record_acceptance(
            **who, signature=Signature("Mira Holm", note="By post")
        ),
        ContractAct.DECLINE: lambda: deciding.decline(**who, note="The fee."),
        ContractAct.REVISE: lambda: writing.revise(**who, reason="Asked for"),
        ContractAct.WITHDRAW: lambda: deciding.withdraw(**who, note="The launch moved."),
        ContractAct.AMEND: lambda: writing.amend(**who, reason="One more"),
        ContractAct.TERMINATE: lambda: deciding.terminate(**who, note="Broken."),
    }[act]()


def everything() -> list[object]:
    """All that an act could have left behind."""
    models = (Contract, ContractVersion, ContractEvent, ContractAcceptance, Deliverable, UsageRight)
    return [
        *(list(model.objects.order_by("pk").values()) for model in models),
        AuditEntry.objects.count(),
        Notification.objects.count(),
    ]


@pytest.mark.parametrize("state", ContractState)
def test_each_act_in_each_state_is_done_or_refused_with_words(state, brand, manager, legal):
    contract = put(drafted(place(brand, manager), manager), state)
    before = everything()
    for act in NEEDS:
        expected = NEXT[state].get(act)
        actor = legal if act in {ContractAct.CLEAR, ContractAct.RETURN} else manager
        with transaction.atomic():
            if expected is None:
                with pytest.raises(NotNow) as refusal:
                    act_on(contract, act, actor)
                assert str(refusal.value) == why_not(state, act)
                assert str(refusal.value).endswith(".")
                assert everything() == before, act
            else:
                act_on(contract, act, actor)
                left = Contract.objects.get(pk=contract.pk)
                assert left.state == expected
                assert left.version == contract.version + 1
                assert first_broken_link(entries_of(brand)) is None
                assert why_not(state, act) == ""
            transaction.set_rollback(True)


def test_nobody_does_what_happens_by_itself():
    for state in ContractState:
        assert not set(allowed(state)) & set(BY_ITSELF)
    assert set(NEXT) == set(ContractState)


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role, brand, manager):
    """A role without the capability is told who has it, and nothing happens."""
    contract = put(drafted(place(brand, manager), manager), ContractState.SENT)
    client, before = logged_in(person_of(brand, role, manager)), everything()
    for act, can in NEEDS.items():
        if act in {ContractAct.EDIT, ContractAct.ACCEPT}:
            name = "contract_draft" if act == ContractAct.EDIT else "contract_signed"
            url = reverse(f"campaigns:{name}", args=[brand.slug, contract.pk])
        else:
            page = "legal" if act in {ContractAct.CLEAR, ContractAct.RETURN} else "act"
            url = reverse(f"campaigns:contract_{page}", args=[brand.slug, contract.pk, act])
        if can not in CAPABILITIES[role]:
            assert client.post(url, {"version": contract.version}).status_code == 403, act
            assert act not in allowed(contract.state, CAPABILITIES[role])
            assert everything() == before


def person_of(brand, role, manager):
    return manager if role == Role.MANAGER else person(brand, role)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (ContractAct.WITHDRAW, "Say why it is withdrawn."),
        (ContractAct.DECLINE, "Say what does not suit you, so that it can be changed."),
    ],
)
def test_what_takes_a_reason(act, words, brand, manager, manager_client):
    contract = put(drafted(place(brand, manager), manager), ContractState.SENT)
    before = everything()
    url = reverse("campaigns:contract_act", args=[brand.slug, contract.pk, act])
    answer = manager_client.post(url, {"version": contract.version, "note": " "})
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert everything() == before


def test_who_was_quicker_is_named(brand, manager, legal):
    contract = put(drafted(place(brand, manager), manager), ContractState.SENT)
    seen = contract.version
    act_on(contract, ContractAct.DECLINE, manager, seen)
    before = everything()
    with pytest.raises(CampaignOutdated) as refusal:
        act_on(contract, ContractAct.ACCEPT, manager, seen)
    assert str(refusal.value) == (
        f"{manager.display_name} declined it since you loaded the page. Nothing of yours was "
        "saved; load the page again."
    )
    assert everything() == before


def test_legal_clears_words_and_not_a_number(brand, manager, legal, admin_user):
    """What is sent after legal's look is, letter for letter, what legal looked at."""
    contract = drafted(place(brand, manager), manager, special="Paid in advance.")
    with pytest.raises(CampaignRefused, match=r"Legal has to clear it first. It has special terms"):
        act_on(contract, ContractAct.SEND, manager)
    act_on(contract, ContractAct.SUBMIT, manager)
    told = Notification.objects.get(user=legal)
    assert told.text.startswith("A contract waits for legal: Spring with Mira")
    with pytest.raises(CampaignRefused, match="You wrote this version yourself"):
        act_on(contract, ContractAct.CLEAR, manager)
    act_on(contract, ContractAct.CLEAR, legal)
    (ai,) = [row for row in clauses.wordings_of(brand) if row.key == "ai"]
    clauses.word(
        brand=brand,
        key="ai",
        heading=ai.heading,
        text="No machines.",
        when=ai.when,
        is_used=True,
        actor=legal,
        at=NOW,
        expected_number=0,
    )
    before = everything()
    with pytest.raises(CampaignRefused, match="clauses changed after legal cleared"):
        act_on(contract, ContractAct.SEND, manager)
    assert everything() == before
    act_on(contract, ContractAct.REOPEN, manager)
    act_on(contract, ContractAct.SUBMIT, manager)
    act_on(contract, ContractAct.CLEAR, legal)
    act_on(contract, ContractAct.SEND, manager)
    sent = ContractVersion.objects.get()
    assert sent.digest == sent.cleared_digest
    texts = [line for section in sent.document["sections"] for line in section["text"]]
    assert "No machines." in texts
    assert "Paid in advance." in texts


def test_one_contract_at_a_time(brand, manager):
    found = place(brand, manager)
    drafted(found, manager)
    before = everything()
    with pytest.raises(CampaignRefused, match=r"is on its way to .* already: it is “draft”"):
        drafted(found, manager)
    assert everything() == before


def test_a_further_version_takes_up_what_was_sent(brand, manager):
    contract = put(drafted(place(brand, manager), manager), ContractState.SENT)
    act_on(contract, ContractAct.REVISE, manager)
    first, second = ContractVersion.objects.order_by("number")
    assert (second.number, second.terms, second.fixed_at) == (2, first.terms, None)
    with pytest.raises(NotNow):
        act_on(contract, ContractAct.ACCEPT, manager)
