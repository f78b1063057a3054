"""The brand's creators by two things at once, and the creators behind each number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.filters import ORDERS
from crm.paging import BadCursor, Page, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import TierTable, creator_rows, relationships_of
from segmentation.facts.catalogue import catalogue
from segmentation.selectors import matrix as selectors
from segmentation.selectors.matrix import Axis, Matrix
from segmentation.views.files import csv_response

BY_SIZE = ORDERS["-followers"]


class AxesForm(forms.Form):
    """What to cut by."""

    def __init__(self, data: Mapping[str, Any], *, axes: Mapping[str, Axis]) -> None:
        super().__init__(data)
        self.axes = axes
        dimensions = [(key, axis.label) for key, axis in axes.items() if axis.fact is None]
        facts = [(key, axis.label) for key, axis in axes.items() if axis.fact is not None]
        choices = [("Dimensions", dimensions), ("Facts", facts)]
        for name, label in (("rows", "Rows"), ("columns", "Columns")):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[group for group in choices if group[1]],
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        first, second = self.usual()
        self.initial = {"rows": first, "columns": second}

    def usual(self) -> tuple[str, str]:
        """Country by platform: the cut that the seed documents ask for first."""
        return "fact.country", "fact.primary_platform"

    def chosen(self) -> tuple[Axis, Axis] | None:
        """The axes asked for, else the usual ones; None for an address that names none of ours."""
        if not self.is_valid():
            return None
        first, second = self.usual()
        asked = self.cleaned_data
        return self.axes[asked["rows"] or first], self.axes[asked["columns"] or second]


def _asked(request: BrandRequest) -> AxesForm:
    data = request.GET.copy()
    form = AxesForm(data, axes=selectors.axes_of(request.brand, catalogue(request.brand)))
    for name, key in form.initial.items():
        data.setdefault(name, key)
    return form


@require_safe
@brand_page(Can.VIEW)
def matrix(request: BrandRequest) -> HttpResponse:
    """The table of counts; each number leads to its creators."""
    form = _asked(request)
    axes = form.chosen()
    found = selectors.matrix(request.brand, *axes, at=timezone.now()) if axes else None
    context = {"form": form, "matrix": found}
    template = "segmentation/matrix/matrix.html"
    if request.htmx and not request.htmx.boosted:
        template += "#table"
    return render(request, template, context, status=200 if axes else 422)


@require_safe
@brand_page(Can.VIEW)
def matrix_csv(request: BrandRequest) -> HttpResponseBase:
    """The whole table as CSV."""
    axes = _asked(request).chosen()
    if axes is None:
        raise Http404("There is no such cut.")
    found = selectors.matrix(request.brand, *axes, at=timezone.now(), whole=True)
    return csv_response(f"{request.brand.slug}-matrix.csv", _csv_rows(found))


def _csv_rows(found: Matrix) -> Iterator[list[object]]:
    head = f"{found.rows.label} / {found.across.label}"
    yield [head, *(column.label for column in found.columns), "All"]
    for line, cells in found.table():
        yield [line.label, *(creators for _, creators in cells), line.creators]
    yield ["All", *(column.creators for column in found.columns), found.population]


@require_safe
@brand_page(Can.VIEW)
def cell(request: BrandRequest) -> HttpResponse:
    """The creators of one cell (?row=, ?column=), or of a whole line or column."""
    axes = _asked(request).chosen()
    if axes is None:
        raise Http404("There is no such cut.")
    parts = [
        (axis, request.GET[name])
        for axis, name in zip(axes, ("row", "column"), strict=True)
        if name in request.GET
    ]
    try:
        ids = selectors.creators_with(request.brand, parts, at=timezone.now())
    except KeyError as unknown:
        raise Http404("There is no such line or column.") from unknown
    rows = relationships_of(request.brand).filter(creator__in=ids).with_creator()
    notice = ""
    try:
        page = paginate(rows, BY_SIZE, cursor=request.GET.get("cursor"))
    except BadCursor as refusal:
        page, notice = paginate(rows, BY_SIZE), str(refusal)
    context = {
        "page": Page(
            creator_rows(page.items, TierTable.of(request.brand)), page.next, page.previous
        ),
        "title": ", ".join(axis.label_of(key) for axis, key in parts) or "All creators",
        "axes": axes,
        "notice": notice,
    }
    template = "segmentation/matrix/creators.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)
