"""Whom the brand competes with: named once, looked for in posts on every shortlist."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.competitors import CompetitorForm
from campaigns.models import Competitor
from campaigns.services import competitors as service
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def competitors(request: BrandRequest) -> HttpResponse:
    """All of them; a new one."""
    is_sent = request.method == "POST"
    form = CompetitorForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            made = service.save_competitor(
                brand=request.brand,
                name=form.cleaned_data["name"],
                handles=form.words,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Posts that mention {made} are pointed out from now on.")
            return redirect("campaigns:competitors", request.brand.slug)
    rows = Competitor.objects.filter(brand=request.brand).order_by("name", "pk")
    context = {"form": form, "competitors": rows}
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/competitors.html", context, status=status)


@brand_page(Can.PLAN_CAMPAIGNS)
def competitor(request: BrandRequest, pk: int) -> HttpResponse:
    """Name one anew."""
    found = get_object_or_404(Competitor, brand=request.brand, pk=pk)
    is_sent = request.method == "POST"
    initial = {"name": found.name, "handles": ", ".join(found.handles)}
    form = CompetitorForm(request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        try:
            service.save_competitor(
                brand=request.brand,
                name=form.cleaned_data["name"],
                handles=form.words,
                actor=request.user,
                at=timezone.now(),
                competitor_id=pk,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:competitors", request.brand.slug)
    context = {"form": form, "competitor": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/competitor.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Forget one."""
    try:
        service.delete_competitor(
            competitor_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except Competitor.DoesNotExist as gone:
        msg = "This competitor is gone."
        raise Http404(msg) from gone
    messages.success(request, "Its posts are not pointed out any more.")
    return redirect("campaigns:competitors", request.brand.slug)
