"""The people a brand wants to reach, and how well its creator segments reach them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.models import Platform
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.audiences import AudienceForm
from segmentation.models import AudienceSegment
from segmentation.selectors import audiences as selectors
from segmentation.selectors.audience_spread import spreads_of
from segmentation.services import audiences as service
from segmentation.services.edits import EditRefused


@require_safe
@brand_page(Can.VIEW)
def audiences(request: BrandRequest) -> HttpResponse:
    """Every audience with its coverage, and the gaps."""
    found = selectors.coverage_of(request.brand, at=timezone.now())
    context = {
        "found": found,
        "heat": selectors.heat_of(found),
        "gaps": [(one, cell) for one in found for cell in one.gaps],
        "active_days": selectors.ACTIVE_DAYS,
        "platform_names": dict(Platform.objects.values_list("key", "name")),
    }
    return render(request, "segmentation/audiences/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def audience(request: BrandRequest, key: str) -> HttpResponse:
    """One audience: who reaches it, by country and platform."""
    at = timezone.now()
    found = selectors.coverage_of(request.brand, at=at, key=key)
    if not found:
        msg = f"{request.brand} has no audience “{key}”."
        raise Http404(msg)
    context = {
        "one": found[0],
        "spreads": spreads_of(request.brand, found[0], at),
        "active_days": selectors.ACTIVE_DAYS,
        "platform_names": dict(Platform.objects.values_list("key", "name")),
    }
    return render(request, "segmentation/audiences/detail.html", context)


@brand_page(Can.EDIT_SEGMENTS)
def new(request: BrandRequest) -> HttpResponse:
    """A new audience."""
    form = AudienceForm(request.POST if request.method == "POST" else None, brand=request.brand)
    if form.is_valid():
        try:
            made = service.create_audience(
                brand=request.brand,
                key=form.cleaned_data["key"],
                values=form.changes(),
                segments=form.cleaned_data["segments"],
                at=timezone.now(),
                actor=request.user,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{made.name} is saved.")
            return redirect("segmentation:audience", request.brand.slug, made.key)
    context = {"form": form, "audience": None}
    status = 422 if form.errors else 200
    return render(request, "segmentation/audiences/form.html", context, status=status)


@brand_page(Can.EDIT_SEGMENTS)
def edit(request: BrandRequest, key: str) -> HttpResponse:
    """Change an audience and which segments reach it."""
    found = get_object_or_404(AudienceSegment, brand=request.brand, key=key)
    form = AudienceForm(
        request.POST if request.method == "POST" else None, brand=request.brand, audience=found
    )
    if form.is_valid():
        try:
            service.change_audience(
                audience_id=found.pk,
                changes=form.changes(),
                segments=form.cleaned_data["segments"],
                at=timezone.now(),
                actor=request.user,
                seen=form.cleaned_data["seen"],
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("segmentation:audience", request.brand.slug, found.key)
    context = {"form": form, "audience": found}
    status = 422 if form.errors else 200
    return render(request, "segmentation/audiences/form.html", context, status=status)


@brand_page(Can.EDIT_SEGMENTS)
def delete(request: BrandRequest, key: str) -> HttpResponse:
    """Forget an audience, after saying what that means."""
    found = get_object_or_404(AudienceSegment, brand=request.brand, key=key)
    if request.method == "POST":
        service.delete_audience(audience_id=found.pk, at=timezone.now(), actor=request.user)
        messages.success(request, f"{found.name} is deleted.")
        return redirect("segmentation:audiences", request.brand.slug)
    context = {"audience": found, "segments": list(found.segments.order_by("name", "pk"))}
    return render(request, "segmentation/audiences/delete.html", context)
