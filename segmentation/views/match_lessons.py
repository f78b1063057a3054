"""What campaigns that are over teach about the weights of matches."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.matches.factors import FACTORS
from segmentation.models import MatchLesson
from segmentation.services.matches import weighing


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def lessons(request: BrandRequest) -> HttpResponse:
    """What was learned so far; sent, campaigns are asked again."""
    if request.method == "POST":
        try:
            weighing.request(brand=request.brand, actor=request.user, at=timezone.now())
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Campaigns are being asked.")
        return redirect("segmentation:match_lessons", request.brand.slug)
    decided, taken = weighing.taken_so_far(request.brand)
    context = {
        "lessons": [(one, _rows(one)) for one in weighing.lessons_of(request.brand)],
        "decided": decided,
        "taken": taken,
    }
    return render(request, "segmentation/matches/lessons.html", context)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """Take the suggested weights, or do not."""
    lesson = get_object_or_404(MatchLesson, brand=request.brand, pk=pk)
    answer = request.POST.get("answer")
    if answer not in {"accept", "dismiss"}:
        messages.error(request, "Say whether you take these weights.")
        return redirect("segmentation:match_lessons", request.brand.slug)
    try:
        weighing.decide(
            lesson_id=lesson.pk,
            brand=request.brand,
            accept=answer == "accept",
            reason=request.POST.get("reason", "").replace("\0", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            "Campaigns without weights of their own are ranked by these from now on."
            if answer == "accept"
            else "The weights stay as they are.",
        )
    return redirect("segmentation:match_lessons", request.brand.slug)


def _rows(lesson: MatchLesson) -> list[tuple[str, int, int]]:
    """Each factor with its weight in force then, and the suggested one."""
    if lesson.suggested is None:
        return []
    before = lesson.findings.get("in_force", {})
    return [
        (factor.label, before.get(factor.key, 0), lesson.suggested.get(factor.key, 0))
        for factor in FACTORS
    ]
