"""Plans of a campaign's budget: asked for, compared, taken over."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.budgets import BudgetPlanForm
from segmentation.models import BudgetPlan
from segmentation.selectors import budgets as selectors
from segmentation.services.budgets import asking
from segmentation.services.budgets.asks import Asks
from segmentation.services.edits import EditRefused

GONE = "Somebody has deleted the plan in the meantime."


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def plans(request: BrandRequest, key: str) -> HttpResponse:
    """All plans of a campaign side by side; posting asks for another (`?like=`: as one did)."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    is_sent = request.method == "POST"
    like = _like(request, campaign)
    form = BudgetPlanForm(request.POST if is_sent else None, campaign=campaign, like=like)
    if is_sent and form.is_valid():
        try:
            made = asking.ask(
                campaign_id=campaign.pk,
                brand=request.brand,
                name=form.cleaned_data["name"],
                asks=form.asks,
                must=form.cleaned_data["must"],
                never=form.cleaned_data["never"],
                actor=request.user,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("segmentation:budget_plan", request.brand.slug, key, made.pk)
    context = {
        "campaign": campaign,
        "form": form,
        "like": like,
        "plans": [(one, Asks.of(one.asks)) for one in selectors.plans_of(campaign)],
    }
    return render(
        request,
        "segmentation/budgets/list.html",
        context,
        status=422 if form.errors else 200,
    )


@require_safe
@brand_page(Can.VIEW)
def plan(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """One plan: who is in, why, what stands in the way, what if."""
    found = _found(request, key, pk)
    template = "segmentation/budgets/detail.html"
    context: dict[str, Any] = {"campaign": found.campaign, "plan": found}
    if request.htmx and not request.htmx.boosted:
        if not found.is_open:
            # What is waited for is there: the page shows it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, f"{template}#status", context)
    context["whole"] = selectors.whole_of(found)
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, pk: int, form: Format) -> HttpResponseBase:
    """The plan's creators as a file."""
    found = _found(request, key, pk)
    whole = selectors.whole_of(found)
    head = ("creator", "pieces", "platform", "price of a piece", "price is", "brings", "why")
    rows = (
        (
            line.pick.relationship.creator.name,
            line.pick.pieces,
            line.platform,
            line.pick.price,
            line.pick.get_price_source_display(),
            line.pick.brings,
            line.words,
        )
        for line in (*whole.chosen, *whole.left_out)
    )
    about = [("Campaign", found.campaign.name), ("Plan", found.name)]
    return respond(
        f"budget-plan-{found.campaign.key}-{found.pk}", head, rows, form=form, about=about
    )


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def take(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Put the plan's creators on the shortlist."""
    found = _found(request, key, pk)
    try:
        came = asking.take_over(
            plan_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except (EditRefused, CampaignRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:budget_plan", request.brand.slug, key, pk)
    except BudgetPlan.DoesNotExist as gone:
        raise Http404(GONE) from gone
    messages.success(
        request,
        f"{came} creator{'' if came == 1 else 's'} of “{found.name}” came to the shortlist.",
    )
    return redirect("campaigns:shortlist", request.brand.slug, key)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def delete(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Delete a plan."""
    found = _found(request, key, pk)
    try:
        asking.delete(plan_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now())
    except BudgetPlan.DoesNotExist as gone:
        raise Http404(GONE) from gone
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect("segmentation:budget_plans", request.brand.slug, key)


def _like(request: BrandRequest, campaign: Campaign) -> BudgetPlan | None:
    number = request.GET.get("like", "")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        return None
    return BudgetPlan.objects.filter(campaign=campaign, pk=int(number)).first()


def _found(request: BrandRequest, key: str, pk: int) -> BudgetPlan:
    rows = BudgetPlan.objects.select_related("campaign__brand", "requested_by", "taken_by")
    return get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)
