"""Themes with examples, and how far people agree with what was suggested, for pages and REST."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from crm.choices import LearnedTask, ThemeState
from crm.models import Brand, CommentLabel, CommentTheme, LearnedModel, PostComment

EXAMPLES = 2
# Newest first, with a number for the place below each theme.
_EXAMPLES = """
SELECT theme, id, text FROM unnest(%(themes)s::bigint[]) AS t (theme)
CROSS JOIN LATERAL (
  SELECT c.id, c.text FROM crm_commentsorting k JOIN crm_postcomment c ON c.id = k.comment_id
  WHERE k.theme_id = t.theme AND c.text <> ''
  ORDER BY coalesce(c.published_at, c.created_at) DESC, c.id DESC LIMIT %(each)s
) one
"""


@dataclass(frozen=True)
class Agreement:
    """Of one thing that is suggested: what people said of it, and what was learned.

    agreed, said  suggestions that people confirmed, of those of which they said something
    labels        all that was said, also where nothing was suggested
    models        tried, the newest first; the one in use among them
    """

    task: LearnedTask
    labels: int
    agreed: int
    said: int
    models: Sequence[LearnedModel]

    @property
    def used(self) -> LearnedModel | None:
        """What is in use; None: what ships."""
        return next((one for one in self.models if one.is_used), None)

    @property
    def overridden(self) -> float | None:
        """Share of suggestions that people changed; None: nobody has said anything."""
        return (self.said - self.agreed) / self.said if self.said else None


def themes(brand: Brand, kind: str, state: str) -> QuerySet[CommentTheme]:
    """Themes of one kind, those with the most writers first. `state` "": not handled yet."""
    rows = CommentTheme.objects.filter(brand=brand, kind=kind)
    rows = rows.filter(state=state) if state else rows.exclude(state=ThemeState.HANDLED)
    since = Q(state=ThemeState.HANDLED, sortings__comment__created_at__gt=F("decided_at"))
    rows = rows.select_related("task__assignee", "decided_by")
    return rows.annotate(since=Count("sortings", filter=since)).order_by("-writers", "term")


def examples(themes: Sequence[CommentTheme]) -> Mapping[int, list[tuple[int, str]]]:
    """The newest comments of each theme, as number and words. One query."""
    found = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, {"themes": [one.pk for one in themes], "each": EXAMPLES})
        for theme, pk, text in cursor.fetchall():
            found[theme].append((pk, text))
    return found


def comments_of(theme: CommentTheme) -> QuerySet[PostComment]:
    """What people write, with what a row shows."""
    rows = PostComment.objects.filter(sorting__theme=theme).exclude(text="")
    return rows.select_related("post__creator", "sorting", "score", "label")


def agreements(brand: Brand) -> list[Agreement]:
    """Of kind, mood and closeness. Two queries."""
    suggested = {
        LearnedTask.COMMENT_KIND: ("kind", "suggested_kind", ~Q(kind=""), ~Q(suggested_kind="")),
        LearnedTask.COMMENT_MOOD: ("mood", "suggested_mood", ~Q(mood=""), ~Q(suggested_mood="")),
        LearnedTask.COMMENT_RELEVANCE: (
            "is_relevant",
            "suggested_relevant",
            Q(is_relevant__isnull=False),
            Q(suggested_relevant__isnull=False),
        ),
    }
    counts: dict[str, Count] = {}
    for task, (said, told, has_said, has_told) in suggested.items():
        counts[f"{task.value}_labels"] = Count("pk", filter=has_said)
        counts[f"{task.value}_said"] = Count("pk", filter=has_said & has_told)
        counts[f"{task.value}_agreed"] = Count(
            "pk", filter=has_said & has_told & Q(**{said: F(told)})
        )
    found = CommentLabel.objects.filter(comment__brand=brand).aggregate(**counts)
    models = defaultdict(list)
    for one in LearnedModel.objects.filter(brand=brand).to_show():
        models[one.task].append(one)
    return [
        Agreement(
            task,
            labels=found[f"{task.value}_labels"],
            agreed=found[f"{task.value}_agreed"],
            said=found[f"{task.value}_said"],
            models=models[task],
        )
        for task in suggested
    ]
