"""Legal looks at a contract: asked, cleared, given back; or taken back by whoever wrote it.

What is cleared is a document with its digest: if the terms or the brand's clauses change
afterwards, it is not cleared any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import ContractAct
from campaigns.models import Contract
from campaigns.services.contracts.checking import ready_to_send
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.record import (
    act_on,
    checked_note,
    taken,
    tell,
    tell_owner,
    uncleared,
)
from campaigns.services.contracts.terms import Terms
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignRefused
from crm.choices import Role
from crm.models import Brand, User


@transaction.atomic
def submit(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str = "",
) -> Contract:
    """Ask legal to look at the draft. Raises CampaignRefused, Contract.DoesNotExist."""
    contract = taken(contract_id, brand, ContractAct.SUBMIT, expected_version)
    note = checked_note(note, ContractAct.SUBMIT, is_needed=False)
    if contract.current is not None:
        ready_to_send(Terms.of(contract.current))
    act_on(contract, ContractAct.SUBMIT, actor=actor, at=at, note=note)
    lawyers = User.objects.filter(roles__brand=brand, roles__role=Role.LEGAL, is_active=True)
    tell(contract, list(lawyers.exclude(pk=actor.pk)), "A contract waits for legal", at)
    return contract


@transaction.atomic
def clear(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str = "",
) -> Contract:
    """Legal has nothing against it. Nobody clears what they wrote. Raises as `submit`."""
    contract = taken(contract_id, brand, ContractAct.CLEAR, expected_version)
    note = checked_note(note, ContractAct.CLEAR, is_needed=False)
    version = contract.current
    if version is None:
        raise CampaignRefused("There is no version to clear.")
    if version.author_id == actor.pk:
        raise CampaignRefused(
            "You wrote this version yourself: somebody else has to clear it.", code="same_person"
        )
    version.cleared_by, version.cleared_at = actor, at
    version.cleared_digest = digest_of(document_of(contract, version).to_json())
    version.save()
    act_on(contract, ContractAct.CLEAR, actor=actor, at=at, note=note)
    tell_owner(contract, "Legal cleared it", actor, at)
    return contract


@transaction.atomic
def give_back(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str,
) -> Contract:
    """Legal wants something changed, and says what. Raises as `submit`."""
    contract = taken(contract_id, brand, ContractAct.RETURN, expected_version)
    note = checked_note(note, ContractAct.RETURN, is_needed=True)
    act_on(contract, ContractAct.RETURN, actor=actor, at=at, note=note)
    tell_owner(contract, "Legal gave it back", actor, at)
    return contract


@transaction.atomic
def reopen(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str = "",
) -> Contract:
    """Take it back to the draft, from legal or before it is sent. Raises as `submit`."""
    contract = taken(contract_id, brand, ContractAct.REOPEN, expected_version)
    note = checked_note(note, ContractAct.REOPEN, is_needed=False)
    if contract.current is not None:
        uncleared(contract.current)
    act_on(contract, ContractAct.REOPEN, actor=actor, at=at, note=note)
    return contract
