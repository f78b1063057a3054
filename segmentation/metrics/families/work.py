"""Working together: rounds and hours of drafts, how soon creators are live, who comes back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from campaigns.choices import Gate
from campaigns.models.engagements import BOUND, LEFT
from campaigns.selectors.measures.survival import (
    curve_of,
    day_of,
    median_interval,
    median_of,
)
from campaigns.services.deliverables.gates import week_of
from campaigns.services.deliverables.hours import between
from crm.choices import Source
from segmentation.metrics.families.work_entries import (
    ACTIVATION,
    APPROVAL,
    METRICS,
    RETENTION,
    ROUNDS,
)
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, WINDOWS, Look, Tally, tallies
from segmentation.metrics.statistics import (
    LEVELS,
    Interval,
    Sums,
    clustered_ranks,
    normal_quantile,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# A piece whose review was opened again counts by its last approval.
_ROUNDS = f"""
SELECT w.segments, w.unit, (
    SELECT count(*) FROM campaigns_draft one
    WHERE one.deliverable_id = d.id AND one.is_sealed AND one.state <> 'withdrawn'
      AND one.number <= approved.number
  ) AS drafts
FROM campaigns_deliverable d
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.brand_id = %(brand)s
JOIN crm_relationship r ON r.id = e.relationship_id
CROSS JOIN LATERAL (
  SELECT number, state_since AS at FROM campaigns_draft one
  WHERE one.deliverable_id = d.id AND one.state = 'approved' ORDER BY number DESC LIMIT 1
) approved
JOIN {WINDOWS} w
  ON w.creator_id = r.creator_id AND approved.at >= w.since AND approved.at < w.until
"""  # noqa: S608 - a name of ours

_DECIDED = f"""
SELECT w.segments, w.unit, t.gate, t.began_at, t.decided_at
FROM campaigns_gateturn t
JOIN campaigns_draft f ON f.id = t.draft_id
JOIN campaigns_deliverable d ON d.id = f.deliverable_id
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.brand_id = %(brand)s
JOIN crm_relationship r ON r.id = e.relationship_id
JOIN {WINDOWS} w
  ON w.creator_id = r.creator_id AND t.decided_at >= w.since AND t.decided_at < w.until
WHERE t.decided_at >= %(start)s AND t.decided_at < %(until)s AND NOT t.is_dropped
"""  # noqa: S608 - a name of ours

# As campaigns/selectors/measures/activation.py has it, but looked at as of the end of the period.
_INVITED = f"""
SELECT w.segments, w.unit, invited.at AS invited_at, arrived.at AS arrived_at,
  gone.at AS gone_at
FROM campaigns_engagement e
JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.brand_id = %(brand)s
JOIN crm_relationship r ON r.id = e.relationship_id
JOIN (
  SELECT engagement_id, min(entered_at) AS at FROM campaigns_engagementstay
  WHERE stage = 'invited' GROUP BY engagement_id
) invited ON invited.engagement_id = e.id
  AND invited.at >= %(start)s AND invited.at < %(until)s
JOIN {WINDOWS} w ON w.creator_id = r.creator_id AND invited.at >= w.since AND invited.at < w.until
LEFT JOIN LATERAL (
  SELECT coalesce(
    (SELECT min(d.published_at) FROM campaigns_deliverable d WHERE d.engagement_id = e.id),
    (SELECT min(s.entered_at) FROM campaigns_engagementstay s
     WHERE s.engagement_id = e.id AND s.stage = 'live')
  ) AS at
) arrived ON true
LEFT JOIN LATERAL (
  SELECT min(s.entered_at) AS at FROM campaigns_engagementstay s
  WHERE s.engagement_id = e.id AND s.stage = ANY(%(left)s) AND s.left_at IS NULL
) gone ON true
"""  # noqa: S608 - a name of ours

_RETURNED = """
WITH bound AS (
  SELECT e.id, r.creator_id, min(s.entered_at) AS at
  FROM campaigns_engagement e
  JOIN campaigns_campaign c ON c.id = e.campaign_id AND c.brand_id = %(brand)s
  JOIN crm_relationship r ON r.id = e.relationship_id
  JOIN campaigns_engagementstay s ON s.engagement_id = e.id AND s.stage = ANY(%(bound)s)
  GROUP BY e.id, r.creator_id
),
first AS (SELECT creator_id, min(at) AS at FROM bound GROUP BY creator_id)
SELECT f.creator_id, f.at + interval '12 months' AS at, '' AS part, 'measured' AS source, 1 AS n,
  ((SELECT count(*) FROM bound b
    WHERE b.creator_id = f.creator_id AND b.at < f.at + interval '12 months') > 1)::int AS y, 1 AS w
FROM first f
"""


def _measure(look: Look) -> dict[int, list[Found]]:
    rounds = _drafts(look)
    hours = _hours(look)
    ways = _ways(look)
    returned = tallies(look, _RETURNED, bound=[stage.value for stage in BOUND])
    return {
        key: [
            _rounds(rounds.get(key, {})),
            *(_approval(gate, hours.get((key, gate.value), {})) for gate in Gate),
            _activation(ways.get(key, [])),
            _retention(returned.get(key, {}).get("", NO_TALLY)),
        ]
        for key in look.all_ids
    }


def _drafts(look: Look) -> dict[int, dict[int, list[int]]]:
    """Drafts of approved pieces by segment, for each creator."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in look.rows(_ROUNDS):
        for segment in look.segments_of(row["segments"]):
            found[segment][row["unit"]].append(row["drafts"])
    return found


def _rounds(by_creator: Mapping[int, Sequence[int]]) -> Found:
    values = [drafts for some in by_creator.values() for drafts in some]
    n, creators = len(values), len(by_creator)
    reason = too_few(ROUNDS, creators, "approved pieces")
    return of_ratio(
        ROUNDS,
        Sums.over([(sum(some), len(some)) for some in by_creator.values()]),
        n=n,
        n_unit="pieces",
        reason=reason,
        provenance={Source.MEASURED: n} if n else {},
        inputs={
            "pieces": n,
            "drafts": sum(values),
            "median": "not known" if reason else median(values),
            "ninetieth_percentile": "not known" if reason else _ninetieth(values),
            "creators": creators,
            "membership": "at the moment of the approval, from the membership ledger",
        },
    )


def _hours(look: Look) -> dict[tuple[int, str], dict[int, list[float]]]:
    """Working hours of decisions by segment and gate, for each creator."""
    week = week_of(look.brand)
    found: dict[tuple[int, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in look.rows(_DECIDED):
        took = between(row["began_at"], row["decided_at"], week) / HOUR
        for segment in look.segments_of(row["segments"]):
            found[segment, row["gate"]][row["unit"]].append(took)
    return found


def _approval(gate: Gate, by_creator: Mapping[int, Sequence[float]]) -> Found:
    values = sorted(took for some in by_creator.values() for took in some)
    n, creators = len(values), len(by_creator)
    reason = too_few(APPROVAL, creators, "decisions at this gate about pieces")
    value = ninetieth = wide = narrow = None
    why = ""
    if not reason:
        value = median(values)
        ninetieth = _ninetieth(values)
        below = Sums.over(
            [(sum(took <= value for took in some), len(some)) for some in by_creator.values()]
        )
        wide, narrow = (
            _of_ranks(values, clustered_ranks(n, below, level), level) for level in LEVELS
        )
        why = "" if wide else "Too few creators to say how far the median may lie off."
    return Found(
        metric=APPROVAL,
        part=gate.value,
        label=f"Hours at the gate: {gate.label.lower()}",
        value=value,
        n=n,
        n_unit="decisions",
        creators=creators,
        reason=reason,
        wide=wide,
        narrow=narrow,
        interval_reason=why,
        provenance={Source.MEASURED: n} if n else {},
        inputs={
            "decisions": n,
            "ninetieth_percentile": "not known" if ninetieth is None else ninetieth,
            "creators": creators,
            "membership": "at the moment of the decision, from the membership ledger",
        },
    )


def _ninetieth(values: Sequence[float]) -> float:
    """Nine of ten values are at most this."""
    return round(quantiles(values, n=10, method="inclusive")[8], 2)


def _of_ranks(
    values: Sequence[float], ranks: tuple[int, int] | None, level: float
) -> Interval | None:
    return ranks and Interval(level, values[ranks[0] - 1], values[ranks[1] - 1])


def _ways(look: Look) -> dict[int, list[dict[str, Any]]]:
    """For each segment the invitations of the period: days, and whether it led to a live post."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in look.rows(_INVITED, left=[stage.value for stage in LEFT]):
        arrived = row["arrived_at"]
        is_live = arrived is not None and arrived < look.until
        end = arrived if is_live else min(row["gone_at"] or look.until, look.until)
        way = {
            "unit": row["unit"],
            "days": max((end - row["invited_at"]) / DAY, 0.0),
            "is_live": is_live,
        }
        for segment in look.segments_of(row["segments"]):
            found[segment].append(way)
    return found


def _activation(ways: Sequence[Mapping[str, Any]]) -> Found:
    n, creators = len(ways), len({way["unit"] for way in ways})
    counts = Counter(way["is_live"] for way in ways)
    reason = too_few(ACTIVATION, creators, "invitations")
    value = ninetieth = wide = narrow = None
    why = ""
    if not reason:
        points = curve_of((way["days"], way["is_live"]) for way in ways)
        value, ninetieth = median_of(points), day_of(points, 0.9)
        if value is None:
            reason = f"Fewer than half were live by the end of the period ({counts[True]} of {n})."
        else:
            wide, narrow = (
                _of_days(median_interval(points, normal_quantile(level)), level) for level in LEVELS
            )
            why = "" if wide else "Too few are live to say how long it may take."
    return Found(
        metric=ACTIVATION,
        value=value,
        n=n,
        n_unit="invitations",
        creators=creators,
        reason=reason,
        wide=wide,
        narrow=narrow,
        interval_reason=why,
        provenance={Source.MEASURED: n} if n else {},
        inputs={
            "invitations": n,
            "live": counts[True],
            "not_live_yet_or_out": counts[False],
            "ninetieth_percentile": "not known" if ninetieth is None else round(ninetieth, 2),
            "creators": creators,
            "membership": "at the moment of the invitation, from the membership ledger",
        },
    )


def _of_days(found: tuple[float, float] | None, level: float) -> Interval | None:
    return found and Interval(level, *found)


def _retention(tally: Tally) -> Found:
    return of_ratio(
        RETENTION,
        tally.sums,
        n=tally.n,
        n_unit="creators",
        reason=too_few(RETENTION, tally.n, "twelve months that ended in this period"),
        provenance=tally.provenance,
        inputs={
            "creators": tally.n,
            "creators_who_came_back": round(tally.sums.y),
            "membership": "at the end of the twelve months, from the membership ledger",
        },
    )


WORK = Family("work", "Working together", METRICS, _measure)
