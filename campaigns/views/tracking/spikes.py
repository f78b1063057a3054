"""Unusual days: the list, and what became of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.tracking import ReasonForm, ReplaceForm
from campaigns.models import Spike
from campaigns.selectors.tracking import open_spikes
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import spikes as service
from campaigns.services.tracking.deciding import settings_of
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

NEWEST = Order("spikes", "day", "id", descending=True)
PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def spikes(request: BrandRequest) -> HttpResponse:
    """Days that nobody has looked at yet, or all."""
    shows_all = request.GET.get("all") == "1"
    rows = (
        Spike.objects.visible_to(request.user)
        .filter(brand=request.brand)
        .select_related("code__relationship__creator", "link__relationship__creator", "decided_by")
    )
    if not shows_all:
        rows = rows.open()
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "lines": [
            (row, service.why(row), ReasonForm(auto_id=f"id_{row.pk}_%s")) for row in page.items
        ],
        "shows_all": shows_all,
        "open_spikes": open_spikes(request.brand),
        "decided": settings_of(request.brand),
        "history_days": service.HISTORY_DAYS,
        "history_min": service.HISTORY_MIN,
    }
    return render(request, "campaigns/tracking/spikes.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Nothing is wrong with it, or the code is replaced."""
    if act not in {"dismiss", "replace"}:
        msg = "There is no such act."
        raise Http404(msg)
    spike = get_object_or_404(Spike.objects.visible_to(request.user), brand=request.brand, pk=pk)
    back = redirect("campaigns:spikes", brand=request.brand.slug)
    try:
        if act == "dismiss":
            form = ReasonForm(request.POST)
            service.dismiss(
                spike_id=spike.pk,
                brand=request.brand,
                reason=form.cleaned_data["reason"] if form.is_valid() else "",
                actor=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Noted.")
            return back
        names = ReplaceForm(request.POST)
        new = service.replace(
            spike_id=spike.pk,
            brand=request.brand,
            name=names.cleaned_data["name"] if names.is_valid() else "",
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return back
    words = f"{new.code} takes its place; the old code ends today. Put the new one into the shop."
    messages.success(request, words)
    return redirect("campaigns:promo_code", brand=request.brand.slug, pk=new.pk)
