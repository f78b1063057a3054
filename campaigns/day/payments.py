"""Amounts that are due, that wait for a release, and those on hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.timesince import timesince

from campaigns.choices import PayState
from campaigns.models import Payable
from campaigns.services.money import money
from campaigns.services.payments.record import payee_of
from crm.day import DAY_AT, Asker, PutAside, Row, Section, Source
from crm.permissions import Can

SOON = timedelta(days=7)


class PaymentsDue(Source):
    """What is to be paid within a week, or should have been."""

    key = "payment-due"
    section = Section.UNBLOCK
    name = "Payment due"
    icon = "coins"
    can = Can.PAY

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """All of the brand: who may pay sees to them."""
        rows = Payable.objects.filter(
            brand=asker.brand, state=PayState.READY, due_on__lte=asker.today + SOON
        )
        return rows.for_list_page().annotate(**{DAY_AT: Cast("due_on", DateTimeField())})

    def show(self, asker: Asker, rows: Sequence[Payable]) -> list[Row]:
        """How much, and since when it is late."""
        return [_row(asker, row, _due(row, asker)) for row in rows]


class PaymentsHeld(PutAside):
    """What is on hold until somebody decides."""

    key = "payment-held"
    section = Section.DECIDE
    name = "Payment on hold"
    icon = "coins"
    can = Can.PAY

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """All of the brand."""
        rows = Payable.objects.filter(brand=asker.brand, state=PayState.ON_HOLD)
        return rows.for_list_page().annotate(**{DAY_AT: F("state_since")})

    def show(self, asker: Asker, rows: Sequence[Payable]) -> list[Row]:
        """Why, and since when."""
        return [
            _row(
                asker,
                row,
                f"{timesince(row.state_since, asker.at)}: {row.hold_reason}",
                "Put aside",
            )
            for row in rows
        ]


def _due(row: Payable, asker: Asker) -> str:
    amount = money(row.amount, row.currency)
    days = (row.due_on - asker.today).days if row.due_on else 0
    if days < 0:
        return f"{amount}, {-days} day{'s'[: days != -1]} overdue"
    return f"{amount}, due {('today', 'tomorrow')[days] if days < 2 else f'in {days} days'}"


def _row(asker: Asker, row: Payable, why: str, done: str = "") -> Row:
    return Row(
        pk=row.pk,
        title=row.title,
        url=reverse("campaigns:payable", args=[asker.brand.slug, row.pk]),
        why=why,
        since=getattr(row, DAY_AT),
        about=payee_of(row),
        who="",
        done=done,
    )


SOURCES: tuple[Source, ...] = (PaymentsDue(), PaymentsHeld())
