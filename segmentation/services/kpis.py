"""The KPI set of a segment: which numbers its job is judged by, and what they are to reach.

Different jobs, different KPIs: a segment that is to teach is not judged by what it sells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import User
from segmentation.metrics.catalogue import CATALOGUE, PART_SEPARATOR
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import MetricTarget, Segment
from segmentation.rules.calendar import Quarter
from segmentation.services import ledger, metadata
from segmentation.services.edits import EditRefused

MOST_KPIS = 12
LARGEST_TARGET = 1e12
# A target may be set for a quarter that has not begun, not further ahead than this.
QUARTERS_AHEAD = 8
# What a purpose asks for, by words in it: those keys of the catalogue that there are.
_BY_PURPOSE = (
    (
        ("sell", "sale", "order", "conver", "revenue", "redeem"),
        ("conversion_rate", "code_redemptions", "click_through"),
    ),
    (
        ("aware", "reach", "launch", "visib"),
        ("reach_total", "impressions_total", "engagement_rate_reach"),
    ),
    (
        ("teach", "explain", "educat", "tutorial", "how to"),
        ("save_share_rate", "save_share_rate_views"),
    ),
    (("entertain", "video", "watch"), ("view_rate", "engagement_rate_views")),
    (("communit", "advoca", "loyal", "retain", "long-term"), ("partner_retention",)),
)
_USUAL = ("engagement_rate_followers", "posting_frequency", "size")


def kpi_set(segment: Segment) -> list[str]:
    """The keys of the segment's KPIs, the primary one first, whatever is still in the catalogue.

    Where nobody has chosen, its primary KPI, what the words of its purpose ask for, and what is
    usual.
    """
    chosen = [key for key in (segment.primary_kpi, *segment.kpis) if key]
    if not segment.kpis:
        chosen += default_for(segment.purpose)
    return [key for key in dict.fromkeys(chosen) if _is_known(key)][:MOST_KPIS]


def default_for(purpose: str) -> list[str]:
    """KPIs for a purpose in words: what it asks for, then what is usual."""
    words = purpose.lower()
    asked = [
        key for stems, keys in _BY_PURPOSE if any(stem in words for stem in stems) for key in keys
    ]
    return [key for key in dict.fromkeys((*asked, *_USUAL)) if key in CATALOGUE]


@transaction.atomic
def change_kpis(
    *,
    segment: Segment,
    keys: Sequence[str],
    targets: Mapping[str, float | None],
    from_period: str,
    actor: User | None,
    at: datetime,
) -> None:
    """Set the KPIs in this order, and what they are to reach from a quarter on.

    A metric that `targets` does not name keeps its target; None takes it away from that quarter
    on, and earlier quarters stay as they were. Raises EditRefused.
    """
    ledger.lock_for_edit(segment.brand)
    keys = list(dict.fromkeys(keys))
    if not keys:
        raise EditRefused(
            "Choose at least one KPI: a job that nothing measures cannot be judged.",
            code="kpi_needed",
            field="kpis",
        )
    if len(keys) > MOST_KPIS:
        raise EditRefused(
            f"Choose {MOST_KPIS} KPIs at most: what matters is lost among more.",
            code="too_many",
            field="kpis",
        )
    for key in (*keys, *targets):
        if not _is_known(key):
            raise EditRefused(
                f"There is no metric “{key[:60]}”.",
                code="unknown_metric",
                field="kpis" if key in keys else f"target_{key}",
            )
    segment = metadata.change_segment(
        segment_id=segment.pk,
        changes={"primary_kpi": keys[0], "kpis": keys},
        at=at,
        actor=actor,
    )
    if targets:
        _set_targets(segment, targets, from_period, actor, at)


def _set_targets(
    segment: Segment,
    targets: Mapping[str, float | None],
    from_period: str,
    actor: User | None,
    at: datetime,
) -> None:
    period = str(_read_period(segment, from_period, at))
    for key, value in targets.items():
        if value is not None and not (math.isfinite(value) and 0 <= value <= LARGEST_TARGET):
            raise EditRefused(
                "A target is a number that is not below zero.",
                code="out_of_range",
                field=f"target_{key}",
            )
    held = {
        target.metric: target.value
        for target in MetricTarget.objects.filter(segment=segment).holding_in(period)
    }
    changed = {key: value for key, value in targets.items() if held.get(key) != value}
    for key, value in changed.items():
        MetricTarget.objects.update_or_create(
            segment=segment,
            metric=key,
            from_period=period,
            defaults={"value": value, "set_by": actor, "set_at": at},
        )
    if changed:
        audit.record(
            brand=segment.brand,
            verb="segmentation.target.set",
            target=segment,
            actor=actor,
            at=at,
            data={
                "period": period,
                "keys": sorted(changed),
                "values": [changed[key] for key in sorted(changed)],
            },
        )


def _read_period(segment: Segment, text: str, at: datetime) -> Quarter:
    try:
        quarter = Quarter.parse(text[:20])
    except ValueError as refusal:
        raise EditRefused(str(refusal), code="bad_period", field="from_period") from None
    current = quarter_of(at, calendar_of(segment.brand))
    if not current.shift(-QUARTERS_AHEAD) <= quarter <= current.shift(QUARTERS_AHEAD):
        raise EditRefused(
            f"A target begins at most {QUARTERS_AHEAD} quarters before or after now.",
            code="out_of_range",
            field="from_period",
        )
    return quarter


def _is_known(key: str) -> bool:
    return key.partition(PART_SEPARATOR)[0] in CATALOGUE
