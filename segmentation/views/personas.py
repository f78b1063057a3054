"""Personas: shares, precedence, conflicts, what to recommend, and whom to ask for feedback."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.personas import InnovatorForm
from segmentation.models import Dimension, Segment
from segmentation.selectors.persona_report import dimensions_of, report_of
from segmentation.services.edits import EditRefused
from segmentation.services.innovators import draft, fits_of
from segmentation.services.segments import SegmentRefused

INNOVATORS = "persona-innovator"


@require_safe
@brand_page(Can.VIEW)
def report(request: BrandRequest) -> HttpResponse:
    """The personas of a dimension with precedence."""
    return _shown(request, request.GET.get("dimension", ""))


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def innovators(request: BrandRequest, key: str) -> HttpResponse:
    """The innovators' rule from the template, as a draft of the segment `key`."""
    segment = get_object_or_404(
        Segment.objects.select_related("brand", "dimension"), brand=request.brand, key=key
    )
    form = InnovatorForm(request.POST, fits=fits_of(request.brand))
    if form.is_valid():
        try:
            made = draft(
                segment=segment,
                fit=form.cleaned_data["fit"],
                least=form.cleaned_data["least"],
                keywords=form.cleaned_data["keywords"],
                actor=request.user,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        except SegmentRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(
                request,
                f"Version {made.number} is a draft. Look at whom it finds, then activate it.",
            )
            return redirect("segmentation:version", request.brand.slug, key, made.number)
    return _shown(request, segment.dimension.key, form=form)


def _shown(request: BrandRequest, asked: str, form: InnovatorForm | None = None) -> HttpResponse:
    found = dimensions_of(request.brand)
    dimension: Dimension | None = next((one for one in found if one.key == asked), None)
    if dimension is None and found:
        dimension = next((one for one in found if one.key == "personas"), found[0])
    page = report_of(dimension) if dimension else None
    rows = page.rows if page else ()
    template = next((row.segment for row in rows if row.segment.key == INNOVATORS), None)
    fits = fits_of(request.brand) if template else []
    context = {
        "dimensions": found,
        "page": page,
        "template": template,
        "fits": fits,
        "form": form or InnovatorForm(fits=fits),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "segmentation/personas.html", context, status=status)
