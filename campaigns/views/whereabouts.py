"""Who can post soon near a place; where one creator is; the fast lane."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.whereabouts import KeepForm, LaneForm, SoonForm, WhereaboutsForm
from campaigns.models import FastLane, Whereabouts, WhereaboutsRule
from campaigns.selectors.whereabouts.soon import FOUND_MAX, who_can
from campaigns.services import fast_lanes
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.whereabouts import erasing, saying
from campaigns.views.finding import engagement_of, relationship_with
from crm.filters import CreatorFilter
from crm.models import Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.sent import row_numbers
from crm.styled import put_error

# What of the list's filters is asked here.
FILTERS = ("platform", "stage", "segment", "niche", "tag", "owner")


@require_safe
@brand_page(Can.VIEW)
def soon(request: BrandRequest) -> HttpResponse:
    """The question, and who fits: ranked, with the reasons."""
    form = SoonForm({"hours": "2"} | request.GET.dict())
    question = form.question
    narrowed = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    found = who_can(request.brand, question, narrowed.qs.order_by(), timezone.now())
    fields = [narrowed.form[name] for name in FILTERS if name in narrowed.form.fields]
    context = {
        "form": form,
        "question": question,
        "fields": fields,
        "found": found,
        "most": FOUND_MAX,
        "lane": LaneForm(brand=request.brand),
        "keep": KeepForm(initial={"keep_days": WhereaboutsRule.of(request.brand).keep_days}),
    }
    return render(request, "campaigns/whereabouts/soon.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def lane(request: BrandRequest) -> HttpResponse:
    """Put those who were chosen on a campaign's shortlist and on the fast lane."""
    chosen = row_numbers(request.POST.getlist("creators"))
    offered = Relationship.objects.filter(brand=request.brand, pk__in=chosen[:FOUND_MAX])
    offered_ids = list(offered.values_list("pk", flat=True))
    form = LaneForm(request.POST, brand=request.brand, offered=offered_ids)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label or ""
        messages.error(request, f"{label}: {errors[0]}" if label else str(errors[0]))
        return redirect("campaigns:soon", request.brand.slug)
    campaign = form.cleaned_data["campaign"]
    try:
        put = fast_lanes.put_on(
            campaign=campaign,
            brand=request.brand,
            relationships=form.cleaned_data["creators"],
            gate_hours=form.cleaned_data["gate_hours"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:soon", request.brand.slug)
    new = len(put.new)
    messages.success(
        request,
        f"{put.on_lane} on the fast lane of {campaign}, {new} of them new on its shortlist.",
    )
    return redirect("campaigns:shortlist", request.brand.slug, campaign.key)


@require_safe
@brand_page(Can.VIEW)
def engagement_lane(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """That a creator is on the fast lane, for their page in the campaign."""
    found = engagement_of(request, key, pk)
    context = {
        "engagement": found,
        "campaign": found.campaign,
        "lane": FastLane.objects.filter(engagement=found).select_related("made_by").first(),
    }
    return render(request, "campaigns/whereabouts/_lane.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def off_lane(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """The campaign's usual hours again."""
    found = engagement_of(request, key, pk)
    try:
        fast_lanes.take_off(engagement=found, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The gates have their usual hours again.")
    return redirect("campaigns:engagement", request.brand.slug, key, pk)


@brand_page(Can.VIEW, post=Can.RUN_CAMPAIGNS)
def whereabouts(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What was said of one creator; something new."""
    relationship = relationship_with(request, uid)
    is_sent = request.method == "POST"
    form = WhereaboutsForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            saying.say(
                relationship=relationship,
                said=form.said,
                by=Actor(request.user),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down. What is said later holds.")
            return redirect("campaigns:whereabouts", request.brand.slug, uid)
    rows = Whereabouts.objects.filter(relationship=relationship).select_related("said_by", "link")
    context = {
        "relationship": relationship,
        "rows": list(rows.order_by("-said_at", "-pk")[:100]),
        "today": timezone.localdate(),
        "form": form,
        "rule": WhereaboutsRule.of(request.brand),
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/whereabouts/creator.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def take_back(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Erase one that was wrong."""
    relationship = relationship_with(request, uid)
    if not Whereabouts.objects.filter(relationship=relationship, pk=pk).exists():
        msg = "It is not there any more."
        raise Http404(msg)
    saying.take_back(whereabouts_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    messages.success(request, "Erased.")
    return redirect("campaigns:whereabouts", request.brand.slug, uid)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def keep(request: BrandRequest) -> HttpResponse:
    """For how long where somebody was is kept."""
    form = KeepForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["keep_days"]
        erasing.keep_for(brand=request.brand, days=days, actor=request.user, at=timezone.now())
        messages.success(request, f"It is erased {days} days after its end.")
    else:
        messages.error(request, str(form.errors["keep_days"][0]))
    return redirect("campaigns:soon", request.brand.slug)
