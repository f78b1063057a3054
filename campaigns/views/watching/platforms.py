"""Platforms week by week, and what becomes of a week in which one moved."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.watching import NoteShiftForm, WhyBelowForm
from campaigns.models import PlatformWeek
from campaigns.selectors.watching.platforms import timelines
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.series.keeping import SeriesRefused
from campaigns.services.watching import answering
from campaigns.services.watching.deciding import settings_of
from crm.permissions import BrandRequest, Can, brand_page


@require_safe
@brand_page(Can.VIEW)
def platform_weeks(request: BrandRequest) -> HttpResponse:
    """The last year of each platform."""
    found = timelines(request.brand, today_of(request.brand, timezone.now()))
    context = {
        "timelines": [(f"weeks-{one.platform.key}", one) for one in found],
        "decided": settings_of(request.brand),
    }
    return render(request, "campaigns/watching/platforms.html", context)


@require_POST
@brand_page(Can.KEEP_SERIES)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Note it on the timeline, or set it aside."""
    if act not in {"note", "dismiss"}:
        msg = "There is no such act."
        raise Http404(msg)
    rows = PlatformWeek.objects.visible_to(request.user)
    week = get_object_or_404(rows, brand=request.brand, pk=pk)
    now = timezone.now()
    try:
        if act == "note":
            title = NoteShiftForm(request.POST)
            answering.note_shift(
                week_id=week.pk,
                brand=request.brand,
                title=title.cleaned_data["title"] if title.is_valid() else "",
                actor=request.user,
                at=now,
            )
            messages.success(request, "Written down: charts show it on its day.")
        else:
            form = WhyBelowForm(request.POST)
            answering.dismiss_shift(
                week_id=week.pk,
                brand=request.brand,
                reason=form.cleaned_data["reason"] if form.is_valid() else "",
                actor=request.user,
                at=now,
            )
            messages.success(request, "Set aside.")
    except (CampaignRefused, SeriesRefused) as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns:platform_weeks", request.brand.slug)
