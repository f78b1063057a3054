"""Workers score what waits, each comment once, and add threads up by one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from crm.choices import LearnedTask
from crm.models import CommentScore, CommentScorer, CommentThread, LearnedModel, Post
from crm.services.learning.learning import used
from crm.services.learning.weighing import Weights
from crm.services.post_comments import scorer
from crm.services.post_comments.scorer import NOTHING, Learned, Scored, Talk
from crm.services.post_comments.sorting import sort_rows

THREADS = 200
COMMENTS = 10_000
# Of a thread, beside those that are scored; and of other threads, to tell what is said everywhere.
OTHERS = 200
BACKGROUND_THREADS, BACKGROUND_EACH = 50, 40

# In the order of `Learned`.
_TASKS = (LearnedTask.COMMENT_MOOD, LearnedTask.COMMENT_RELEVANCE)
_UNSCORED = """
SELECT c.id, c.post_id, c.text
FROM crm_postcomment c
WHERE c.brand_id = %(brand)s AND c.post_id = ANY(%(posts)s)
  AND NOT EXISTS (SELECT FROM crm_commentscore s WHERE s.comment_id = c.id)
ORDER BY c.post_id, c.id LIMIT %(most)s
"""
_OTHERS = """
SELECT one.post_id, other.text FROM unnest(%(posts)s::bigint[]) AS one (post_id)
CROSS JOIN LATERAL (
  SELECT c.id, c.text FROM crm_postcomment c
  WHERE c.post_id = one.post_id AND c.brand_id = %(brand)s AND c.text <> ''
    AND c.id <> ALL(%(but)s)
  ORDER BY c.external_id LIMIT %(each)s
) other
"""
_LARGEST = """
SELECT post_id FROM crm_commentthread
WHERE brand_id = %(brand)s AND post_id <> ALL(%(posts)s)
ORDER BY comments DESC, id DESC LIMIT %(most)s
"""
_ADD_UP = """
UPDATE crm_commentthread t
SET comments = s.comments, replies = s.replies, answered = s.answered, authors = s.authors,
  scored = s.scored, in_language = s.in_language, positive = s.positive, negative = s.negative,
  classified = s.classified, relevant = s.relevant, waits_since = NULL
FROM (
  SELECT w.id, count(c.id) AS comments, count(c.id) FILTER (WHERE c.parent_key <> '') AS replies,
    count(c.id) FILTER (WHERE EXISTS (
      SELECT FROM crm_postcomment r WHERE r.post_id = c.post_id AND r.brand_id = c.brand_id
        AND r.parent_key = c.external_id)) AS answered,
    count(DISTINCT c.author) AS authors, count(s.comment_id) AS scored,
    count(coalesce(l.mood, s.sentiment::text)) AS in_language,
    count(*) FILTER (WHERE coalesce(l.mood = 'positive', s.sentiment >= %(positive)s)) AS positive,
    count(*) FILTER (WHERE coalesce(l.mood = 'negative', s.sentiment <= %(negative)s)) AS negative,
    count(coalesce(l.is_relevant, s.relevance IS NOT NULL OR NULL)) AS classified,
    count(*) FILTER (WHERE coalesce(l.is_relevant, s.relevance >= %(relevant)s)) AS relevant
  FROM crm_commentthread w
  LEFT JOIN crm_postcomment c ON c.post_id = w.post_id AND c.brand_id = w.brand_id
  LEFT JOIN crm_commentscore s ON s.comment_id = c.id
  -- What somebody said counts before what the scorer said; of one that is not scored, neither.
  LEFT JOIN LATERAL (
    SELECT nullif(o.mood, '') AS mood, o.is_relevant FROM crm_commentlabel o
    WHERE o.comment_id = s.comment_id) l ON true
  WHERE w.id = ANY(%(threads)s)
  GROUP BY w.id
) s
WHERE s.id = t.id
"""


@transaction.atomic
def score_waiting() -> int:
    """Score and add up a brand's threads that have waited longest. Returns how many were looked at.

    Two workers share none; whoever is interrupted leaves them waiting.
    """
    waiting = CommentThread.objects.filter(waits_since__isnull=False).order_by("waits_since", "pk")
    first = waiting.values_list("brand", flat=True).first()
    threads = list(
        waiting.filter(brand=first).select_for_update(no_key=True, skip_locked=True, of=("self",))[
            :THREADS
        ]
    )
    if first is None or not threads:
        return 0
    posts = [one.post_id for one in threads]
    rows = _rows(_UNSCORED, brand=first, posts=posts, most=COMMENTS + 1)
    unfinished: set[int] = set()
    if len(rows) > COMMENTS:
        # Posts come in order: what comes after the last one that is read has comments that wait.
        rows, last = rows[:COMMENTS], rows[-1][1]
        unfinished = {post for post in posts if post >= last}
    if rows:
        _score(first, rows)
    done = [one.pk for one in threads if one.post_id not in unfinished]
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD_UP,
            {
                "threads": done,
                "positive": scorer.POSITIVE,
                "negative": scorer.NEGATIVE,
                "relevant": scorer.RELEVANT,
            },
        )
    CommentThread.objects.filter(pk__in=done, comments=0).delete()
    return len(threads)


def _score(brand: int, rows: Sequence[tuple[int, int, str]]) -> None:
    models = {task: used(brand, task) for task in _TASKS}
    told = tell(brand, rows, _learned(models))
    by, _made = CommentScorer.objects.get_or_create(
        name=scorer.NAME, version=_version(brand, models)
    )
    CommentScore.objects.bulk_create(
        [
            CommentScore(
                comment_id=pk,
                scorer=by,
                language=one.language,
                words=one.words,
                sentiment=one.sentiment,
                relevance=one.relevance,
            )
            for (pk, _post, _words), one in zip(rows, told, strict=True)
        ],
        batch_size=2_000,
        ignore_conflicts=True,
    )
    sort_rows(
        [(pk, one.language, words) for (pk, _post, words), one in zip(rows, told, strict=True)],
        used(brand, LearnedTask.COMMENT_KIND),
    )


def tell(
    brand: int, rows: Sequence[tuple[int, int, str]], learned: Learned = NOTHING
) -> list[Scored]:
    """What is said of comments, given as (number, post, words), in their order; nothing is kept."""
    posts = sorted({post for _pk, post, _words in rows})
    others = defaultdict(list)
    ids = [pk for pk, _post, _words in rows]
    for post, words in _rows(_OTHERS, brand=brand, posts=posts, but=ids, each=OTHERS):
        others[post].append(words)
    talks = {
        pk: Talk(f"{title}\n{caption}", others[pk])
        for pk, title, caption in Post.objects.filter(pk__in=posts).values_list(
            "pk", "title", "caption"
        )
    }
    largest = [row[0] for row in _rows(_LARGEST, brand=brand, posts=posts, most=BACKGROUND_THREADS)]
    background = _rows(_OTHERS, brand=brand, posts=largest, but=[], each=BACKGROUND_EACH)
    given = [(post, words) for _pk, post, words in rows]
    return scorer.score(given, talks, [words for _post, words in background], learned)


def _learned(models: Mapping[LearnedTask, LearnedModel | None]) -> Learned:
    mood, relevance = (Weights.of(one.weights) if one else None for one in models.values())
    return Learned(mood, relevance)


def _version(brand: int, models: Mapping[LearnedTask, LearnedModel | None]) -> str:
    """Of the scorer; what a brand taught is named by brand and number, and says enough alone."""
    taught = [f"{task.value} {brand}.{one.number}" for task, one in models.items() if one]
    return "; ".join(taught) or scorer.version()


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
