"""Which segments and which runs: one filter for the page and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest

from crm.models import Brand
from segmentation.choices import RunStatus, SegmentStatus, Trigger
from segmentation.models import Dimension, Run, Segment


def _dimensions(request: HttpRequest | None) -> QuerySet[Dimension]:
    """The dimensions of the brand of a page's request, or of an API request's token."""
    brand: Brand | None = getattr(request, "brand", None) or getattr(
        getattr(request, "auth", None), "brand", None
    )
    return Dimension.objects.filter(brand=brand)


class _Filter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """A filter whose fields have ids of their own, and which knows whether it narrows anything."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        queryset: QuerySet[Any],
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data if data is not None else {}, queryset, request=request, prefix=prefix)
        for name, item in self.filters.items():
            item.field.widget.attrs |= {"id": f"filter-{name}", "class": "form-select"}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self.form[name].data for name in self.filters)


class SegmentFilter(_Filter):
    """Segments of a dimension (by its key), of a status. Archived ones only when asked for."""

    dimension = filters.ModelChoiceFilter(
        label="Dimension", queryset=_dimensions, to_field_name="key", empty_label="All dimensions"
    )
    status = filters.ChoiceFilter(
        label="Status", choices=SegmentStatus.choices, empty_label="All but archived"
    )

    class Meta:
        model = Segment
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Segment]) -> QuerySet[Segment]:
        """Narrow the rows; without a status, leave out the archived ones."""
        found: QuerySet[Segment] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            found = found.exclude(status=SegmentStatus.ARCHIVED)
        return found


class RunFilter(_Filter):
    """Runs of a status, or started by something."""

    status = filters.ChoiceFilter(
        label="Status", choices=RunStatus.choices, empty_label="Any status"
    )
    trigger = filters.ChoiceFilter(
        label="Started by", choices=Trigger.choices, empty_label="Anything"
    )

    class Meta:
        model = Run
        fields: list[str] = []
