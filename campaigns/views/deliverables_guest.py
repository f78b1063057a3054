"""The creator's own pages of a piece: hand in, read the decision, answer, confirm corrections."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import DeliverableAct, DraftState, GuestKind
from campaigns.files import respond_with
from campaigns.forms.drafts import DraftForm, RemarkForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Correction, Deliverable, DraftFile
from campaigns.selectors.briefs import version_for
from campaigns.selectors.deliverable_talk import threads_of
from campaigns.services.deliverables import comments, deciding, gates, reopening, submitting
from campaigns.services.deliverables.limits import caption_limit
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.states import allows
from campaigns.services.refusals import CampaignRefused
from crm.sent import row_numbers
from crm.styled import put_error


def _piece(request: GuestRequest, pk: int) -> Deliverable:
    rows = Deliverable.objects.select_related(
        "platform", "engagement__campaign__brand", "engagement__relationship__creator"
    )
    return get_object_or_404(rows, engagement=request.guest.engagement_id, pk=pk)


@require_safe
@guest_page(GuestKind.PORTAL)
def piece(request: GuestRequest, pk: int) -> HttpResponseBase:
    """One piece as its creator sees it."""
    return _show(request, _piece(request, pk))


def _show(
    request: GuestRequest,
    found: Deliverable,
    *,
    status: int = 200,
    draft_form: DraftForm | None = None,
    remark_form: RemarkForm | None = None,
) -> HttpResponseBase:
    draft = reopening.current(found)
    counted = found.drafts.exclude(state=DraftState.WITHDRAWN).count()
    is_over = counted >= gates.rounds_of(found, gates.plan_of(found.engagement.campaign))
    sent_back = (
        draft.turns.filter(opening=draft.opening, outcome="needs_work").first() if draft else None
    )
    context = {
        "link": request.guest,
        "token": request.token,
        "piece": found,
        "draft": draft,
        "files": list(draft.files.all()) if draft else [],
        "reason": sent_back.reason if sent_back else "",
        "corrections": list(
            Correction.objects.filter(turn__draft=draft, turn__opening=draft.opening)
        )
        if draft
        else [],
        "threads": threads_of(found, draft, for_creator=True),
        "has_brief": version_for(found.engagement) is not None,
        "is_open": found.engagement.campaign.is_open,
        "may_submit": allows(found.state, DeliverableAct.SUBMIT),
        "may_withdraw": allows(found.state, DeliverableAct.WITHDRAW),
        "may_confirm": allows(found.state, DeliverableAct.CONFIRM),
        "caption_limit": caption_limit(found.platform_id),
        "draft_form": draft_form or DraftForm.after(draft, is_over=is_over),
        "remark_form": remark_form or RemarkForm(),
    }
    return render(request, "campaigns/deliverables/guest.html", context, status=status)


@require_POST
@guest_page(GuestKind.PORTAL)
def submit(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Hand in the next version."""
    found, form = _piece(request, pk), DraftForm(request.POST, request.FILES, is_over=True)
    if form.is_valid():
        try:
            submitting.submit(
                deliverable_id=pk,
                brand=request.guest.brand,
                handed=form.handed,
                actor=Actor(link=request.guest),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Thank you: your draft is with us.")
            return redirect("guest:deliverable", request.token, pk)
    return _show(request, found, status=422, draft_form=form)


@require_POST
@guest_page(GuestKind.PORTAL)
def withdraw(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Take back a version that nobody has decided about."""
    _piece(request, pk)
    try:
        submitting.withdraw(
            deliverable_id=pk,
            brand=request.guest.brand,
            actor=Actor(link=request.guest),
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have it back. Hand in a new one when it is ready.")
    return redirect("guest:deliverable", request.token, pk)


@require_POST
@guest_page(GuestKind.PORTAL)
def confirm(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Say that corrections are done."""
    _piece(request, pk)
    chosen = row_numbers(request.POST.getlist("corrections")[:100])
    try:
        deciding.confirm(
            deliverable_id=pk,
            brand=request.guest.brand,
            corrections=chosen,
            actor=Actor(link=request.guest),
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Thank you.")
    return redirect("guest:deliverable", request.token, pk)


@require_POST
@guest_page(GuestKind.PORTAL)
def remark(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Write a remark about the newest version, or answer one."""
    found, form = _piece(request, pk), RemarkForm(request.POST)
    draft = reopening.current(found)
    if draft is None:
        messages.error(request, "Hand in a draft first.")
        return redirect("guest:deliverable", request.token, pk)
    if form.is_valid():
        try:
            comments.comment(
                draft_id=draft.pk,
                brand=request.guest.brand,
                remark=form.remark(draft),
                actor=Actor(link=request.guest),
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Sent.")
            return redirect("guest:deliverable", request.token, pk)
    return _show(request, found, status=422, remark_form=form)


@require_safe
@guest_page(GuestKind.PORTAL, GuestKind.REVIEWER)
def file(request: GuestRequest, pk: int) -> HttpResponseBase:
    """A file of a draft: to its creator, and to a reviewer of that piece."""
    rows = DraftFile.objects.filter(brand=request.guest.brand)
    if request.guest.kind == GuestKind.PORTAL:
        rows = rows.filter(draft__deliverable__engagement=request.guest.engagement_id)
    else:
        rows = rows.filter(
            draft__deliverable=request.guest.deliverable_id, draft__state=DraftState.IN_REVIEW
        )
    return respond_with(request, get_object_or_404(rows, pk=pk))
