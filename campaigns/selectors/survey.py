"""What people say brought them, beside what links and codes saw of the same orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, F, QuerySet

from campaigns.models import Campaign, SurveyAnswer
from campaigns.risk.assess import interval
from campaigns.selectors.credits import CREDITS, params
from crm.models import Brand

_BESIDE = f"""
WITH {CREDITS}, said AS (
  SELECT a.id, a.choice, r.creator_id, m.id AS conversion_id
  FROM campaigns_surveyanswer a
  JOIN campaigns_conversion c ON c.brand_id = a.brand_id AND c.key = a.order_key
  JOIN meant m ON m.id = c.id
  LEFT JOIN crm_relationship r ON r.id = a.relationship_id
  WHERE a.brand_id = %(brand)s AND a.order_key <> ''
    AND (%(campaign)s::bigint IS NULL OR m.campaign_id = %(campaign)s)
), beside AS (
  SELECT s.*, EXISTS (SELECT FROM credits k WHERE k.conversion_id = s.conversion_id) AS is_seen,
    EXISTS (SELECT FROM credits k WHERE k.conversion_id = s.conversion_id
      AND k.creator_id = s.creator_id) AS is_same
  FROM said s
)
SELECT count(*), count(*) FILTER (WHERE choice = 'creator'),
  count(*) FILTER (WHERE choice = 'creator' AND is_same),
  count(*) FILTER (WHERE choice = 'creator' AND is_seen AND NOT is_same),
  count(*) FILTER (WHERE choice = 'creator' AND NOT is_seen),
  count(*) FILTER (WHERE choice = 'channel' AND is_seen),
  count(*) FILTER (WHERE choice = 'unknown')
FROM beside
"""  # noqa: S608 - a statement of ours


@dataclass(frozen=True)
class Share:
    """A part of n answers, with Wilson's interval (95 %)."""

    name: str
    number: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Beside:
    """Answers whose order is known, beside what links and codes saw of it."""

    orders: int
    creator: int
    same: int
    other: int
    unseen: int
    seen_though: int
    unknown: int

    @property
    def words(self) -> list[str]:
        """Where the survey and tracking disagree."""
        if not self.orders:
            return ["No answer belongs to an order that is known."]
        words = (
            f"Of {self.orders:,} orders with an answer, {self.creator:,} name a creator: "
            f"{self.same:,} the one that links or codes saw, {self.other:,} another, and "
            f"{self.unseen:,} of them no link and no code saw."
        )
        said = [words]
        if self.seen_though:
            there = "although a creator's link or code was there"
            said.append(f"{self.seen_though:,} name another way, {there}.")
        return said


@dataclass(frozen=True)
class Survey:
    """The answers of a time."""

    answers: int
    shares: Sequence[Share]
    beside: Beside


def survey_of(brand: Brand, *, first: date, last: date, at: datetime) -> Survey:
    """Of days by the brand's calendar, both included: three queries, one where nobody answered."""
    rows = SurveyAnswer.objects.filter(brand=brand, day__gte=first, day__lte=last)
    counts = list(
        rows.order_by()
        .values("choice", "channel", name=F("relationship__creator__name"))
        .annotate(number=Count("pk"))
    )
    total = sum(row["number"] for row in counts)
    if not total:
        return Survey(0, [], Beside(0, 0, 0, 0, 0, 0, 0))
    named: dict[str, int] = {}
    for row in counts:
        name = _name(row)
        named[name] = named.get(name, 0) + row["number"]
    zone = ZoneInfo(brand.timezone)
    since = datetime.combine(first, datetime.min.time(), zone)
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    return Survey(
        total,
        [
            share_of(name, number, total)
            for name, number in sorted(named.items(), key=lambda one: (-one[1], one[0]))
        ],
        beside_tracking(brand, since=since, until=until, at=at),
    )


def beside_tracking(
    brand: Brand,
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    campaign: Campaign | None = None,
) -> Beside:
    """Answers about orders of a time, or of one campaign in it: one query."""
    asked = params(brand, since=since, until=until, as_of=max(at, until))
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, {**asked, "campaign": campaign.pk if campaign else None})
        return Beside(*cursor.fetchone())


def share_of(name: str, number: int, total: int) -> Share:
    """A part of the answers with its interval."""
    return Share(name, number, number / total, *interval(number, total))


def answers_shown(brand: Brand) -> QuerySet[SurveyAnswer]:
    """The brand's answers with what a list shows."""
    rows = SurveyAnswer.objects.filter(brand=brand)
    return rows.select_related("relationship__creator", "rule")


def _name(row: Any) -> str:
    if row["choice"] == "creator":
        return row["name"] or "A creator who was erased"
    return row["channel"] or "Not known"
