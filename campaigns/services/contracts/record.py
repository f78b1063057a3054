"""What every act on a contract shares: taking it, asking whether it may be, leaving a trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from campaigns.choices import ContractAct, ContractState
from campaigns.models import Contract, ContractEvent, ContractVersion, GuestLink
from campaigns.services import engagements
from campaigns.services.contracts.states import NEXT, why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, User, UserRole
from crm.services.notifications import notify

NOTE_MAX = 1_000
_DID = {
    ContractAct.SUBMIT: "asked legal to look at it",
    ContractAct.CLEAR: "cleared it for legal",
    ContractAct.RETURN: "gave it back to the draft",
    ContractAct.REOPEN: "took it back to the draft",
    ContractAct.SEND: "sent it",
    ContractAct.ACCEPT: "accepted it",
    ContractAct.DECLINE: "declined it",
    ContractAct.REVISE: "began a new version",
    ContractAct.WITHDRAW: "withdrew it",
    ContractAct.AMEND: "began an amendment",
    ContractAct.TERMINATE: "terminated it",
}


class NotNow(CampaignRefused):
    """The contract's state does not allow the act."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not_in_this_state")


def taken(
    contract_id: int, brand: Brand, act: ContractAct, expected_version: int | None
) -> Contract:
    """The contract, locked until the transaction ends, if the act may be.

    Raises Contract.DoesNotExist, CampaignOutdated, NotNow.
    """
    contract = (
        Contract.objects.select_for_update(no_key=True, of=("self",))
        .select_related(
            "brand",
            "engagement__campaign",
            "engagement__relationship__creator",
            "engagement__relationship__brand",
            "owner",
            "current",
        )
        .get(pk=contract_id, brand=brand)
    )
    if expected_version is not None and contract.version != expected_version:
        raise CampaignOutdated(_who_was_quicker(contract))
    if words := why_not(contract.state, act):
        raise NotNow(words)
    return contract


def taken_in_place(
    contract_id: int, brand: Brand, act: ContractAct, expected_version: int | None
) -> Contract:
    """As `taken`, with the campaign and the creator's place in it held as well, these first."""
    engagement_id = Contract.objects.values_list("engagement", flat=True).get(
        pk=contract_id, brand=brand
    )
    engagement = engagements.locked(engagement_id, brand, None)
    contract = taken(contract_id, brand, act, expected_version)
    contract.engagement = engagement
    return contract


def moved(contract: Contract, act: ContractAct, at: datetime) -> ContractState:
    """Put the contract into the state that the act leads to; the one before. It is saved."""
    before = ContractState(contract.state)
    after = NEXT[before][act]
    if after != before:
        contract.state, contract.state_since = after, max(at, contract.created_at)
    contract.version += 1
    contract.save()
    return before


def happened(
    contract: Contract,
    act: ContractAct,
    *,
    actor: User | None,
    at: datetime,
    link: GuestLink | None = None,
    note: str = "",
) -> ContractEvent:
    """Write the act into the history of the contract."""
    return ContractEvent.objects.create(
        contract=contract,
        version=contract.current,
        act=act,
        actor=actor,
        link=link,
        at=at,
        note=note[:NOTE_MAX],
    )


def act_on(
    contract: Contract,
    act: ContractAct,
    *,
    actor: User | None,
    at: datetime,
    link: GuestLink | None = None,
    note: str = "",
) -> None:
    """Move the contract, and leave a trace in its history and in the ledger."""
    before = moved(contract, act, at)
    happened(contract, act, actor=actor, at=at, link=link, note=note)
    data: dict[str, Any] = {"state": [before.value, contract.state]}
    log(contract, act, actor, at, **(data | ({"link": link.pk} if link else {})))


def uncleared(version: ContractVersion) -> None:
    """Legal has to look again, if it has to look at all."""
    if version.cleared_at is not None:
        version.cleared_by, version.cleared_at, version.cleared_digest = None, None, ""
        version.save()


def checked_note(note: str, act: ContractAct, *, is_needed: bool) -> str:
    """A note that fits, and is there where the act takes one."""
    note = note.replace("\0", "").strip()
    if len(note) > NOTE_MAX:
        raise CampaignRefused(f"{NOTE_MAX:,} characters are the most.", field="note")
    if is_needed and not note:
        words = {
            ContractAct.RETURN: "Say what has to change before it can be cleared.",
            ContractAct.WITHDRAW: "Say why it is withdrawn.",
            ContractAct.TERMINATE: "Say why it is terminated.",
            ContractAct.DECLINE: "Say what does not suit you, so that it can be changed.",
        }
        raise CampaignRefused(words[act], field="note")
    return note


def checked_owner(brand: Brand, owner: User | None) -> User | None:
    """Somebody of the brand, or nobody yet."""
    if owner and not UserRole.objects.filter(brand=brand, user=owner).exists():
        raise CampaignRefused(
            f"{owner} has no role in {brand}. An admin can give one.", field="owner"
        )
    return owner


def tell(contract: Contract, people: list[User], words: str, at: datetime) -> None:
    """Tell people what happened, each once."""
    url = reverse("campaigns:contract", args=[contract.brand.slug, contract.pk])
    creator = contract.engagement.relationship.creator.name
    # Names that the product proposes hold the creator's already.
    title = contract.title if creator in contract.title else f"{contract.title}, {creator}"
    for person in {person.pk: person for person in people}.values():
        notify(
            user=person,
            brand=contract.brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"{words}: {title}",
            url=url,
            at=at,
        )


def tell_owner(contract: Contract, words: str, actor: User | None, at: datetime) -> None:
    """Tell who sees to it what somebody else did, or what happened by itself."""
    if contract.owner and contract.owner != actor:
        tell(contract, [contract.owner], words, at)


def log(contract: Contract, verb: str, actor: User | None, at: datetime, **data: Any) -> None:
    """In the ledger a contract is its number and whom it is with: what it says stays out. Last."""
    number = contract.current.number if contract.current else None
    audit.record(
        brand=contract.brand,
        verb=f"campaigns.contract.{verb}",
        target=contract,
        actor=actor,
        at=at,
        data={"engagement": contract.engagement_id, "version": number} | data,
        label=contract.engagement.relationship.creator.name,
    )


def _who_was_quicker(contract: Contract) -> str:
    last = contract.events.select_related("actor", "link").order_by("-at", "-pk").first()
    since = "Nothing of yours was saved; load the page again."
    if last is None or ContractAct(last.act) not in _DID:
        return f"Somebody changed this contract since you loaded it. {since}"
    who = "Somebody"
    if last.actor:
        who = last.actor.display_name
    elif last.link:
        who = last.link.name
    return f"{who} {_DID[ContractAct(last.act)]} since you loaded the page. {since}"
