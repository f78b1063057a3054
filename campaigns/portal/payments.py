"""What the creator is owed and was paid in this campaign, for their overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from campaigns.choices import PayState
from campaigns.guests import Entry, Part
from campaigns.models import CommissionStatement, GuestLink, Payable
from campaigns.services.money import money

_WORDS = {
    PayState.COMMITTED: "agreed",
    PayState.READY: "to be paid",
    PayState.ON_HOLD: "being looked at",
    PayState.PAID: "paid",
}


def owed(link: GuestLink) -> list[Payable]:
    """The amounts of the link's creator in its campaign, as they come due."""
    if link.engagement_id is None:
        return []
    rows = Payable.objects.counted().filter(engagement=link.engagement_id)
    return list(rows.prefetch_related("payments").order_by("due_on", "pk"))


def stated(link: GuestLink) -> list[CommissionStatement]:
    """Statements of commission of the link's creator in its campaign, the newest first."""
    if link.engagement_id is None:
        return []
    rows = CommissionStatement.objects.filter(commission__engagement=link.engagement_id)
    return list(rows.select_related("commission", "payable").order_by("-created_at", "-pk"))


def entries(link: GuestLink, token: str, at: datetime) -> Sequence[Entry]:
    """One line: how much in each state, each currency by itself."""
    found = owed(link)
    if not found:
        return []
    parts = []
    for state, words in _WORDS.items():
        for currency in sorted({row.currency for row in found}):
            rows = [row for row in found if row.state == state and row.currency == currency]
            total = sum(row.amount for row in rows if row.amount is not None)
            if total:
                parts.append(f"{money(total, currency)} {words}")
    text = f"{', '.join(parts)}." if parts else "It is counted later."
    return [Entry("What you are paid", text, reverse("guest:payments", args=[token]))]


PART = Part("What you are paid", entries)
