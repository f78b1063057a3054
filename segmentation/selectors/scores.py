"""Scores as pages and answers show them: models, rankings, and why a score is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Subquery

from crm.choices import Stage
from crm.models import Brand, Creator, Relationship
from crm.paging import Order, Page, paginate
from segmentation.facts.readings import read_facts
from segmentation.models import CreatorScore, ScoreModel, ScoreNorm, ScoreVersion
from segmentation.rules.facts import Catalogue
from segmentation.scoring.definition import DefinitionInvalid, Percentile
from segmentation.scoring.evaluate import Norm, Part, Score, evaluate
from segmentation.scoring.words import Line, number, peers_in_words, told
from segmentation.services.scores.counting import LEAST_CHANGE
from segmentation.services.scores.writing import components, definition_of

RANKING = Order("-score", "score", "creator_id", descending=True)
_METRICS = "creator__metrics__"
_BINS = """SELECT least(width_bucket(score, 0, 100, 10), 10), count(*)
FROM segmentation_creatorscore WHERE model_id = %s AND replaced_at IS NULL GROUP BY 1"""


def models_of(brand: Brand) -> QuerySet[ScoreModel]:
    """The brand's scores with their versions, the newest first."""
    versions = ScoreVersion.objects.select_related("author").order_by("-number")
    return (
        ScoreModel.objects.filter(brand=brand)
        .select_related("brand", "active_version", "counted_version")
        .prefetch_related(Prefetch("versions", queryset=versions))
    )


@dataclass(frozen=True)
class Told:
    """A version in words, or why it cannot be used any more."""

    version: ScoreVersion
    lines: list[Line]
    least_known: float
    fault: str


def told_version(version: ScoreVersion, facts: Catalogue) -> Told:
    """What the version says."""
    try:
        definition = definition_of(version, facts)
    except DefinitionInvalid as invalid:
        return Told(version, [], 0.0, str(invalid))
    return Told(version, told(definition, facts), definition.least_known, "")


def ranking_rows(model: ScoreModel) -> QuerySet[CreatorScore, Any]:
    """The scores that hold, as dicts; without those who object to being scored."""
    known = Relationship.objects.filter(brand=model.brand_id, creator=OuterRef("creator"))
    rows = CreatorScore.objects.filter(
        Exists(known.filter(unprofiled_at=None)), model=model, replaced_at=None
    )
    return rows.values(
        "score",
        "known",
        "counted_at",
        uid=F("creator__uid"),
        name=F("creator__name"),
        handle=F(f"{_METRICS}primary_handle"),
        platform=F(f"{_METRICS}primary_platform__name"),
        followers=F(f"{_METRICS}followers"),
        stage=Subquery(known.values("stage")),
    )


def ranking(model: ScoreModel, *, cursor: str | None, size: int = 50) -> Page[dict[str, Any]]:
    """A page of the ranking, the highest score first. Raises crm.paging.BadCursor."""
    page = paginate(ranking_rows(model), RANKING, cursor=cursor, size=size)
    for row in page.items:
        row["stage_label"] = Stage(row["stage"]).label if row["stage"] else None
    return page


@dataclass(frozen=True)
class Bin:
    """How many creators have a score from `low`, up to (and for the last with) `high`."""

    low: int
    high: int
    creators: int
    # Of the fullest one, in percent.
    share: int


def spread(model: ScoreModel) -> list[Bin]:
    """How the scores are spread, in tens; empty where nobody has one."""
    with connection.cursor() as cursor:
        cursor.execute(_BINS, [model.pk])
        found = dict(cursor.fetchall())
    most = max(found.values(), default=0)
    if not most:
        return []
    return [
        Bin(10 * (n - 1), 10 * n, found.get(n, 0), round(100 * found.get(n, 0) / most))
        for n in range(1, 11)
    ]


@dataclass(frozen=True)
class PartTold:
    """A component of a creator's score, with what was read."""

    part: Part
    value: str
    compared: str
    source: str
    captured_at: datetime | None


@dataclass(frozen=True)
class ScoreTold:
    """A creator's score by one model: the one that holds, and what today's facts come to."""

    model: ScoreModel
    held: CreatorScore | None
    now: Score
    parts: list[PartTold]
    # Whether the facts have changed since it was counted, by more than can be seen.
    has_moved: bool
    history: list[CreatorScore]


HISTORY = 12


def scores_of(brand: Brand, creator: Creator, *, at: datetime) -> list[ScoreTold]:
    """The creator's score by each model in use, part by part; none of who objects to it."""
    known = Relationship.objects.filter(brand=brand, creator=creator, unprofiled_at=None)
    if not known.exists():
        return []
    in_use = list(
        ScoreModel.objects.filter(brand=brand, archived_at=None, active_version__isnull=False)
        .select_related("brand", "active_version")
        .order_by("name", "pk")
    )
    if not in_use:
        return []
    facts = components(brand)
    readings = read_facts(brand=brand, creator=creator, as_of=at, facts=facts, stored=True)
    values = {key: reading.value for key, reading in readings.items()}
    norms = _norms([model.active_version_id for model in in_use])
    rows: dict[int, list[CreatorScore]] = {}
    held = CreatorScore.objects.filter(model__in=in_use, creator=creator)
    for row in held.select_related("version").order_by("-counted_at"):
        rows.setdefault(row.model_id, []).append(row)
    found = []
    for model in in_use:
        version = model.active_version
        if version is None:
            continue
        try:
            definition = definition_of(version, facts)
        except DefinitionInvalid:
            continue
        now = evaluate(definition, values, norms.get(version.pk, {}), facts)
        history = rows.get(model.pk, [])
        holds = next((row for row in history if row.replaced_at is None), None)
        found.append(
            ScoreTold(
                model=model,
                held=holds,
                now=now,
                parts=[_part(part, readings, facts) for part in now.parts],
                has_moved=_has_moved(holds, now, version),
                history=history[:HISTORY],
            )
        )
    return found


def _norms(versions: Sequence[int | None]) -> dict[int, dict[tuple[str, tuple[str, ...]], Norm]]:
    found: dict[int, dict[tuple[str, tuple[str, ...]], Norm]] = {}
    for row in ScoreNorm.objects.filter(version__in=[one for one in versions if one]):
        of_version = found.setdefault(row.version_id, {})
        of_version[row.component, tuple(row.peers)] = Norm(tuple(row.points), row.creators)
    return found


def _has_moved(held: CreatorScore | None, now: Score, version: ScoreVersion) -> bool:
    if held is None or now.value is None:
        return (held is None) != (now.value is None)
    return held.version_id != version.pk or abs(held.score - now.value) >= LEAST_CHANGE


def _part(part: Part, readings: Any, facts: Catalogue) -> PartTold:
    fact, reading = facts[part.component.fact], readings.get(part.component.fact)
    compared = ""
    if isinstance(part.component.scale, Percentile) and part.creators is not None:
        labels = [facts[key].label for key in part.component.scale.peers] if part.peers else []
        compared = f"{part.creators:,} {peers_in_words(labels).removeprefix('all ')}"
    return PartTold(
        part=part,
        value=_in_words(part.value, fact),
        compared=compared,
        source="" if reading is None else reading.source,
        captured_at=None if reading is None else reading.captured_at,
    )


def _in_words(value: Any, fact: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(fact.label_of(fact.named(one)) for one in value) or "none"
    if isinstance(value, str) or fact.vocabulary is not None:
        return str(fact.label_of(fact.named(value)))
    return number(round(float(value), 4), fact)
