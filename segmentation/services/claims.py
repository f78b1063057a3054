"""Claims on trial: what others say about sizes of creators, held against the brand's own data.

A worker sums the rates of each creator by tier, in the tier that the creator was in at the moment
of each post or click. Rates are compared creator by creator (delete-one-creator jackknife of the
log rate, campaigns.experiments.jackknife): posts of one creator resemble each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import connection, transaction

from campaigns.choices import ClickKind
from crm import audit
from crm.data_files import read_yaml
from crm.models import Brand, TierScheme, User
from segmentation.choices import ErrandStatus
from segmentation.metrics.periods import calendar_of, quarter_bounds
from segmentation.models import ClaimTrial
from segmentation.services import errands
from segmentation.services.scorecards import PeriodRefused, read_period
from segmentation.services.tier_scorecards import STAYS, write_stays

FILE = Path(__file__).resolve().parent.parent / "claims.yaml"
# By name: tasks are above services.
TASK = "segmentation.tasks.try_claims"
MOST_QUARTERS = 9
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Claim:
    """What somebody says; the meaning of its parts is in claims.yaml."""

    key: str
    title: str
    source: str
    year: int
    scheme: str
    measure: str
    kind: str
    tier: str = ""
    against: str = ""
    times: float = 0.0
    value: float = 0.0
    bound: str = ""


@dataclass(frozen=True)
class Outcomes:
    """Of each tier, by creator: the sum of what was counted, and what it is counted on."""

    events: dict[int, list[float]]
    weights: dict[int, list[float]]


@cache
def claims() -> tuple[Claim, ...]:
    """All claims of the file."""
    return tuple(Claim(**one) for one in read_yaml(FILE)["claims"])


@transaction.atomic
def request_trial(
    *,
    brand: Brand,
    scheme: TierScheme,
    first_period: str,
    period: str,
    actor: User | None,
    at: datetime,
) -> ClaimTrial:
    """Have all claims tried by a worker over some quarters, again if need be.

    Raises PeriodRefused for quarters that there are not, or too many of them.
    """
    try:
        first = read_period(first_period, brand=brand, as_of=at)
    except PeriodRefused as refusal:
        refusal.field = "first_period"
        raise
    last = read_period(period, brand=brand, as_of=at)
    if first > last:
        raise PeriodRefused(f"{first} comes after {last}: choose the earlier one first.")
    if last.shift(-MOST_QUARTERS + 1) > first:
        raise PeriodRefused(f"A trial looks at {MOST_QUARTERS} quarters at most.")
    trial, _ = ClaimTrial.objects.update_or_create(
        brand=brand,
        scheme=scheme,
        first_period=str(first),
        period=str(last),
        defaults={
            "status": ErrandStatus.QUEUED,
            "error": "",
            "attempts": 0,
            "requested_by": actor,
            "requested_at": at,
        },
    )
    audit.record(
        brand=brand,
        verb="segmentation.claims.tried",
        target=trial,
        actor=actor,
        at=at,
        data={"scheme": scheme.key, "period": str(last), "from": str(first)},
    )
    errands.send(TASK, trial)
    return trial


def compute(*, trial_id: int, at: datetime) -> ClaimTrial | None:
    """Try what waits for it; safe to call twice. A failure is told, the old results stay."""
    return errands.carry_out(
        ClaimTrial.objects.select_related("brand", "scheme"),
        errand_id=trial_id,
        task=TASK,
        work=lambda trial: _fill(trial, at),
    )


def _fill(trial: ClaimTrial, at: datetime) -> None:
    # Slow to import (numpy), needed by workers only.
    from segmentation.services.claim_verdicts import judge  # noqa: PLC0415

    brand, tiers = trial.brand, list(trial.scheme.tiers.order_by("position", "pk"))
    calendar = calendar_of(brand)
    first = read_period(trial.first_period, brand=brand, as_of=at)
    last = read_period(trial.period, brand=brand, as_of=at)
    start, end = quarter_bounds(first, calendar).start, quarter_bounds(last, calendar).end
    until = min(at + _INSTANT, end)
    write_stays(brand, tiers, start=start, until=until)
    found = {
        "engagement": _read(_ENGAGEMENT, brand, start, until),
        "conversion": _read(_CONVERSION, brand, start, until),
    }
    trial.results = [dict(judge(claim, tiers, found[claim.measure])) for claim in claims()]
    trial.as_of = min(at, end)
    trial.computed_at = at
    trial.save(update_fields=("results", "as_of", "computed_at"))


# Engagement rate by followers, formula as on every scorecard; weight: the posts that have one.
_ENGAGEMENT = f"""
SELECT rated.tier, sum(rated.rate), count(*) FROM (
  SELECT t.segment_id AS tier, p.creator_id, (coalesce(p.likes, 0) + coalesce(p.comments, 0)
    + coalesce(p.saves, 0) + coalesce(p.shares, 0))::float8
    / coalesce(p.followers_at_post, known.followers) AS rate
  FROM {STAYS} t
  JOIN crm_post p ON p.creator_id = t.creator_id AND p.posted_at >= t.entered_at
    AND (t.left_at IS NULL OR p.posted_at < t.left_at)
  LEFT JOIN LATERAL (
    SELECT s.followers FROM crm_metricsnapshot s
    WHERE p.followers_at_post IS NULL
      AND s.profile_id = p.profile_id AND s.captured_at <= p.posted_at AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s
    AND (p.likes IS NOT NULL OR p.comments IS NOT NULL)
    AND coalesce(p.followers_at_post, known.followers) > 0
) rated GROUP BY rated.tier, rated.creator_id ORDER BY rated.tier, rated.creator_id
"""  # noqa: S608 - a table of ours

# Conversions by a creator's links for each click of a person on them; weight: the clicks.
_CONVERSION = f"""
WITH clicked AS (
  SELECT t.segment_id AS tier, t.creator_id, count(*) AS clicks
  FROM {STAYS} t
  JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = t.creator_id
  JOIN campaigns_trackinglink l ON l.relationship_id = r.id
  JOIN campaigns_click c ON c.link_id = l.id AND c.kind = %(person)s
    AND c.at >= %(start)s AND c.at < %(until)s AND c.at >= t.entered_at
    AND (t.left_at IS NULL OR c.at < t.left_at)
  GROUP BY 1, 2
), converted AS (
  SELECT t.segment_id AS tier, t.creator_id, count(*) AS conversions
  FROM {STAYS} t
  JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = t.creator_id
  JOIN campaigns_trackinglink l ON l.relationship_id = r.id
  JOIN campaigns_conversion v ON v.link_id = l.id
    AND v.at >= %(start)s AND v.at < %(until)s AND v.at >= t.entered_at
    AND (t.left_at IS NULL OR v.at < t.left_at)
  GROUP BY 1, 2
)
SELECT c.tier, coalesce(v.conversions, 0), c.clicks
FROM clicked c LEFT JOIN converted v ON v.tier = c.tier AND v.creator_id = c.creator_id
ORDER BY c.tier, c.creator_id
"""  # noqa: S608


def _read(sql: str, brand: Brand, start: datetime, until: datetime) -> Outcomes:
    events: dict[int, list[float]] = defaultdict(list)
    weights: dict[int, list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "brand": brand.pk,
                "start": start,
                "until": until,
                "person": ClickKind.PERSON.value,
            },
        )
        for tier, event, weight in cursor.fetchall():
            events[tier].append(float(event))
            weights[tier].append(float(weight))
    return Outcomes(events, weights)
