"""Everything of the brand as one file: asked for, followed, fetched, deleted. For admins."""

from __future__ import annotations

from django.apps import apps
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import exports
from crm.models import Job
from crm.permissions import BrandRequest, Can, brand_page
from crm.services import jobs
from crm.services.round_trip import asking, places
from crm.services.round_trip.decisions import LEFT, in_order

SHOWN = 20


@require_safe
@brand_page(Can.MANAGE_BRAND)
def brand_exports(request: BrandRequest) -> HttpResponse:
    """The exports that were made, and what one holds."""
    found = list(asking.of_brand(request.brand).select_related("asked_by", "undone_by")[:SHOWN])
    rows = [(job, places.file_of(job) is not None) for job in found]
    context = {
        "rows": rows,
        "is_running": any(job.is_under_way for job in found),
        "tables": len(in_order()),
        "left": _left(),
        "kept_days": asking.KEPT.days,
    }
    return render(request, "crm/brands/exports.html", context)


def _left() -> list[tuple[str, str]]:
    """What is not taken along, in words, each with the reason."""
    names: dict[str, list[str]] = {}
    for label, reason in LEFT.items():
        name = str(apps.get_model(label)._meta.verbose_name_plural)
        names.setdefault(reason, []).append(name)
    return sorted((", ".join(sorted(set(found))), reason) for reason, found in names.items())


@require_POST
@brand_page(Can.MANAGE_BRAND)
def brand_export_ask(request: BrandRequest) -> HttpResponse:
    """Have one made by a worker."""
    try:
        asking.ask(brand=request.brand, actor=request.user, at=timezone.now())
    except asking.ExportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The export has begun. You can leave this page.")
    return redirect("crm:brand_exports", brand=request.brand.slug)


@require_safe
@brand_page(Can.MANAGE_BRAND)
def brand_export_file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The file of one; the ledger tells who took it out."""
    job = _export(request, pk)
    try:
        path = asking.fetch(job=job, actor=request.user, at=timezone.now())
    except asking.ExportRefused as refusal:
        raise Http404(str(refusal)) from refusal
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    # The entry is written already.
    return exports.taken_out(answer, "")


@require_POST
@brand_page(Can.MANAGE_BRAND)
def brand_export_stop(request: BrandRequest, pk: int) -> HttpResponse:
    """End one that is being made."""
    try:
        jobs.stop(job=_export(request, pk), at=timezone.now())
    except jobs.JobRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The export stops after the table at which it is.")
    return redirect("crm:brand_exports", brand=request.brand.slug)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def brand_export_delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Let go of the file of one."""
    try:
        asking.delete(job=_export(request, pk), actor=request.user, at=timezone.now())
    except asking.ExportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The file is deleted.")
    return redirect("crm:brand_exports", brand=request.brand.slug)


def _export(request: BrandRequest, pk: int) -> Job:
    """One of the brand's, whoever asked for it."""
    found = asking.of_brand(request.brand).filter(pk=pk).select_related("brand").first()
    if found is None:
        msg = "There is no such export."
        raise Http404(msg)
    return found
