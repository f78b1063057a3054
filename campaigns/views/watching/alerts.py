"""Posts below the usual: the list, and what somebody says to one."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.watching import AlertsForm, WhyBelowForm
from campaigns.models import FirstReading
from campaigns.selectors.watching.alerts import readings_of, with_platforms
from campaigns.services.refusals import CampaignRefused
from campaigns.services.watching.answering import dismiss_reading
from campaigns.services.watching.deciding import settings_of
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

NEWEST = Order("post_alerts", "read_at", "id", descending=True)
PAGE = 25


@require_safe
@brand_page(Can.VIEW)
def alerts(request: BrandRequest) -> HttpResponse:
    """Those that nobody has explained yet, or all."""
    rows = readings_of(request.brand)
    form = AlertsForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {"state": "", "platform": "", "mine": ""}
    if said["state"] != "all":
        rows = rows.filter(dismissed_at__isnull=said["state"] != "answered")
    if said["platform"]:
        rows = rows.filter(publication__deliverable__platform=said["platform"])
    if said["mine"]:
        engagement = "publication__deliverable__engagement"
        rows = rows.filter(
            Q(**{f"{engagement}__owner": request.user})
            | Q(**{f"{engagement}__owner": None, f"{engagement}__campaign__owner": request.user})
        )
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "lines": [
            (alert, WhyBelowForm(auto_id=f"id_{alert.reading.pk}_%s"))
            for alert in with_platforms(request.brand, page.items)
        ],
        "filter": form,
        "is_filtered": any(said.values()),
        "decided": settings_of(request.brand),
    }
    return render(request, "campaigns/watching/alerts.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def dismiss(request: BrandRequest, pk: int) -> HttpResponse:
    """Say why it did not do better."""
    rows = FirstReading.objects.visible_to(request.user)
    reading = get_object_or_404(rows, publication__brand=request.brand, pk=pk)
    form = WhyBelowForm(request.POST)
    try:
        dismiss_reading(
            reading_id=reading.pk,
            brand=request.brand,
            reason=form.cleaned_data["reason"] if form.is_valid() else "",
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Noted.")
    return redirect("campaigns:post_alerts", request.brand.slug)
