"""What a plan of a budget is asked for: read, checked, and stored as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from crm.models import Brand, Platform
from crm.selectors import TierTable
from segmentation.choices import Forecasted, SegmentStatus
from segmentation.models import Segment
from segmentation.services.edits import EditRefused

MOST_PIECES, MOST_BOUNDS, MOST_NAMED, MOST_SEGMENTS = 5, 30, 200, 20
MOST_BUDGET = Decimal(10**11)
# More than a brand has, so that whoever types nonsense is told.
MOST_CREATORS = 100_000
MEASURES = (Forecasted.VIEWS, Forecasted.REACH, Forecasted.ENGAGEMENTS, Forecasted.ORDERS)

_LINE = re.compile(
    r"(?P<cut>tier|segment|platform)\s+(?P<key>\S+)\s+(?P<of>spend|creators)\s+"
    r"at\s+(?P<way>least|most)\s+(?P<number>\d{1,12}(?:\.\d{1,2})?)\s*(?P<share>%?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Limit:
    """A bound as people say it: "tier micro spend at most 30%"; `share`: of the budget."""

    cut: str
    key: str
    of: str
    way: str
    number: float
    share: bool = False

    @property
    def words(self) -> str:
        """As it is written."""
        number = f"{self.number:g}" + ("%" if self.share else "")
        return f"{self.cut} {self.key} {self.of} at {self.way} {number}"


@dataclass(frozen=True)
class Asks:
    """What is asked. Shares are of one; money is in the campaign's currency."""

    budget: str
    measure: str
    # Only creators of the campaign; else everybody whom the brand knows.
    only_campaign: bool = False
    # Any of these segments; empty: everybody.
    segments: Sequence[str] = ()
    # Empty: those of the campaign; of none, any.
    platforms: Sequence[str] = ()
    most_pieces: int = 1
    # What a piece brings of the one before.
    worth: float = 0.7
    least_creators: int | None = None
    most_creators: int | None = None
    # Of the budget, for one creator; None: no cap.
    most_share: float | None = None
    limits: Sequence[Limit] = ()
    # Tier to the price of a piece where no other is known.
    assumed: Mapping[str, str] = field(default_factory=dict)

    @property
    def money(self) -> Decimal:
        """The budget."""
        return Decimal(self.budget)

    def stored(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Asks:
        """As it was kept."""
        return cls(**{**stored, "limits": [Limit(**one) for one in stored["limits"]]})


def read_limits(text: str) -> list[Limit]:
    """Bounds, one a line. Raises EditRefused for the first line that says nothing known."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise EditRefused(
                f"Line {number}: write as “tier micro spend at most 30%” or "
                "“segment educators creators at least 5”.",
                code="bad_limit",
                field="limits",
            )
        said = match.groupdict()
        found.append(
            Limit(
                said["cut"].lower(),
                said["key"],
                said["of"].lower(),
                said["way"].lower(),
                float(said["number"]),
                bool(said["share"]),
            )
        )
    return found


def read_prices(text: str) -> dict[str, str]:
    """Assumed prices, “micro = 250” a line. Raises EditRefused."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        key, _, price = (part.strip() for part in line.partition("="))
        if not key or not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", price):
            raise EditRefused(
                f"Line {number}: write a tier and a price, as “micro = 250”.",
                code="bad_price",
                field="assumed",
            )
        if key in found:
            raise EditRefused(
                f"Line {number}: {key} has a price above already.",
                code="bad_price",
                field="assumed",
            )
        found[key] = price
    return found


def check(brand: Brand, asks: Asks) -> None:
    """Raises EditRefused for the first thing that cannot be."""
    if not Decimal(0) < asks.money <= MOST_BUDGET:
        raise _refused("A budget is more than 0.", "bad_budget", "budget")
    if asks.measure not in MEASURES:
        raise _refused("Choose what is to be brought.", "bad_measure", "measure")
    if not 1 <= asks.most_pieces <= MOST_PIECES:
        raise _refused(f"1 to {MOST_PIECES} pieces a creator.", "bad_pieces", "most_pieces")
    if not 0.05 <= asks.worth <= 1:
        raise _refused("From 5 % to 100 %.", "bad_worth", "worth")
    if asks.most_share is not None and not 0 < asks.most_share <= 1:
        raise _refused("A share is from 1 % to 100 %.", "bad_share", "most_share")
    low, high = asks.least_creators, asks.most_creators
    for name, value in (("least_creators", low), ("most_creators", high)):
        if value is not None and not 1 <= value <= MOST_CREATORS:
            raise _refused(f"1 to {MOST_CREATORS:,}.", "out_of_range", name)
    if low is not None and high is not None and low > high:
        raise _refused("The least is more than the most.", "out_of_range", "least_creators")
    if len(asks.limits) > MOST_BOUNDS:
        raise _refused(f"{MOST_BOUNDS} limits at most.", "too_many", "limits")
    if any(Decimal(price) <= 0 for price in asks.assumed.values()):
        raise _refused("A price is more than 0.", "bad_price", "assumed")
    _check_keys(brand, asks)


def _check_keys(brand: Brand, asks: Asks) -> None:
    tiers = {tier.key for tier in TierTable.of(brand).tiers}
    platforms = set(Platform.objects.values_list("key", flat=True))
    segments = set(
        Segment.objects.filter(brand=brand)
        .exclude(status=SegmentStatus.ARCHIVED)
        .values_list("key", flat=True)
    )
    known = {"tier": tiers, "platform": platforms, "segment": segments}
    if len(asks.segments) > MOST_SEGMENTS:
        raise _refused(f"Name {MOST_SEGMENTS} segments at most.", "too_many", "segments")
    for name, keys, cut in (
        ("segments", asks.segments, "segment"),
        ("platforms", asks.platforms, "platform"),
        ("assumed", asks.assumed, "tier"),
    ):
        for key in keys:
            if key not in known[cut]:
                raise _refused(f"There is no {cut} “{key}”.", f"unknown_{cut}", name)
    for limit in asks.limits:
        if limit.cut not in known:
            raise _refused(
                f"“{limit.words}”: limits are of a tier, a segment or a platform; say of creators "
                "who must or must not be in.",
                "bad_limit",
                "limits",
            )
        if limit.key not in known[limit.cut]:
            raise _refused(
                f"There is no {limit.cut} “{limit.key}”.", f"unknown_{limit.cut}", "limits"
            )
        if limit.of == "creators" and limit.share:
            raise _refused(
                f"“{limit.words}”: creators are counted, not a share.", "bad_limit", "limits"
            )
        if limit.share and limit.number > 100:
            raise _refused(f"“{limit.words}”: more than all of it.", "bad_limit", "limits")


def _refused(words: str, code: str, field_name: str) -> EditRefused:
    return EditRefused(words, code=code, field=field_name)
