"""What an outside reviewer sees: the draft in review and what is looked at; remarks, an opinion."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import DraftState, Gate, GateOutcome, GuestKind
from campaigns.forms.drafts import OpinionForm, RemarkForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Deliverable, Draft
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.selectors.deliverable_talk import threads_of
from campaigns.services.deliverables import comments, deciding, gates
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from crm.styled import put_error


def _piece(request: GuestRequest) -> Deliverable:
    piece = request.guest.deliverable
    if piece is None:
        raise Http404("This link is for something else.")
    return piece


def _in_review(piece: Deliverable) -> Draft | None:
    return piece.drafts.filter(state=DraftState.IN_REVIEW).first()


@require_safe
@guest_page(GuestKind.REVIEWER)
def review(request: GuestRequest) -> HttpResponseBase:
    """The draft in review."""
    return _show(request, _piece(request))


def _show(
    request: GuestRequest,
    piece: Deliverable,
    *,
    status: int = 200,
    opinion_form: OpinionForm | None = None,
    remark_form: RemarkForm | None = None,
) -> HttpResponseBase:
    draft, turn = _in_review(piece), gates.waiting_turn(piece)
    context = {
        "link": request.guest,
        "token": request.token,
        "piece": piece,
        "creator": piece.engagement.relationship.creator,
        "draft": draft,
        "files": list(draft.files.all()) if draft else [],
        "lines": checklist_of(piece, draft, Gate(turn.gate), timezone.now(), is_outside=True)
        if draft and turn
        else (),
        "threads": threads_of(piece, draft, link=request.guest.pk),
        "opinions": list(draft.opinions.filter(link=request.guest)) if draft else [],
        "opinion_form": opinion_form or OpinionForm(),
        "seen": draft.number if draft else None,
        "remark_form": remark_form or RemarkForm(),
    }
    return render(request, "campaigns/deliverables/reviewer.html", context, status=status)


@require_POST
@guest_page(GuestKind.REVIEWER)
def opinion(request: GuestRequest) -> HttpResponseBase:
    """Say what one thinks of it."""
    piece, form = _piece(request), OpinionForm(request.POST)
    draft = _in_review(piece)
    if draft is None:
        messages.error(request, "Nothing is in review at the moment.")
        return redirect("guest:reviewer", request.token)
    if form.is_valid():
        if form.cleaned_data["seen"] != draft.number:
            words = f"Version {draft.number} came meanwhile: look at it, then say what you think."
            put_error(form, "", words)
            return _show(request, piece, status=409, opinion_form=form)
        try:
            deciding.give_opinion(
                draft=draft,
                link=request.guest,
                outcome=GateOutcome(form.cleaned_data["outcome"]),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Thank you: it is written down under your name.")
            return redirect("guest:reviewer", request.token)
    return _show(request, piece, status=422, opinion_form=form)


@require_POST
@guest_page(GuestKind.REVIEWER)
def remark(request: GuestRequest) -> HttpResponseBase:
    """Write a remark about the draft in review."""
    piece, form = _piece(request), RemarkForm(request.POST)
    draft = _in_review(piece)
    if draft is None:
        messages.error(request, "Nothing is in review at the moment.")
        return redirect("guest:reviewer", request.token)
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
            return redirect("guest:reviewer", request.token)
    return _show(request, piece, status=422, remark_form=form)
