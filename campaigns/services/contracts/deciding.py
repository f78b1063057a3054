"""How a contract is decided: accepted or declined by the creator, withdrawn or ended by the brand.

The creator does it behind their link, or somebody of the brand writes down what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from campaigns.choices import ContractAct
from campaigns.models import Campaign, Contract, ContractAcceptance, GuestLink
from campaigns.services.campaigns import Act as CampaignAct
from campaigns.services.commissions import agreeing as commissions
from campaigns.services.contracts import files
from campaigns.services.contracts.effects import Who, settle
from campaigns.services.contracts.record import (
    act_on,
    checked_note,
    taken,
    taken_in_place,
    tell_owner,
)
from campaigns.services.contracts.terms import Terms
from campaigns.services.days import EARLIEST, today_of
from campaigns.services.payments.planning import hold_open
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers.looking import look
from crm.models import Brand, User

PERSON_MAX = 120


@dataclass(frozen=True)
class Signature:
    """Who accepts, as they typed it, and what was signed on paper."""

    name: str
    guardian: str = ""
    # Which of the brand's days it was signed on; None: today.
    on: date | None = None
    note: str = ""
    paper: files.Paper | None = None


@dataclass(frozen=True)
class Accepted:
    """What came of an acceptance; `left` is what people still have to do, in sentences."""

    contract: Contract
    acceptance: ContractAcceptance
    left: tuple[str, ...]


@transaction.atomic
def accept_by_link(
    *, contract_id: int, link: GuestLink, digest: str, signature: Signature, at: datetime
) -> Accepted:
    """The creator accepts what they read: the document of this digest, and no other.

    Raises CampaignRefused, Contract.DoesNotExist.
    """
    contract = taken_in_place(contract_id, link.brand, ContractAct.ACCEPT, None)
    _of_link(contract, link)
    if contract.current is None or contract.current.digest != digest:
        raise CampaignOutdated(
            f"{contract.brand} has sent a new version since you opened this page. Read it first; "
            "nothing was accepted."
        )
    return _accept(contract, signature, actor=None, link=link, at=at)


@transaction.atomic
def record_acceptance(
    *,
    contract_id: int,
    brand: Brand,
    signature: Signature,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Accepted:
    """Write down that the creator signed elsewhere, and where that can be seen.

    Raises CampaignRefused, Contract.DoesNotExist.
    """
    contract = taken_in_place(contract_id, brand, ContractAct.ACCEPT, expected_version)
    if not signature.note.strip() and signature.paper is None:
        raise CampaignRefused(
            "Add the signed paper, or say where the acceptance can be seen.", field="note"
        )
    return _accept(contract, signature, actor=actor, link=None, at=at)


@transaction.atomic
def decline_by_link(*, contract_id: int, link: GuestLink, note: str, at: datetime) -> Contract:
    """The creator says no, and why. Raises CampaignRefused, Contract.DoesNotExist."""
    contract = taken(contract_id, link.brand, ContractAct.DECLINE, None)
    _of_link(contract, link)
    note = checked_note(note, ContractAct.DECLINE, is_needed=True)
    act_on(contract, ContractAct.DECLINE, actor=None, link=link, at=at, note=note)
    tell_owner(contract, "Declined", None, at)
    return contract


@transaction.atomic
def decline(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str,
) -> Contract:
    """Write down that the creator said no. Raises CampaignRefused, Contract.DoesNotExist."""
    contract = taken(contract_id, brand, ContractAct.DECLINE, expected_version)
    note = checked_note(note, ContractAct.DECLINE, is_needed=True)
    act_on(contract, ContractAct.DECLINE, actor=actor, at=at, note=note)
    tell_owner(contract, "Declined", actor, at)
    return contract


@transaction.atomic
def withdraw(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str,
) -> Contract:
    """Take it back before anybody accepted it, and say why. Raises as `decline`."""
    contract = taken(contract_id, brand, ContractAct.WITHDRAW, expected_version)
    note = checked_note(note, ContractAct.WITHDRAW, is_needed=True)
    act_on(contract, ContractAct.WITHDRAW, actor=actor, at=at, note=note)
    tell_owner(contract, "Withdrawn", actor, at)
    return contract


def withdraw_all(campaign: Campaign, act: CampaignAct, actor: User | None, at: datetime) -> None:
    """With a campaign that is cancelled go the contracts that nobody has accepted.

    The caller holds the campaign; the creator's page says that the campaign does not take place.
    """
    if act is not CampaignAct.CANCEL:
        return
    undecided = Contract.objects.undecided().filter(engagement__campaign=campaign)
    for pk in undecided.order_by("pk").values_list("pk", flat=True):
        contract = taken(pk, campaign.brand, ContractAct.WITHDRAW, None)
        note = "The campaign was cancelled."
        act_on(contract, ContractAct.WITHDRAW, actor=actor, at=at, note=note)
        tell_owner(contract, "Withdrawn", actor, at)


@transaction.atomic
def terminate(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    note: str,
) -> Contract:
    """One side ends it early, and why. Pieces, rights and the creator's stage stay as they are.

    What is not paid yet waits for somebody to decide what is still owed.

    Raises as `decline`.
    """
    contract = taken(contract_id, brand, ContractAct.TERMINATE, expected_version)
    note = checked_note(note, ContractAct.TERMINATE, is_needed=True)
    act_on(contract, ContractAct.TERMINATE, actor=actor, at=at, note=note)
    reason = "The contract was terminated: decide what is still owed."
    hold_open(contract, reason=reason, actor=actor, at=at)
    commissions.end_with(
        contract,
        last=today_of(brand, at),
        reason="The contract was terminated.",
        actor=actor,
        at=at,
    )
    tell_owner(contract, "Terminated", actor, at)
    return contract


def _accept(
    contract: Contract,
    signature: Signature,
    *,
    actor: User | None,
    link: GuestLink | None,
    at: datetime,
) -> Accepted:
    version = contract.current
    if version is None:
        raise CampaignRefused("There is no version to accept.")
    terms = Terms.of(version)
    today = today_of(contract.brand, at)
    on = signature.on or today
    if on > today:
        raise CampaignRefused("This day is still to come: say when it was signed.", field="on")
    if on.year < EARLIEST:
        raise CampaignRefused(f"The year must be {EARLIEST} or later.", field="on")
    engagement = contract.engagement
    if not engagement.campaign.is_open or not engagement.is_open:
        raise CampaignRefused(
            f"{engagement.relationship.creator} has no open place in {engagement.campaign} any "
            "more: this contract can no longer be accepted.",
            code="campaign_closed",
        )
    paper = signature.paper
    acceptance = ContractAcceptance.objects.create(
        version=version,
        name=_person(signature.name, "name", "Type the full name of who accepts."),
        guardian=_guardian(terms, signature),
        at=at,
        on=on,
        digest=version.digest,
        link=link,
        recorded_by=actor,
        note=_note(signature.note),
        file_name=paper.name if paper else "",
        file_type=paper.content_type if paper else "",
        file_size=paper.size if paper else None,
        file_sha256=paper.sha256 if paper else "",
    )
    left = settle(contract, terms, Who(actor, link, on, at))
    act_on(contract, ContractAct.ACCEPT, actor=actor, link=link, at=at, note=" ".join(left))
    tell_owner(contract, "Accepted", actor, at)
    look(brand=contract.brand, relationships=[engagement.relationship], at=at)
    return Accepted(contract, acceptance, tuple(left))


def _of_link(contract: Contract, link: GuestLink) -> None:
    """Another creator's contract does not exist behind this link."""
    if contract.engagement_id != link.engagement_id:
        raise Contract.DoesNotExist


def _guardian(terms: Terms, signature: Signature) -> str:
    if not terms.is_minor:
        return ""
    words = f"{terms.guardian} has to consent: type the name of the parent or guardian."
    return _person(signature.guardian, "guardian", words)


def _person(name: str, field: str, needed: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise CampaignRefused(needed, field=field)
    if len(name) > PERSON_MAX:
        raise CampaignRefused(f"{PERSON_MAX} characters are the most.", field=field)
    return name


def _note(note: str) -> str:
    note = note.replace("\0", "").strip()
    if len(note) > 500:
        raise CampaignRefused("500 characters are the most.", field="note")
    return note
