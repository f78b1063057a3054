"""The creator accepts while the brand withdraws: one wins, the other is told, nothing is half."""

from __future__ import annotations

import pytest

from campaigns.choices import ContractState
from campaigns.models import Contract, ContractAcceptance, Deliverable, GuestLink, UsageRight
from campaigns.services.contracts import deciding, sending
from campaigns.services.contracts.deciding import Signature
from campaigns.services.refusals import CampaignRefused
from crm.audit import entries_of, first_broken_link
from tests.campaigns.contracts.worlds import drafted, place
from tests.crm.test_at_once import at_once, no_drain
from tests.factories import NOW

__all__ = ("no_drain",)
pytestmark = pytest.mark.django_db(transaction=True)


def test_accepted_and_withdrawn_at_once(brand, manager):
    contract = drafted(place(brand, manager), manager)
    sent = sending.send(
        contract_id=contract.pk, brand=brand, actor=manager, at=NOW, expected_version=1
    )
    link, digest = GuestLink.objects.get(), sent.current.digest

    def accept() -> object:
        return deciding.accept_by_link(
            contract_id=sent.pk, link=link, digest=digest, signature=Signature("Mira"), at=NOW
        )

    done = at_once(
        accept,
        accept,
        lambda: deciding.withdraw(
            contract_id=sent.pk,
            brand=brand,
            actor=manager,
            at=NOW,
            expected_version=sent.version,
            note="The launch moved.",
        ),
    )
    assert len([one for one in done if isinstance(one, CampaignRefused)]) == 2
    won = Contract.objects.get().state == ContractState.ACCEPTED
    left = (ContractAcceptance, Deliverable, UsageRight)
    assert [model.objects.count() for model in left] == ([1, 3, 2] if won else [0, 0, 0])
    assert first_broken_link(entries_of(brand)) is None
