"""With a campaign that is cancelled go the contracts that nobody has accepted, in every state."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.choices import ContractState, EngagementStage
from campaigns.models import Contract, ContractEvent, Engagement
from campaigns.models.contracts import UNDECIDED
from campaigns.services.campaigns import Act, move_campaign
from campaigns.services.guests import make_link, token_of
from campaigns.services.refusals import CampaignRefused
from tests.campaigns.contracts.worlds import drafted, place, put
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def cancel(campaign, manager):
    return move_campaign(
        campaign_id=campaign.pk, brand=campaign.brand, act=Act.CANCEL, actor=manager, at=NOW,
        words="No stock.", expected_version=None,
    )  # fmt: skip


@pytest.mark.parametrize("state", [*UNDECIDED, ContractState.DECLINED])
def test_what_nobody_accepted_is_withdrawn_with_words(brand, manager, state) -> None:
    found = place(brand, manager)
    contract = put(drafted(found, manager), state)
    link = make_link(target=found, name="Mira", actor=manager, at=NOW)
    cancel(found.campaign, manager)
    contract = Contract.objects.get(pk=contract.pk)
    last = ContractEvent.objects.filter(contract=contract).order_by("at", "pk").last()
    if state == ContractState.DECLINED:
        assert contract.state == state
        return
    assert (contract.state, last.act, last.note) == (
        "withdrawn", "withdraw", "The campaign was cancelled.",
    )  # fmt: skip
    if state == ContractState.SENT:
        path = reverse("guest:contract", args=[token_of(link), contract.pk])
        shown = Client().get(path).content.decode()
        assert "has withdrawn this contract. The campaign does not take place." in shown


def test_a_contract_in_force_keeps_the_campaign(brand, manager) -> None:
    found = place(brand, manager)
    contract = put(drafted(found, manager), ContractState.ACCEPTED)
    Engagement.objects.filter(pk=found.pk).update(stage=EngagementStage.CONTRACTED)
    with pytest.raises(CampaignRefused):
        cancel(found.campaign, manager)
    assert Contract.objects.get(pk=contract.pk).state == "accepted"
