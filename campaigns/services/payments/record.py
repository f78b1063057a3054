"""What every act on an amount shares: taking it, asking whether it may be, leaving a trace."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from campaigns.choices import PayAct, PayState
from campaigns.models import Payable, PayableEvent
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.money import AMOUNT_MAX, CURRENCIES
from campaigns.services.payments.states import NEXT, why_not
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

NOTE_MAX = 500


class NotNow(CampaignRefused):
    """The amount's state does not allow the act."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not_in_this_state")


def taken(payable_id: int, brand: Brand, act: PayAct, expected_version: int | None) -> Payable:
    """The amount, locked until the transaction ends, if the act may be.

    Raises Payable.DoesNotExist, CampaignOutdated, NotNow.
    """
    payable = (
        Payable.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "campaign", "engagement__relationship__creator", "invoice")
        .get(pk=payable_id, brand=brand)
    )
    if expected_version is not None and payable.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this amount since you loaded it: it is "
            f"“{PayState(payable.state).label.lower()}” now. Nothing of yours was saved; load it "
            "again."
        )
    if words := why_not(payable.state, act):
        raise NotNow(words)
    return payable


def act_on(
    payable: Payable, act: PayAct, *, actor: User | None, at: datetime, note: str = ""
) -> None:
    """Move the amount, save it with whatever the caller changed, and leave the traces. Last."""
    before = PayState(payable.state)
    after = NEXT[before][act] or PayState(payable.held_from)
    if act == PayAct.HOLD:
        payable.held_from, payable.hold_reason = before, note
    elif before == PayState.ON_HOLD and after != PayState.ON_HOLD:
        payable.held_from = payable.hold_reason = ""
    payable.state = after
    if after != before:
        payable.state_since = max(at, payable.created_at)
    payable.version += 1
    payable.save()
    trace(payable, act, actor=actor, at=at, note=note, state=[before.value, after.value])


def trace(
    payable: Payable,
    act: PayAct,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    **data: Any,
) -> None:
    """Its history and the ledger tell of an act. Last."""
    PayableEvent.objects.create(payable=payable, act=act, actor=actor, at=at, note=note)
    if payable.amount is not None:
        data["amount"] = payable.amount
    audit.record(
        brand=payable.brand,
        verb=f"campaigns.payable.{act.value}",
        target=payable,
        actor=actor,
        at=at,
        data={"campaign": payable.campaign_id, "currency": payable.currency, **data},
        text={"note": note} if note else None,
        label=payee_of(payable),
    )


def payee_of(payable: Payable) -> str:
    """Who gets it; the campaign, where nobody said."""
    if payable.engagement is not None:
        return payable.engagement.relationship.creator.name
    return payable.payee or payable.campaign.name


def checked_note(note: str, *, is_needed: bool) -> str:
    """A reason in one line. Raises CampaignRefused."""
    note = " ".join(note.replace("\0", "").split())
    if is_needed and not note:
        raise CampaignRefused("Say why.", field="note")
    if len(note) > NOTE_MAX:
        raise CampaignRefused(f"{NOTE_MAX} characters are the most.", field="note")
    return note


def checked_text(text: str, most: int, field: str) -> str:
    """A text in one line. Raises CampaignRefused."""
    text = " ".join(text.replace("\0", "").split())
    if len(text) > most:
        raise CampaignRefused(f"{most} characters are the most.", field=field)
    return text


def checked_amount(amount: Decimal, field: str = "amount") -> Decimal:
    """More than nothing, in cents. Raises CampaignRefused."""
    if not amount.is_finite() or not 0 < amount <= AMOUNT_MAX or amount != round(amount, 2):
        raise CampaignRefused(
            "The amount is more than 0 and has two decimal places at most.", field=field
        )
    return amount


def checked_currency(currency: str) -> str:
    """Three letters that are a currency. Raises CampaignRefused."""
    currency = currency.strip().upper()
    if currency not in CURRENCIES:
        raise CampaignRefused(
            f"“{currency[:20]}” is no currency: write its three letters, as EUR or USD.",
            field="currency",
        )
    return currency


def checked_day(day: date, field: str) -> date:
    """A day that people can mean. Raises CampaignRefused."""
    if not EARLIEST <= day.year <= LATEST:
        raise CampaignRefused(f"The year goes from {EARLIEST} to {LATEST}.", field=field)
    return day
