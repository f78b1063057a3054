"""The shortlist: who could be in a campaign, what speaks for and against them, yes or no."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import EngagementStage
from campaigns.forms.engagements import AddForm, ManyForm
from campaigns.models import Engagement
from campaigns.selectors import engagements as selectors
from campaigns.services import engagements as service
from campaigns.services import shortlists
from campaigns.services.refusals import CampaignRefused
from campaigns.views.engagements import NEWEST_FIRST
from campaigns.views.finding import campaign_of
from crm.models import Relationship
from crm.paging import page_or_first
from crm.permissions import BrandRequest, Can, brand_page

PAGE = 50
STAGES = (EngagementStage.SHORTLISTED, EngagementStage.VETTED, EngagementStage.APPROVED)
# What can be done with several at once, and from where.
MANY = (EngagementStage.VETTED, EngagementStage.APPROVED, EngagementStage.DROPPED)


@require_safe
@brand_page(Can.VIEW)
def shortlist(request: BrandRequest, key: str) -> HttpResponse:
    """A page of the shortlist, by stage, with what there is to know about each."""
    found = campaign_of(request, key)
    asked = request.GET.get("stage", "")
    stage = EngagementStage(asked) if asked in STAGES else EngagementStage.SHORTLISTED
    rows = Engagement.objects.filter(campaign=found, stage=stage).with_creator()
    page = page_or_first(rows, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE)
    counts = selectors.counts_of(found)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    context = {
        "campaign": found,
        "stage": stage,
        "tabs": [(one, counts[one]) for one in STAGES],
        "total": sum(counts.values()),
        "page": page,
        "lines": selectors.shortlist(
            found, page.items, at=timezone.now(), today=timezone.localdate()
        ),
        "moves": [to for to in MANY if to in service.allowed_moves(stage, found.status)],
        "words": words,
        "found": selectors.candidates(found, words) if words else [],
    }
    return render(request, "campaigns/engagements/shortlist.html", context)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def add(request: BrandRequest, key: str) -> HttpResponse:
    """Put one creator on the list by hand."""
    found, form = campaign_of(request, key), AddForm(request.POST)
    rows = Relationship.objects.filter(brand=request.brand).select_related("creator")
    relationship = (
        rows.filter(creator__uid=form.cleaned_data["creator"]).first() if form.is_valid() else None
    )
    if relationship is None:
        messages.error(request, "Choose a creator whom your brand knows.")
        return redirect("campaigns:shortlist", request.brand.slug, key)
    pick = shortlists.Pick(relationship.pk, form.cleaned_data["reason"])
    try:
        added = shortlists.shortlist(
            campaign_id=found.pk,
            brand=request.brand,
            picks=[pick],
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = "is on the shortlist" if added.made else "is in this campaign already"
        messages.success(request, f"{relationship.creator} {words}.")
    return redirect("campaigns:shortlist", request.brand.slug, key)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def many(request: BrandRequest, key: str) -> HttpResponse:
    """The same move for several; each one is made or refused for itself."""
    found = campaign_of(request, key)
    rows = Engagement.objects.filter(campaign=found, stage__in=STAGES)
    offered = [f"{pk}:{version}" for pk, version in rows.values_list("pk", "version")]
    form = ManyForm(request.POST, offered=offered)
    if not form.is_valid():
        messages.error(request, "Choose creators and a move; who changed meanwhile is left out.")
        return redirect("campaigns:shortlist", request.brand.slug, key)
    to = EngagementStage(form.cleaned_data["to"])
    moved, refused = 0, []
    for one in form.cleaned_data["picked"]:
        pk, version = map(int, one.split(":"))
        try:
            service.change(
                engagement_id=pk,
                brand=request.brand,
                changes={"stage": to, "reason": form.cleaned_data["reason"]},
                actor=request.user,
                at=timezone.now(),
                expected_version=version,
            )
        except CampaignRefused as refusal:
            refused.append(str(refusal))
        else:
            moved += 1
    if moved:
        who = "1 creator is" if moved == 1 else f"{moved} creators are"
        messages.success(request, f"{who} in “{to.label}” now.")
    for words in dict.fromkeys(refused):
        messages.error(request, words)
    return redirect("campaigns:shortlist", request.brand.slug, key)
