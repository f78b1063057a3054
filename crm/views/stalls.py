"""When a brand calls a card stalled, and how many cards it calls many."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.forms import StageLimitsForm, put_error
from crm.permissions import BrandRequest, Can, brand_page
from crm.services import stalls as service


@brand_page(Can.MANAGE_BRAND)
def stage_limits(request: BrandRequest) -> HttpResponse:
    """Look at the days and the cards of each stage; save them."""
    limits = service.stage_limits(request.brand)
    form = StageLimitsForm(request.POST or None, limits=limits)
    if form.is_valid():
        try:
            service.set_limits(
                brand=request.brand, limits=form.wanted, actor=request.user, at=timezone.now()
            )
        except service.LimitRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:stage_limits", brand=request.brand.slug)
    status = 422 if form.errors else 200
    return render(request, "crm/day/stage_limits.html", {"form": form}, status=status)
