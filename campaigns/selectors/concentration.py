"""How much of what a brand spends and reaches hangs on few: over all campaigns, by quarter.

Spend is what became ready to pay in the time, by the rate of that day; reach and engagements are
those of what was published in it. The index is the campaign report's (selectors/reports/standing).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaigns.choices import DeliverableState, PayState
from campaigns.models import Deliverable, Payable
from campaigns.selectors.reports.spreads import Spread
from campaigns.selectors.returns.revenue import start_of
from campaigns.services.days import today_of
from campaigns.services.rates.converting import Rates
from crm.models import Brand

BYS = ("creator", "tier", "platform")
OFS = ("spend", "reach", "engagements")
QUARTERS = 8
_COUNTS = ("likes", "comments", "saves", "shares", "reach")
_EARNED = (PayState.READY, PayState.ON_HOLD, PayState.PAID)
NO_TIER, NO_PLATFORM = "Tier not known", "No piece planned"


@dataclass(frozen=True)
class Amount:
    """A part of something: whose, in which tier, where, when; None: not known how much."""

    of: str
    on: date
    creator: tuple[int, str]
    tier: str
    platform: str
    value: float | None

    def part_of(self, by: str) -> tuple[int, str]:
        """What it counts for in a cut."""
        if by == "creator":
            return self.creator
        return (0, self.tier if by == "tier" else self.platform)


@dataclass(frozen=True)
class Quarter:
    """A quarter of the brand's fiscal year: from `start` until before `end`."""

    name: str
    start: date
    end: date


def concentration_of(brand: Brand, at: datetime) -> dict[str, Any]:
    """The indices of the last four quarters, and the trend: five queries at most."""
    quarters = quarters_of(brand, today_of(brand, at))
    amounts, missing = _amounts(brand, quarters[0].start, quarters[-1].end)
    recent = [one for one in amounts if one.on >= quarters[-4].start]
    by_quarter: dict[str, list[Amount]] = defaultdict(list)
    for one in amounts:
        name = next(quarter.name for quarter in quarters if quarter.start <= one.on < quarter.end)
        by_quarter[name].append(one)
    return {
        "as_of": at.isoformat(),
        "from": quarters[-4].start.isoformat(),
        "until": quarters[-1].end.isoformat(),
        "currency": brand.currency,
        "spreads": [_spread(recent, of, by).plain for of in OFS for by in BYS],
        "trend": [
            {
                "quarter": quarter.name,
                "from": quarter.start.isoformat(),
                **{of: _spread(by_quarter[quarter.name], of, "creator").plain["hhi"] for of in OFS},
            }
            for quarter in quarters
        ],
        "missing": missing,
    }


def quarters_of(brand: Brand, today: date) -> list[Quarter]:
    """The last quarters of the brand's fiscal years, the current one last."""
    month = brand.fiscal_year_start_month
    since = (today.month - month) % 3
    start = _months(date(today.year, today.month, 1), -since)
    found = []
    for back in range(QUARTERS - 1, -1, -1):
        begin = _months(start, -3 * back)
        number = ((begin.month - month) % 12) // 3 + 1
        first = begin.year if begin.month >= month else begin.year - 1
        # A year that begins in July is called by the year in which it ends.
        year = first if month == 1 else first + 1
        found.append(Quarter(f"Q{number} {year}", begin, _months(begin, 3)))
    return found


def _months(day: date, number: int) -> date:
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _spread(amounts: Sequence[Amount], of: str, by: str) -> Spread:
    sums: dict[tuple[int, str], float] = defaultdict(float)
    known = out_of = 0
    for one in amounts:
        if one.of != of:
            continue
        out_of += 1
        if one.value is not None:
            known += 1
            sums[one.part_of(by)] += one.value
    total = sum(sums.values())
    shares = (
        [(name, value / total) for (_pk, name), value in sums.items() if value] if total else []
    )
    return Spread(of, by, sorted(shares, key=lambda one: (-one[1], one[0])), known, out_of, "brand")


def _amounts(brand: Brand, start: date, end: date) -> tuple[list[Amount], list[str]]:
    posts = _posts(brand, start, end)
    spend, missing = _spend(brand, start, end)
    return [*posts, *spend], missing


def _posts(brand: Brand, start: date, end: date) -> list[Amount]:
    rows = (
        Deliverable.objects.filter(
            engagement__campaign__brand=brand,
            state=DeliverableState.PUBLISHED,
            published_at__gte=start_of(start, brand),
            published_at__lt=start_of(end, brand),
        )
        .order_by("pk")
        .values(
            "published_at", "platform__name", "engagement__tier",
            "engagement__relationship__creator", "engagement__relationship__creator__name",
            *(f"post__{name}" for name in _COUNTS),
        )
    )  # fmt: skip
    found = []
    for row in rows:
        likes, comments = row["post__likes"], row["post__comments"]
        engaged = None
        if likes is not None or comments is not None:
            counts = (likes, comments, row["post__saves"], row["post__shares"])
            engaged = float(sum(count for count in counts if count is not None))
        reach = row["post__reach"]
        for of, value in (
            ("reach", None if reach is None else float(reach)),
            ("engagements", engaged),
        ):
            found.append(
                Amount(
                    of,
                    today_of(brand, row["published_at"]),
                    (
                        row["engagement__relationship__creator"],
                        row["engagement__relationship__creator__name"],
                    ),
                    row["engagement__tier"] or NO_TIER,
                    row["platform__name"],
                    value,
                )
            )
    return found


def _spend(brand: Brand, start: date, end: date) -> tuple[list[Amount], list[str]]:
    rows: list[Any] = list(
        Payable.objects.filter(
            brand=brand,
            state__in=_EARNED,
            engagement__isnull=False,
            ready_on__gte=start,
            ready_on__lt=end,
        )
        .order_by("pk")
        .values(
            "amount", "currency", "ready_on", "engagement", "engagement__tier",
            "engagement__relationship__creator", "engagement__relationship__creator__name",
        )
    )  # fmt: skip
    rates = Rates(
        brand,
        currencies=[brand.currency, *(row["currency"] for row in rows)],
        days=[row["ready_on"] for row in rows],
    )
    places = _platforms({row["engagement"] for row in rows})
    found = []
    missing: dict[str, int] = defaultdict(int)
    for row in rows:
        by = rates.convert(row["amount"], row["currency"], brand.currency, row["ready_on"])
        if by is None:
            missing[row["currency"]] += 1
        # Spread evenly over the pieces, as in the report of a campaign.
        for platform, share in places.get(row["engagement"], {NO_PLATFORM: 1.0}).items():
            found.append(
                Amount(
                    "spend",
                    row["ready_on"],
                    (
                        row["engagement__relationship__creator"],
                        row["engagement__relationship__creator__name"],
                    ),
                    row["engagement__tier"] or NO_TIER,
                    platform,
                    None if by is None else float(by.amount) * share,
                )
            )
    words = [
        f"{number:,} amount{'s'[: number != 1]} in {name} left out: there is no rate to "
        f"{brand.currency} of these days."
        for name, number in sorted(missing.items())
    ]
    return found, words


def _platforms(places: set[int]) -> Mapping[int, Mapping[str, float]]:
    """Which part of each place's pieces is on which platform."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Deliverable.objects.filter(engagement__in=places).exclude(
        state=DeliverableState.CANCELLED
    )
    for place, platform in rows.order_by("pk").values_list("engagement", "platform__name"):
        counts[place][platform] += 1
    return {
        place: {name: number / sum(those.values()) for name, number in those.items()}
        for place, those in counts.items()
    }
