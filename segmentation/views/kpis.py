"""The KPIs of a segment and their targets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.kpis import KpiForm
from segmentation.metrics.periods import calendar_of, quarter_of
from segmentation.models import MetricTarget
from segmentation.selectors.scorecards.lint import findings_of
from segmentation.services.edits import EditRefused
from segmentation.services.kpis import QUARTERS_AHEAD, change_kpis, kpi_set
from segmentation.views.finding import segment_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def kpis(request: BrandRequest, key: str) -> HttpResponse:
    """Which numbers the segment is judged by, in which order, and what they are to reach."""
    found, now = segment_or_404(request, key), timezone.now()
    current = quarter_of(now, calendar_of(request.brand))
    held = MetricTarget.objects.filter(segment=found).holding_in(str(current))
    form = KpiForm(
        request.POST if request.method == "POST" else None,
        keys=kpi_set(found),
        targets={target.metric: target.value for target in held if target.value is not None},
        periods=[str(current.shift(ahead)) for ahead in range(-4, QUARTERS_AHEAD + 1)],
        current=str(current),
    )
    if form.is_valid():
        try:
            change_kpis(
                segment=found,
                keys=form.keys(),
                targets=form.targets(),
                from_period=form.cleaned_data["from_period"],
                actor=request.user,
                at=now,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The KPIs and targets are saved.")
            return redirect("segmentation:scorecard", request.brand.slug, found.key)
    context = {
        "segment": found,
        "form": form,
        "families": form.families(),
        "findings": findings_of(found),
        "history": MetricTarget.objects.filter(segment=found)
        .select_related("set_by")
        .order_by("-from_period", "metric")[:50],
    }
    status = 422 if form.errors else 200
    return render(request, "segmentation/scorecards/kpis.html", context, status=status)
