"""Hints that a post without a disclosure reads like advertising; people answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from campaigns.choices import HintSource, HintState
from campaigns.models.disclosure_reviews import DisclosureReview
from crm.models import Brand, Post, Relationship, Task, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Somebody looked at the post and said what it is.
ANSWERED = (HintState.ACCEPTED.value, HintState.DISMISSED.value)


class DisclosureHintQuerySet(models.QuerySet["DisclosureHint"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Hints of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=HintState.OPEN)

    def of_the_willing(self) -> Self:
        """Without those of creators who object to being sorted: the night takes them back."""
        known = Relationship.objects.filter(
            brand=OuterRef("brand"), creator=OuterRef("post__creator"), unprofiled_at=None
        )
        return self.filter(Exists(known))


class DisclosureHint(models.Model):
    """That a post reads like advertising though it does not say so. It decides nothing.

    sure      the probability that a post that reads so is advertising; null: nobody knows (a list)
    strength  what the queue is ordered by: `sure`, or the weights of a list's signs added up
    terms     what spoke for it, the most first: [[words, what it brings], ...]
    version   of the list, or the number of what was learned; `made_at`: when that was made
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    sure = models.FloatField(null=True, blank=True)
    strength = models.FloatField()
    # The one with most of what spoke for it, as it stands in the post.
    sentence = models.CharField(max_length=500)
    terms = models.JSONField(default=list)
    source = models.CharField(max_length=7, choices=HintSource.choices)
    version = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    suggested_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=HintState.choices, default=HintState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, default="")
    # Where it was sent: the review of the piece that the post is, else a task.
    review = models.ForeignKey(
        DisclosureReview, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    task = models.ForeignKey(
        Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DisclosureHintQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-strength", "-pk"]
        constraints = [
            # Also the index by which a brand's are read.
            models.UniqueConstraint(fields=["brand", "post"], name="campaigns_hint_once"),
            models.CheckConstraint(
                name="campaigns_hint_valid",
                condition=Q(state__in=HintState.values, source__in=HintSource.values)
                & ~Q(sentence="")
                & ~Q(version="")
                & (Q(sure=None) | Q(sure__range=(0, 1))),
            ),
            models.CheckConstraint(
                name="campaigns_hint_closed",
                condition=Q(state=HintState.OPEN, closed_at=None)
                | ~Q(state=HintState.OPEN) & Q(closed_at__gte=F("suggested_at")),
            ),
        ]
        indexes = [
            # The queue, what reads most like it first.
            models.Index(
                fields=["brand", "-strength", "-id"],
                condition=Q(state=HintState.OPEN),
                name="campaigns_hint_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"hint at {self.post_id}"

    @property
    def told_by(self) -> str:
        """What told it, with version and age."""
        day = f"{self.made_at:%-d %B %Y}"
        if self.source == HintSource.LIST:
            return f"Word list of {day}"
        return f"Learned from your posts, version {self.version} of {day}"
