"""Comparisons and back-tests of scores as pages and answers show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from crm.models import Brand, Creator, Relationship
from segmentation.models import ScoreBacktest, ScoreComparison, ScoreModel, ScoreMove, ScoreVersion
from segmentation.scoring.definition import Definition, DefinitionInvalid
from segmentation.scoring.differences import PartMove, differences, moved_by
from segmentation.services.scores.writing import components, definition_of

# Of the picture, in its own units: a square of twenty steps.
SIDE = 200
_STEP = SIDE / 20
# How many parts of a move are named: the rest is in the two scores.
PARTS = 3


def versions_of(brand: Brand) -> QuerySet[ScoreVersion]:
    """All versions of scores that are not archived, to choose from."""
    rows = ScoreVersion.objects.filter(model__brand=brand, model__archived_at=None)
    return rows.select_related("model", "model__brand").order_by("model__name", "model", "-number")


def comparisons_of(brand: Brand) -> QuerySet[ScoreComparison]:
    """The newest first."""
    rows = ScoreComparison.objects.filter(brand=brand)
    return rows.select_related("first__model", "second__model", "brand", "requested_by")


@dataclass(frozen=True)
class Dot:
    """Creators whose two scores lie in one step of five points each; for the picture."""

    x: float
    y: float
    radius: float
    creators: int
    words: str


@dataclass(frozen=True)
class MoveTold:
    """A creator who moves, with the parts that make the most of it."""

    creator: Creator
    move: ScoreMove
    places: int
    parts: Sequence[PartMove]


@dataclass(frozen=True)
class ComparisonTold:
    """A comparison with its picture, its movers, and what differs in words."""

    comparison: ScoreComparison
    result: dict[str, Any]
    dots: Sequence[Dot]
    rising: Sequence[MoveTold]
    falling: Sequence[MoveTold]
    differences: Sequence[str]
    # Why the definitions cannot be read any more; empty otherwise.
    fault: str
    overlap: float | None


def told(comparison: ScoreComparison) -> ComparisonTold:
    """Everything about one; nothing of who objects to being scored. Few queries."""
    fault, said, both = "", list[str](), None
    facts = components(comparison.brand)
    try:
        both = definition_of(comparison.first, facts), definition_of(comparison.second, facts)
        said = differences(*both, facts)
    except DefinitionInvalid as invalid:
        fault = str(invalid)
    known = Relationship.objects.filter(
        brand=comparison.brand_id, creator=OuterRef("creator"), unprofiled_at=None
    )
    moves = comparison.moves.filter(Exists(known)).select_related("creator")
    found = [_move(move, both) for move in moves.order_by("pk")]
    found.sort(key=lambda one: -abs(one.places))
    result = comparison.result
    top = result.get("top", {})
    most = max(top.get("first", 0), top.get("second", 0))
    return ComparisonTold(
        comparison=comparison,
        result=result,
        dots=_dots(result.get("grid", [])),
        rising=[one for one in found if one.places > 0],
        falling=[one for one in found if one.places < 0],
        differences=said,
        fault=fault,
        overlap=top["shared"] / most if most else None,
    )


def _move(move: ScoreMove, both: tuple[Definition, Definition] | None) -> MoveTold:
    parts: list[PartMove] = []
    if both is not None:
        parts = moved_by(both[0], move.first_points, both[1], move.second_points)
    return MoveTold(
        creator=move.creator,
        move=move,
        places=move.first_rank - move.second_rank,
        parts=[part for part in parts if abs(part.change) >= 0.05][:PARTS],
    )


def _dots(grid: Sequence[Sequence[int]]) -> list[Dot]:
    """The area of a dot is in proportion to its creators; the fullest fills its step."""
    most = max((creators for _, _, creators in grid), default=0)
    return [
        Dot(
            x=round((first - 0.5) * _STEP, 1),
            y=round(SIDE - (second - 0.5) * _STEP, 1),
            radius=round(max(0.6, _STEP / 2 * (creators / most) ** 0.5), 2),
            creators=creators,
            words=f"{5 * first - 5} to {5 * first} by the first, {5 * second - 5} to {5 * second} "
            f"by the second: {creators:,}",
        )
        for first, second, creators in grid
    ]


def backtests_of(brand: Brand, model: ScoreModel | None = None) -> QuerySet[ScoreBacktest]:
    """Those of a score, or of all, the newest first."""
    rows = ScoreBacktest.objects.filter(brand=brand)
    if model is not None:
        rows = rows.filter(version__model=model)
    return rows.select_related("version__model", "brand", "requested_by").order_by(
        "-requested_at", "-pk"
    )


@dataclass(frozen=True)
class Bar:
    """A tenth of the creators: what came of them, as a bar of the picture."""

    number: int
    x: float
    y: float
    height: float
    group: dict[str, Any]


@dataclass(frozen=True)
class BacktestTold:
    """A back-test with its bars; none where there were too few creators."""

    backtest: ScoreBacktest
    result: dict[str, Any]
    bars: Sequence[Bar]
    words: str
    is_share: bool


HEIGHT = 100


def told_backtest(backtest: ScoreBacktest) -> BacktestTold:
    """Everything about one."""
    groups = backtest.result.get("groups", [])
    most = max((group["mean"] for group in groups), default=0) or 1
    bars = [
        Bar(
            number=place + 1,
            x=place * 20 + 2,
            y=round(HEIGHT * (1 - group["mean"] / most), 1),
            height=round(HEIGHT * group["mean"] / most, 1),
            group=group,
        )
        for place, group in enumerate(groups)
    ]
    is_share = backtest.outcome in {"engagement", "on_time"}
    return BacktestTold(backtest, backtest.result, bars, _words(backtest.result), is_share)


def _words(result: dict[str, Any]) -> str:
    """What the correlation says, without statistics."""
    found = result.get("correlation", {})
    if found.get("value") is None:
        return str(found.get("reason", ""))
    if found["low"] <= 0 <= found["high"]:
        return (
            "It does not show that a higher score was followed by more; nor that it was not: the "
            "interval holds both."
        )
    if found["value"] < 0:
        return "Creators with a higher score brought less afterwards than those with a lower one."
    return "Creators with a higher score brought more afterwards, as a tendency."
