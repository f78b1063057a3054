"""Rank creators for a campaign, in a worker: all factors of everybody in one pass of the database.

The first are kept with every factor, and so are those who are in the campaign already, for
comparison and so that weights can be learned once the campaign is over.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.choices import PaperState
from campaigns.models import Campaign, Engagement
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES, PATH
from campaigns.selectors.conflicts import VETTED_FOR, barred
from campaigns.selectors.returns.pieces import PaidPiece, paid_pieces
from campaigns.services.rates.converting import Rates
from campaigns.services.rights.territories import expanded
from crm.choices import Stage, VettingStatus
from crm.models import Brand, Platform, Relationship
from crm.performance import planned_for
from segmentation.matches import shrink
from segmentation.matches.factors import (
    FORMULA,
    FRESH_FOR,
    KEYS,
    LEAST_KNOWN,
    RESULTS_FOR,
    score_of,
)
from segmentation.models import FactsMoment, Match, MatchRow
from segmentation.services import errands
from segmentation.services.forecasts.prices import agreed_prices
from segmentation.services.matches import statements
from segmentation.services.matches.outcomes import usual_of
from segmentation.services.matches.overlap import shares_with_chosen
from segmentation.services.matches.weights import said

# By name: tasks are above services.
TASK = "segmentation.tasks.count_match"
# As many as anybody looks through, and of those who are in a campaign already.
KEPT, COMPARED = 500, 1_000

Kept = dict[str, dict[str, float | int | None]]


@dataclass(frozen=True)
class _Row:
    """A creator with the factors that are known."""

    relationship: int
    creator: int
    parts: Kept


def count(*, match_id: int, at: datetime) -> Match | None:
    """Count a match that waits; safe to call twice."""
    return errands.carry_out(
        Match.objects.select_related("campaign__brand", "weights", "segment", "score"),
        errand_id=match_id,
        task=TASK,
        work=lambda match: _fill(match, at),
    )


def _fill(match: Match, at: datetime) -> None:
    campaign, brand = match.campaign, match.campaign.brand
    chosen = list(
        Engagement.objects.filter(campaign=campaign, stage__in=PATH)
        .order_by("pk")
        .values_list("relationship__creator", flat=True)
    )
    values = _values(match, at)
    results, price, inputs = _told(match, at)
    with planned_for(None), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS match_known, match_told, match_found")
        cursor.execute(statements.KNOWN, values)
        cursor.execute("ANALYZE match_known")
        cursor.execute(statements.COUNTS)
        counts: dict[str | None, int] = dict(cursor.fetchall())
        _tell(cursor, results, price)
        cursor.execute(statements.FOUND, values)
        cursor.execute(statements.compared(), [COMPARED])
        compared = [_row(row) for row in cursor.fetchall()]
        weights = _that_count(match, values)
        rows, others = _first(cursor, brand, weights, counts.get(None, 0), at)
    if _tell_overlap(brand, chosen, rows, compared):
        weights["overlap"] = said(match.weights)["overlap"]
    counts[None] = counts.get(None, 0) - others
    if others:
        counts["other"] = others
    match.rows.all().delete()
    MatchRow.objects.bulk_create(
        [
            *(_made(match, rank, row, weights) for rank, row in _in_order(rows, weights)),
            *(_made(match, None, row, weights) for row in compared),
        ],
        batch_size=1_000,
    )
    match.as_of, match.formula = at, FORMULA
    match.known, match.candidates = sum(counts.values()), counts[None]
    match.left_out = {why: number for why, number in sorted(counts.items(), key=str) if why}
    match.inputs = {**inputs, "weights": weights, "chosen": len(chosen), "kept": len(rows)}
    match.save(update_fields=["as_of", "formula", "known", "candidates", "left_out", "inputs"])


def _values(match: Match, at: datetime) -> dict[str, Any]:
    """What the statements ask for."""
    campaign = match.campaign
    platforms = Platform.objects.filter(key__in=campaign.platforms)
    return {
        "brand": campaign.brand_id,
        "campaign": campaign.pk,
        "segment": match.segment.segment_id if match.segment else None,
        "score_model": match.score.model_id if match.score else None,
        "price_limit": match.price_limit,
        "as_of": at,
        "starts_on": campaign.starts_on,
        "category": campaign.category,
        "markets": campaign.jurisdictions,
        "countries": _countries(campaign.jurisdictions),
        "platforms": list(platforms.order_by("number").values_list("number", flat=True)),
        "declined": Stage.DECLINED.value,
        "held": PaperState.HELD.value,
        "on_path": [stage.value for stage in PATH],
        "open_campaigns": [status.value for status in OPEN_CAMPAIGNS],
        "open_stages": [stage.value for stage in OPEN_STAGES],
        "settled": VettingStatus.SETTLED.value,
        "vetted_since": at - VETTED_FOR,
        "fresh_for": FRESH_FOR,
    }


def _countries(markets: Iterable[str]) -> list[str]:
    """The countries of a campaign's markets, as audiences name them."""
    return expanded("GB" if key == "UK" else key for key in markets)


def _that_count(match: Match, values: Mapping[str, Any]) -> dict[str, int]:
    """The weights, but for factors that the campaign says nothing for."""
    weights = said(match.weights)
    lacking = {
        "score": match.score is None,
        "audience": not values["countries"],
        "platform": not values["platforms"],
        "price": match.price_limit is None,
        # Of the first only, once they are found.
        "overlap": True,
    }
    return {key: 0 if lacking.get(key) else weights[key] for key in KEYS}


def _first(
    cursor: Any, brand: Brand, weights: Mapping[str, int], free: int, at: datetime
) -> tuple[list[_Row], int]:
    """The first who may be invited, and how many were passed over: whatever bars an invitation."""
    asked = KEPT + 50
    total = sum(weights.values())
    if not total:
        return [], 0
    while True:
        cursor.execute(
            statements.ranked(),
            {**weights, "weight": total, "least_known": LEAST_KNOWN, "size": asked},
        )
        found = [_row(row) for row in cursor.fetchall()]
        relationships = Relationship.objects.filter(pk__in=[row.relationship for row in found])
        refused = barred(brand, list(relationships), at)
        taken = [row for row in found if row.relationship not in refused][:KEPT]
        if len(taken) == KEPT or asked >= free:
            last = found.index(taken[-1]) if len(taken) == KEPT else len(found)
            return taken, sum(row.relationship in refused for row in found[:last])
        asked *= 4


def _row(row: Sequence[Any]) -> _Row:
    relationship, creator, *cells = row
    parts: Kept = {}
    for place, key in enumerate(KEYS):
        value, points, n = cells[3 * place : 3 * place + 3]
        if points is not None:
            parts[key] = {"value": float(value), "points": float(points)}
            if n is not None:
                parts[key]["n"] = n
    return _Row(relationship, creator, parts)


def _tell_overlap(
    brand: Brand,
    chosen: Sequence[int],
    rows: Sequence[_Row],
    compared: Sequence[_Row],
) -> bool:
    """Tell of the first, and of the chosen, how much of their audience is reached already.

    Returns whether it could be told of anybody.
    """
    shares = shares_with_chosen(brand, chosen, [row.creator for row in (*rows, *compared)])
    for row in (*rows, *compared):
        share = shares.get(row.creator)
        if share is not None:
            row.parts["overlap"] = {"value": share, "points": 100 * (1 - share)}
    return bool(shares)


def _in_order(rows: Sequence[_Row], weights: Mapping[str, int]) -> list[tuple[int, _Row]]:
    """Places by score, with all that is known by now; of equal ones as they came."""

    def place(row: _Row) -> tuple[bool, float]:
        score, known = score_of(row.parts, weights)
        return known < LEAST_KNOWN - 1e-9, math.inf if score is None else -score

    return list(enumerate(sorted(rows, key=place), 1))


def _made(match: Match, rank: int | None, row: _Row, weights: Mapping[str, int]) -> MatchRow:
    score, known = score_of(row.parts, weights)
    return MatchRow(
        match=match,
        relationship_id=row.relationship,
        rank=rank,
        score=None if score is None else min(max(score, 0.0), 100.0),
        known=known,
        parts=row.parts,
    )


def _told(
    match: Match, at: datetime
) -> tuple[dict[int, shrink.Shrunk], dict[int, float], dict[str, Any]]:
    """Results with us and prices by creator, and what they were computed from."""
    brand = match.campaign.brand
    pieces = paid_pieces(brand, start=at - timedelta(days=RESULTS_FOR), until=at)
    ratios = _ratios(brand, pieces)
    towards = shrink.usual(ratios)
    results = {}
    inputs: dict[str, Any] = {"formula": FORMULA, "facts_as_of": _facts_as_of(brand)}
    if towards is not None:
        results = {creator: shrink.shrink(values, towards) for creator, values in ratios.items()}
        endless = towards.worth is None or math.isinf(towards.worth)
        inputs["results"] = {
            "mean": round(math.exp(towards.mean), 4),
            "worth": None if endless else round(towards.worth or 0.0, 2),
            "pieces": towards.results,
            "creators": towards.creators,
        }
    return results, _prices(match, pieces, at), inputs


def _ratios(brand: Brand, pieces: Sequence[PaidPiece]) -> dict[int, list[float]]:
    """By creator, how each piece did against what the creator usually gets (logarithms)."""
    usual = usual_of(brand.pk, {piece.creator for piece in pieces})
    found: dict[int, list[float]] = defaultdict(list)
    for piece in pieces:
        likes, comments = piece.counts.get("likes"), piece.counts.get("comments")
        if likes is None or comments is None or not usual.get(piece.creator):
            continue
        # One more of each, so that a piece without any has a logarithm, too.
        ratio = (likes + comments + 1) / (usual[piece.creator] + 1)
        found[piece.creator].append(math.log(ratio))
    return found


def _prices(match: Match, pieces: Sequence[PaidPiece], at: datetime) -> dict[int, float]:
    """By creator, what one piece cost last, else the newest price that they said yes to, in the
    campaign's currency. Not known where a rate is missing or where it came for nothing.
    """
    if match.price_limit is None:
        return {}
    campaign, brand = match.campaign, match.campaign.brand
    found = _agreed(campaign, at)
    rates = Rates(brand, currencies=[brand.currency, campaign.currency], days=[at.date()])
    for piece in sorted(pieces, key=lambda one: one.published_at):
        if not piece.cost:
            continue
        cost = rates.convert(piece.cost, brand.currency, campaign.currency, at.date())
        if cost is not None:
            found[piece.creator] = float(cost.amount)
    return found


def _agreed(campaign: Campaign, at: datetime) -> dict[int, float]:
    prices = agreed_prices(campaign.brand, campaign.currency, at)
    rows = Relationship.objects.filter(pk__in=prices).values_list("pk", "creator")
    return {creator: prices[pk] for pk, creator in rows}


def _tell(cursor: Any, results: Mapping[int, shrink.Shrunk], prices: Mapping[int, float]) -> None:
    creators = sorted({*results, *prices})
    cursor.execute(statements.TOLD)
    cursor.execute(
        statements.TELL,
        [
            creators,
            [math.exp(results[one].value) if one in results else None for one in creators],
            [results[one].n if one in results else None for one in creators],
            [prices.get(one) for one in creators],
        ],
    )


def _facts_as_of(brand: Brand) -> str | None:
    moment = FactsMoment.objects.filter(brand=brand).values_list("as_of", flat=True).first()
    return moment.isoformat() if moment else None
