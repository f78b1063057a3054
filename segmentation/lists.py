"""What segments add to the list of creators (filters, a column) and to the search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from crm.filters import Relationships
from crm.lists.columns import Column, Loaded, Look
from crm.models import Brand
from crm.permissions import Can
from crm.search import Action, Asked, Hit, Kind
from crm.selectors import CreatorRow
from segmentation.choices import SegmentStatus
from segmentation.models import Membership, Segment
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors.names import SegmentChoiceField
from segmentation.services.matching import creators_matching, read_rule

EXAMPLE = "followers > 10_000 and days_since_last_post < 30"


class SegmentFilter(filters.Filter):  # type: ignore[misc] # it ships no types
    """Creators who are in a segment now; by its key."""

    field_class = SegmentChoiceField

    @property
    def field(self) -> forms.Field:
        """Its choices are the segments of the list's brand."""
        in_use = Segment.objects.filter(brand=getattr(self.parent, "brand", None))
        in_use = in_use.exclude(status=SegmentStatus.ARCHIVED).select_related("dimension")
        self.extra["queryset"] = in_use.order_by("name", "pk")
        found: forms.Field = super().field
        return found

    def filter(self, rows: Relationships, segment: Segment | None) -> Relationships:
        """The rows with an open stay in it, without who objects: the next run ends theirs."""
        if segment is None:
            return rows
        stays = Membership.objects.filter(segment=segment, creator=OuterRef("creator"))
        return rows.filter(Exists(stays.filter(left_at=None)), unprofiled_at=None)


class RuleField(forms.CharField):
    """A rule in the text notation; cleaned, its tree with the facts it may name."""

    def __init__(self, *, brand: Brand | None = None, **options: Any) -> None:
        self.brand = brand
        super().__init__(max_length=4_000, **options)

    def clean(self, value: Any) -> Any:
        """None for nothing; ValidationError says what is wrong, and where."""
        text = super().clean(value)
        if not text or self.brand is None:
            return None
        try:
            return read_rule(self.brand, text)
        except RuleInvalid as invalid:
            raise ValidationError([str(error) for error in invalid.errors]) from invalid


class RuleFilter(filters.Filter):  # type: ignore[misc]
    """Creators for whom a rule is true now."""

    field_class = RuleField
    # crm.lists.patience: nobody waits for a rule that reads every creator's posts.
    asks_each = True

    @property
    def field(self) -> forms.Field:
        """It reads the facts of the list's brand."""
        self.extra["brand"] = getattr(self.parent, "brand", None)
        found: forms.Field = super().field
        return found

    def filter(self, rows: Relationships, read: Any) -> Relationships:
        """The rows whose creators the rule takes."""
        if read is None:
            return rows
        rule, facts = read
        taken = creators_matching(self.parent.brand, rule, facts, self.parent.at)
        return rows.filter(creator__in=taken)


def _filters() -> dict[str, filters.Filter]:
    return {
        "segment": SegmentFilter(label="Segment", empty_label="Any", to_field_name="key"),
        "rule": RuleFilter(
            label="Rule",
            widget=forms.TextInput(
                attrs={
                    "spellcheck": "false",
                    "autocomplete": "off",
                    "placeholder": EXAMPLE,
                }
            ),
            help_text="In the text notation of rules.",
        ),
    }


def _columns(_brand: Brand) -> list[Column]:
    return [Column("segments", "Segments", "Segments", Look.NAMES, load=_segments)]


def _segments(brand: Brand, rows: Sequence[CreatorRow]) -> Loaded:
    creators = {row.creator.pk: row.relationship.pk for row in rows}
    willing = [row.creator.pk for row in rows if row.relationship.unprofiled_at is None]
    stays = Membership.objects.filter(
        segment__brand=brand, creator__in=willing, left_at=None
    ).exclude(segment__status=SegmentStatus.ARCHIVED)
    found: dict[int, list[str]] = defaultdict(list)
    for creator, name in stays.order_by("segment__name").values_list("creator", "segment__name"):
        found[creators[creator]].append(name)
    return found


def _find(asked: Asked) -> Iterable[Hit]:
    """By name or key."""
    if not asked.words:
        return
    named = Q(name__icontains=asked.words) | Q(key__icontains=asked.words.replace(" ", "_"))
    found = Segment.objects.filter(named, brand=asked.brand).select_related("dimension")
    for segment in found.exclude(status=SegmentStatus.ARCHIVED).order_by("name", "pk")[:6]:
        url = reverse("segmentation:segment", args=[asked.brand.slug, segment.key])
        yield Hit(segment.name, url, segment.dimension.name)


FILTERS = _filters()
for _part in FILTERS.values():
    # The schema cannot see it: the fields are made for a brand.
    extend_schema_field(OpenApiTypes.STR)(_part)
COLUMNS = _columns
KIND = Kind("Segments", "target", _find)
ACTIONS = {
    "segments": Action("Segments", "segmentation:segments"),
    "new_segment": Action(
        "New segment", "segmentation:builder_new", Can.EDIT_SEGMENTS, "rule builder add"
    ),
    "runs": Action("Runs", "segmentation:runs", words="evaluate approve"),
    "scores": Action("Scores", "segmentation:scores", words="ranking weights models"),
    "forecasts": Action(
        "Forecasts", "segmentation:forecasts", words="expected views reach prediction trial"
    ),
    "content_tests": Action(
        "Content tests", "segmentation:content_tests", words="variants hook call to action"
    ),
    "scorecards": Action("Scorecards", "segmentation:scorecards", words="reports"),
    "matrix": Action("Matrix of segments", "segmentation:matrix", words="coverage"),
    "packs": Action("Packs of segments", "segmentation:packs", words="install"),
    "drift": Action("Drift", "segmentation:drift"),
    "hygiene": Action("Hygiene of segments", "segmentation:hygiene"),
}
