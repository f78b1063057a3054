"""What comments are about: sorted, grouped by themes, and what people said of it.

Sortings are a machine's and can be made again; labels are people's. Neither keeps words of a
comment: themes are words that several writers used (docs/comments.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.choices import CommentKind, Mood, ThemeState
from crm.models.brands import Brand, User
from crm.models.learned import LearnedModel
from crm.models.post_comments import PostComment
from crm.models.tasks import Task

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommentThemeQuerySet(models.QuerySet["CommentTheme"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Themes of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class CommentTheme(models.Model):
    """Comments of one kind with a word or two in common, and what became of them.

    comments, writers  of the last 90 days; a writer who is not known counts with each comment
    recent, earlier    comments of the last four weeks, and of the four before
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=CommentKind.choices)
    term = models.CharField(max_length=100)
    state = models.CharField(max_length=7, choices=ThemeState.choices, default=ThemeState.OPEN)
    # What somebody was asked to do about it.
    task = models.ForeignKey(
        Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What was done, or why nothing was.
    answer = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Derived, as of `counted_at`; null: not yet.
    comments = models.PositiveIntegerField(default=0, db_default=0)
    writers = models.PositiveIntegerField(default=0, db_default=0)
    recent = models.PositiveIntegerField(default=0, db_default=0)
    earlier = models.PositiveIntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = CommentThemeQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "kind", "term"]
        constraints = [
            # Also the index of a brand's board.
            models.UniqueConstraint(fields=["brand", "kind", "term"], name="crm_theme_once"),
            models.CheckConstraint(
                name="crm_theme_valid",
                condition=Q(kind__in=CommentKind.values) & ~Q(term=""),
            ),
            models.CheckConstraint(
                name="crm_theme_decided",
                condition=Q(state=ThemeState.OPEN)
                | Q(state=ThemeState.ROUTED, decided_at__isnull=False)
                | Q(state=ThemeState.HANDLED, decided_at__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.term


class CommentSorting(models.Model):
    """Of which kind a comment seems to be, how sure that is, and its theme.

    Without a row it was not looked at; without a kind it could not be said: another language than
    English, or no sign of any kind.
    """

    comment = models.OneToOneField(
        PostComment, on_delete=models.CASCADE, primary_key=True, related_name="sorting"
    )
    kind = models.CharField(
        max_length=10, choices=CommentKind.choices, blank=True, default="", db_default=""
    )
    # From 0 to 1; null: the list of signs says no number.
    sure = models.FloatField(null=True, blank=True)
    # By what was learned; null: by the list of signs.
    model = models.ForeignKey(
        LearnedModel,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    theme = models.ForeignKey(
        CommentTheme, on_delete=models.SET_NULL, null=True, blank=True, related_name="sortings"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_comment_sorting_valid",
                condition=Q(kind__in=["", *CommentKind.values])
                & (Q(sure=None) | Q(sure__range=(0, 1))),
            ),
        ]

    def __str__(self) -> str:
        return f"kind of {self.comment_id}"


class CommentLabel(models.Model):
    """What somebody said of a comment, beside what the machine had said; empty: nothing."""

    comment = models.OneToOneField(
        PostComment, on_delete=models.CASCADE, primary_key=True, related_name="label"
    )
    kind = models.CharField(
        max_length=10, choices=CommentKind.choices, blank=True, default="", db_default=""
    )
    mood = models.CharField(
        max_length=8, choices=Mood.choices, blank=True, default="", db_default=""
    )
    is_relevant = models.BooleanField(null=True, blank=True)
    # What was suggested when it was said.
    suggested_kind = models.CharField(max_length=10, blank=True, default="", db_default="")
    suggested_mood = models.CharField(max_length=8, blank=True, default="", db_default="")
    suggested_relevant = models.BooleanField(null=True, blank=True)
    labelled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    labelled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_comment_label_valid",
                condition=Q(
                    kind__in=["", *CommentKind.values],
                    suggested_kind__in=["", *CommentKind.values],
                    mood__in=["", *Mood.values],
                    suggested_mood__in=["", *Mood.values],
                )
                # Somebody said something.
                & ~Q(kind="", mood="", is_relevant=None),
            ),
        ]

    def __str__(self) -> str:
        return f"label of {self.comment_id}"
