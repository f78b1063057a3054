"""One amount: why it is ready or not, what can be done with it, what was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import PayAct, PayState
from campaigns.forms.offers import VersionForm
from campaigns.forms.payments import ActForm
from campaigns.models import Payable
from campaigns.services.payments import paying
from campaigns.services.payments.milestones import reached
from campaigns.services.payments.results import rule_of
from campaigns.services.payments.rules import needs_release
from campaigns.services.payments.states import NEEDS_REASON, allowed
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_safe
@brand_page(Can.VIEW)
def payable(request: BrandRequest, pk: int) -> HttpResponse:
    """One amount with its evidence, its history and its next steps."""
    return _show(request, _of(request, pk))


@require_POST
@brand_page(Can.PAY)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Do something with it."""
    if act not in PayAct.values:
        msg = "There is no such step."
        raise Http404(msg)
    found = _of(request, pk)
    form, seen = _fields(PayAct(act), found, ActForm(request.POST)), VersionForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return _show(request, found, status=422, tried=act, tried_form=form)
    try:
        paying.do(
            payable_id=pk,
            brand=request.brand,
            act=PayAct(act),
            said=form.said,
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return _show(request, _of(request, pk), status=409, tried=act, tried_form=form)
    messages.success(request, f"{PayAct(act).label}: {found}")
    return redirect("campaigns:payable", request.brand.slug, pk)


def _of(request: BrandRequest, pk: int) -> Payable:
    rows = Payable.objects.visible_to(request.user).select_related(
        "brand",
        "campaign",
        "contract",
        "engagement__relationship__creator",
        "invoice",
        "released_by",
        "created_by",
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _show(request: BrandRequest, found: Payable, *, status: int = 200, **more: Any) -> HttpResponse:
    tried, tried_form = more.get("tried", ""), more.get("tried_form")
    at = timezone.now()
    offered = allowed(found.state)
    waits = ""
    if found.state == PayState.COMMITTED:
        waits = reached([found], brand=request.brand, at=at)[found.pk].words
    context = {
        "payable": found,
        "rule": rule_of(found.rule).words(found.currency) if found.rule else "",
        "waits": waits,
        "release": needs_release(found, at=at) if found.state == PayState.READY else "",
        "payments": found.payments.select_related("by", "reversed_by").order_by("-pk"),
        "events": found.events.select_related("actor").order_by("-at", "-pk"),
        "steps": [
            (one, tried_form if one == tried else _fields(one, found, ActForm()), one == tried)
            for one in offered
        ],
        # Refused, and not offered any more: somebody was quicker.
        "refused": tried_form if tried and tried not in offered else None,
    }
    return render(request, "campaigns/payments/payable.html", context, status=status)


def _fields(act: PayAct, found: Payable, form: ActForm) -> ActForm:
    """The form of one act: only what belongs to it, with ids of its own."""
    wanted = {"note"} if act in NEEDS_REASON else set()
    if act == PayAct.PAY:
        wanted |= {"on", "amount", "currency", "reference"}
    elif act == PayAct.MARK_READY:
        wanted |= {"on", "amount"} if found.amount is None else {"on"}
    form.auto_id = f"id_{act}_%s"
    for name in set(form.fields) - wanted:
        del form.fields[name]
    return form
