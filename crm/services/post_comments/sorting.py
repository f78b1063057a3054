"""Workers sort comments by kind: what was just scored, and all anew once more was learned."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from crm.choices import LearnedTask
from crm.models import Brand, CommentSorting, LearnedModel
from crm.services.learning.learning import used
from crm.services.learning.weighing import Weights
from crm.services.post_comments.kinds import Sorted, sort
from crm.services.post_comments.scorer import SCORED_LANGUAGE

BITE = 2_000
# A number, its language as it was scored, its words.
Row = tuple[int, str, str]
# Never sorted, or by another model than the one in use (null: the list of signs).
_OLD = """
SELECT c.id, s.language, c.text FROM crm_postcomment c
JOIN crm_commentscore s ON s.comment_id = c.id
LEFT JOIN crm_commentsorting k ON k.comment_id = c.id
WHERE c.brand_id = %(brand)s AND c.id > %(after)s AND c.text <> ''
  AND (k.comment_id IS NULL OR k.model_id IS DISTINCT FROM %(model)s)
ORDER BY c.id LIMIT %(bite)s
"""


def sort_rows(rows: Iterable[Row], model: LearnedModel | None) -> None:
    """Sort these comments; what was said of them before is replaced."""
    weights = Weights.of(model.weights) if model else None
    CommentSorting.objects.bulk_create(
        [_sorting(pk, language, text, model, weights) for pk, language, text in rows],
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=["kind", "sure", "model", "theme"],
        batch_size=BITE,
    )


def sort_old(*, brand: Brand) -> int:
    """Sort what is not sorted by what is in use, in bites. Returns how many."""
    model = used(brand.pk, LearnedTask.COMMENT_KIND)
    number, after = 0, 0
    while True:
        values = {"brand": brand.pk, "after": after, "bite": BITE}
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_OLD, {**values, "model": model.pk if model else None})
                rows: list[Row] = cursor.fetchall()
            sort_rows(rows, model)
        number += len(rows)
        if len(rows) < BITE:
            return number
        after = rows[-1][0]


def _sorting(
    pk: int, language: str, text: str, model: LearnedModel | None, weights: Weights | None
) -> CommentSorting:
    told = sort(text, weights) if language == SCORED_LANGUAGE else Sorted("", None, ())
    return CommentSorting(comment_id=pk, kind=told.kind, sure=told.sure, model=model)
