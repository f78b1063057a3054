"""What creators are like, so that others like them can be found: made anew each night."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from crm.models import Brand, Creator
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand


class LookIndex(Errand):
    """One for each brand: when its looks were made, from what, and by which method."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # Of the method (segmentation/matches/looks.py) and of the words that were found.
    method = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    built_at = models.DateTimeField(null=True, blank=True)
    creators = models.PositiveIntegerField(null=True, blank=True)
    terms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="segmentation_look_status", condition=Q(status__in=ErrandStatus.values)
            ),
            models.CheckConstraint(
                name="segmentation_look_built",
                condition=Q(built_at=None, creators=None, terms=None)
                | Q(built_at__isnull=False, creators__isnull=False, terms__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"looks of {self.brand_id}, version {self.version}"


class LookTerm(models.Model):
    """A word, hashtag or mention that several creators use: by its number in their looks."""

    pk = models.CompositePrimaryKey("index_id", "number")
    index = models.ForeignKey(
        LookIndex, on_delete=models.CASCADE, db_index=False, related_name="words"
    )
    number = models.PositiveIntegerField()
    word = models.CharField(max_length=100)
    # By how many creators it is used.
    creators = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.word


class CreatorLook(models.Model):
    """What tells a creator from others in words and numbers, as of the last making."""

    pk = models.CompositePrimaryKey("brand_id", "creator_id")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(
        Creator, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    # Numbers of terms and their weights, which make a vector of length 1; the heaviest first.
    terms = ArrayField(models.IntegerField())
    weights = ArrayField(models.FloatField())
    # Against creators of the same size, in standard deviations, in the order of
    # segmentation/matches/looks.py; null: not known.
    numbers = ArrayField(models.FloatField(null=True))
    posts = models.PositiveIntegerField()

    class Meta:
        indexes = [
            # Creators who share a term.
            GinIndex(fields=["terms"], name="segmentation_look_terms"),
            # What an erasure or a merge looks for.
            models.Index(fields=["creator"], name="segmentation_look_of"),
        ]

    def __str__(self) -> str:
        return f"look of {self.creator_id} for {self.brand_id}"
