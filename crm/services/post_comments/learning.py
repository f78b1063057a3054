"""Learn from what people said of comments: kind, mood, closeness to the topic. Workers only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from crm.choices import LearnedTask, Mood
from crm.models import Brand, CommentLabel
from crm.services.learning.learning import Decided, learn
from crm.services.post_comments import kinds
from crm.services.post_comments.labelling import mood_of
from crm.services.post_comments.scorer import (
    OFF_TOPIC,
    ON_TOPIC,
    RELEVANT,
    SCORED_LANGUAGE,
    close_marks,
    mood_marks,
)
from crm.services.post_comments.scoring import tell

# A model is read whole, and old labels say less: the newest ones.
LABELS_MAX = 20_000


def learn_all(*, brand: Brand, at: datetime) -> list[LearnedTask]:
    """Try to learn each of them anew; returns those of which something better is in use now."""
    labels = list(
        CommentLabel.objects.filter(comment__brand=brand)
        .exclude(comment__text="")
        .select_related("comment__score", "comment__sorting")
        .order_by("-labelled_at", "-pk")[:LABELS_MAX]
    )
    found = []
    for task, of in _TASKS.items():
        decided = list(of(brand, labels))
        made = learn(brand=brand, task=task, decided=decided, at=at) if decided else None
        if made is not None and made.is_used:
            found.append(task)
    return found


def _kinds(_brand: Brand, labels: list[CommentLabel]) -> Iterator[Decided]:
    for one in labels:
        if one.kind:
            text = one.comment.text
            otherwise = kinds.by_signs(text).kind
            yield Decided(text, kinds.marks(text), one.kind, _group(one), otherwise)


def _moods(_brand: Brand, labels: list[CommentLabel]) -> Iterator[Decided]:
    for one in labels:
        score = getattr(one.comment, "score", None)
        if one.mood and score is not None and score.language == SCORED_LANGUAGE:
            text = one.comment.text
            otherwise = one.suggested_mood or mood_of(score) or Mood.NEUTRAL
            yield Decided(text, mood_marks(text), one.mood, _group(one), otherwise)


def _relevances(brand: Brand, labels: list[CommentLabel]) -> Iterator[Decided]:
    mine = [one for one in labels if one.is_relevant is not None]
    rows = [(one.comment_id, one.comment.post_id, one.comment.text) for one in mine]
    # Closeness anew: what is kept may be what an earlier model made of it.
    for one, told in zip(mine, tell(brand.pk, rows) if rows else (), strict=True):
        if told.relevance is not None:
            yield Decided(
                one.comment.text,
                close_marks(told.relevance, told.words),
                ON_TOPIC if one.is_relevant else OFF_TOPIC,
                _group(one),
                ON_TOPIC if told.relevance >= RELEVANT else OFF_TOPIC,
            )


def _group(one: CommentLabel) -> str:
    return f"post {one.comment.post_id}"


_TASKS: Mapping[LearnedTask, Callable[[Brand, list[CommentLabel]], Iterator[Decided]]] = {
    LearnedTask.COMMENT_KIND: _kinds,
    LearnedTask.COMMENT_MOOD: _moods,
    LearnedTask.COMMENT_RELEVANCE: _relevances,
}
