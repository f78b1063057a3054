"""What pieces cost over two years where creators said yes: of a creator, and of each tier.

Prices are those that forecasts learn from (services.forecasts.prices), in the brand's currency by
the rate of their day. People who object to profiling and those who declined are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from django.db import connection

from campaigns.services.days import today_of
from campaigns.services.rates.converting import Rates
from crm.models import Brand, Creator
from crm.selectors import TierTable
from segmentation.metrics.statistics import interval_ranks
from segmentation.services.forecasts.prices import SAID_YES, asked_prices

# The newest are read; the page says so where there are more.
MOST = 20_000
YEAR = timedelta(days=365)
LEVEL = 0.95
NO_TIER = "Tier not known"

_PRICES = f"""SELECT p.id, p.said, p.currency, p.price, c.id, c.is_celebrity, m.followers
FROM ({SAID_YES}) p JOIN crm_relationship r ON r.id = p.id JOIN crm_creator c ON c.id = r.creator_id
LEFT JOIN crm_creatormetrics m ON m.creator_id = c.id
WHERE p.price > 0 AND (%(creator)s::bigint IS NULL OR c.id = %(creator)s)
ORDER BY p.said DESC, p.event DESC LIMIT %(most)s"""  # noqa: S608 - ours


@dataclass(frozen=True)
class Paid:
    """What a piece cost on a day; `amount` in the brand's currency, None: no rate of that day."""

    creator: int
    tier: str
    on: date
    price: Decimal
    currency: str
    amount: Decimal | None
    # By which rate; empty where nothing had to be converted.
    by_rate: str


@dataclass(frozen=True)
class Middle:
    """The middle price of a year; its 95 % interval where there are enough."""

    n: int
    creators: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Rise:
    """By how much the same creators cost more than in the year before; as a fraction."""

    creators: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """In a sentence, with how many it is told of."""
        if self.value is None:
            return "No creator has a price in both years: whether they cost more is not known."
        people = f"{self.creators} creator{'s'[: self.creators != 1]} with prices in both years"
        way = "more" if self.value >= 0 else "less"
        said = f"Of {people}, the middle one costs {abs(self.value):.0%} {way} than before"
        if self.low is None or self.high is None:
            return f"{said}. Too few to say how sure that is."
        sure = f"95 % interval {self.low:+.0%} to {self.high:+.0%}"
        if self.low <= 0 <= self.high:
            return f"{said} ({sure}): that may be chance."
        return f"{said} ({sure})."


@dataclass(frozen=True)
class TierPrices:
    """A tier of today: its prices of the last 365 days and of the 365 before."""

    name: str
    before: Middle
    lately: Middle
    rise: Rise

    @property
    def years(self) -> list[tuple[str, Middle]]:
        """Both with what they are called, the older first."""
        return [("The year before", self.before), ("Last 365 days", self.lately)]


@dataclass(frozen=True)
class Prices:
    """All of a brand's prices by tier, the whole first; and what was left out."""

    rows: Sequence[TierPrices]
    read: int
    without_rate: int
    is_cut: bool


def paid_of(brand: Brand, at: datetime, *, creator: Creator | None = None) -> list[Paid]:
    """Prices of two years, the newest first; of one creator where given. Five queries at most."""
    asked = asked_prices(brand, "", at) | {
        "creator": creator.pk if creator else None,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, asked)
        rows = cursor.fetchall()
    tiers = TierTable.of(brand)
    rates = Rates(
        brand,
        currencies=[brand.currency, *(row[2] for row in rows)],
        days=[row[1] for row in rows],
    )
    found = []
    for _pk, on, currency, price, pk, is_celebrity, followers in rows:
        tier = tiers.tier(Creator(is_celebrity=is_celebrity), followers)
        by = rates.convert(price, currency, brand.currency, on)
        found.append(
            Paid(
                pk,
                tier.name if tier else NO_TIER,
                on,
                price,
                currency,
                by.amount if by else None,
                by.words if by else rates.missing(currency, brand.currency, on),
            )
        )
    return found


def prices_of(brand: Brand, at: datetime) -> Prices:
    """The brand's prices by tier, with whether the same creators cost more than before."""
    paid = paid_of(brand, at)
    border = today_of(brand, at) - YEAR
    by_tier: dict[str, list[Paid]] = defaultdict(list)
    for one in paid:
        by_tier[one.tier].append(one)
    order = [tier.name for tier in TierTable.of(brand).tiers] + [NO_TIER]
    groups = [("All", paid), *((name, by_tier[name]) for name in order if name in by_tier)]
    return Prices(
        rows=[_row(name, those, border) for name, those in groups] if paid else [],
        read=len(paid),
        without_rate=sum(one.amount is None for one in paid),
        is_cut=len(paid) >= MOST,
    )


def _row(name: str, paid: Sequence[Paid], border: date) -> TierPrices:
    before = [one for one in paid if one.on <= border]
    lately = [one for one in paid if one.on > border]
    return TierPrices(name, _middle(before), _middle(lately), rise_of(before, lately))


def _middle(paid: Sequence[Paid]) -> Middle:
    # One number for each creator: ten pieces of one are no ten opinions.
    each = sorted(_by_creator(paid).values())
    low, high = _interval(each)
    return Middle(
        n=sum(one.amount is not None for one in paid),
        creators=len(each),
        value=median(each) if each else None,
        low=low,
        high=high,
    )


def rise_of(before: Sequence[Paid], lately: Sequence[Paid]) -> Rise:
    """How the prices of those who have some in both years moved: who is new does not move it."""
    old, new = _by_creator(before), _by_creator(lately)
    changes = sorted(new[pk] / old[pk] - 1 for pk in old.keys() & new.keys())
    low, high = _interval(changes)
    return Rise(len(changes), median(changes) if changes else None, low, high)


def _by_creator(paid: Sequence[Paid]) -> dict[int, float]:
    amounts: dict[int, list[float]] = defaultdict(list)
    for one in paid:
        if one.amount is not None:
            amounts[one.creator].append(float(one.amount))
    return {pk: median(those) for pk, those in amounts.items()}


def _interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The 95 % interval of the median of sorted values; none below six."""
    ranks = interval_ranks(len(values), LEVEL)
    return (values[ranks[0] - 1], values[ranks[1] - 1]) if ranks else (None, None)
