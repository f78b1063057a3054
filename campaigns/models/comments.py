"""What people write about a draft, and what somebody from outside thinks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.choices import GateOutcome
from campaigns.models.deliverables import Deliverable
from campaigns.models.drafts import Draft, DraftFile
from campaigns.models.guests import GuestLink
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Comments in campaigns of the brands in which `user` has a role."""
        return self.filter(
            deliverable__engagement__campaign__brand__in=Brand.objects.visible_to(user)
        )

    def for_creator(self) -> Self:
        """Those that the creator sees."""
        return self.filter(is_visible=True)


class Comment(models.Model):
    """A remark about a version: about words of its text, about a file, or about all of it."""

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="comments"
    )
    # The version that it was written on.
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="comments")
    # The remark that it answers: threads have two levels.
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers"
    )
    text = models.TextField(max_length=5_000)
    # Somebody of the brand; else the creator or a reviewer behind a link, by name.
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    # Whether the creator sees it.
    is_visible = models.BooleanField(default=False)

    # Words of the text of `draft`: from, to, and what they are; null: not about words.
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.CharField(max_length=1_000, blank=True, default="")
    # A file of it, and how many seconds in; null: the whole of it.
    file = models.ForeignKey(
        DraftFile, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seconds = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)

    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["deliverable", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_comment_said", condition=~Q(text="") & ~Q(name="")
            ),
            models.CheckConstraint(
                name="campaigns_comment_anchor",
                condition=Q(start=None, end=None, quote="")
                | (Q(end__gt=F("start"), file=None, parent=None) & ~Q(quote="")),
            ),
            models.CheckConstraint(
                name="campaigns_comment_in_time",
                condition=Q(seconds=None) | Q(file__isnull=False, seconds__gte=0),
            ),
        ]
        indexes = [
            # The talk about one piece, from its beginning.
            models.Index(fields=["deliverable", "at", "id"], name="campaigns_comment_talk"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Opinion(models.Model):
    """What an outside reviewer thinks of a version; it moves no gate."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="opinions")
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    outcome = models.CharField(max_length=12, choices=GateOutcome.choices)
    reason = models.CharField(max_length=2_000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["draft", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_opinion_valid",
                condition=Q(outcome__in=[GateOutcome.APPROVED, GateOutcome.NEEDS_WORK])
                & ~Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"
