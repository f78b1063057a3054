"""Matches as pages and answers show them: the ranking, its parts, and who was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from campaigns.models import Campaign, Engagement
from campaigns.models.engagements import PATH
from crm.models import Brand
from crm.paging import Order, Page, paginate
from segmentation.matches.factors import KEYS, LEFT_OUT, NEEDS, Part, parts_of
from segmentation.models import Match, MatchRow, ScoreModel

RANKING = Order("rank", "rank", "id")
_CREATOR = "relationship__creator__"


@dataclass(frozen=True)
class Ranked:
    """A creator in a match; `rank` None: was in the campaign already."""

    relationship: int
    uid: str
    name: str
    followers: int | None
    rank: int | None
    score: float | None
    known: float
    parts: Sequence[Part]
    # In the campaign by now.
    is_taken: bool


def matches_of(campaign: Campaign) -> QuerySet[Match]:
    """A campaign's matches, the newest first."""
    return (
        Match.objects.filter(campaign=campaign)
        .select_related("weights", "segment__segment", "score__model", "requested_by")
        .order_by("-requested_at", "-pk")
    )


def weights_counted(match: Match) -> Mapping[str, float]:
    """What each factor counted in it; a match that is not done counts nothing."""
    counted: Mapping[str, float] = match.inputs.get("weights", {})
    return counted


def left_out(match: Match) -> list[tuple[str, int]]:
    """Why creators were not ranked, in words, the most first."""
    rows = [(LEFT_OUT.get(why, why), number) for why, number in match.left_out.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def silent(match: Match) -> list[str]:
    """Factors with a weight that the match could not count, and why."""
    counted = weights_counted(match)
    return [
        NEEDS[key]
        for key in KEYS
        if match.weights.weights.get(key) and not counted.get(key) and key in NEEDS
    ]


def rows_of(match: Match) -> QuerySet[MatchRow, Any]:
    """Those who were ranked, as dicts; without those who have objected since."""
    rows = MatchRow.objects.without_objectors().filter(match=match, rank__isnull=False)
    return _as_dicts(rows)


def page_of(match: Match, *, cursor: str | None, size: int = 50) -> Page[Any]:
    """A page of the ranking, the first place first. Raises crm.paging.BadCursor."""
    page: Page[Any] = paginate(rows_of(match), RANKING, cursor=cursor, size=size)
    taken = _taken(match, [row["relationship"] for row in page.items])
    weights = weights_counted(match)
    items = [_ranked(row, weights, taken) for row in page.items]
    return Page(items, page.next, page.previous)


def all_of(match: Match) -> Iterator[Ranked]:
    """All who were ranked, in order: as many as a match keeps."""
    rows = list(rows_of(match).order_by("rank", "pk"))
    taken = _taken(match, [row["relationship"] for row in rows])
    weights = weights_counted(match)
    for row in rows:
        yield _ranked(row, weights, taken)


def compared(match: Match) -> list[Ranked]:
    """Those who were in the campaign already, the highest score first."""
    rows = _as_dicts(MatchRow.objects.without_objectors().filter(match=match, rank=None))
    rows = rows.order_by(F("score").desc(nulls_last=True), "pk")
    weights = weights_counted(match)
    return [_ranked(row, weights, frozenset()) for row in rows]


def scores_of(brand: Brand) -> list[ScoreModel]:
    """Scores that can count: those that were counted."""
    rows = ScoreModel.objects.filter(brand=brand, archived_at=None, counted_version__isnull=False)
    return list(rows.order_by("name", "pk"))


def _as_dicts(rows: QuerySet[MatchRow]) -> QuerySet[MatchRow, Any]:
    return rows.values(
        "id",
        "rank",
        "score",
        "known",
        "parts",
        "relationship",
        uid=F(f"{_CREATOR}uid"),
        name=F(f"{_CREATOR}name"),
        followers=F(f"{_CREATOR}metrics__followers"),
    )


def _taken(match: Match, relationships: Sequence[int]) -> frozenset[int]:
    rows = Engagement.objects.filter(
        campaign=match.campaign_id, relationship__in=relationships, stage__in=PATH
    )
    return frozenset(rows.values_list("relationship", flat=True))


def _ranked(row: Mapping[str, Any], weights: Mapping[str, float], taken: frozenset[int]) -> Ranked:
    return Ranked(
        relationship=row["relationship"],
        uid=row["uid"],
        name=row["name"],
        followers=row["followers"],
        rank=row["rank"],
        score=row["score"],
        known=row["known"],
        parts=parts_of(row["parts"], weights),
        is_taken=row["relationship"] in taken,
    )
