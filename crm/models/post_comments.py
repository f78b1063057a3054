"""What people write below posts, as a brand took it in; nothing says who they are.

Whoever wrote is a number out of the platform's key and a secret (crm/services/post_comments): the
same person is the same number within a brand. After the brand's months the words go and the numbers
stay (docs/comments.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.choices import Source
from crm.models.brands import Brand, User
from crm.models.metrics import Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommentSettings(models.Model):
    """For how long a brand keeps the words of comments; without a row the default holds."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    keep_months = models.PositiveSmallIntegerField(
        default=13, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "comment settings"
        constraints = [
            models.CheckConstraint(
                name="crm_comments_kept", condition=Q(keep_months__range=(1, 60))
            ),
        ]

    def __str__(self) -> str:
        return f"comments of {self.brand_id}"


class CommentBatchQuerySet(models.QuerySet["CommentBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Files of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class CommentBatch(models.Model):
    """Comments that came at once, by a file or over REST; taken back, they are gone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    comments_new = models.PositiveIntegerField(default=0)
    comments_known = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = CommentBatchQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="crm_comment_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class CommentThreadQuerySet(models.QuerySet["CommentThread"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Threads of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("post__creator", "post__profile__platform")


class CommentThread(models.Model):
    """The comments of a post, added up: derived, can be rebuilt. Scorecards read these rows.

    comments     those that are known, replies among them
    replies      those that answer another one
    answered     those that another one answers
    authors      different writers among those whose writer is known
    in_language  those in a language whose mood is scored; `positive` and `negative` are among them
    classified   those with words, of which `relevant` are close to the post and the others below it
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, db_index=False, related_name="comment_threads"
    )
    comments = models.PositiveIntegerField(default=0, db_default=0)
    replies = models.PositiveIntegerField(default=0, db_default=0)
    answered = models.PositiveIntegerField(default=0, db_default=0)
    authors = models.PositiveIntegerField(default=0, db_default=0)
    scored = models.PositiveIntegerField(default=0, db_default=0)
    in_language = models.PositiveIntegerField(default=0, db_default=0)
    positive = models.PositiveIntegerField(default=0, db_default=0)
    negative = models.PositiveIntegerField(default=0, db_default=0)
    classified = models.PositiveIntegerField(default=0, db_default=0)
    relevant = models.PositiveIntegerField(default=0, db_default=0)
    # Since when comments wait to be scored and added up; null: none do.
    waits_since = models.DateTimeField(null=True, blank=True)

    objects = CommentThreadQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-comments", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "brand"], name="crm_comment_thread_once"),
            models.CheckConstraint(
                name="crm_comment_thread_parts",
                condition=Q(
                    replies__lte=F("comments"),
                    answered__lte=F("comments"),
                    authors__lte=F("comments"),
                    scored__lte=F("comments"),
                    in_language__lte=F("scored"),
                    classified__lte=F("scored"),
                    relevant__lte=F("classified"),
                    positive__lte=F("in_language") - F("negative"),
                ),
            ),
        ]
        indexes = [
            # A brand's list, and the threads that scorecards add up.
            models.Index(fields=["brand", "-comments", "-id"], name="crm_comment_threads"),
            # What a worker takes next.
            models.Index(
                fields=["waits_since"],
                condition=Q(waits_since__isnull=False),
                name="crm_comments_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"comments of {self.post_id}"


class PostCommentQuerySet(models.QuerySet["PostComment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Comments that brands took in, in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class PostComment(models.Model):
    """A comment below a post, by the platform's key. Words are empty once their months are over."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, db_index=False, related_name="comments_taken_in"
    )
    external_id = models.CharField(max_length=200)
    # The key of the comment that it answers; it may come later, or never. Empty: it answers none.
    parent_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    # A number for whoever wrote it; null: not known, or its months are over.
    author = models.BigIntegerField(null=True, blank=True)
    text = models.TextField(max_length=10_000, blank=True, default="", db_default="")
    published_at = models.DateTimeField(null=True, blank=True)
    likes = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    # What it came with. Found by block ranges, as imports are (ADR 7).
    batch = models.ForeignKey(
        CommentBatch,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PostCommentQuerySet.as_manager()

    class Meta:
        ordering = ["post", "pk"]
        constraints = [
            # The same key twice is the same comment. Also the index by which a thread is read.
            models.UniqueConstraint(
                fields=["post", "brand", "external_id"], name="crm_comment_once"
            ),
            models.CheckConstraint(
                name="crm_comment_valid",
                condition=Q(source__in=Source.values)
                & ~Q(external_id="")
                & ~Q(parent_key=F("external_id")),
            ),
        ]
        indexes = [
            # Whose months are over, and what a file brought: rows lie in the order they came.
            BrinIndex(fields=["created_at"], name="crm_comment_age"),
            BrinIndex(fields=["batch"], name="crm_comment_batch"),
            # Who asks that their comments go, and who comments again.
            models.Index(
                fields=["brand", "author"],
                condition=Q(author__isnull=False),
                name="crm_comment_author",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class CommentScorer(models.Model):
    """What scored comments: a name and a version, so that no two ways are mixed unseen."""

    name = models.CharField(max_length=60)
    version = models.CharField(max_length=60)

    class Meta:
        ordering = ["name", "version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="crm_scorer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class CommentScore(models.Model):
    """What a scorer said of a comment, once. Null: it could not be said.

    sentiment  from -1 to 1, in languages that are scored
    relevance  from 0 to 1, how close its words are to the post's and those of the others below it
    """

    comment = models.OneToOneField(
        PostComment, on_delete=models.CASCADE, primary_key=True, related_name="score"
    )
    scorer = models.ForeignKey(
        CommentScorer, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # ISO 639-1; empty: too few words to tell.
    language = models.CharField(max_length=3, blank=True, default="", db_default="")
    words = models.PositiveSmallIntegerField(default=0, db_default=0)
    sentiment = models.FloatField(null=True, blank=True)
    relevance = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_comment_score_range",
                condition=(Q(sentiment=None) | Q(sentiment__range=(-1, 1)))
                & (Q(relevance=None) | Q(relevance__range=(0, 1))),
            ),
        ]

    def __str__(self) -> str:
        return f"score of {self.comment_id}"
