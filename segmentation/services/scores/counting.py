"""Count the scores of all creators of a brand by one model: one pass over the facts as they stand.

A row is written only for a creator whose score is another one than before, so that the table is the
history of each score. What a percentile compares with is kept for a month: a rank must not move
each night because others have posted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm.fact_keys import OF_A_SCORE
from crm.models import Brand
from crm.performance import planned_for
from crm.services.facts import mark_changed
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import FACTS_TABLE, rows
from segmentation.models import ScoreModel, ScoreNorm, ScoreVersion
from segmentation.rules.facts import Catalogue
from segmentation.scoring.definition import Definition, DefinitionInvalid
from segmentation.scoring.sql import compile_scores, norms_query
from segmentation.services import errands
from segmentation.services.fact_readers import is_read
from segmentation.services.scores import stability
from segmentation.services.scores.writing import TASK, components, definition_of

# How long peers stay as they were found; a new version finds them anew.
NORMS_FOR = timedelta(days=30)
# Points by which a score must differ to be another one: what a page shows has one decimal.
LEAST_CHANGE = 0.05
# Where more creators than these have another score, all of the brand are looked at again.
ONE_BY_ONE = 20_000
_INSTANT = timedelta(microseconds=1)
# Stands for the rows in text whose percent signs are still to be doubled.
ROWS = ":rows:"

_MOVED = """CREATE TEMP TABLE score_moved ON COMMIT DROP AS
SELECT coalesce(n.creator_id, h.creator_id) AS creator_id, n.creator_id IS NOT NULL AS has_score,
  h.creator_id IS NOT NULL AS had_score
FROM score_found n FULL JOIN (
  SELECT creator_id, score, known, version_id FROM segmentation_creatorscore
  WHERE model_id = %(model)s AND replaced_at IS NULL) h ON h.creator_id = n.creator_id
WHERE n.creator_id IS NULL OR h.creator_id IS NULL OR h.version_id <> %(version)s
  OR abs(h.score - n.score) >= %(least)s OR abs(h.known - n.known) > 1e-6"""
_CLOSE = """UPDATE segmentation_creatorscore x SET replaced_at = %(at)s
FROM score_moved m
WHERE x.model_id = %(model)s AND x.creator_id = m.creator_id AND x.replaced_at IS NULL
  AND m.had_score"""
_OPEN = """INSERT INTO segmentation_creatorscore
  (model_id, creator_id, version_id, counted_at, score, known, points)
SELECT %(model)s, n.creator_id, %(version)s, %(at)s, n.score, n.known, n.points
FROM score_moved m JOIN score_found n ON n.creator_id = m.creator_id
WHERE m.has_score ORDER BY n.creator_id"""
_COUNTS = """SELECT (SELECT count(*) FROM score_found),
  (SELECT count(*) FROM segmentation_creatorfacts WHERE brand_id = %(brand)s
    AND known_since IS NOT NULL),
  (SELECT count(*) FROM score_moved)"""

_NORMS = """INSERT INTO segmentation_scorenorm
  (component, peers, points, mirrored, creators, version_id, as_of)
SELECT s.*, %s, %s FROM """
_OF_VERSION = "(SELECT * FROM segmentation_scorenorm WHERE version_id = {:d})"


def count(*, model_id: int, at: datetime) -> ScoreModel | None:
    """Count what waits for it; safe to call twice. A failure is told, the old scores stay."""
    return errands.carry_out(
        ScoreModel.objects.select_related("brand", "active_version"),
        errand_id=model_id,
        task=TASK,
        work=lambda model: _fill(model, at),
        refusals=(DefinitionInvalid,),
    )


@transaction.atomic
def request(*, at: datetime, brand: Brand | None = None) -> int:
    """Have the scores in use counted, of one brand or of all: their facts have moved.

    Returns how many there are; one that is being counted already is counted once more.
    """
    due = ScoreModel.objects.filter(archived_at=None, active_version__isnull=False)
    if brand is not None:
        due = due.filter(brand=brand)
    models = list(due.select_for_update(no_key=True).order_by("pk"))
    due.filter(pk__in=[model.pk for model in models]).update(
        status=ErrandStatus.QUEUED, error="", attempts=0, requested_by=None, requested_at=at
    )
    for model in models:
        errands.send(TASK, model)
    return len(models)


@dataclass(frozen=True)
class _Counting:
    """A version of a score, what it says, over which facts and as of when."""

    brand: Brand
    version: ScoreVersion
    definition: Definition
    facts: Catalogue
    at: datetime


def _fill(model: ScoreModel, at: datetime) -> None:
    version = model.active_version
    if version is None or model.archived_at is not None:
        return
    facts = components(model.brand)
    # Closed-open stretches of time have a length, also where a clock was set back.
    if model.counted_at is not None:
        at = max(at, model.counted_at + _INSTANT)
    counting = _Counting(model.brand, version, definition_of(version, facts), facts, at)
    with planned_for(None), connection.cursor() as cursor:
        _renew_norms(cursor, counting)
        _find(cursor, counting)
        given: dict[str, Any] = {
            "model": model.pk,
            "version": version.pk,
            "brand": model.brand.pk,
            "at": at,
            "least": LEAST_CHANGE,
        }
        for statement in (_MOVED, "ANALYZE score_moved", _CLOSE, _OPEN, _COUNTS):
            cursor.execute(statement, given)
        scored, everybody, moved = cursor.fetchone()
        changed = _changed(cursor) if 0 < moved <= ONE_BY_ONE else None
        model.stability = stability.measure(cursor, counting.definition)
    if moved and is_read(model.brand, [OF_A_SCORE + model.key]):
        mark_changed(brand=model.brand, creator_ids=changed, cause=f"score.{model.key}")
    model.counted_at, model.counted_version = at, version
    model.scored, model.unscored = scored, everybody - scored
    model.save(update_fields=["counted_at", "counted_version", "scored", "unscored", "stability"])


def _find(cursor: Any, counting: _Counting) -> None:
    """The score of everybody who has one, in a table of this transaction."""
    norms = _OF_VERSION.format(counting.version.pk)
    query = compile_scores(counting.definition, counting.facts, rows=ROWS, norms=norms)
    text, params = with_rows(query, counting.brand, counting.at)
    cursor.execute("DROP TABLE IF EXISTS score_found, score_moved")
    cursor.execute(f"CREATE TEMP TABLE score_found ON COMMIT DROP AS {text}", params)
    cursor.execute("ANALYZE score_found")


def with_rows(
    text: str, brand: Brand, at: datetime, table: str = FACTS_TABLE
) -> tuple[str, list[Any]]:
    """A query of segmentation.scoring.sql over the brand's rows, with its parameters."""
    params = [at, brand.pk] * text.count(ROWS)
    return text.replace("%", "%%").replace(ROWS, rows(table)), params


def _renew_norms(cursor: Any, counting: _Counting) -> None:
    held = ScoreNorm.objects.filter(version=counting.version)
    newest = held.order_by("-as_of").values_list("as_of", flat=True).first()
    if newest is not None and newest > counting.at - NORMS_FOR:
        return
    query = norms_query(counting.definition, counting.facts, rows=ROWS)
    held.delete()
    if query is not None:
        text, params = with_rows(query, counting.brand, counting.at)
        cursor.execute(_NORMS + f"({text}) s", [counting.version.pk, counting.at, *params])


def _changed(cursor: Any) -> Sequence[int]:
    cursor.execute("SELECT creator_id FROM score_moved")
    return [row[0] for row in cursor.fetchall()]
