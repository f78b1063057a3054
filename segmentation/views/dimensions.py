"""Making and changing a way of looking at creators, and the order of its segments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import SegmentStatus
from segmentation.forms.dimensions import DimensionForm
from segmentation.models import Dimension
from segmentation.services import dimensions as service
from segmentation.services.edits import EditRefused

TEMPLATE = "segmentation/dimensions/form.html"


@brand_page(Can.EDIT_SEGMENTS)
def new(request: BrandRequest) -> HttpResponse:
    """A new dimension."""
    form = DimensionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = service.create_dimension(
                brand=request.brand,
                key=form.cleaned_data["key"],
                values=form.changes(),
                at=timezone.now(),
                actor=request.user,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{made.name} is there; now give it segments.")
            return redirect("segmentation:dimension", request.brand.slug, made.key)
    context = {"form": form, "dimension": None}
    return render(request, TEMPLATE, context, status=422 if form.errors else 200)


@brand_page(Can.EDIT_SEGMENTS)
def dimension(request: BrandRequest, key: str) -> HttpResponse:
    """What the dimension is, how often it is evaluated, and the order of its segments."""
    found = get_object_or_404(Dimension, brand=request.brand, key=key)
    form = DimensionForm(request.POST if request.method == "POST" else None, dimension=found)
    if form.is_valid():
        try:
            service.change_dimension(
                dimension_id=found.pk,
                changes=form.changes(),
                at=timezone.now(),
                actor=request.user,
                seen=form.cleaned_data["seen"],
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("segmentation:segments", request.brand.slug)
    segments = found.segments.exclude(status=SegmentStatus.ARCHIVED).order_by("position", "key")
    context = {"form": form, "dimension": found, "segments": list(segments)}
    return render(request, TEMPLATE, context, status=422 if form.errors else 200)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def order(request: BrandRequest, key: str) -> HttpResponse:
    """Move a segment (`up` or `down` names it) one place within its dimension."""
    found = get_object_or_404(Dimension, brand=request.brand, key=key)
    keys = request.POST.getlist("keys")
    moved, step = request.POST.get("up", ""), -1
    if not moved:
        moved, step = request.POST.get("down", ""), 1
    if moved in keys:
        place = keys.index(moved)
        other = place + step
        if 0 <= other < len(keys):
            keys[place], keys[other] = keys[other], keys[place]
    try:
        service.order_segments(
            dimension_id=found.pk, keys=keys, at=timezone.now(), actor=request.user
        )
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The order is saved; members move with the next run.")
    return redirect("segmentation:dimension", request.brand.slug, found.key)
