"""What people do with an amount: mark it ready, release, hold, pay, take back, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from campaigns.choices import PayAct
from campaigns.models import Payable, Payment
from campaigns.services.days import today_of
from campaigns.services.money import money
from campaigns.services.payments.record import (
    act_on,
    checked_amount,
    checked_currency,
    checked_day,
    checked_note,
    checked_text,
    taken,
)
from campaigns.services.payments.rules import needs_release
from campaigns.services.payments.states import NEEDS_REASON
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, User


@dataclass(frozen=True)
class Said:
    """What is said with an act: why; of a payment the day, the reference and what went out."""

    note: str = ""
    on: date | None = None
    reference: str = ""
    # Of a payment: what left the account, if it is not the amount itself. Of an amount that was
    # to be counted and is marked ready by hand: how much it is.
    amount: Decimal | None = None
    currency: str = ""


@transaction.atomic
def do(
    *,
    payable_id: int,
    brand: Brand,
    act: PayAct,
    said: Said,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Payable:
    """One act of a person. Raises Payable.DoesNotExist, CampaignRefused."""
    payable = taken(payable_id, brand, act, expected_version)
    note = checked_note(said.note, is_needed=act in NEEDS_REASON)
    match act:
        case PayAct.MARK_READY:
            _make_ready(payable, said, note, actor, at)
        case PayAct.RELEASE:
            _release(payable, actor, at)
        case PayAct.PAY:
            _pay(payable, said, actor, at)
        case PayAct.REVERSE:
            _reverse(payable, note, actor, at)
        case PayAct.HOLD | PayAct.LIFT | PayAct.CANCEL:
            pass
        case _:
            raise CampaignRefused("This happens by itself.", code="not_in_this_state")
    act_on(payable, act, actor=actor, at=at, note=note)
    return payable


def _make_ready(payable: Payable, said: Said, note: str, actor: User, at: datetime) -> None:
    today = today_of(payable.brand, at)
    if payable.amount is None:
        if said.amount is None:
            raise CampaignRefused("Nothing was counted yet: say how much it is.", field="amount")
        payable.amount = checked_amount(said.amount)
    elif said.amount is not None and said.amount != payable.amount:
        raise CampaignRefused(
            f"{money(payable.amount, payable.currency)} is what was agreed, and stays so. Cancel "
            "it and enter another cost instead.",
            field="amount",
        )
    on = _past(said.on, today)
    payable.ready_on = on
    payable.due_on = on + timedelta(days=payable.net_days)
    payable.evidence = {"words": note, "shown": [], "by": actor.pk}


def _release(payable: Payable, actor: User, at: datetime) -> None:
    if payable.released_at is not None:
        raise CampaignRefused("It is released already.", code="not_in_this_state")
    payable.released_by, payable.released_at = actor, at


def _pay(payable: Payable, said: Said, actor: User, at: datetime) -> None:
    if (why := needs_release(payable, at=at)) and payable.released_at is None:
        raise CampaignRefused(f"{why} Nobody has released it yet.", code="not_released")
    if why and payable.released_by_id == actor.pk:
        raise CampaignRefused(f"{why} You released it: somebody else pays.", code="same_person")
    amount = payable.amount if said.amount is None else checked_amount(said.amount)
    currency = checked_currency(said.currency) if said.currency else payable.currency
    if amount is None or payable.amount is None:
        raise CampaignRefused("Nothing was counted yet.", code="not_in_this_state")
    if currency == payable.currency and amount != payable.amount:
        raise CampaignRefused(
            f"{money(payable.amount, currency)} is owed. If only a part was paid, cancel this and "
            "enter the parts as costs of their own.",
            field="amount",
        )
    if currency != payable.currency and said.amount is None:
        raise CampaignRefused(f"Say how much {currency} left the account.", field="amount")
    Payment.objects.create(
        payable=payable,
        paid_on=_past(said.on, today_of(payable.brand, at)),
        amount=amount,
        currency=currency,
        reference=checked_text(said.reference, 120, "reference"),
        by=actor,
        at=at,
    )


def _reverse(payable: Payable, note: str, actor: User, at: datetime) -> None:
    Payment.objects.filter(payable=payable, reversed_at=None).update(
        reversed_at=at, reversed_by=actor, reverse_reason=note
    )
    # Whoever pays next needs a release of today.
    payable.released_by = payable.released_at = None


def _past(on: date | None, today: date) -> date:
    if on is None:
        return today
    if checked_day(on, "on") > today:
        raise CampaignRefused("This day is still to come: say when it happened.", field="on")
    return on
