"""How amounts come to be: from a contract that is accepted, or entered by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from campaigns.choices import CostKind, PayAct, PayState, PayTrigger
from campaigns.models import Campaign, Contract, Engagement, Payable, Payment
from campaigns.services.contracts.terms import FeePart, Terms
from campaigns.services.money import money
from campaigns.services.payments import results
from campaigns.services.payments.milestones import look_at
from campaigns.services.payments.record import (
    act_on,
    checked_amount,
    checked_currency,
    checked_day,
    checked_text,
    trace,
)
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User

NET_DAYS_MAX = 365
# What a creator gets, and what others get or what things cost.
OF_CREATORS = (CostKind.FEE, CostKind.PERFORMANCE, CostKind.COMMISSION, CostKind.KILL_FEE)
_WHEN = {
    PayTrigger.SIGNING: "on signing",
    PayTrigger.APPROVAL: "on approval",
    PayTrigger.PUBLICATION: "on publication",
}


@dataclass(frozen=True)
class Cost:
    """A cost as somebody enters it. Without a rule it has an amount, without an engagement a payee
    or nobody.
    """

    kind: CostKind
    title: str
    currency: str
    amount: Decimal | None = None
    trigger: PayTrigger = PayTrigger.HAND
    on: date | None = None
    net_days: int = 30
    rule: results.Rule | results.Goal | None = None
    payee: str = ""


@transaction.atomic
def add_cost(
    *,
    campaign: Campaign,
    cost: Cost,
    actor: User,
    at: datetime,
    engagement: Engagement | None = None,
) -> Payable:
    """Enter what is to be paid without a contract. Raises CampaignRefused."""
    if engagement is not None and engagement.campaign_id != campaign.pk:
        raise CampaignRefused("This creator is not in this campaign.", field="engagement")
    cost = _checked(cost, engagement)
    payable = Payable.objects.create(
        brand=campaign.brand,
        campaign=campaign,
        engagement=engagement,
        payee=cost.payee,
        kind=cost.kind,
        title=cost.title,
        currency=cost.currency,
        amount=cost.amount,
        trigger=cost.trigger,
        trigger_on=cost.on,
        net_days=cost.net_days,
        rule=cost.rule.to_json() if cost.rule else None,
        state_since=at,
        created_by=actor,
        created_at=at,
    )
    trace(payable, PayAct.PLAN, actor=actor, at=at, kind=cost.kind.value)
    look_at(Payable.objects.filter(pk=payable.pk), brand=campaign.brand, at=at)
    payable.refresh_from_db()
    return payable


def plan_contract(
    contract: Contract, terms: Terms, *, actor: User | None, at: datetime
) -> Iterator[str]:
    """Amounts for the parts of the fee; what is left to people, in sentences.

    The caller holds the contract, which is accepted. Called again it changes nothing.
    """
    if Payable.objects.filter(contract=contract).exists():
        return
    paid = _paid_before(contract, terms.currency)
    rest = paid
    amounts = terms.amounts
    for number, (part, amount) in enumerate(zip(terms.parts, amounts, strict=True), start=1):
        set_off = min(rest, amount)
        rest -= set_off
        if amount == set_off:
            continue
        payable = Payable.objects.create(
            brand=contract.brand,
            campaign=contract.engagement.campaign,
            engagement=contract.engagement,
            contract=contract,
            part=number,
            kind=CostKind.FEE,
            title=_title(part, number, len(amounts)),
            currency=terms.currency,
            amount=amount - set_off,
            set_off=set_off,
            trigger=PayTrigger(part.due),
            trigger_on=part.on,
            net_days=part.net_days,
            state_since=at,
            created_by=actor,
            created_at=at,
        )
        note = f"{money(set_off, terms.currency)} of this part was paid before." if set_off else ""
        trace(payable, PayAct.PLAN, actor=actor, at=at, note=note, contract=contract.pk)
    yield from _plan_results(contract, terms, actor, at)
    if rest:
        yield (
            f"{money(paid, terms.currency)} was paid under the contract before, which is "
            f"{money(rest, terms.currency)} more than this one agrees: settle that with the "
            "creator."
        )
    look_at(Payable.objects.filter(contract=contract), brand=contract.brand, at=at)


def _plan_results(
    contract: Contract, terms: Terms, actor: User | None, at: datetime
) -> Iterator[str]:
    """Amounts that come once something is counted; what was paid for the same is not paid again."""
    paid = {
        results.rule_of(row or {}): amount
        for row, amount in _paid_under(contract, terms.currency, CostKind.PERFORMANCE).values_list(
            "payable__rule", "payable__amount"
        )
    }
    for number, part in enumerate(terms.results, start=len(terms.parts) + 1):
        if part.rule in paid:
            yield (
                f"{money(paid[part.rule], terms.currency)} was paid under the contract before for: "
                f"{part.rule.words(terms.currency)}. It is not owed again."
            )
            continue
        payable = Payable.objects.create(
            brand=contract.brand,
            campaign=contract.engagement.campaign,
            engagement=contract.engagement,
            contract=contract,
            part=number,
            kind=CostKind.PERFORMANCE,
            title=f"Pay by result, {results.things(part.rule.metric)}",
            currency=terms.currency,
            trigger=PayTrigger.RESULT,
            rule=part.rule.to_json(),
            net_days=part.net_days,
            state_since=at,
            created_by=actor,
            created_at=at,
        )
        trace(payable, PayAct.PLAN, actor=actor, at=at, contract=contract.pk)


def cancel_unpaid(contract: Contract, *, by: Contract, actor: User | None, at: datetime) -> None:
    """What an amended contract still owes is owed under the new one instead."""
    for payable in _of(contract):
        note = f"Contract {by.pk} has taken the place of contract {contract.pk}."
        act_on(payable, PayAct.CANCEL, actor=actor, at=at, note=note)


def hold_open(contract: Contract, *, reason: str, actor: User | None, at: datetime) -> None:
    """What is not paid of a contract that ended early waits for somebody to decide."""
    for payable in _of(contract):
        if payable.state != PayState.ON_HOLD:
            act_on(payable, PayAct.HOLD, actor=actor, at=at, note=reason)


def _of(contract: Contract) -> list[Payable]:
    rows = (
        Payable.objects.owed()
        .filter(contract=contract)
        .select_for_update(no_key=True, of=("self",))
    )
    return list(
        rows.select_related("brand", "campaign", "engagement__relationship__creator").order_by("pk")
    )


def _paid_before(contract: Contract, currency: str) -> Decimal:
    """What was paid as a fee, in this currency, under the contracts that this one amends."""
    payments = _paid_under(contract, currency, CostKind.FEE)
    return payments.aggregate(sum=Sum("payable__amount"))["sum"] or Decimal(0)


def _paid_under(contract: Contract, currency: str, kind: CostKind) -> QuerySet[Payment]:
    chain: list[int] = []
    before = contract.amends
    while before is not None and before.pk not in chain:
        chain.append(before.pk)
        before = before.amends
    return Payment.objects.filter(
        payable__contract__in=chain,
        payable__currency=currency,
        payable__kind=kind,
        reversed_at=None,
    )


def _title(part: FeePart, number: int, of: int) -> str:
    when = _WHEN.get(PayTrigger(part.due), f"on {part.on:%-d %B %Y}" if part.on else "")
    which = f"part {number} of {of}, " if of > 1 else ""
    return f"Fee, {which}{when}"


def _checked(cost: Cost, engagement: Engagement | None) -> Cost:
    title = checked_text(cost.title, 200, "title")
    if not title:
        raise CampaignRefused("Say what it is for.", field="title")
    payee = checked_text(cost.payee, 200, "payee")
    if payee and engagement is not None:
        raise CampaignRefused(
            "It goes either to the creator or to somebody else: empty one of the two.",
            field="payee",
        )
    if cost.kind in OF_CREATORS and engagement is None:
        raise CampaignRefused(
            f"Choose the creator who gets it: a {cost.kind.label.lower()} is a creator's.",
            field="engagement",
        )
    if cost.trigger in _WHEN and engagement is None:
        raise CampaignRefused(
            "Only what a creator gets can wait for their contract or content.", field="trigger"
        )
    if (cost.trigger == PayTrigger.RESULT) != (cost.rule is not None):
        raise CampaignRefused("Say what is counted, or when else it is due.", field="trigger")
    if cost.rule is not None and engagement is None:
        raise CampaignRefused("Choose the creator whose result is counted.", field="engagement")
    if cost.rule is not None and cost.amount is not None:
        raise CampaignRefused("The amount comes from the result: leave it empty.", field="amount")
    if cost.rule is None and cost.amount is None:
        raise CampaignRefused("Say how much it is.", field="amount")
    if (cost.trigger == PayTrigger.DATE) != (cost.on is not None):
        raise CampaignRefused("Name the day, or choose when else it is due.", field="on")
    if cost.on is not None:
        checked_day(cost.on, "on")
    if not 0 <= cost.net_days <= NET_DAYS_MAX:
        raise CampaignRefused(f"The days go from 0 to {NET_DAYS_MAX}.", field="net_days")
    return Cost(
        kind=cost.kind,
        title=title,
        currency=checked_currency(cost.currency),
        amount=None if cost.amount is None else checked_amount(cost.amount),
        trigger=cost.trigger,
        on=cost.on,
        net_days=cost.net_days,
        rule=None if cost.rule is None else results.checked(cost.rule),
        payee=payee,
    )


def catch_up(brand: Brand, *, at: datetime) -> int:
    """Plan the amounts of contracts that were accepted before amounts were planned; how many."""
    left = (
        Contract.objects.filter(brand=brand, current__acceptance__isnull=False, payables=None)
        .in_force()
        .filter(current__total__gt=0)
        .order_by("pk")
    )
    done = 0
    for pk in list(left.values_list("pk", flat=True)):
        with transaction.atomic():
            contract = (
                Contract.objects.select_for_update(no_key=True, of=("self",))
                .select_related(
                    "brand", "current", "amends", "engagement__campaign",
                    "engagement__relationship__creator",
                )
                .get(pk=pk)
            )  # fmt: skip
            if contract.current is not None:
                list(plan_contract(contract, Terms.of(contract.current), actor=None, at=at))
                done += 1
    return done
