"""A run: statements of commissions, each with its lines, and the amounts that come of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from campaigns.choices import CostKind, PayAct, PayTrigger
from campaigns.models import Campaign, Commission, CommissionLine, CommissionStatement, Payable
from campaigns.selectors.commissions import Due, dues_of
from campaigns.services.days import today_of
from campaigns.services.money import money
from campaigns.services.payments.record import act_on, trace
from crm import audit
from crm.models import Brand, User


@dataclass(frozen=True)
class Run:
    """What a run came to."""

    statements: int
    payables: int
    # Statements that came to too little, or to less than nothing.
    carried: int

    @property
    def words(self) -> str:
        """For a person."""
        if not self.statements:
            return "Nothing new to state: no sale is old enough, or was taken back, since the last."
        words = f"{self.statements:,} statement{'s'[: self.statements != 1]}"
        amounts = f"{self.payables:,} amount{'s'[: self.payables != 1]} to pay"
        rest = f", {self.carried:,} carried to the next run" if self.carried else ""
        return f"{words}: {amounts}{rest}."


@transaction.atomic
def run(*, brand: Brand, actor: User | None, at: datetime, campaign: Campaign | None = None) -> Run:
    """State everything that is new. A run that follows at once finds nothing."""
    rows = Commission.objects.filter(brand=brand)
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    held = list(
        rows.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "campaign", "engagement__relationship__creator")
        .order_by("pk")
    )
    dues = dues_of(brand, held, at)
    numbers = dict(
        CommissionStatement.objects.filter(commission__in=held)
        .order_by()
        .values("commission")
        .annotate(last=Max("number"))
        .values_list("commission", "last")
    )
    statements = payables = 0
    for row in held:
        due = dues[row.pk]
        pays = due.balance > 0 and due.balance >= row.minimum
        if due.until is None or not (due.lines or pays):
            continue
        number = numbers.get(row.pk, 0) + 1
        payable = _raise(row, due, number, actor, at) if pays else None
        _state(row, due, number, payable, by=(actor, at))
        statements += 1
        payables += pays
    return Run(statements, payables, statements - payables)


def _state(
    row: Commission,
    due: Due,
    number: int,
    payable: Payable | None,
    by: tuple[User | None, datetime],
) -> None:
    actor, at = by
    made = CommissionStatement.objects.create(
        commission=row,
        number=number,
        until=due.until or today_of(row.brand, at),
        as_of=at,
        carried=due.carried,
        total=due.total,
        waiting=list(due.waiting),
        payable=payable,
        created_by=actor,
        created_at=at,
    )
    CommissionLine.objects.bulk_create(
        (
            CommissionLine(
                statement=made,
                sale=line.sale,
                sold_at=line.sold_at,
                value=line.value,
                value_currency=line.value_currency,
                converted=line.converted[:200],
                earned=line.earned,
                before=line.before,
                amount=line.amount,
            )
            for line in due.lines
        ),
        batch_size=2_000,
    )
    audit.record(
        brand=row.brand,
        verb="campaigns.commission.stated",
        target=row,
        actor=actor,
        at=at,
        data={
            "campaign": row.campaign_id,
            "number": number,
            "currency": row.currency,
            "lines": len(due.lines),
            "total": due.total,
            "payable": payable.pk if payable else None,
        },
        label=row.engagement.relationship.creator.name,
    )


def _raise(row: Commission, due: Due, number: int, actor: User | None, at: datetime) -> Payable:
    """An amount to pay, ready at once: the statement is what shows it."""
    today = today_of(row.brand, at)
    words = summary(due, row.currency)
    payable = Payable.objects.create(
        brand=row.brand,
        campaign=row.campaign,
        engagement=row.engagement,
        kind=CostKind.COMMISSION,
        title=f"Commission, statement {number}",
        currency=row.currency,
        amount=due.balance,
        trigger=PayTrigger.HAND,
        net_days=row.net_days,
        state_since=at,
        created_by=actor,
        created_at=at,
    )
    trace(payable, PayAct.PLAN, actor=actor, at=at, kind=CostKind.COMMISSION.value)
    payable.ready_on = today
    payable.due_on = today + timedelta(days=row.net_days)
    payable.evidence = {
        "words": words,
        "shown": [],
        "commission": row.pk,
        "statement": number,
    }
    act_on(payable, PayAct.REACH, actor=actor, at=at, note=words[:500])
    return payable


def summary(due: Due, currency: str) -> str:
    """What an amount is made of, in a sentence."""
    plus = [line.amount for line in due.lines if line.amount > 0]
    minus = [line.amount for line in due.lines if line.amount < 0]
    parts = [f"{len(plus):,} sale{'s'[: len(plus) != 1]}: {money(sum(plus, Decimal(0)), currency)}"]
    if minus:
        parts.append(f"{len(minus):,} taken back: {money(sum(minus, Decimal(0)), currency)}")
    if due.carried:
        parts.append(f"carried from before: {money(due.carried, currency)}")
    until = f"up to {due.until:%-d %B %Y}" if due.until else ""
    return f"{'; '.join(parts)} ({until})"
