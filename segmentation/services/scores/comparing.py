"""Compare two versions, of one score or of two: asked for, computed by a worker, stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.models import User
from crm.performance import planned_for
from segmentation.choices import ErrandStatus
from segmentation.models import ScoreComparison, ScoreMove, ScoreVersion
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.services import errands
from segmentation.services.edits import EditRefused
from segmentation.services.scores.standing import find_scores

# By name: tasks are above services.
TASK = "segmentation.tasks.compare_scores"
# Older comparisons of a brand make room for newer ones.
MOST = 20
TOP = 50
STEPS = 20
# How many who rise, and how many who fall, are kept by name.
MOVES = 25

# Equal scores have the same rank: nobody moves by how ties happen to fall.
_PAIR = """CREATE TEMP TABLE score_pair ON COMMIT DROP AS
SELECT creator_id, a.score AS first, b.score AS second, a.points AS first_points,
  b.points AS second_points, rank() OVER (ORDER BY a.score DESC) AS first_rank,
  rank() OVER (ORDER BY b.score DESC) AS second_rank
FROM score_one a JOIN score_other b USING (creator_id)"""
_SIZES = """SELECT (SELECT count(*) FROM score_one), (SELECT count(*) FROM score_other), count(*),
  count(*) FILTER (WHERE first_rank <= %(top)s), count(*) FILTER (WHERE second_rank <= %(top)s),
  count(*) FILTER (WHERE first_rank <= %(top)s AND second_rank <= %(top)s),
  avg(abs(first_rank - second_rank))::float8, avg(abs(first - second))
FROM score_pair"""
_GRID = f"""SELECT least(width_bucket(first, 0, 100, {STEPS}), {STEPS}),
  least(width_bucket(second, 0, 100, {STEPS}), {STEPS}), count(*)
FROM score_pair GROUP BY 1, 2 ORDER BY 1, 2"""  # noqa: S608 - a number of ours
_MOVES = """SELECT creator_id, first_rank, second_rank, first, second, first_points, second_points
FROM score_pair WHERE first_rank {} second_rank
ORDER BY abs(first_rank - second_rank) DESC, creator_id LIMIT {:d}"""


@transaction.atomic
def request_comparison(
    *, first: ScoreVersion, second: ScoreVersion, actor: User | None, at: datetime
) -> ScoreComparison:
    """Have two versions of the same brand's scores compared, as facts stand now.

    One that is stored already is computed again. Raises EditRefused.
    """
    if first.pk == second.pk:
        raise EditRefused("Choose two different versions.", code="bad_versions", field="second")
    brand = first.model.brand
    found, _ = ScoreComparison.objects.update_or_create(
        brand=brand,
        first=first,
        second=second,
        defaults={
            "status": ErrandStatus.QUEUED,
            "error": "",
            "attempts": 0,
            "requested_by": actor,
            "requested_at": at,
        },
    )
    old = ScoreComparison.objects.filter(brand=brand).order_by("-requested_at", "-pk")
    ScoreComparison.objects.filter(pk__in=list(old.values_list("pk", flat=True)[MOST:])).delete()
    audit.record(
        brand=brand,
        verb="segmentation.score.compared",
        target=first.model,
        actor=actor,
        at=at,
        data={
            "version": first.number,
            "with": second.model.key,
            "with_version": second.number,
        },
    )
    errands.send(TASK, found)
    return found


def compare(*, comparison_id: int, at: datetime) -> ScoreComparison | None:
    """Compute one that waits for it; safe to call twice. A failure is told."""
    return errands.carry_out(
        ScoreComparison.objects.select_related("brand", "first__model", "second__model"),
        errand_id=comparison_id,
        task=TASK,
        work=lambda found: _fill(found, at),
        refusals=(DefinitionInvalid,),
    )


def _fill(found: ScoreComparison, at: datetime) -> None:
    with planned_for(None), connection.cursor() as cursor:
        _drop(cursor)
        for version, into in ((found.first, "score_one"), (found.second, "score_other")):
            find_scores(cursor, version=version, brand=found.brand, at=at, into=into)
        cursor.execute(_PAIR)
        found.result = _result(cursor)
        moves = []
        for sign in (">", "<"):
            cursor.execute(_MOVES.format(sign, MOVES))
            moves += cursor.fetchall()
    found.moves.all().delete()
    ScoreMove.objects.bulk_create(
        ScoreMove(
            comparison=found,
            creator_id=creator,
            first_rank=first_rank,
            second_rank=second_rank,
            first_score=first,
            second_score=second,
            first_points=first_points,
            second_points=second_points,
        )
        for creator, first_rank, second_rank, first, second, first_points, second_points in moves
    )
    found.computed_at = at
    found.save(update_fields=["result", "computed_at"])


def _drop(cursor: Any) -> None:
    cursor.execute(
        "DROP TABLE IF EXISTS score_pair, score_one, score_other, score_one_norms, "
        "score_other_norms"
    )


def _result(cursor: Any) -> dict[str, Any]:
    """Of all creators, none by name.

    first, second, both      creators with the one score, with the other, with both
    spearman, kendall        of those with both; {value, low, high, reason}, a number or null
    top                      {size, first, second, shared}: more than `size` where some are equal
    places, points           by how much a creator moves, on average
    grid                     [[step by the first, step by the second, creators]], 20 steps of 5
    """
    # Heavy, and for workers only.
    import numpy as np  # noqa: PLC0415

    from segmentation.scoring import ranks  # noqa: PLC0415

    cursor.execute("SELECT first, second FROM score_pair")
    pairs = np.array(cursor.fetchall(), dtype=float).reshape(-1, 2)
    top = min(TOP, len(pairs) // 2)
    cursor.execute(_SIZES, {"top": top})
    first, second, both, first_top, second_top, shared, places, points = cursor.fetchone()
    found = ranks.spearman(pairs[:, 0], pairs[:, 1])
    cursor.execute(_GRID)
    return {
        "first": first,
        "second": second,
        "both": both,
        "spearman": {
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "reason": found.reason,
        },
        "kendall": ranks.kendall(pairs[:, 0], pairs[:, 1]) if found.value is not None else None,
        "top": {"size": top, "first": first_top, "second": second_top, "shared": shared},
        "places": places,
        "points": points,
        "grid": [list(cell) for cell in cursor.fetchall()],
    }
