"""Creators that may be one and the same, and those that somebody made one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from crm.choices import MergeAction
from crm.models.brands import Brand, User
from crm.models.creators import Creator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Pairs of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Pairs about which nobody has decided."""
        return self.filter(decided_at=None)


class DuplicatePair(models.Model):
    """Two creators whom a brand knows and who may be one, with the reasons to think so.

    Found by crm/services/duplicates.py, never acted upon by itself: a person merges the two, or
    says that they are different people, which is remembered.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    first = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    # From 0 to 100: the sum of the weights of the reasons, capped.
    score = models.PositiveSmallIntegerField()
    # [{"kind": "email", "value": "a@b.example", "weight": 60}, …], strongest first.
    reasons = models.JSONField()
    found_at = models.DateTimeField()
    # Somebody said that they are two people.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why_different = models.CharField(max_length=300, blank=True, default="")

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "first", "second"], name="crm_duplicate_pair_once"
            ),
            models.CheckConstraint(
                name="crm_duplicate_pair_order", condition=models.Q(first__lt=models.F("second"))
            ),
            models.CheckConstraint(
                name="crm_duplicate_pair_score", condition=models.Q(score__lte=100)
            ),
        ]
        indexes = [
            # The queue: the surest first.
            models.Index(
                fields=["brand", "-score", "-id"],
                condition=models.Q(decided_at=None),
                name="crm_duplicate_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.score}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Merges made in the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Merge(models.Model):
    """That somebody made two creators one: what is needed to tell of it and to undo it."""

    # Where it was done; other brands that knew the creator have an entry in their ledger.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    kept = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300, blank=True, default="")
    # Brands that knew the creator that went: who may undo it has a say in each.
    brands = ArrayField(models.BigIntegerField(), default=list)
    # Relationships of the creator that went which became part of another one.
    former_relationships = ArrayField(models.BigIntegerField(), default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            # A creator goes once at a time.
            models.UniqueConstraint(
                fields=["gone"],
                condition=models.Q(undone_at=None),
                name="crm_merged_once",
            ),
            models.CheckConstraint(
                name="crm_merge_of_two", condition=~models.Q(kept=models.F("gone"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class MergePart(models.Model):
    """What a merge did in one table: the rows that moved, or the former selves of others.

    An undo goes through the parts from the last to the first.
    """

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="parts")
    table_name = models.CharField(max_length=63)
    action = models.CharField(max_length=10, choices=MergeAction.choices)
    # Moved: the column that named `old_id` and names `new_id`, in these rows.
    column_name = models.CharField(max_length=63, blank=True, default="")
    old_id = models.BigIntegerField(null=True, blank=True)
    new_id = models.BigIntegerField(null=True, blank=True)
    row_ids = ArrayField(models.BigIntegerField(), default=list)
    # Taken out: the rows. Changed: {"old": …, "new": …} of each, with its id. Of an upper app
    # (the table is its key then): what it needs.
    rows = models.JSONField(default=list)

    class Meta:
        ordering = ["merge", "pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_merge_part_action", condition=models.Q(action__in=MergeAction.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.action} by merge {self.merge_id}"
