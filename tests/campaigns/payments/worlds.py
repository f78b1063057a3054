"""Amounts as tests need them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from campaigns.choices import CostKind, EngagementStage, PayState
from campaigns.models import Campaign, Contract, Engagement, Payable
from campaigns.services.contracts import deciding, sending, writing
from campaigns.services.contracts.deciding import Signature
from crm.models import Brand, User
from tests.campaigns.contracts.worlds import drafted, place
from tests.campaigns.made import engage
from tests.factories import NOW

TODAY = NOW.date()
LATER = NOW + timedelta(days=1)


def agreed(brand: Brand, manager: User, **terms: Any) -> Contract:
    """A contract of 1,000 EUR, half on signing and half on publication, signed the next day."""
    contract = drafted(place(brand, manager), manager, **terms)
    sending.send(
        contract_id=contract.pk,
        brand=brand,
        actor=manager,
        at=NOW,
        expected_version=contract.version,
    )
    return signed(contract, manager)


def signed(contract: Contract, manager: User) -> Contract:
    return deciding.record_acceptance(
        contract_id=contract.pk,
        brand=contract.brand,
        signature=Signature("Mira Holm", note="in the drawer"),
        actor=manager,
        at=LATER,
        expected_version=None,
    ).contract


def amended(contract: Contract, manager: User, terms: Any) -> Contract:
    """An amendment that was signed."""
    new = writing.amend(
        contract_id=contract.pk,
        brand=contract.brand,
        actor=manager,
        at=LATER,
        expected_version=None,
    )
    writing.change_draft(
        contract_id=new.pk,
        brand=contract.brand,
        terms=terms,
        title=None,
        reason=None,
        actor=manager,
        at=LATER,
        expected_version=None,
    )
    sending.send(
        contract_id=new.pk, brand=contract.brand, actor=manager, at=LATER, expected_version=None
    )
    return signed(new, manager)


def owed(campaign: Campaign, state: PayState = PayState.COMMITTED, **values: Any) -> Payable:
    """An amount in a state, whatever leads there."""
    said: dict[str, Any] = {
        "kind": CostKind.PRODUCTION,
        "title": "Studio for a day",
        "payee": "Studio Nord",
        "currency": "EUR",
        "amount": Decimal("250.00"),
        "trigger": "hand",
        "net_days": 30,
        "state": state,
        "state_since": NOW,
        "created_at": NOW,
    }
    if state in {PayState.READY, PayState.PAID}:
        said |= {"ready_on": TODAY, "due_on": TODAY + timedelta(days=30), "evidence": {"words": ""}}
    if state == PayState.ON_HOLD:
        said |= {"held_from": PayState.COMMITTED, "hold_reason": "Wrong address"}
    said |= values
    if said.get("engagement") is not None:
        said |= {"payee": ""}
    made = Payable.objects.create(brand=campaign.brand, campaign=campaign, **said)
    if state == PayState.PAID:
        made.payments.create(
            paid_on=TODAY, amount=made.amount, currency=made.currency, reference="R-1", at=NOW
        )
    return made


def of_creator(campaign: Campaign, **values: Any) -> Engagement:
    return engage(campaign, EngagementStage.LIVE, **values)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)
