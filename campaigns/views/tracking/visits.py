"""Visits of the brand's site by link and code: the days that were told, and files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.visits import VisitsForm
from campaigns.models import VisitBatch, VisitDay
from campaigns.selectors.tracking import open_spikes
from campaigns.services import visits as service
from campaigns.services.visits import VisitsRefused
from crm.choices import Source
from crm.importers.tables import TableRefused
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

PAGE = 50
FILES_SHOWN = 10
NEWEST = Order("visits", "day", "id", descending=True)


@require_safe
@brand_page(Can.VIEW)
def visits(request: BrandRequest) -> HttpResponse:
    """Days of visits, the newest first."""
    return _show(request)


@require_POST
@brand_page(Can.KEEP_SERIES)
def take_file(request: BrandRequest) -> HttpResponse:
    """Take a file in, whole or not at all."""
    form = VisitsForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _batch, kept = service.import_visits(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                source=Source(form.cleaned_data["source"]),
                actor=request.user,
                at=timezone.now(),
            )
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        else:
            messages.success(
                request,
                f"{kept.new} new days, {kept.replaced} replaced, {kept.known} known already.",
            )
            return redirect("campaigns:visits", request.brand.slug)
    return _show(request, 422, form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Take visits back."""
    rows = VisitBatch.objects.visible_to(request.user)
    batch = get_object_or_404(rows, brand=request.brand, pk=pk)
    try:
        service.undo(batch_id=batch.pk, brand=request.brand, actor=request.user, at=timezone.now())
    except VisitsRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The visits of {batch.file_name} are taken back.")
    return redirect("campaigns:visits", request.brand.slug)


def _show(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    rows = VisitDay.objects.filter(brand=request.brand).select_related(
        "link__relationship__creator", "code__relationship__creator"
    )
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    batches = VisitBatch.objects.filter(brand=request.brand).defer("replaced")
    context = {
        "page": page,
        "batches": batches[:FILES_SHOWN],
        "open_spikes": open_spikes(request.brand),
        "form": VisitsForm(),
        **forms,
    }
    return render(request, "campaigns/tracking/visits.html", context, status=status)
