"""Two scores side by side, and a score against what came later."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import BacktestOutcome
from segmentation.forms.score_studies import BacktestForm, ComparisonForm
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.selectors import score_studies as selectors
from segmentation.selectors import scores as score_selectors
from segmentation.services.edits import EditRefused
from segmentation.services.scores import backtesting, comparing

SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SCORES)
def comparisons(request: BrandRequest) -> HttpResponse:
    """What was compared; posting has two versions compared."""
    form = ComparisonForm(request.POST or None, brand=request.brand, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = comparing.request_comparison(
                first=form.cleaned_data["first"],
                second=form.cleaned_data["second"],
                actor=request.user,
                at=timezone.now(),
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("segmentation:score_comparison", request.brand.slug, found.pk)
    context = {
        "form": form,
        "rows": list(selectors.comparisons_of(request.brand)),
        "can_compare": selectors.versions_of(request.brand).count() > 1,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "segmentation/scores/comparisons.html", context, status=status)


def _usual(request: BrandRequest) -> dict[str, int]:
    """The two newest versions, of one score where the address names it."""
    rows = selectors.versions_of(request.brand)
    if key := request.GET.get("score", "").replace("\0", ""):
        rows = rows.filter(model__key=key)
    newest = list(rows[:2])
    return {"first": newest[-1].pk, "second": newest[0].pk} if newest else {}


@require_safe
@brand_page(Can.VIEW)
def comparison(request: BrandRequest, pk: int) -> HttpResponse:
    """Who moves, how alike the orders are, and what differs in the definitions."""
    found = get_object_or_404(selectors.comparisons_of(request.brand), pk=pk)
    context = {"told": selectors.told(found), "side": selectors.SIDE}
    return render(request, "segmentation/scores/comparison.html", context)


@require_POST
@brand_page(Can.EDIT_SCORES)
def compare_again(request: BrandRequest, pk: int) -> HttpResponse:
    """Compute a comparison again, over the facts of now."""
    found = get_object_or_404(selectors.comparisons_of(request.brand), pk=pk)
    comparing.request_comparison(
        first=found.first, second=found.second, actor=request.user, at=timezone.now()
    )
    messages.success(request, "It is being computed again.")
    return redirect("segmentation:score_comparison", request.brand.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SCORES)
def backtests(request: BrandRequest, key: str) -> HttpResponse:
    """A score as of past days against what came after; posting has one computed."""
    model = get_object_or_404(score_selectors.models_of(request.brand), key=key)
    now = timezone.now()
    day = timezone.localdate(now) - timedelta(days=91)
    form = BacktestForm(
        request.POST or None,
        model=model,
        initial={"day": day, "version": model.active_version_id},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            backtesting.request_backtest(
                version=given["version"],
                day=given["day"],
                days=given["days"],
                outcome=BacktestOutcome(given["outcome"]),
                actor=request.user,
                at=now,
            )
        except EditRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        except DefinitionInvalid as invalid:
            put_error(form, "version", str(invalid))
        else:
            messages.success(request, "It is being computed.")
            return redirect("segmentation:score_backtests", request.brand.slug, key)
    rows = selectors.backtests_of(request.brand, model)[:SHOWN]
    context = {
        "model": model,
        "form": form,
        "every": [selectors.told_backtest(one) for one in rows],
        "why": backtesting.WHY,
        "height": selectors.HEIGHT,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "segmentation/scores/backtests.html", context, status=status)
