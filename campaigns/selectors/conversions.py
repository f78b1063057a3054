"""What came in: lists, codes that are nobody's, and sums by currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Upper

from campaigns.models import Conversion, Refund
from crm.models import Brand

UNKNOWN_SHOWN = 50


def currencies_of(brand: Brand) -> list[str]:
    """The currencies in which the brand was told values, the most frequent first."""
    rows = Conversion.objects.filter(brand=brand).exclude(currency="")
    found = rows.order_by().values("currency").annotate(number=Count("pk"))
    return [row["currency"] for row in found.order_by("-number", "currency")]


def unknown_codes(brand: Brand) -> list[Mapping[str, Any]]:
    """Codes as they were given that are none of the brand's: how often, from when to when."""
    rows = Conversion.objects.filter(brand=brand, code=None).exclude(code_text="")
    found = (
        rows.annotate(written=Upper("code_text"))
        .order_by()
        .values("written")
        .annotate(number=Count("pk"), first=Min("at"), last=Max("at"))
    )
    return list(found.order_by("-number", "written")[:UNKNOWN_SHOWN])


def unknown_links(brand: Brand) -> int:
    """Conversions that name a link which the brand does not have."""
    return Conversion.objects.filter(brand=brand, link=None).exclude(link_text="").count()


def totals(rows: QuerySet[Conversion]) -> Mapping[str, Any]:
    """How many, how many of them without value, and the known values by currency."""
    counted = rows.aggregate(
        number=Count("pk"),
        valued=Count("pk", filter=Q(value__isnull=False)),
        with_code=Count("pk", filter=Q(code__isnull=False)),
        with_link=Count("pk", filter=Q(link__isnull=False)),
    )
    sums = rows.exclude(currency="").order_by().values("currency").annotate(sum=Sum("value"))
    refunds = (
        Refund.objects.filter(conversion__in=rows.order_by().values("pk"), value__isnull=False)
        .values("conversion__currency")
        .annotate(sum=Sum("value"))
    )
    returned: dict[str, Decimal] = {row["conversion__currency"]: row["sum"] for row in refunds}
    whole = rows.filter(refunds__value=None, refunds__isnull=False).order_by().distinct().count()
    return counted | {
        "sums": [
            (row["currency"], row["sum"], returned.get(row["currency"], Decimal(0)))
            for row in sums.order_by("currency")
        ],
        "whole": whole,
    }


def list_rows(
    brand: Brand, *, first: datetime | None = None, code: str = "", source: str = ""
) -> QuerySet[Conversion]:
    """The brand's conversions with everything that a row shows, narrowed."""
    rows = Conversion.objects.filter(brand=brand).select_related(
        "code__relationship__creator", "link__relationship__creator", "campaign", "batch", "feed"
    )
    rows = rows.prefetch_related("refunds")
    if first is not None:
        rows = rows.filter(at__gte=first)
    if code:
        rows = rows.annotate(written=Upper("code_text")).filter(written=code.strip().upper())
    return rows.filter(source=source) if source else rows
