"""Custom fields: what a brand wants to know of creators beyond what everybody knows.

Content role, themes and risk are fields of this kind that every brand has from the start
(crm/services/standard_fields.yaml).

People and imports say what a field holds. A classifier that reads posts never writes here: what it
thinks will stand in a table of its own (field, creator, value, confidence, the evidence it read)
until somebody accepts it, and only then becomes a FieldValue of that person, with the source
"estimated" and the evidence as its note. Nothing that a program guessed decides a segment by itself
(docs/adr/0010-custom-fields.md).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NotRequired, Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import LessThanOrEqual

from crm.choices import FieldType, Source
from crm.models.brands import Brand, User
from crm.models.creators import Creator
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


# What a field can hold. A set is sorted and has each value once; a percentage is a fraction.
Value = float | str | bool | date | list[str]
# The column of FieldValue that holds it.
COLUMNS = {
    FieldType.NUMBER: "number",
    FieldType.MONEY: "number",
    FieldType.PERCENT: "number",
    FieldType.TEXT: "text",
    FieldType.CHOICE: "text",
    FieldType.SET: "tags",
    FieldType.DATE: "day",
    FieldType.BOOLEAN: "flag",
}


class Choice(TypedDict):
    """A value that a choice or a set may have; `definition` says when it applies."""

    value: str
    label: str
    definition: NotRequired[str]


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Fields of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Fields that are not archived, in the order in which people see them."""
        return self.filter(archived_at=None).order_by("position", "label", "pk")


class CustomField(models.Model):
    """A field of a brand: its key is the key of a fact, so that rules can read it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=10, choices=FieldType.choices)
    unit = models.CharField(max_length=30, blank=True, default="")
    # Choices in order: the only values a choice or a set may have. A set without any: any word.
    choices = models.JSONField(default=list, blank=True)
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
            # It stands in the SQL of the fact that the field is.
            models.CheckConstraint(
                name="crm_field_key_valid", condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$")
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def column(self) -> str:
        """The column of FieldValue that holds its values."""
        return COLUMNS[FieldType(self.type)]

    @property
    def labels(self) -> dict[str, str]:
        """What people call each value of the list, in order; empty where any text is allowed."""
        given: list[Choice] = self.choices
        return {choice["value"]: choice["label"] for choice in given}


class FieldValueQuerySet(models.QuerySet["FieldValue"]):
    def as_of(self, moment: datetime) -> Self:
        """What counts at a moment: the newest row of each field and creator that is not later."""
        return (
            self.filter(since__lte=moment)
            .order_by("field_id", "creator_id", "-since", "-pk")
            .distinct("field_id", "creator_id")
        )


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

    objects = FieldValueQuerySet.as_manager()

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

    @property
    def value(self) -> Value | None:
        """What it holds; None: not known any more."""
        columns = (self.number, self.text, self.flag, self.day, self.tags)
        return next((value for value in columns if value is not None), None)
