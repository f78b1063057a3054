"""What a forecast is learned from, read in a few statements: past pieces, orders, prices.

People who object to profiling and those who declined are not read. Only workers import this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from campaigns.choices import ConversionKind, DeliverableState
from crm.choices import Stage
from crm.models import Brand
from segmentation.choices import Forecasted, SegmentStatus
from segmentation.forecasting.history import Bools, History
from segmentation.models import Segment
from segmentation.services.forecasts.prices import ASKED, PRICES, asked_prices
from segmentation.services.masks import holds

# So many pieces of a creator on a platform; the newest ones.
NEWEST = 15
# A count that is younger says little of what it will be.
LEAST_AGE = 1.0
# Segments that tell creators apart: so many at most, each with so many creators in and out of it.
MOST_SEGMENTS, LEAST_MEMBERS = 40, 10
_CHUNK = 20_000

_VALUES = {
    Forecasted.VIEWS: "p.views",
    Forecasted.REACH: "p.reach",
    Forecasted.ENGAGEMENTS: "CASE WHEN p.likes IS NOT NULL OR p.comments IS NOT NULL THEN "
    "coalesce(p.likes, 0) + coalesce(p.comments, 0) + coalesce(p.saves, 0) "
    "+ coalesce(p.shares, 0) END",
}

_PEOPLE = f"""SELECT r.id, a.platform_id, max(a.followers), f.member_bits
FROM crm_relationship r JOIN crm_profile a ON a.creator_id = r.creator_id
LEFT JOIN segmentation_creatorfacts f
  ON f.brand_id = r.brand_id AND f.creator_id = r.creator_id
WHERE {ASKED} GROUP BY r.id, a.platform_id, f.member_bits ORDER BY r.id, a.platform_id"""  # noqa: S608 - ours

_PIECES = """SELECT id, platform_id, value, age, since FROM (
  SELECT r.id, a.platform_id, {value} AS value, p.posted_at, p.id AS post,
    extract(epoch FROM %(at)s - p.posted_at)::float8 / 86400 AS since,
    extract(epoch FROM coalesce(p.metrics_at, p.created_at) - p.posted_at)::float8 / 86400 AS age,
    row_number() OVER (PARTITION BY r.id, a.platform_id ORDER BY p.posted_at DESC, p.id DESC) AS n
  FROM crm_relationship r JOIN crm_post p ON p.creator_id = r.creator_id
  JOIN crm_profile a ON a.id = p.profile_id
  WHERE {asked} AND p.posted_at > %(since)s AND p.posted_at <= %(at)s AND {value} >= 0
) pieces WHERE n <= %(newest)s AND age >= %(least_age)s
ORDER BY id, platform_id, posted_at, post"""

# Orders for each published piece of a campaign that is over, where a link or a code could tell.
_ORDERS = f"""WITH places AS (
  SELECT r.id, g.campaign_id, c.ends_on, count(d.id) AS pieces
  FROM crm_relationship r JOIN campaigns_engagement g ON g.relationship_id = r.id
  JOIN campaigns_campaign c ON c.id = g.campaign_id AND c.ends_on < %(today)s
  JOIN campaigns_deliverable d ON d.engagement_id = g.id AND d.state = %(published)s
  WHERE {ASKED} AND (
    EXISTS (SELECT FROM campaigns_trackinglink l
      WHERE l.relationship_id = r.id AND l.campaign_id = g.campaign_id)
    OR EXISTS (SELECT FROM campaigns_promocode k
      WHERE k.relationship_id = r.id AND k.campaign_id = g.campaign_id))
  GROUP BY r.id, g.campaign_id, c.ends_on
), brought AS (
  SELECT coalesce(k.relationship_id, l.relationship_id) AS id,
    coalesce(v.campaign_id, k.campaign_id, l.campaign_id) AS campaign_id, count(*) AS orders
  FROM campaigns_conversion v
  LEFT JOIN campaigns_promocode k ON k.id = v.code_id
  LEFT JOIN campaigns_click q ON q.id = v.click AND v.link_id IS NULL
  LEFT JOIN campaigns_trackinglink l ON l.id = coalesce(v.link_id, q.link_id)
  WHERE v.brand_id = %(brand)s AND v.kind = %(order)s AND v.at <= %(at)s
    AND NOT EXISTS (SELECT FROM campaigns_refund t
      WHERE t.conversion_id = v.id AND (t.value IS NULL OR t.value >= v.value))
  GROUP BY 1, 2
)
SELECT p.id, coalesce(b.orders, 0)::float8 / p.pieces, (%(today)s - p.ends_on)::float8
FROM places p LEFT JOIN brought b USING (id, campaign_id)
ORDER BY p.id, p.ends_on, p.campaign_id"""  # noqa: S608 - ours


@dataclass(frozen=True)
class Part:
    """What is forecast together: a measure on a platform ("": on whichever), with its history.

    `people` are the relationships that are the history's creators, in its order.
    """

    measure: Forecasted
    platform: str
    people: Sequence[int]
    history: History


class _Piece(NamedTuple):
    """A piece: whose, its count, days to the count (nan: not known), and days before now."""

    person: int
    value: float
    age: float
    since: float


@dataclass
class _People:
    """Everybody who may be forecast, by platform: relationship, followers, segments."""

    ids: list[int]
    followers: list[float]
    bits: list[Sequence[int]]
    _inside: dict[int, Bools] = field(default_factory=dict)

    def inside(self, bit: int) -> Bools:
        """Who is in the segment with this bit: asked for once for each measure."""
        if bit not in self._inside:
            found = (holds(bits, bit) for bits in self.bits)
            self._inside[bit] = np.fromiter(found, bool, len(self.bits))
        return self._inside[bit]


def parts_of(brand: Brand, at: datetime) -> Iterator[Part]:
    """Everything to be learned of a brand, one part after the other, up to `at`."""
    everybody = _people(brand)
    segments = list(
        Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
        .order_by("-members_count", "pk")
        .values_list("key", "bit")[: 3 * MOST_SEGMENTS]
    )
    asked = _asked(brand, at)
    for measure, value in _VALUES.items():
        statement = _PIECES.format(value=value, asked=ASKED)
        found: dict[str, list[_Piece]] = {}
        for pk, platform, count, age, since in _stream(statement, asked):
            found.setdefault(platform, []).append(
                _Piece(pk, float(count), float(age), float(since))
            )
        for platform, rows in sorted(found.items()):
            if platform in everybody:
                yield _part(measure, platform, everybody[platform], segments, rows)
    whichever = _largest(everybody)
    for measure, statement in ((Forecasted.ORDERS, _ORDERS), (Forecasted.PRICE, PRICES)):
        pieces = [
            _Piece(pk, value, float("nan"), since) for pk, value, since in _stream(statement, asked)
        ]
        if pieces:
            yield _part(measure, "", whichever, segments, pieces)


def _asked(brand: Brand, at: datetime) -> dict[str, Any]:
    return {
        **asked_prices(brand, brand.currency, at),
        "today": at.date(),
        "newest": NEWEST,
        "least_age": LEAST_AGE,
        "published": DeliverableState.PUBLISHED.value,
        "order": ConversionKind.ORDER.value,
    }


def _stream(statement: str, asked: dict[str, Any]) -> Iterator[Any]:
    """Rows without all of them being held at once."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, asked)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _people(brand: Brand) -> dict[str, _People]:
    found: dict[str, _People] = {}
    asked = {"brand": brand.pk, "declined": Stage.DECLINED.value}
    for pk, platform, followers, bits in _stream(_PEOPLE, asked):
        people = found.setdefault(platform, _People([], [], []))
        people.ids.append(pk)
        people.followers.append(float("nan") if followers is None else float(followers))
        people.bits.append(bits or ())
    return found


def _largest(everybody: dict[str, _People]) -> _People:
    """Each person once, with the largest of their accounts."""
    best: dict[int, tuple[float, Sequence[int]]] = {}
    for people in everybody.values():
        for pk, followers, bits in zip(people.ids, people.followers, people.bits, strict=True):
            known = best.get(pk)
            if known is None or np.isnan(known[0]) or followers > known[0]:
                best[pk] = followers, bits
    order = sorted(best)
    return _People(order, [best[pk][0] for pk in order], [best[pk][1] for pk in order])


def _part(
    measure: Forecasted,
    platform: str,
    people: _People,
    segments: Sequence[tuple[str, int]],
    rows: Sequence[_Piece],
) -> Part:
    place = {pk: at for at, pk in enumerate(people.ids)}
    # Who came while it is read is there the next night.
    rows = [row for row in rows if row.person in place]
    creator = np.array([place[row.person] for row in rows], dtype=np.int64)
    has_pieces = np.bincount(creator, minlength=len(people.ids)) > 0
    names: list[str] = []
    columns = []
    for key, bit in segments:
        inside = people.inside(bit)
        members, others = np.sum(inside & has_pieces), np.sum(~inside & has_pieces)
        if min(members, others) >= LEAST_MEMBERS and len(names) < MOST_SEGMENTS:
            names.append(key)
            columns.append(inside)
    groups = np.column_stack(columns) if columns else np.zeros((len(people.ids), 0), dtype=bool)
    history = History(
        creator=creator,
        value=np.array([row.value for row in rows]),
        age=np.array([row.age for row in rows]),
        since=np.array([row.since for row in rows]),
        followers=np.array(people.followers),
        groups=groups,
        names=tuple(names),
    )
    return Part(measure, platform, people.ids, history)
