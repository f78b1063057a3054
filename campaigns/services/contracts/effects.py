"""What follows from an acceptance: pieces, rights, the agreed cost, the stage, what is owed.

All of it happens in the acceptance's own transaction. What the campaign's own rules keep from
happening (a stage, a cost in another currency) is said in words and left to people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.choices import (
    ContractAct,
    DeliverableState,
    EngagementStage,
    RightSource,
    StartTrigger,
    Usage,
)
from campaigns.models import Contract, Deliverable, Engagement, GuestLink, UsageRight
from campaigns.models.engagements import BOUND
from campaigns.services import engagements
from campaigns.services.commissions import agreeing as commissions
from campaigns.services.contracts.record import NotNow, act_on, taken
from campaigns.services.contracts.terms import Right, Terms
from campaigns.services.deliverables import planning
from campaigns.services.deliverables.record import Actor
from campaigns.services.money import money
from campaigns.services.payments import planning as payments
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import channels, granting, territories
from campaigns.services.rights import terms as rights_terms
from campaigns.services.rights.evidence import Evidence
from crm.models import User


@dataclass(frozen=True)
class Who:
    """Who accepts: somebody of the brand who writes it down, or the creator behind a link."""

    actor: User | None
    link: GuestLink | None
    on: date
    at: datetime


def settle(contract: Contract, terms: Terms, by: Who) -> list[str]:
    """Carry out what was accepted; what is left to people, in sentences.

    The caller holds the campaign, the place in it and the contract. Raises CampaignRefused.
    """
    before = _supersede(contract, by.actor, by.at)
    left = list(_pieces(contract.engagement, terms, Actor(by.actor, by.link), by.at))
    new, gone = _changed_rights(terms, before)
    _revoke(contract, gone, by)
    _grant(contract, new, by)
    left += _place(contract.engagement, terms, by.actor, by.at)
    if before is not None:
        payments.cancel_unpaid(before, by=contract, actor=by.actor, at=by.at)
        commissions.end_with(
            before,
            last=by.on - timedelta(days=1),
            reason=f"Contract {contract.pk} has taken the place of contract {before.pk}.",
            actor=by.actor,
            at=by.at,
        )
    left += payments.plan_contract(contract, terms, actor=by.actor, at=by.at)
    left += commissions.begin(contract, terms, on=by.on, actor=by.actor, at=by.at)
    return left


def _supersede(contract: Contract, actor: User | None, at: datetime) -> Contract | None:
    """The contract that this one amends, which holds no more; None: it is the first."""
    if contract.amends_id is None:
        return None
    try:
        before = taken(contract.amends_id, contract.brand, ContractAct.SUPERSEDE, None)
    except NotNow as refusal:
        raise CampaignRefused(
            "The contract that this one amends is not in force any more. A new contract is needed.",
            code="not_in_this_state",
        ) from refusal
    act_on(before, ContractAct.SUPERSEDE, actor=actor, at=at, note=f"By contract {contract.pk}.")
    return before


def _pieces(engagement: Engagement, terms: Terms, who: Actor, at: datetime) -> Iterator[str]:
    """Plan what is not planned yet: a piece that is there already is not planned twice."""
    there = Counter(
        Deliverable.objects.filter(engagement=engagement)
        .exclude(state=DeliverableState.CANCELLED)
        .values_list("platform_id", "form", "kind")
    )
    wanted = []
    for line in terms.deliverables:
        what = (line.platform, line.form, line.kind)
        known = min(there[what], line.count)
        there[what] -= known
        if line.count > known:
            wanted.append(
                planning.Wanted(
                    platform=line.platform,
                    form=line.form,
                    kind=line.kind,
                    title=line.note,
                    count=line.count - known,
                    draft_due_on=line.due_on,
                    # The first draft, and the rounds of changes.
                    rounds=terms.revision_rounds + 1,
                )
            )
    if wanted:
        planning.plan(
            engagement_id=engagement.pk,
            brand=engagement.campaign.brand,
            wanted=wanted,
            actor=who,
            at=at,
        )
    if more := there.total():
        yield (
            f"{more} planned piece{'' if more == 1 else 's'} of content "
            f"{'is' if more == 1 else 'are'} not in the contract: call off what is not wanted."
        )


def _changed_rights(terms: Terms, before: Contract | None) -> tuple[list[Right], set[str]]:
    """The rights that are new, and the uses whose rights are changed or left out."""
    if before is None or before.current is None:
        return list(terms.rights), set()
    old = Terms.of(before.current).rights
    new = [right for right in terms.rights if right not in old]
    return new, {right.usage for right in old if right not in terms.rights}


def _revoke(contract: Contract, uses: set[str], by: Who) -> None:
    held = UsageRight.objects.held().filter(
        engagement=contract.engagement,
        source=RightSource.CONTRACT,
        usage__in=uses,
        part_of=None,
    )
    for right in held.order_by("pk"):
        if right.ends_on is None or right.ends_on >= by.on:
            granting.revoke(
                right_id=right.pk,
                brand=contract.brand,
                on=by.on,
                reason=f"Changed by contract {contract.pk}.",
                actor=by.actor,
                at=by.at,
            )


def _grant(contract: Contract, rights: list[Right], by: Who) -> None:
    number = contract.current.number if contract.current else 0
    evidence = Evidence(reference=f"Contract {contract.pk}, version {number}", offer=contract.offer)
    for right in rights:
        granting.grant(
            terms=_granted(right, by.on),
            source=RightSource.CONTRACT,
            evidence=evidence,
            actor=by.actor,
            at=by.at,
            engagement=contract.engagement,
        )


def _granted(right: Right, on: date) -> rights_terms.Terms:
    """A right as the table of rights has it: countries and channels where the words name some."""
    codes, where = territories.read(right.territory)
    keys, ways = _channels(right.channels)
    trigger = StartTrigger(right.starts)
    return rights_terms.Terms(
        usage=Usage(right.usage),
        territory=tuple(codes),
        territory_words=where,
        channels=tuple(keys),
        channels_words=ways,
        trigger=trigger,
        starts_on=on if trigger is StartTrigger.SIGNING else None,
        months=right.months,
        is_endless=right.months is None,
    )


def _channels(words: str) -> tuple[list[str], str]:
    """Channels named in a text, or the text itself where any part of it is not a channel."""
    if not words:
        return [], ""
    known = {name.casefold(): key for key, name in channels.channels().items()}
    found = [known.get(part.strip().casefold(), "") for part in words.split(",")]
    return (found, "") if all(found) else ([], words)


def _place(engagement: Engagement, terms: Terms, actor: User | None, at: datetime) -> Iterator[str]:
    """Write down what was agreed, and move the creator on, as far as the campaign's rules let."""
    campaign = engagement.campaign
    changes: engagements.Changes = {}
    if terms.currency == campaign.currency or not terms.total:
        changes["agreed_cost"] = terms.total
    elif engagement.agreed_cost is None:
        yield (
            f"The fee is {money(terms.total, terms.currency)}, and the campaign counts in "
            f"{campaign.currency}: write down the agreed cost yourself."
        )
    is_early = engagement.stage not in BOUND
    if is_early and (changes or engagement.agreed_cost is not None):
        changes["stage"] = EngagementStage.CONTRACTED
    try:
        with transaction.atomic():
            engagements.change(
                engagement_id=engagement.pk,
                brand=campaign.brand,
                changes=changes,
                actor=actor,
                at=at,
                expected_version=None,
            )
    except CampaignRefused as refusal:
        yield str(refusal)
    else:
        return
    # The cost is agreed, wherever the creator stands.
    if changes.pop("stage", None) and changes:
        engagements.change(
            engagement_id=engagement.pk,
            brand=campaign.brand,
            changes=changes,
            actor=actor,
            at=at,
            expected_version=None,
        )
