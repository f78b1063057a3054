"""Creators that may be one: the queue, the dry run of a merge, and the way back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.models import DuplicatePair, Job, Merge, Profile, Relationship
from crm.paging import Order, Page, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page, brands_where
from crm.selectors import relationships_of
from crm.services import duplicates as finding
from crm.services import merge as merging
from crm.services.merge.undoing import reasons_against
from crm.views.of_creator import of_creator

PAIRS_ON_PAGE = 20
MERGES_SHOWN = 10
BY_SCORE = Order("duplicates", "score", "id", descending=True)
BY_TIME = Order("duplicates-decided", "decided_at", "id", descending=True)


@brand_page(Can.VIEW, post=Can.EDIT_CREATORS)
def duplicates(request: BrandRequest) -> HttpResponse:
    """Pairs to look at, the surest first; have a worker look for more."""
    if request.method == "POST":
        finding.ask(brand=request.brand, actor=request.user, at=timezone.now())
        messages.success(request, "We are looking. The list is renewed when it is done.")
        return redirect("crm:duplicates", brand=request.brand.slug)
    is_decided = request.GET.get("decided") == "1"
    rows = DuplicatePair.objects.filter(brand=request.brand)
    rows = rows.filter(decided_at__isnull=False) if is_decided else rows.open()
    newest = Job.objects.filter(brand=request.brand, kind=finding.KIND).order_by("-created_at")
    context = {
        "page": _paged(_with_creators(rows), is_decided, request.GET.get("cursor")),
        "count": capped_count(rows),
        "is_decided": is_decided,
        "search": newest.first(),
        "merges": Merge.objects.filter(brand=request.brand)
        .select_related("kept", "gone", "actor", "undone_by")
        .order_by("-at", "-pk")[:MERGES_SHOWN],
    }
    return render(request, "crm/duplicates/list.html", context)


def _with_creators(rows: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
    accounts = Profile.objects.select_related("platform").order_by("platform", "pk")
    return rows.select_related("first", "second", "decided_by").prefetch_related(
        Prefetch("first__profiles", queryset=accounts),
        Prefetch("second__profiles", queryset=accounts),
    )


def _paged(
    rows: QuerySet[DuplicatePair], is_decided: bool, cursor: str | None
) -> Page[DuplicatePair]:
    order = BY_TIME if is_decided else BY_SCORE
    return page_or_first(rows, order, cursor=cursor, size=PAIRS_ON_PAGE)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """Say that two creators are two people, or ask again."""
    pair = get_object_or_404(DuplicatePair, brand=request.brand, pk=pk)
    if "again" in request.POST:
        finding.ask_again(pair=pair, actor=request.user, at=timezone.now())
        messages.success(request, "The pair stands in the queue again.")
        return redirect("crm:duplicates", brand=request.brand.slug)
    try:
        finding.say_different(
            pair=pair, why=request.POST.get("why", ""), actor=request.user, at=timezone.now()
        )
    except finding.DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "They are two. Nobody will be asked again.")
    return redirect("crm:duplicates", brand=request.brand.slug)


@brand_page(Can.EDIT_CREATORS)
@of_creator
def merge(request: BrandRequest, relationship: Relationship, other: UUID) -> HttpResponse:
    """What would happen if `other` became part of this creator; do it."""
    gone = _other(request, other)
    if gone is None:
        return redirect("crm:creator", brand=request.brand.slug, uid=relationship.creator.uid)
    allowed = brands_where(request.user, Can.EDIT_CREATORS)
    problem = ""
    if request.method == "POST":
        choices = {
            name.removeprefix("stays-"): value
            for name, value in request.POST.items()
            if name.startswith("stays-")
        }
        try:
            merging.merge(
                kept_id=relationship.creator_id,
                gone_id=gone.creator_id,
                brand=request.brand,
                choices={key: str(value) for key, value in choices.items()},
                actor=request.user,
                at=timezone.now(),
                allowed=allowed,
                reason=str(request.POST.get("reason", "")),
            )
        except merging.MergeRefused as refusal:
            problem = str(refusal)
        else:
            messages.success(
                request,
                f"{gone.creator} is part of {relationship.creator} now. "
                "The merge can be undone on the page of duplicates.",
            )
            return redirect("crm:creator", brand=request.brand.slug, uid=relationship.creator.uid)
    plan = None
    try:
        plan = merging.plan(
            kept=relationship.creator,
            gone=gone.creator,
            brand=request.brand,
            allowed=allowed,
            at=timezone.now(),
        )
    except merging.MergeRefused as refusal:
        problem = problem or str(refusal)
    context = {
        "kept": relationship,
        "gone": gone,
        "plan": plan,
        "problem": problem,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "crm/duplicates/merge.html", context, status=status)


def _other(request: BrandRequest, uid: UUID) -> Relationship | None:
    """The creator that would go; None for one that went already."""
    rows = relationships_of(request.brand).with_creator()
    found = rows.filter(creator__uid=uid).first()
    if found is None and not Merge.objects.filter(gone__uid=uid, undone_at=None).exists():
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    if found is None:
        messages.info(request, "The two are one already.")
    return found


@require_safe
@brand_page(Can.VIEW)
def merged(request: BrandRequest, pk: int) -> HttpResponse:
    """What a merge did, and what speaks against undoing it."""
    found = _merge(request, pk)
    context = {
        "merge": found,
        "parts": _told(found),
        "hindrances": reasons_against(found, brands_where(request.user, Can.EDIT_CREATORS)),
    }
    return render(request, "crm/duplicates/merged.html", context)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def undo(request: BrandRequest, pk: int) -> HttpResponse:
    """Make the two creators two again."""
    found = _merge(request, pk)
    try:
        merging.undo(
            merge_id=found.pk,
            actor=request.user,
            at=timezone.now(),
            allowed=brands_where(request.user, Can.EDIT_CREATORS),
        )
    except merging.MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:merged", brand=request.brand.slug, pk=pk)
    messages.success(request, f"{found.gone} and {found.kept} are two again.")
    return redirect("crm:creator", brand=request.brand.slug, uid=found.gone.uid)


def _merge(request: BrandRequest, pk: int) -> Merge:
    rows = Merge.objects.select_related("kept", "gone", "actor", "undone_by")
    found: Merge = get_object_or_404(rows, brand=request.brand, pk=pk)
    return found


def _told(found: Merge) -> list[tuple[str, str, int]]:
    """Table, what was done, and to how many rows."""
    return [
        (
            part.table_name.partition("_")[2] or part.table_name,
            part.get_action_display(),
            len(part.row_ids) or len(part.rows),
        )
        for part in found.parts.all()
    ]
