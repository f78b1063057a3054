"""Values of facts that classifiers suggest and people decide about (docs/suggestions.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.models import Brand, Creator, Relationship, User
from segmentation.choices import AnswerStatus, ClassifierKind, ClassifierStatus
from segmentation.classifying.calibrating import SURE_LEAST

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LEAST_CONFIDENCE = 0.4
# Somebody looked at the creator and said what it is.
JUDGED = (AnswerStatus.ACCEPTED.value, AnswerStatus.OVERRIDDEN.value)


class ClassifierSettings(models.Model):
    """How a brand has values suggested; without a row the defaults hold.

    least_confidence  below it nothing is suggested
    outside_*         a language model elsewhere, asked where the classifier in use says nothing
    """

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    least_confidence = models.FloatField(
        default=LEAST_CONFIDENCE, validators=[MinValueValidator(0.2), MaxValueValidator(0.95)]
    )
    outside_is_on = models.BooleanField(default=False)
    outside_address = models.CharField(max_length=500, blank=True, default="")
    outside_model = models.CharField(max_length=120, blank=True, default="")
    # Encrypted (crm/outreach/secrets.py).
    outside_key = models.TextField(blank=True, default="")
    outside_each_night = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    # Why the last call failed; empty: it did not.
    outside_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name_plural = "settings of classifiers"
        constraints = [
            models.CheckConstraint(
                name="segmentation_least_confidence",
                condition=Q(least_confidence__range=(0.2, 0.95)),
            ),
            models.CheckConstraint(
                name="segmentation_outside_complete",
                condition=Q(outside_is_on=False)
                | (~Q(outside_address="") & ~Q(outside_model="") & ~Q(outside_key="")),
            ),
        ]

    def __str__(self) -> str:
        return f"classifiers of {self.brand_id}"


class ClassifierQuerySet(models.QuerySet["Classifier"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Classifiers of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Classifier(models.Model):
    """One version of what suggests values of a fact to a brand: never changed, only retired.

    values    what it can say, in order
    training  what it was made of: {"told": n, "digest": of the labels, "is_never_sure": whether
              it was not shown that it is right where it is sure, ...}
    tested    on creators that no version learns from: its numbers and those of the one in use
    digest    of the file with its arrays (npz); empty: it has none
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # The key of the fact: content_role, niches, language.
    fact = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ClassifierKind.choices)
    status = models.CharField(max_length=10, choices=ClassifierStatus.choices)
    values = models.JSONField(default=list)
    training = models.JSONField(default=dict)
    tested = models.JSONField(default=dict)
    # Why it was refused or retired, in words.
    reason = models.CharField(max_length=300, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()

    objects = ClassifierQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "fact", "-number"]
        constraints = [
            # Also the index by which the versions of a fact are listed.
            models.UniqueConstraint(
                fields=["brand", "fact", "number"], name="segmentation_classifier_once"
            ),
            models.UniqueConstraint(
                fields=["brand", "fact"],
                condition=Q(status=ClassifierStatus.IN_USE) & ~Q(kind=ClassifierKind.OUTSIDE),
                name="segmentation_classifier_in_use",
            ),
            models.UniqueConstraint(
                fields=["brand", "fact"],
                condition=Q(status=ClassifierStatus.IN_USE, kind=ClassifierKind.OUTSIDE),
                name="segmentation_outside_in_use",
            ),
            models.CheckConstraint(
                name="segmentation_classifier_valid",
                condition=Q(kind__in=ClassifierKind.values, status__in=ClassifierStatus.values)
                & ~Q(fact=""),
            ),
            models.CheckConstraint(
                name="segmentation_classifier_arrays",
                condition=Q(kind=ClassifierKind.LEARNED) & ~Q(digest="")
                | ~Q(kind=ClassifierKind.LEARNED) & Q(digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.number}"

    @property
    def why_never_sure(self) -> str:
        """Why it stays below 80 %, in words; empty where it does not.

        Each of those it learned from was left out once to see how right it is.
        """
        if not self.training.get("is_never_sure"):
            return ""
        if self.training.get("learned_from", 0) < SURE_LEAST:
            return "too few answers to be sure"
        return "not right often enough to be sure"

    @property
    def how_it_counts(self) -> str:
        """How it comes to how sure it is, in words."""
        return _HOW_IT_COUNTS[ClassifierKind(self.kind)]


_HOW_IT_COUNTS = {
    ClassifierKind.LEXICON: "Each post has one vote, divided among the values of which it has "
    "words; three votes that nobody cast go to all values alike. What a word brings is its part "
    "of all votes, and how sure it is the value's part.",
    ClassifierKind.LEARNED: "What a word brings is its weight for this value times how often it "
    "stands there. How sure it is comes of all words, also those against it, and of how often "
    "such answers were right where they were held back.",
    ClassifierKind.DETECTOR: "How sure it is: the part of the posts that are in this language, "
    "with one more counted against it.",
    ClassifierKind.OUTSIDE: "How sure it is: the part of its answers that people called right; "
    "not known before they looked at some.",
}


class SuggestedValueQuerySet(models.QuerySet["SuggestedValue"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Suggested values in the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(status=AnswerStatus.OPEN)

    def of_the_willing(self) -> Self:
        """Without those of creators who object to being sorted: the night takes them back."""
        known = Relationship.objects.filter(brand=OuterRef("brand"), creator=OuterRef("creator"))
        return self.filter(Exists(known.filter(unprofiled_at=None)))


class SuggestedValue(models.Model):
    """What a fact of a creator may be, by which version, from which words and posts.

    confidence  the probability that it is right; null: nobody knows yet (a model outside)
    others      what else it could be: [[value, probability], ...]
    evidence    {"terms": [[words, contribution], ...], "posts": [id, ...], "read": n, ...}
    priority    how much an answer helps: the greater, the sooner it is asked
    chosen      what the person said it is
    in_bulk     accepted with many others, so that nobody looked at this one: proves nothing
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    fact = models.CharField(max_length=60)
    value = models.CharField(max_length=120)
    confidence = models.FloatField(null=True, blank=True)
    others = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    classifier = models.ForeignKey(Classifier, on_delete=models.PROTECT, related_name="+")
    priority = models.FloatField(default=0)
    status = models.CharField(
        max_length=10,
        choices=AnswerStatus.choices,
        default=AnswerStatus.OPEN,
        db_default=AnswerStatus.OPEN.value,
    )
    suggested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    chosen = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    in_bulk = models.BooleanField(default=False, db_default=False)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Of "not enough": it may come again then.
    quiet_until = models.DateTimeField(null=True, blank=True)

    objects = SuggestedValueQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-priority", "-pk"]
        verbose_name_plural = "suggested values"
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "creator", "fact"],
                condition=Q(status=AnswerStatus.OPEN),
                name="segmentation_one_suggested_value",
            ),
            models.CheckConstraint(
                name="segmentation_suggested_valid",
                condition=Q(status__in=AnswerStatus.values)
                & ~Q(fact="")
                & ~Q(value="")
                & (Q(confidence=None) | Q(confidence__range=(0, 1))),
            ),
            models.CheckConstraint(
                name="segmentation_suggested_closed",
                condition=Q(status=AnswerStatus.OPEN, closed_at=None)
                | ~Q(status=AnswerStatus.OPEN) & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="segmentation_suggested_chosen",
                condition=Q(status__in=JUDGED, chosen__len__gt=0)
                | ~Q(status__in=JUDGED) & Q(chosen=[]),
            ),
            models.CheckConstraint(
                name="segmentation_suggested_quiet",
                condition=Q(status=AnswerStatus.NOT_ENOUGH, quiet_until__isnull=False)
                | ~Q(status=AnswerStatus.NOT_ENOUGH) & Q(quiet_until=None),
            ),
        ]
        indexes = [
            # The queue: what helps most first.
            models.Index(
                fields=["brand", "-priority", "-id"],
                condition=Q(status=AnswerStatus.OPEN),
                name="segmentation_value_queue",
            ),
            # How right they were, and whom not to ask again.
            models.Index(
                fields=["brand", "fact", "closed_at"],
                condition=~Q(status=AnswerStatus.OPEN),
                name="segmentation_value_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.fact} {self.value}"
