"""What is owed, due, overdue and paid: sums by currency, how punctual, and which bills are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from campaigns.choices import PayState
from campaigns.models import Invoice, Payable, Payment
from campaigns.services.money import money
from campaigns.services.rates.converting import Rates
from crm.models import Brand

# Below so many payments a share of them says little.
FEW = 5


@dataclass(frozen=True)
class Total:
    """The sums of one currency."""

    currency: str
    committed: Decimal
    held: Decimal
    ready: Decimal
    overdue: Decimal
    paid: Decimal
    # Pay by result that nobody can name yet, and the most that it can come to.
    uncounted: int

    @property
    def owed(self) -> Decimal:
        """What is still to go out, as far as it is known."""
        return self.committed + self.held + self.ready


@dataclass(frozen=True)
class Whole:
    """All sums in the brand's currency, by today's rates; what has none is left out and named."""

    currency: str
    owed: Decimal
    paid: Decimal
    words: Sequence[str]
    missing: Sequence[str]


@dataclass(frozen=True)
class Punctual:
    """How many payments went out by the day on which they were due."""

    paid: int
    on_time: int
    days_late: Decimal | None

    @property
    def share(self) -> float | None:
        """Of FEW at least; None: too few to say."""
        return self.on_time / self.paid if self.paid >= FEW else None

    @property
    def words(self) -> str:
        """For a person."""
        if not self.paid:
            return "Nothing was paid yet."
        if self.share is None:
            return f"{self.on_time} of {self.paid} on time: too few for a share."
        late = f"; {self.days_late:.0f} days late on average where late" if self.days_late else ""
        return f"{self.share:.0%} on time ({self.on_time:,} of {self.paid:,}){late}."


def totals_of(rows: QuerySet[Payable], today: date) -> list[Total]:
    """The sums of some amounts, each currency by itself: one query."""
    zero = Decimal(0)

    def sum_of(which: Q) -> Sum:
        return Sum("amount", filter=which, default=zero)

    found = (
        rows.order_by()
        .values("currency")
        .annotate(
            committed=sum_of(Q(state=PayState.COMMITTED)),
            held=sum_of(Q(state=PayState.ON_HOLD)),
            ready=sum_of(Q(state=PayState.READY)),
            overdue=sum_of(Q(state=PayState.READY, due_on__lt=today)),
            paid=sum_of(Q(state=PayState.PAID)),
            uncounted=Count("pk", filter=Q(amount=None) & ~Q(state=PayState.CANCELLED)),
        )
        .order_by("currency")
    )
    return [Total(**row) for row in found]


def whole_of(totals: Sequence[Total], brand: Brand, today: date) -> Whole:
    """The sums in the brand's currency. Each rate is shown; nothing is converted without one."""
    here = brand.currency
    rates = Rates(brand, currencies=[here, *(one.currency for one in totals)], days=[today])
    owed = paid = Decimal(0)
    words, missing = [], []
    for one in totals:
        by = rates.convert(Decimal(1), one.currency, here, today)
        if by is None:
            missing.append(
                f"{money(one.owed + one.paid, one.currency)} are left out: "
                f"{rates.missing(one.currency, here, today)}."
            )
            continue
        owed += (one.owed * by.rate).quantize(Decimal("0.01"))
        paid += (one.paid * by.rate).quantize(Decimal("0.01"))
        if by.words:
            words.append(f"{one.currency} {by.words}")
    return Whole(here, owed, paid, words, missing)


def punctual_of(brand: Brand) -> Punctual:
    """Of all payments that stand: one query."""
    rows = Payment.objects.filter(payable__brand=brand, reversed_at=None)
    late = Q(paid_on__gt=F("payable__due_on"))
    found = rows.aggregate(
        paid=Count("pk"),
        late=Count("pk", filter=late),
        days=Sum(F("paid_on") - F("payable__due_on"), filter=late),
    )
    days = Decimal(found["days"].days) / found["late"] if found["late"] else None
    return Punctual(found["paid"], found["paid"] - found["late"], days)


@dataclass(frozen=True)
class Lost:
    """Bills and amounts that do not know each other."""

    # Ready or paid, and nobody has sent a bill.
    without_invoice: int
    # A bill came, and nobody knows what for.
    without_payable: int


def lost_of(brand: Brand) -> Lost:
    """How many of each: two queries."""
    return Lost(
        Payable.objects.filter(
            brand=brand, state__in=[PayState.READY, PayState.PAID], invoice=None
        ).count(),
        Invoice.objects.standing().filter(brand=brand, payables=None).count(),
    )
