"""Benchmarks: what others have published, and the brand's own sets."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from crm.models import Platform
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.benchmarks import BenchmarkFileForm
from segmentation.selectors.scorecards.bands import band_words
from segmentation.services import benchmarks as service
from segmentation.services.benchmark_files import MOST_BYTES, FileRefused
from segmentation.services.edits import EditRefused


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def benchmarks(request: BrandRequest) -> HttpResponse:
    """All sources with their numbers; posting loads a set of the brand's own."""
    is_sent = request.method == "POST"
    form = BenchmarkFileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    faults = []
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = service.load(
                brand=request.brand,
                source=values["source"],
                address=values["address"],
                year=values["year"],
                file=values["file"].read(MOST_BYTES + 1),
                actor=request.user,
                at=timezone.now(),
            )
        except FileRefused as refusal:
            faults = refusal.faults
            put_error(form, "file", "Nothing was loaded: see what is wrong below.")
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"“{made.source}” is loaded: {made.values.count()} rows.")
            return redirect("segmentation:benchmarks", request.brand.slug)
    names = dict(Platform.objects.values_list("key", "name"))
    sources = service.all_sources(request.brand)
    context = {
        "form": form,
        "faults": faults,
        "sources": [
            (
                source,
                names.get(source.platform, ""),
                [(band, band_words(band, source.currency)) for band in source.bands],
            )
            for source in sources
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "segmentation/scorecards/benchmarks.html", context, status=status)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take one of the brand's own sets away."""
    source = service.remove(brand=request.brand, set_id=pk, actor=request.user, at=timezone.now())
    if source is None:
        raise Http404("There is no such set.")
    messages.success(request, f"“{source}” is removed.")
    return redirect("segmentation:benchmarks", request.brand.slug)
