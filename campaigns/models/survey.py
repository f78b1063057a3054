"""How people say they heard of the brand: answers as they were given, and what they are taken for.

An answer says nothing of who gave it; its order's number ties it to a conversion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import SurveyChoice
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# A creator is named, a way has words, and what is not known has neither. An erased creator, or one
# of whom only the brand's own words are left, is still a creator.
_TAKEN = (
    Q(choice=SurveyChoice.CREATOR, channel="")
    | (Q(choice=SurveyChoice.CHANNEL, relationship=None) & ~Q(channel=""))
    | Q(choice=SurveyChoice.UNKNOWN, relationship=None, channel="")
)


class SurveyRuleQuerySet(models.QuerySet["SurveyRule"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rules of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class SurveyRule(models.Model):
    """What an answer with these words in it is taken for; the longest words that fit win."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Folded: small letters, without accents, single blanks.
    words = models.CharField(max_length=100)
    choice = models.CharField(max_length=7, choices=SurveyChoice.choices)
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=60, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SurveyRuleQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "words", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "words"], name="campaigns_survey_rule_once"),
            models.CheckConstraint(
                name="campaigns_survey_rule_valid", condition=_TAKEN & ~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.words}”"


class SurveyBatchQuerySet(models.QuerySet["SurveyBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Files of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class SurveyBatch(models.Model):
    """A file of answers; taken back, its answers are gone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    answers_new = models.PositiveIntegerField(default=0)
    answers_known = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyBatchQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_survey_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class SurveyAnswerQuerySet(models.QuerySet["SurveyAnswer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Answers to the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class SurveyAnswer(models.Model):
    """One answer, by the key of whoever told it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=100)
    day = models.DateField()
    # The number of the order, which a conversion may have as its key; empty: none was told.
    order_key = models.CharField(max_length=100, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")
    choice = models.CharField(
        max_length=7, choices=SurveyChoice.choices, default=SurveyChoice.UNKNOWN
    )
    relationship = models.ForeignKey(
        Relationship, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=60, blank=True, default="")
    # What told it: the rule; null with a known choice: a person or whoever sent it.
    rule = models.ForeignKey(
        SurveyRule, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Rules leave alone what somebody decided.
    is_decided = models.BooleanField(default=False)
    batch = models.ForeignKey(
        SurveyBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-day", "-pk"]
        constraints = [
            # The same key twice is the same answer.
            models.UniqueConstraint(fields=["brand", "key"], name="campaigns_survey_answer_once"),
            models.CheckConstraint(
                name="campaigns_survey_answer_valid", condition=_TAKEN & ~Q(key="")
            ),
        ]
        indexes = [
            # A brand's answers by day: the list, and those of a span.
            models.Index(fields=["brand", "-day", "-id"], name="campaigns_survey_days"),
            # The answers that belong to conversions.
            models.Index(
                fields=["brand", "order_key"],
                condition=~Q(order_key=""),
                name="campaigns_survey_orders",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.key}"
