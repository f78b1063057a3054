"""Who said yes before creators are pitched, and who waits for an answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import PitchStatus
from crm.models import PitchApproval, Relationship
from crm.outreach.pitches import WHO, approval_of, care_of
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.outreach.pitching import HOLDS, PitchRefused, ask, decide, may_decide
from crm.views.of_creator import of_creator

ANSWERED = Order("pitches", "asked_at", "id", descending=True)
ON_PAGE = 50
# More do not wait at a time that anybody would read through.
WAITING_MOST = 100


@require_safe
@brand_page(Can.VIEW)
def pitches(request: BrandRequest) -> HttpResponse:
    """What waits for an answer, and what was answered."""
    rows = PitchApproval.objects.filter(brand=request.brand).select_related(
        "brand", "relationship__creator", "asked_by", "decided_by"
    )
    waiting = list(rows.waiting().order_by("asked_at", "pk")[:WAITING_MOST])
    # Two questions each at most, and only of few: whether one may answer.
    may = {depth: _may(request, waiting, depth) for depth in {row.depth for row in waiting}}
    answered = rows.exclude(status=PitchStatus.WAITING)
    page = page_or_first(answered, ANSWERED, cursor=request.GET.get("cursor"), size=ON_PAGE)
    context = {
        "waiting": [(row, may[row.depth][row.asked_by_id == request.user.pk]) for row in waiting],
        "page": page,
        "days": HOLDS.days,
    }
    return render(request, "crm/outreach/pitches.html", context)


def _may(request: BrandRequest, waiting: list[PitchApproval], depth: str) -> dict[bool, str]:
    """Why one cannot answer, by whether one asked oneself."""
    of_depth = [row for row in waiting if row.depth == depth]
    own = {row.asked_by_id == request.user.pk: row for row in of_depth}
    return {is_own: may_decide(row, request.user) for is_own, row in own.items()}


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def answer(request: BrandRequest, pk: int) -> HttpResponse:
    """Yes, or no with a reason."""
    found = get_object_or_404(PitchApproval, brand=request.brand, pk=pk)
    is_yes = request.POST.get("answer") == "yes"
    if not is_yes and request.POST.get("answer") != "no":
        messages.error(request, "Say yes or no.")
        return redirect("crm:pitches", brand=request.brand.slug)
    try:
        decided = decide(
            approval_id=found.pk,
            brand=request.brand,
            is_yes=is_yes,
            note=request.POST.get("note", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except PitchRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = "may be pitched" if is_yes else "is not pitched"
        messages.success(request, f"{decided.relationship.creator} {words}.")
    return redirect("crm:pitches", brand=request.brand.slug)


@brand_page(Can.VIEW, post=Can.MANAGE_OUTREACH)
@of_creator
def of_one(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """Who has to say yes before this creator is pitched, loaded by their page; ask for it."""
    at = timezone.now()
    if request.method == "POST":
        try:
            ask(
                relationship=relationship,
                reason=request.POST.get("reason", ""),
                actor=request.user,
                at=at,
            )
        except PitchRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Asked. You are told of the answer.")
        return redirect("crm:creator", brand=request.brand.slug, uid=relationship.creator.uid)
    care = care_of(relationship, at)
    newest = (
        PitchApproval.objects.filter(relationship=relationship)
        .select_related("asked_by", "decided_by")
        .first()
    )
    context = {
        "relationship": relationship,
        "care": care,
        "who": WHO[care.depth] if care else "",
        "approval": approval_of(relationship, care, at) if care else None,
        "newest": newest,
        "waits": newest is not None and newest.status == PitchStatus.WAITING,
    }
    return render(request, "crm/outreach/_pitch.html", context)
