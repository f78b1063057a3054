"""Who is nearly in a segment, when a run has been through."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from crm.paging import BadCursor, Page
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.facts.catalogue import catalogue
from segmentation.forms.near_misses import NearForm
from segmentation.models import Run
from segmentation.selectors.near_misses import (
    NearList,
    NearMiss,
    NearTooSlow,
    near_list,
    near_segments,
    newer_run,
)
from segmentation.services.counting import COUNTED
from segmentation.views.files import csv_response
from segmentation.views.runs import find_run

TEMPLATE = "segmentation/runs/near.html"
HEAD = ("creator", "name", "segment", "what is near", "value", "within percent of the threshold")


@require_safe
@brand_page(Can.VIEW)
def near_misses(request: BrandRequest, pk: int) -> HttpResponse:
    """The creators near one segment: ?segment=&fact=&within=, the first one with most of them."""
    found = find_run(request, pk)
    form, asked = _asked(request, found)
    page: Page[NearMiss] = Page([], None, None)
    try:
        if asked is not None:
            page = asked.page(cursor=request.GET.get("cursor"))
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:near", request.brand.slug, found.pk)
    except NearTooSlow as refusal:
        messages.error(request, str(refusal))
    context = {
        "run": found,
        "is_done": found.status in COUNTED,
        "form": form,
        "segment": form.segment,
        "asked": asked,
        "page": page,
        "newer": newer_run(found),
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, f"{TEMPLATE}#rows" if is_part else TEMPLATE, context)


@require_safe
@brand_page(Can.VIEW)
def near_misses_csv(request: BrandRequest, pk: int) -> StreamingHttpResponse:
    """The same list as a file, to the end."""
    found = find_run(request, pk)
    form, asked = _asked(request, found)
    key = form.segment.key if form.segment else "none"
    name = f"{request.brand.slug}-run-{found.pk}-near-{key}.csv"
    return csv_response(name, _rows(asked, key))


def _rows(asked: NearList | None, segment: str) -> Iterator[tuple[object, ...]]:
    yield HEAD
    for one in asked.everybody() if asked else ():
        for by in one.by:
            yield one.uid, one.name, segment, by.read.label, by.read.words, by.within


def _asked(request: BrandRequest, found: Run) -> tuple[NearForm, NearList | None]:
    """The form that narrows the list, and the list; none where there is nothing to look for."""
    segments = near_segments(found) if found.status in COUNTED else []
    facts = catalogue(request.brand)
    form = NearForm(request.GET, segments=segments)
    if form.segment is None:
        return form, None
    asked = near_list(found, form.segment, facts, **form.narrowing)
    form.offer(asked)
    return form, asked
