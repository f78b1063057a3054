"""What waits for a decision, late first; the hours and gates behind it, and who stands in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import Gate
from campaigns.forms.approvals import DelegationForm, PlanForm, WeekForm
from campaigns.models import Delegation
from campaigns.selectors.deliverables import for_person, queue
from campaigns.selectors.disclosures.queue import of_turns
from campaigns.services.deliverables import gates, hours, settings
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.paging import Order, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.styled import put_error

LATE_FIRST = Order("approvals", "due_at", "id")
PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def approvals(request: BrandRequest) -> HttpResponse:
    """The queue: one's own, or everybody's."""
    gate = request.GET.get("gate", "")
    gate = gate if gate in Gate.values else ""
    decides = any(may(request.role, can) for can in gates.CAN.values())
    whose = request.GET.get("whose", "mine" if decides else "all")
    rows = queue(request.brand, gate=gate)
    if whose == "mine":
        rows = for_person(rows, request.user, request.role, request.brand, timezone.localdate())
    page = page_or_first(rows, LATE_FIRST, cursor=request.GET.get("cursor"), size=PAGE)
    now, week = timezone.now(), gates.week_of(request.brand)
    reviews = of_turns(page.items)
    context = {
        "page": page,
        "rows": [
            (turn, hours.words(now, due, week), due <= now, reviews.get(turn.pk))
            for turn in page.items
            if (due := turn.due_at) is not None
        ],
        "count": capped_count(rows),
        "gate": gate,
        "gates": Gate.choices,
        "whose": whose,
        "decides": decides,
    }
    template = "campaigns/deliverables/approvals.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def review_plan(request: BrandRequest, key: str) -> HttpResponseBase:
    """The gates of a campaign."""
    campaign = campaign_of(request, key)
    plan = gates.plan_of(campaign)
    form = PlanForm(request.POST or None, brand=request.brand, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            settings.set_plan(
                campaign_id=campaign.pk,
                brand=request.brand,
                values=form.values,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Reviews under way keep the gates they have.")
            return redirect("campaigns:deliverables", request.brand.slug, key)
    context = {
        "campaign": campaign,
        "form": form,
        "is_legal_always": gates.week_row(request.brand).is_legal_always,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/deliverables/gates.html", context, status=status)


@brand_page(Can.VIEW, post=Can.EDIT_POLICIES)
def working_week(request: BrandRequest) -> HttpResponseBase:
    """The brand's working hours, and whether legal sees everything."""
    row = gates.week_row(request.brand)
    form = WeekForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            settings.set_week(
                brand=request.brand,
                values=form.values,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Clocks that run keep the moment they were given.")
            return redirect("campaigns:working_week", request.brand.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/deliverables/week.html", {"form": form}, status=status)


@brand_page(Can.VIEW)
def standing_in(request: BrandRequest) -> HttpResponseBase:
    """Who stands in for whom; hand one's own gate to a colleague."""
    mine = [gate for gate in Gate if may(request.role, gates.CAN[gate])]
    form = DelegationForm(request.POST or None, brand=request.brand, user=request.user, gates=mine)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            settings.delegate(
                brand=request.brand,
                gate=Gate(said["gate"]),
                giver=request.user,
                receiver=said["receiver"],
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{said['receiver']} stands in for you.")
            return redirect("campaigns:standing_in", request.brand.slug)
    today = timezone.localdate()
    context = {
        "form": form,
        "can_hand_over": bool(mine),
        "delegations": Delegation.objects.filter(
            brand=request.brand, ended_at=None, ends_on__gte=today
        )
        .select_related("giver", "receiver")
        .order_by("starts_on", "pk"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/deliverables/standing_in.html", context, status=status)


@require_POST
@brand_page(Can.VIEW)
def take_back(request: BrandRequest, pk: int) -> HttpResponseBase:
    """End a delegation of one's own."""
    found = get_object_or_404(Delegation, pk=pk, brand=request.brand, giver=request.user)
    settings.take_back(
        delegation_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
    )
    messages.success(request, "The gate is yours again.")
    return redirect("campaigns:standing_in", request.brand.slug)
