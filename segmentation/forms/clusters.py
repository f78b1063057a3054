"""The map of clusters: whom to mark on it, what a cluster is called, whom to compare."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet

from crm.models import Brand, Tier
from crm.styled import PlainForm
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.selectors.names import SegmentChoiceField
from segmentation.selectors.overlap import POPULATION_MAX, Basis
from segmentation.services.clusters.asking import NAME_MAX


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field of the form choose among these rows."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


class MapForm(PlainForm):
    """Whom to mark on the map."""

    id_prefix = "map"

    segment = SegmentChoiceField(
        queryset=Segment.objects.none(),
        to_field_name="key",
        required=False,
        empty_label="Any",
        label="In segment",
    )
    tier = forms.ModelChoiceField(
        queryset=Tier.objects.none(),
        to_field_name="key",
        required=False,
        empty_label="Any",
        label="Of tier",
    )

    def __init__(self, brand: Brand, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        segments = Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ARCHIVED)
        offer(self, "segment", segments.select_related("dimension").order_by("name"))
        tiers = Tier.objects.filter(scheme=brand.tier_scheme_id).order_by("position")
        offer(self, "tier", tiers)


class NameForm(PlainForm):
    """What a cluster is called."""

    id_prefix = "cluster"

    name = forms.CharField(
        max_length=NAME_MAX,
        required=False,
        label="Name",
        help_text="Empty: it is called by the words that set it apart.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class OverlapForm(PlainForm):
    """Whose audiences to compare, and how."""

    id_prefix = "overlap"

    segment = SegmentChoiceField(
        queryset=Segment.objects.none(),
        to_field_name="key",
        required=False,
        empty_label="None chosen",
        label="Segment",
    )
    campaign = forms.SlugField(required=False, label="Campaign", widget=forms.HiddenInput)
    basis = forms.ChoiceField(
        choices=[("", "what most is known by"), *Basis.choices], required=False, label="By"
    )
    population = forms.IntegerField(
        min_value=1,
        validators=[MaxValueValidator(POPULATION_MAX)],
        required=False,
        label="People to reach",
        help_text="Only where nobody is known: then audiences are assumed to be independent.",
    )

    def __init__(self, brand: Brand, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        segments = Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ARCHIVED)
        offer(self, "segment", segments.select_related("dimension").order_by("name"))
