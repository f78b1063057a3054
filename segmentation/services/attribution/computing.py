"""Every model over one set of journeys: by creator, by segment, with intervals and ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

from campaigns.attribution.credit import attribute_all
from campaigns.attribution.events import Key, Period, Stay
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.journeys import Built, build
from campaigns.attribution.resampling import share_intervals
from campaigns.attribution.results import Attribution
from campaigns.attribution.roles import roles
from campaigns.attribution.segments import by_segment
from campaigns.attribution.settings import Settings
from campaigns.attribution.table import JourneyTable
from segmentation.models import AttributionReport, Dimension, Membership
from segmentation.services.attribution.gathering import gather

# Markov's chain is inverted for each of 200 draws: beyond so many creators that takes too long.
MARKOV_INTERVALS_MAX = 300
WAYS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What is stored with a report."""

    digest: str
    found: dict[str, Any]
    paths: dict[str, Any]


def compute(
    report: AttributionReport, *, start: datetime, end: datetime, as_of: datetime
) -> Answer:
    """Divide what converted from `start` to before `end`, as known at `as_of`."""
    settings = report.settings.as_told if report.settings else Settings()
    gathered = gather(report, settings, start=start, end=end, as_of=as_of)
    built = build(gathered.columns, as_of=as_of, settings=settings, period=Period(start, end))
    answers = attribute_all(built.table, settings)
    found = {
        "counts": _counts(built)
        | {
            "other_currency": gathered.other_currency,
            "shares": gathered.shares,
            "touches": len(gathered.columns.touch_at),
            "ways": len(built.table),
        },
        "models": [_model(answer, built.table, settings, gathered.digest) for answer in answers],
        "roles": [asdict(role) for role in roles(built.table)],
        "dimensions": list(_dimensions(report, built.table, settings, end)),
    }
    return Answer(gathered.digest, found, _ways(built.table))


def _counts(built: Built) -> dict[str, Any]:
    counts = {name: getattr(built, name) for name in Built.__dataclass_fields__ if name != "table"}
    return counts | {"credited": built.conversions - built.unattributed}


def _model(
    answer: Attribution, table: JourneyTable, settings: Settings, seed: str
) -> dict[str, Any]:
    model = answer.formula.model
    is_long = model is Model.MARKOV and len(table.keys) > MARKOV_INTERVALS_MAX
    intervals = {} if is_long else share_intervals(table, model, settings, seed=seed)
    return _stored(answer) | {
        "credits": [
            {
                "key": credit.key,
                "conversions": credit.conversions,
                "value": credit.value,
                "share": credit.share,
                "interval": [intervals[credit.key].low, intervals[credit.key].high]
                if credit.key in intervals
                else None,
            }
            for credit in answer.credits
        ]
    }


def _stored(answer: Attribution) -> dict[str, Any]:
    return {
        "model": answer.formula.model.value,
        "version": answer.formula.version,
        "parameters": answer.parameters,
        "conversions": answer.conversions,
        "valued": answer.valued,
        "value": answer.value,
        "reason": answer.reason_if_absent,
    }


def _dimensions(
    report: AttributionReport, table: JourneyTable, settings: Settings, end: datetime
) -> Iterator[dict[str, Any]]:
    """Credit by the segments of each dimension in which a creator of the journeys ever was."""
    creators = [cast("int", key) for key in table.keys]
    stays: dict[int, list[Stay]] = defaultdict(list)
    rows = Membership.objects.filter(
        segment__dimension__brand=report.brand_id, creator__in=creators, entered_at__lt=end
    ).values_list("segment__dimension", "segment__key", "creator", "entered_at", "left_at")
    for of, segment, creator, entered_at, left_at in rows:
        stays[of].append(Stay(creator, segment, entered_at, left_at))
    for dimension in Dimension.objects.filter(pk__in=stays).order_by("name", "pk"):
        answers = [by_segment(table, model, stays[dimension.pk], settings) for model in FORMULAS]
        yield {
            "dimension": dimension.key,
            "models": [
                _stored(answer.attribution)
                | {
                    "credits": [asdict(credit) for credit in answer.attribution.credits],
                    "outside": answer.outside_conversions,
                    "outside_value": answer.outside_value,
                    "counted_again": answer.counted_again,
                }
                for answer in answers
            ],
        }


def _ways(table: JourneyTable) -> dict[str, Any]:
    """For each creator the ways over them that most people went: converted first, then in all."""
    won: dict[tuple[int, ...], float] = defaultdict(float)
    lost: dict[tuple[int, ...], float] = defaultdict(float)
    values: dict[tuple[int, ...], float] = defaultdict(float)
    touches, starts = table.touches.tolist(), table.starts.tolist()
    for place, (first, last) in enumerate(pairwise(starts)):
        way = tuple(touches[first:last])
        won[way] += float(table.conversions[place])
        lost[way] += float(table.lost[place])
        values[way] += float(table.values[place])
    over: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for way in sorted(won, key=lambda way: (-won[way], -lost[way], way)):
        for creator in set(way):
            if len(over[creator]) < WAYS:
                over[creator].append(way)
    return {
        str(table.keys[creator]): [
            {
                "creators": _names(way, table.keys),
                "conversions": won[way],
                "lost": lost[way],
                "value": values[way] if table.valued.any() else None,
            }
            for way in ways
        ]
        for creator, ways in over.items()
    }


def _names(way: Sequence[int], keys: Sequence[Key]) -> list[Key]:
    return [keys[place] for place in way]
