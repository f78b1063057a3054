"""Content tests: planned, begun, given out, read, shared out anew, ended."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign, Engagement
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.content_tests import ContentTestForm, DecisionForm, VariantForms, wordings
from segmentation.models import ContentTest
from segmentation.selectors import content_tests as selectors
from segmentation.services.content_tests import pieces, planning, reading
from segmentation.services.edits import EditRefused


@require_safe
@brand_page(Can.VIEW)
def content_tests(request: BrandRequest) -> HttpResponse:
    """All of the brand, the newest first, a page at a time."""
    page = selectors.page_of(request.brand, request.GET.get("cursor"))
    return render(request, "segmentation/content_tests/list.html", {"page": page})


@brand_page(Can.RUN_EXPERIMENTS)
def new(request: BrandRequest) -> HttpResponse:
    """Plan a test: a draft."""
    form = ContentTestForm(
        request.POST or None,
        brand=request.brand,
        initial={"campaign": _asked_campaign(request)},
    )
    parts = VariantForms(
        request.POST or None, prefix="variants", form_kwargs={"brand": request.brand}
    )
    if request.method == "POST" and all([form.is_valid(), parts.is_valid()]):
        try:
            found = planning.create(
                brand=request.brand,
                campaign=form.cleaned_data["campaign"],
                plan=form.plan(wordings(parts)),
                actor=request.user,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "It is planned. Look at it, and begin.")
            return redirect("segmentation:content_test", request.brand.slug, found.pk)
    context = {"form": form, "parts": parts}
    status = 422 if request.method == "POST" else 200
    return render(request, "segmentation/content_tests/form.html", context, status=status)


def _asked_campaign(request: BrandRequest) -> int | None:
    key = request.GET.get("campaign", "").replace("\0", "")
    rows = Campaign.objects.filter(brand=request.brand, key=key)
    return rows.values_list("pk", flat=True).first() if key else None


@require_safe
@brand_page(Can.VIEW)
def content_test(request: BrandRequest, pk: int) -> HttpResponse:
    """A test: its variants, the newest reading, what may be done."""
    context = {"told": selectors.told(_find(request, pk)), "decision": DecisionForm()}
    return render(request, "segmentation/content_tests/test.html", context)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def start(request: BrandRequest, pk: int) -> HttpResponse:
    """Begin."""

    def act(test: ContentTest) -> str:
        planning.start(test_id=test.pk, actor=request.user, at=timezone.now())
        return "It has begun: give pieces their variants."

    return _done(request, pk, act)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def assign(request: BrandRequest, pk: int) -> HttpResponse:
    """Give pieces without a variant one."""

    def act(test: ContentTest) -> str:
        made = pieces.assign(test_id=test.pk, actor=request.user, at=timezone.now())
        if not made:
            return "No piece of the campaign waits for a variant."
        more = " There may be more: do it again." if made == pieces.MOST else ""
        return f"{made} {'piece has' if made == 1 else 'pieces have'} a variant.{more}"

    return _done(request, pk, act)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def read(request: BrandRequest, pk: int) -> HttpResponse:
    """Have it read, at any time."""

    def act(test: ContentTest) -> str:
        reading.ask(test_id=test.pk, actor=request.user, at=timezone.now())
        return "It is being read."

    return _done(request, pk, act)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def share_out(request: BrandRequest, pk: int) -> HttpResponse:
    """Share new creators out as the form says."""

    def act(test: ContentTest) -> str:
        newest = selectors.told(test).newest
        if newest is None:
            raise EditRefused("Read the test first.", code="not_read")
        shares = {}
        for variant in test.variants.all():
            typed = request.POST.get(f"share_{variant.key}", "")
            if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
                raise EditRefused("Shares are whole percents.", code="bad_shares", field="shares")
            shares[variant.key] = int(typed)
        reading.apply(reading_id=newest.pk, shares=shares, actor=request.user, at=timezone.now())
        return "New creators are shared out so from now on; who has a variant keeps it."

    return _done(request, pk, act)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def end(request: BrandRequest, pk: int) -> HttpResponse:
    """End it with a decision."""

    def act(test: ContentTest) -> str:
        decision = request.POST.get("decision", "").replace("\0", "")
        planning.end(test_id=test.pk, decision=decision, actor=request.user, at=timezone.now())
        return "It has ended."

    return _done(request, pk, act)


@require_POST
@brand_page(Can.RUN_EXPERIMENTS)
def delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    test = _find(request, pk)
    try:
        planning.delete(test_id=test.pk, actor=request.user, at=timezone.now())
    except EditRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:content_test", request.brand.slug, pk)
    messages.success(request, f"“{test}” is deleted.")
    return redirect("segmentation:content_tests", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """The results of a campaign's tests by variant: loaded by its report."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    every = selectors.of_campaign(request.brand, campaign)
    context = {"every": every, "campaign": campaign}
    return render(request, "segmentation/content_tests/_of_campaign.html", context)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Which variant a creator's pieces are made by: loaded by their page in the campaign."""
    rows = Engagement.objects.filter(campaign__brand=request.brand, campaign__key=key)
    pieces_made = selectors.pieces_of(get_object_or_404(rows, pk=pk))
    context = {"pieces": pieces_made}
    return render(request, "segmentation/content_tests/_of_engagement.html", context)


def _find(request: BrandRequest, pk: int) -> ContentTest:
    return get_object_or_404(selectors.rows_of(request.brand), pk=pk)


def _done(request: BrandRequest, pk: int, act: Callable[[ContentTest], str]) -> HttpResponse:
    """Do it, say what came of it, and show the test."""
    test = _find(request, pk)
    try:
        messages.success(request, act(test))
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("segmentation:content_test", request.brand.slug, pk)
