"""Contracts are drafted, changed, taken up again and amended, until one side decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import ContractAct
from campaigns.models import Contract, ContractVersion, Engagement
from campaigns.services.contracts.checking import checked
from campaigns.services.contracts.prefill import offer_for, prefilled
from campaigns.services.contracts.record import (
    act_on,
    checked_note,
    checked_owner,
    happened,
    log,
    taken,
    taken_in_place,
    uncleared,
)
from campaigns.services.contracts.terms import Terms
from campaigns.services.engagements import locked
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User

TITLE_MAX = 200


@transaction.atomic
def draft(
    *,
    engagement_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    title: str = "",
    terms: Terms | None = None,
    owner: User | None = None,
) -> Contract:
    """A first draft, filled in from the accepted offer and the campaign unless terms are given.

    Raises CampaignRefused, and Engagement.DoesNotExist where the brand has none of that number.
    """
    engagement = locked(engagement_id, brand, None)
    _free(engagement)
    if Contract.objects.in_force().filter(engagement=engagement).exists():
        raise CampaignRefused(
            f"{engagement.relationship.creator} has a contract for this campaign. Amend it instead."
        )
    offer = offer_for(engagement)
    wanted = checked(terms) if terms is not None else prefilled(engagement, offer)
    title = _title(title) if title else _named(engagement)
    contract = Contract.objects.create(
        brand=engagement.relationship.brand,
        engagement=engagement,
        title=title,
        offer=offer,
        owner=checked_owner(brand, owner or actor),
        state_since=at,
        created_by=actor,
        created_at=at,
    )
    _write(contract, 1, wanted, (actor, at))
    log(contract, "drafted", actor, at)
    return contract


@transaction.atomic
def change_draft(
    *,
    contract_id: int,
    brand: Brand,
    terms: Terms,
    title: str | None,
    reason: str | None,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Contract:
    """Put other terms into the draft. Raises CampaignRefused, Contract.DoesNotExist."""
    contract = taken(contract_id, brand, ContractAct.EDIT, expected_version)
    version = contract.current
    if version is None or version.is_fixed:
        raise CampaignRefused("There is no draft to change.")
    wanted = checked(terms)
    version.terms = wanted.to_json()
    for name, value in wanted.columns.items():
        setattr(version, name, value)
    if reason is not None:
        version.reason = _reason(reason)
    version.author = actor
    version.save()
    if title is not None:
        contract.title = _title(title)
    contract.version += 1
    contract.save()
    log(contract, "changed", actor, at)
    return contract


@transaction.atomic
def revise(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
) -> Contract:
    """Begin a further version, with what the last one says. What was sent holds no more.

    Raises CampaignRefused, Contract.DoesNotExist.
    """
    contract = taken_in_place(contract_id, brand, ContractAct.REVISE, expected_version)
    _free(contract.engagement, contract)
    last = contract.current
    reason = _reason(reason)
    if last is None:
        raise CampaignRefused("There is no version to begin from.")
    if last.is_fixed:
        _write(contract, last.number + 1, Terms.of(last), (actor, at), reason)
    else:
        uncleared(last)
    act_on(contract, ContractAct.REVISE, actor=actor, at=at, note=reason)
    return contract


@transaction.atomic
def amend(
    *,
    contract_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
) -> Contract:
    """Draft a contract that takes the place of this one once it is accepted.

    Raises CampaignRefused, Contract.DoesNotExist.
    """
    contract = taken_in_place(contract_id, brand, ContractAct.AMEND, expected_version)
    _free(contract.engagement)
    last = contract.current
    if last is None:
        raise CampaignRefused("There is no version to begin from.")
    made = Contract.objects.create(
        brand=contract.brand,
        engagement=contract.engagement,
        title=f"{contract.title[: TITLE_MAX - 9]}, amended",
        offer=contract.offer,
        amends=contract,
        owner=contract.owner,
        state_since=at,
        created_by=actor,
        created_at=at,
    )
    _write(made, 1, Terms.of(last), (actor, at), _reason(reason))
    log(made, "drafted", actor, at, amends=contract.pk)
    contract.version += 1
    contract.save()
    happened(contract, ContractAct.AMEND, actor=actor, at=at, note=_reason(reason))
    return made


@transaction.atomic
def hand_over(
    *, contract_id: int, brand: Brand, owner: User | None, actor: User, at: datetime
) -> Contract:
    """Say who sees to it. Raises CampaignRefused, Contract.DoesNotExist."""
    contract = (
        Contract.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "engagement__relationship__creator", "current", "owner")
        .get(pk=contract_id, brand=brand)
    )
    checked_owner(brand, owner)
    if contract.owner != owner:
        before, contract.owner = contract.owner, owner
        contract.save()
        log(contract, "given", actor, at, owner=[before and before.email, owner and owner.email])
    return contract


def _free(engagement: Engagement, besides: Contract | None = None) -> None:
    """That the campaign is open, and no other contract is on its way."""
    campaign, creator = engagement.campaign, engagement.relationship.creator
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to make "
            "contracts for it.",
            code="campaign_closed",
        )
    if not engagement.is_open:
        raise CampaignRefused(
            f"{creator} is “{engagement.get_stage_display().lower()}” in {campaign}: nothing is "
            "to be agreed there any more."
        )
    others = Contract.objects.undecided().filter(engagement=engagement)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    other = others.first()
    if other is not None:
        raise CampaignRefused(
            f"“{other}” is on its way to {creator} already: it is "
            f"“{other.get_state_display().lower()}”. Finish or withdraw it first."
        )
    is_first = besides is not None and besides.amends_id is None
    if is_first and Contract.objects.in_force().filter(engagement=engagement).exists():
        raise CampaignRefused(
            f"{creator} has another contract in force for this campaign. Amend that one."
        )


def _write(
    contract: Contract, number: int, terms: Terms, by: tuple[User, datetime], reason: str = ""
) -> None:
    author, at = by
    contract.current = ContractVersion.objects.create(
        contract=contract,
        number=number,
        author=author,
        created_at=at,
        reason=reason,
        terms=terms.to_json(),
        **terms.columns,
    )
    contract.save()


def _named(engagement: Engagement) -> str:
    return f"{engagement.campaign.name}, {engagement.relationship.creator}"[:TITLE_MAX]


def _title(title: str) -> str:
    title = " ".join(title.replace("\0", "").split())
    if not title or len(title) > TITLE_MAX:
        raise CampaignRefused(f"A title has 1 to {TITLE_MAX} characters.", field="title")
    return title


def _reason(reason: str) -> str:
    return checked_note(reason, ContractAct.EDIT, is_needed=False)
