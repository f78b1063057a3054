"""How many creators a goal takes: what a tier usually brings, and what a mix of tiers adds up to.

What is usual comes from the brand's own creators: per creator the median of the newest posts, per
tier the quartiles of these medians. Posts without the number do not count: unknown is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import TextChoices

from campaigns.choices import OfferAct, OfferState, Per
from campaigns.models import Campaign, OfferEvent
from crm.choices import Stage
from crm.models import Tier
from crm.selectors import TierTable

# Of each tier so many creators are looked at, the same ones each time; and so many posts of each.
SAMPLE, NEWEST, DAYS = 300, 12, 365
# Fewer creators with a known number say nothing of a tier.
FEW = 5
# Offers that tell what a post costs: so many, and no older.
OFFERS, OFFER_DAYS = 2_000, 730


class Measure(TextChoices):
    """What a post brings."""

    REACH = "reach", "Reach"
    VIEWS = "views", "Views"
    ENGAGEMENTS = "engagements", "Engagements"


# Objectives that a measure counts towards.
OBJECTIVES = {"reach": Measure.REACH, "impressions": Measure.VIEWS}
_VALUES = {
    Measure.REACH: "p.reach",
    Measure.VIEWS: "p.views",
    Measure.ENGAGEMENTS: "CASE WHEN p.likes IS NOT NULL OR p.comments IS NOT NULL THEN coalesce("
    "p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0) + coalesce(p.shares, 0) END",
}
_USUAL = """
WITH mine AS (
    SELECT m.creator_id, m.engagement_rate, t.key AS tier,
        row_number() OVER (PARTITION BY t.key ORDER BY hashint8(m.creator_id), m.creator_id) place,
        count(*) OVER (PARTITION BY t.key) AS available
    FROM crm_relationship r
    JOIN crm_creatormetrics m ON m.creator_id = r.creator_id
    JOIN crm_creator c ON c.id = r.creator_id
    JOIN LATERAL (
        SELECT key FROM crm_tier
        WHERE scheme_id = %(scheme)s AND CASE WHEN low IS NULL AND high IS NULL THEN c.is_celebrity
            ELSE m.followers >= coalesce(low, 0) AND (high IS NULL OR m.followers < high) END
        ORDER BY low IS NULL AND high IS NULL DESC, position LIMIT 1
    ) t ON true
    WHERE r.brand_id = %(brand)s AND r.stage <> %(declined)s AND r.unprofiled_at IS NULL
)
SELECT tier, max(available), count(*), count(usual.value),
    percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY usual.value),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY engagement_rate)
FROM mine
LEFT JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY newest.value) AS value
    FROM (
        SELECT {value} AS value FROM crm_post p JOIN crm_profile a ON a.id = p.profile_id
        WHERE p.creator_id = mine.creator_id AND p.posted_at BETWEEN %(since)s AND %(at)s
            AND {value} IS NOT NULL
            AND (%(platforms)s::text[] = '{{}}' OR a.platform_id = ANY(%(platforms)s))
        ORDER BY p.posted_at DESC LIMIT %(newest)s
    ) newest
) usual ON true
WHERE place <= %(sample)s
GROUP BY tier
"""


@dataclass(frozen=True)
class Usual:
    """What is known of a tier: of `known` of the `looked_at` creators, out of `available`."""

    tier: Tier
    available: int = 0
    looked_at: int = 0
    known: int = 0
    # Of one post: lower quartile, median, upper quartile over creators; None: of too few.
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    engagement_rate: float | None = None
    # What a post cost in the brand's own offers, in the campaign's currency, and of how many.
    fee: Decimal | None = None
    offers: int = 0


@dataclass(frozen=True)
class Wish:
    """So many creators of a tier, with so many posts each; None: nobody said what a post costs."""

    creators: int
    posts: int
    fee: Decimal | None


@dataclass(frozen=True)
class Line:
    """What a wish for a tier comes to; None is not known."""

    usual: Usual
    wish: Wish

    @property
    def posts(self) -> int:
        """Of all its creators."""
        return self.wish.creators * self.wish.posts

    @property
    def cost(self) -> Decimal | None:
        """Of all posts."""
        return None if self.wish.fee is None else self.wish.fee * self.posts

    @property
    def brings(self) -> float | None:
        """What its posts bring if all of them are as usual."""
        return None if self.usual.middle is None else self.usual.middle * self.posts

    @property
    def lacks(self) -> int:
        """How many creators are wished for beyond those that the brand knows."""
        return max(0, self.wish.creators - self.usual.available)


@dataclass(frozen=True)
class Whole:
    """What a mix adds up to. Where a part is not known, the sums are of the others: at least."""

    lines: Sequence[Line]

    @property
    def wished(self) -> list[Line]:
        """The lines that ask for somebody."""
        return [line for line in self.lines if line.posts]

    @property
    def creators(self) -> int:
        """Of all tiers."""
        return sum(line.wish.creators for line in self.wished)

    @property
    def posts(self) -> int:
        """Of all creators."""
        return sum(line.posts for line in self.wished)

    @property
    def cost(self) -> Decimal | None:
        """Of the lines whose cost is known; None where none is."""
        known = [line.cost for line in self.wished if line.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def without_cost(self) -> list[str]:
        """Tiers of which nobody said what a post costs."""
        return [line.usual.tier.name for line in self.wished if line.cost is None]

    @property
    def brings(self) -> tuple[float, float, float] | None:
        """At the lower quartile, as usual, at the upper quartile; of the lines that are known.

        None where none is.
        """
        known = [line for line in self.wished if line.brings is not None]
        if not known:
            return None
        low, middle, high = (
            sum((getattr(line.usual, name) or 0.0) * line.posts for line in known)
            for name in ("low", "middle", "high")
        )
        return low, middle, high

    @property
    def without_numbers(self) -> list[str]:
        """Tiers of which too little is known to expect anything."""
        return [line.usual.tier.name for line in self.wished if line.brings is None]

    def shares(self, of: str) -> list[tuple[str, float]]:
        """How `creators`, `cost` or what it `brings` is spread over tiers, where it is known."""
        worth = {
            line.usual.tier.name: float(
                line.wish.creators if of == "creators" else getattr(line, of) or 0
            )
            for line in self.wished
        }
        total = sum(worth.values())
        return [(name, value / total) for name, value in worth.items()] if total else []

    def hhi(self, of: str) -> float | None:
        """The Herfindahl-Hirschman index over tiers: 1 where one has all (F144)."""
        shares = self.shares(of)
        return sum(share**2 for _name, share in shares) if shares else None


def usual_by_tier(campaign: Campaign, measure: Measure, at: datetime) -> list[Usual]:
    """What a post of each tier of the brand's scheme usually brings on the campaign's platforms.

    A campaign without platforms: on any. Of each tier up to SAMPLE creators are looked at, chosen
    by a hash of their number. Three statements, whatever the number of creators.
    """
    brand = campaign.brand
    table = TierTable.of(brand)
    with connection.cursor() as cursor:
        cursor.execute(
            _USUAL.format(value=_VALUES[measure]),
            {
                "scheme": brand.tier_scheme_id,
                "brand": brand.pk,
                "declined": Stage.DECLINED.value,
                "since": at - timedelta(days=DAYS),
                "at": at,
                "platforms": list(campaign.platforms),
                "newest": NEWEST,
                "sample": SAMPLE,
            },
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    fees = _fees(campaign, table, at)
    found = []
    for tier in table.tiers:
        available, looked_at, known, quartiles, rate = rows.get(tier.key, (0, 0, 0, None, None))
        low, middle, high = quartiles if quartiles and known >= FEW else (None, None, None)
        paid = fees.get(tier.key, [])
        fee = Decimal(median(paid)).quantize(Decimal("0.01")) if paid else None
        found.append(
            Usual(tier, available, looked_at, known, low, middle, high, rate, fee, len(paid))
        )
    return found


def _fees(campaign: Campaign, table: TierTable, at: datetime) -> Mapping[str, list[Decimal]]:
    """What a post cost by accepted offers, by the tier that each creator is in today."""
    today = at.astimezone(ZoneInfo(campaign.brand.timezone)).date()
    events = (
        OfferEvent.objects.filter(
            offer__relationship__brand=campaign.brand,
            offer__state=OfferState.ACCEPTED,
            act=OfferAct.ACCEPT,
            on__gt=today - timedelta(days=OFFER_DAYS),
            version__amount__isnull=False,
            version__currency=campaign.currency,
            version__per__in=[Per.POST, Per.ALL],
        )
        .select_related("version", "offer__relationship__creator__metrics")
        .prefetch_related("version__deliverables")
        .order_by("-on", "-pk")[:OFFERS]
    )
    found: dict[str, list[Decimal]] = {}
    for event in events:
        version, creator = event.version, event.offer.relationship.creator
        metrics = getattr(creator, "metrics", None)
        tier = table.tier(creator, metrics.followers if metrics else None)
        if version is None or version.amount is None or tier is None:
            continue
        posts = 1
        if version.per == Per.ALL:
            posts = sum(one.count for one in version.deliverables.all())
        if posts:
            found.setdefault(tier.key, []).append(version.amount / posts)
    return found
