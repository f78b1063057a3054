"""What becomes of a theme: given to somebody as a task, handled, or open again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.choices import ThemeState
from crm.models import Brand, CommentTheme, User
from crm.services.post_comments.keeping import CommentsRefused
from crm.services.tasks import TaskRefused, add_task

ANSWER_MAX = 500


@transaction.atomic
def route(
    *,
    brand: Brand,
    theme_id: int,
    version: int,
    assignee: User | None,
    note: str,
    due_on: date | None,
    actor: User,
    at: datetime,
) -> CommentTheme:
    """Give a theme to somebody, as a task that leads to its comments.

    The task quotes nobody: the words of comments stay where they can go (docs/comments.md).
    Raises CommentTheme.DoesNotExist, CommentsRefused.
    """
    theme = _locked(brand, theme_id, version)
    address = reverse("crm:comment_theme", args=[brand.slug, theme.pk])
    words = f"{theme.get_kind_display()}: “{theme.term}”, in {theme.comments} comments"
    try:
        task = add_task(
            brand=brand,
            title=words,
            details="\n\n".join(
                part for part in (note.strip(), f"What people write: {address}") if part
            ),
            assignee=assignee,
            due_on=due_on,
            actor=actor,
            at=at,
        )
    except TaskRefused as refusal:
        field = {"details": "note"}.get(refusal.field, refusal.field)
        raise CommentsRefused(str(refusal), code=refusal.code, field=field) from None
    theme.task = task
    return _moved(theme, ThemeState.ROUTED, actor, at)


@transaction.atomic
def handle(
    *, brand: Brand, theme_id: int, version: int, answer: str, actor: User | None, at: datetime
) -> CommentTheme:
    """Say what was done about it, or why nothing was. Raises as above."""
    theme = _locked(brand, theme_id, version)
    answer = answer.strip()
    if not answer or len(answer) > ANSWER_MAX:
        msg = f"Say what was done, or why nothing was, in {ANSWER_MAX} characters at most."
        raise CommentsRefused(msg, code="answer_needed", field="answer")
    theme.answer = answer
    return _moved(theme, ThemeState.HANDLED, actor, at)


@transaction.atomic
def reopen(
    *, brand: Brand, theme_id: int, version: int, actor: User | None, at: datetime
) -> CommentTheme:
    """It is not done with after all. Raises as above."""
    theme = _locked(brand, theme_id, version)
    if theme.state == ThemeState.OPEN:
        raise CommentsRefused("It is open already.", code="is_open")
    return _moved(theme, ThemeState.OPEN, actor, at)


def _locked(brand: Brand, theme_id: int, version: int) -> CommentTheme:
    theme = CommentTheme.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=theme_id, brand=brand
    )
    if theme.version != version:
        msg = "Somebody has decided about this since: look at it again."
        raise CommentsRefused(msg, code="outdated")
    return theme


def _moved(
    theme: CommentTheme, state: ThemeState, actor: User | None, at: datetime
) -> CommentTheme:
    before = theme.state
    theme.state, theme.decided_by, theme.decided_at = state, actor, at
    theme.version += 1
    theme.save(update_fields=["state", "decided_by", "decided_at", "version", "task", "answer"])
    audit.record(
        brand=theme.brand,
        verb="crm.comment_theme.moved",
        target=theme,
        actor=actor,
        at=at,
        label=theme.term,
        data={"state": [before, state], "task": theme.task_id, "answer": theme.answer},
    )
    return theme
