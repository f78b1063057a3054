"""Matches of a campaign: ask for one, look at it factor by factor, take creators, set weights."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm import audit, exports
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error
from segmentation.forms.matches import QuestionForm
from segmentation.matches.factors import FACTORS
from segmentation.models import Match
from segmentation.selectors import matches as selectors
from segmentation.selectors.activations import segments_of
from segmentation.services.matches import asking, weighing
from segmentation.services.matches import weights as weights_service
from segmentation.views.files import csv_response


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def matches(request: BrandRequest, key: str) -> HttpResponse:
    """A campaign's matches; sent, another one is asked for."""
    campaign = _campaign(request, key)
    is_sent = request.method == "POST"
    form = QuestionForm(
        request.POST if is_sent else None,
        campaign=campaign,
        segments=segments_of(request.brand),
        scores=selectors.scores_of(request.brand),
    )
    if is_sent and form.is_valid():
        try:
            made = asking.request(
                campaign_id=campaign.pk,
                brand=request.brand,
                question=form.question(),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("segmentation:match", request.brand.slug, key, made.pk)
    weights = weights_service.in_force(request.brand, campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "rows": selectors.matches_of(campaign)[:50],
        "weights": weights,
        "factors": [(factor, weights_service.said(weights)[factor.key]) for factor in FACTORS],
        "found": weighing.calibration(campaign),
    }
    status = 422 if is_sent else 200
    return render(request, "segmentation/matches/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def match(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """One match: the ranking with every factor, who is in already, and who was left out.

    Sent, the ticked are put on the shortlist.
    """
    found = _match(request, key, pk)
    if request.method == "POST":
        return _take(request, found)
    if request.htmx and not request.htmx.boosted and request.GET.get("state"):
        if not found.is_open:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "segmentation/matches/detail.html#state", {"match": found})
    return _page(request, found)


def _take(request: BrandRequest, found: Match) -> HttpResponse:
    picked = row_numbers(request.POST.getlist("picked"))
    try:
        added = asking.take(
            match_id=found.pk,
            brand=request.brand,
            only=picked,
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        return _page(request, found, fault=str(refusal), picked=picked, status=422)
    number = len(added.made)
    there = f" {len(added.present)} were there already." if added.present else ""
    messages.success(
        request,
        f"{number} creator{'s'[: number != 1]} on the shortlist, each with place and reasons."
        f"{there}",
    )
    return redirect("campaigns:shortlist", request.brand.slug, found.campaign.key)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, key: str, pk: int) -> HttpResponseBase:
    """The ranking as CSV: place, score, and value, points and weight of each factor."""
    found = _match(request, key, pk)
    counted = selectors.weights_counted(found)
    factors = [factor for factor in FACTORS if counted.get(factor.key)]
    head = ["place", "creator", "name", "score", "known"]
    for factor in factors:
        head += [factor.key, f"{factor.key}_points", f"{factor.key}_brings"]

    def lines() -> Iterator[list[object]]:
        yield list(head)
        for row in selectors.all_of(found):
            cells: list[object] = [row.rank, row.uid, row.name, row.score, row.known]
            for part in row.parts:
                cells += [part.value, part.points, part.brings]
            yield cells

    audit.record(
        brand=request.brand,
        verb="segmentation.match.exported",
        target=found,
        actor=request.user,
        at=timezone.now(),
        data={"campaign": key},
    )
    return exports.taken_out(csv_response(f"match-{key}-{found.pk}.csv", lines()), "")


def _page(
    request: BrandRequest,
    found: Match,
    *,
    fault: str = "",
    picked: list[int] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = selectors.page_of(found, cursor=request.GET.get("cursor"))
    context = {
        "campaign": found.campaign,
        "match": found,
        "page": page,
        "compared": selectors.compared(found),
        "left_out": selectors.left_out(found),
        "silent": selectors.silent(found) if found.as_of else [],
        "fault": fault,
        "picked": picked,
    }
    return render(request, "segmentation/matches/detail.html", context, status=status)


def _campaign(request: BrandRequest, key: str) -> Campaign:
    return get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("brand"),
        brand=request.brand,
        key=key,
    )


def _match(request: BrandRequest, key: str, pk: int) -> Match:
    rows = Match.objects.visible_to(request.user).select_related(
        "campaign__brand", "weights__author", "segment__segment", "score__model", "requested_by"
    )
    return get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)
