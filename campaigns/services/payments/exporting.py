"""The file for finance: what is to be paid, each amount marked as handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from campaigns.models import Payable, Payment
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

ROWS_MAX = 20_000
# docs/payments.md says what each holds. The first one never changes, whatever else does.
COLUMNS = (
    "id",
    "campaign",
    "payee",
    "kind",
    "for",
    "state",
    "amount",
    "currency",
    "ready on",
    "due on",
    "invoice number",
    "invoice day",
    "paid on",
    "paid amount",
    "paid currency",
    "reference",
    "contract",
    "released by",
    "handed over before",
)


@transaction.atomic
def hand_over(
    *, brand: Brand, rows: QuerySet[Payable], actor: User, at: datetime
) -> list[tuple[object, ...]]:
    """The lines of the file; each amount is marked, and says when it was handed over before.

    Raises CampaignRefused.
    """
    ids = list(rows.order_by().values_list("pk", flat=True)[: ROWS_MAX + 1])
    if len(ids) > ROWS_MAX:
        raise CampaignRefused(f"More than {ROWS_MAX:,} amounts: narrow the list.")
    found = list(_lines(brand, ids))
    Payable.objects.filter(brand=brand, pk__in=ids).update(exported_at=at)
    audit.record(
        brand=brand,
        verb="campaigns.payable.exported",
        target=brand,
        actor=actor,
        at=at,
        data={"rows": len(ids)},
    )
    return found


def _lines(brand: Brand, ids: list[int]) -> list[tuple[object, ...]]:
    paid = Payment.objects.filter(payable=OuterRef("pk"), reversed_at=None)
    names = ("paid_on", "amount", "currency", "reference")
    rows = (
        Payable.objects.filter(brand=brand, pk__in=ids)
        .annotate(**{f"was_{name}": Subquery(paid.values(name)[:1]) for name in names})
        .annotate(creator=F("engagement__relationship__creator__name"))
        .order_by("due_on", "pk")
        .values(
            "pk", "campaign__name", "creator", "payee", "kind", "title", "state", "amount",
            "currency", "ready_on", "due_on", "invoice__number", "invoice__issued_on",
            *(f"was_{name}" for name in names), "contract", "released_by__email", "exported_at",
        )
    )  # fmt: skip
    return [_line(row) for row in rows]


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    return (
        row["pk"],
        row["campaign__name"],
        row["creator"] or row["payee"],
        row["kind"],
        row["title"],
        row["state"],
        row["amount"],
        row["currency"],
        row["ready_on"],
        row["due_on"],
        row["invoice__number"],
        row["invoice__issued_on"],
        row["was_paid_on"],
        row["was_amount"],
        row["was_currency"],
        row["was_reference"],
        row["contract"],
        row["released_by__email"],
        row["exported_at"],
    )
