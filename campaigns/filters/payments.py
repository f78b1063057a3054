"""Which amounts: one filter for the page, the file for finance and the API."""

from __future__ import annotations

from datetime import timedelta

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.choices import CostKind, PayState
from campaigns.models import Payable

OVERDUE, DUE, NO_INVOICE = "overdue", "due", "no_invoice"
WHENS = ((OVERDUE, "Overdue"), (DUE, "Due within 7 days"), (NO_INVOICE, "Without an invoice"))


def _when(rows: QuerySet[Payable], _name: str, value: str) -> QuerySet[Payable]:
    today = timezone.localdate()
    if value == OVERDUE:
        return rows.filter(state=PayState.READY, due_on__lt=today)
    if value == DUE:
        last = today + timedelta(days=7)
        return rows.filter(state=PayState.READY, due_on__range=(today, last))
    return rows.filter(state__in=[PayState.READY, PayState.PAID], invoice=None)


class PayableFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Amounts by where they stand, what for, to whom, in which currency and when they are due."""

    state = filters.MultipleChoiceFilter(choices=PayState.choices)
    kind = filters.ChoiceFilter(choices=CostKind.choices)
    campaign = filters.CharFilter(
        field_name="campaign__key", max_length=60, label="The key of a campaign"
    )
    creator = filters.UUIDFilter(
        field_name="engagement__relationship__creator__uid", label="A creator's uid"
    )
    currency = filters.CharFilter(max_length=3, label="Three letters")
    when = filters.ChoiceFilter(method=_when, choices=WHENS)

    class Meta:
        model = Payable
        fields: list[str] = []
