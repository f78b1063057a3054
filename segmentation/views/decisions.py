"""What people do to a run: apply all or part of it, reject it, cancel it, roll it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.choices import RunStatus
from segmentation.facts.catalogue import catalogue
from segmentation.forms.runs import CancelForm, DecideForm, RollBackForm
from segmentation.selectors import runs as selectors
from segmentation.services import decisions, orders
from segmentation.services.runs import RunRefused
from segmentation.views.runs import find_run, run_page


@require_POST
@brand_page(Can.APPLY_RUNS)
def decide(request: BrandRequest, pk: int) -> HttpResponse:
    """Have a change set that waits applied, but for what is held, or reject it with a reason."""
    found = find_run(request, pk)
    blocks = selectors.run_page(found, catalogue(request.brand)).blocks
    form = DecideForm(request.POST, blocks=blocks)
    if not form.is_valid():
        return run_page(request, found, decide=form, status=422)
    moment, reason = timezone.now(), form.cleaned_data["reason"]
    try:
        if form.cleaned_data["decision"] == DecideForm.APPLY:
            orders.order_application(
                run_id=found.pk, actor=request.user, at=moment, hold=form.held, reason=reason
            )
        else:
            decisions.reject_run(run_id=found.pk, actor=request.user, at=moment, reason=reason)
            messages.success(request, "The change set was rejected; nobody moved.")
    except RunRefused as refusal:
        form.add_error(None, str(refusal))
        return run_page(request, find_run(request, pk), decide=form, status=409)
    return redirect("segmentation:run", request.brand.slug, found.pk)


@require_POST
@brand_page(Can.RUN_SEGMENTS)
def cancel(request: BrandRequest, pk: int) -> HttpResponse:
    """Stop a run that is queued or goes on."""
    found = find_run(request, pk)
    form = CancelForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return run_page(request, found, cancel=form, status=422)
    try:
        stopped = decisions.cancel_run(
            run_id=found.pk,
            actor=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except RunRefused as refusal:
        form.add_error(None, str(refusal))
        return run_page(request, find_run(request, pk), cancel=form, status=409)
    if stopped.status == RunStatus.CANCELLED:
        messages.success(request, "The run was cancelled; nobody moved.")
    else:
        messages.success(request, "The run stops at its next step; nobody moves.")
    return redirect("segmentation:run", request.brand.slug, found.pk)


@require_POST
@brand_page(Can.APPLY_RUNS)
def roll_back(request: BrandRequest, pk: int) -> HttpResponse:
    """Have whoever an applied run moved put back where they were; its page shows how far it is."""
    found = find_run(request, pk)
    form = RollBackForm(request.POST, auto_id="roll_back_%s")
    if not form.is_valid():
        return run_page(request, found, roll_back=form, status=422)
    try:
        orders.order_rollback(
            run_id=found.pk,
            actor=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except RunRefused as refusal:
        form.add_error(None, str(refusal))
        return run_page(request, find_run(request, pk), roll_back=form, status=409)
    return redirect("segmentation:run", request.brand.slug, found.pk)
