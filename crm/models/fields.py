"""Custom fields: what a brand wants to know of creators beyond what everybody knows.

Content role, themes and risk are fields of this kind that every brand has from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import LessThanOrEqual

from crm.choices import FieldType, Source
from crm.models.brands import Brand, User
from crm.models.creators import Creator
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Fields of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class CustomField(models.Model):
    """A field of a brand: its key is the key of a fact, so that rules can read it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=10, choices=FieldType.choices)
    unit = models.CharField(max_length=30, blank=True, default="")
    # value -> label, in order: the only values a choice or a set may have. Empty: any text.
    choices = models.JSONField(default=dict, blank=True)
    # Every brand has it; it can be hidden, not removed.
    is_standard = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "position", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="crm_field_once"),
            models.CheckConstraint(
                name="crm_field_type_valid", condition=models.Q(type__in=FieldType.values)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FieldValue(Imported):
    """What a field holds for a creator from a moment on; the newest not later one counts.

    One of the value columns is set, by the field's type; none of them: known to be nothing any more
    ("taken away"), which makes it unknown again. History stays: a run as of the past sees it.
    """

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, db_index=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="field_values")
    since = models.DateTimeField()
    number = models.FloatField(null=True, blank=True)
    text = models.CharField(max_length=500, null=True, blank=True)
    flag = models.BooleanField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=120), null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.MANUAL)
    # Why they think so: shown wherever the value is.
    note = models.CharField(max_length=300, blank=True, default="")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Imported.Meta):
        ordering = ["field", "creator", "-since", "-pk"]
        constraints = [
            # Also the index for "the newest as of a moment".
            models.UniqueConstraint(
                fields=["field", "creator", "since"], name="crm_field_value_once"
            ),
            models.CheckConstraint(
                name="crm_field_value_single",
                condition=LessThanOrEqual(
                    models.Func(
                        "number",
                        "text",
                        "flag",
                        "day",
                        "tags",
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.creator_id}"
