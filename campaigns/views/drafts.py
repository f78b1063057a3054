"""Drafts: handed in, taken back, decided, their corrections confirmed, their files shown."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import Gate
from campaigns.files import respond_with
from campaigns.forms.drafts import DecisionForm, DraftForm
from campaigns.models import DraftFile
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.services.deliverables import deciding, gates, submitting
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.views.deliverables import piece_of, show
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def submit(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Hand in the next version."""
    piece = piece_of(request, pk)
    form = DraftForm(request.POST, request.FILES, is_over=True)
    form.fields["round_reason"].required = False
    if form.is_valid():
        try:
            draft = submitting.submit(
                deliverable_id=pk,
                brand=request.brand,
                handed=form.handed,
                actor=Actor(request.user),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Version {draft.number} is in review.")
            return redirect("campaigns:deliverable", request.brand.slug, pk)
    return show(request, piece, status=422, draft_form=form)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def withdraw(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Take back the version in review."""
    piece_of(request, pk)
    try:
        submitting.withdraw(
            deliverable_id=pk, brand=request.brand, actor=Actor(request.user), at=timezone.now()
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The draft is taken back.")
    return redirect("campaigns:deliverable", request.brand.slug, pk)


@require_POST
@brand_page(Can.VIEW)
def decide(request: BrandRequest, pk: int, turn: int) -> HttpResponseBase:
    """Decide at a gate; who may is the gate's to say. After it, the next of one's queue."""
    piece, now = piece_of(request, pk), timezone.now()
    form = DecisionForm(request.POST)
    open_turn = gates.waiting_turn(piece)
    keys = []
    if open_turn is not None and open_turn.pk == turn:
        lines = checklist_of(piece, open_turn.draft, Gate(open_turn.gate), now)
        keys = [line.key for line in lines]
    if not form.is_valid():
        return show(request, piece, status=422, decision_form=form)
    try:
        deciding.decide(
            turn_id=turn,
            brand=request.brand,
            said=form.said(keys, request.POST),
            actor=request.user,
            at=now,
        )
    except CampaignOutdated as outdated:
        put_error(form, "", str(outdated))
        return show(request, piece_of(request, pk), status=409, decision_form=form)
    except CampaignRefused as refusal:
        status = 403 if refusal.code == "not_yours" else 422
        put_error(form, refusal.field, str(refusal))
        return show(request, piece, status=status, decision_form=form)
    messages.success(request, f"Decided about “{piece}”.")
    if request.POST.get("next") == "queue":
        return redirect(reverse("campaigns:approvals", args=[request.brand.slug]))
    return redirect("campaigns:deliverable", request.brand.slug, pk)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def confirm(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Say that corrections are done."""
    piece_of(request, pk)
    chosen = row_numbers(request.POST.getlist("corrections")[:100])
    try:
        deciding.confirm(
            deliverable_id=pk,
            brand=request.brand,
            corrections=chosen,
            actor=Actor(request.user),
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Written down.")
    return redirect("campaigns:deliverable", request.brand.slug, pk)


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """A file of a draft."""
    rows = DraftFile.objects.filter(
        brand=request.brand,
        draft__deliverable__engagement__campaign__brand__in=[request.brand.pk],
    )
    return respond_with(request, get_object_or_404(rows, pk=pk))
