"""Samples of who follows an account: those that are kept, a file of more, and taking one back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.choices import Source
from crm.importers.tables import TableRefused
from crm.models import AudienceSample, SampleBatch
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.audience_samples import importing
from crm.styled import put_error
from segmentation.forms.samples import SamplesForm

PAGE = 50
FILES_SHOWN = 10
NEWEST = Order("audience-samples", "taken_on", "id", descending=True)


@brand_page(Can.VIEW, post=Can.KEEP_SERIES)
def samples(request: BrandRequest) -> HttpResponse:
    """The samples, the newest first; posting takes a file in, whole or not at all."""
    if request.method != "POST":
        return _show(request)
    form = SamplesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            batch = importing.import_samples(
                brand=request.brand,
                upload=form.cleaned_data["file"],
                taken_on=form.cleaned_data["taken_on"],
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
                f"{batch.people} followers of {batch.samples} account{'s'[: batch.samples != 1]} "
                "are taken in, each as a number.",
            )
            return redirect("segmentation:samples", request.brand.slug)
    return _show(request, 422, form=form)


@require_POST
@brand_page(Can.KEEP_SERIES)
def undo_samples(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a file back."""
    rows = SampleBatch.objects.visible_to(request.user)
    batch = get_object_or_404(rows, brand=request.brand, pk=pk)
    try:
        importing.undo_import(
            batch_id=batch.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except importing.SamplesRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The samples of {batch.file_name} are taken back.")
    return redirect("segmentation:samples", request.brand.slug)


def _show(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    rows = AudienceSample.objects.filter(brand=request.brand).for_list_page()
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    today = timezone.now().astimezone(ZoneInfo(request.brand.timezone)).date()
    context = {
        "page": page,
        "batches": SampleBatch.objects.filter(brand=request.brand)[:FILES_SHOWN],
        "form": SamplesForm(initial={"taken_on": today, "source": Source.VENDOR}),
        **forms,
    }
    return render(request, "segmentation/clusters/samples.html", context, status=status)
