"""What is done about an incident: states, steps, notes, evidence, campaigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.incidents import ActForm, CampaignsForm, FileForm, NoteForm
from campaigns.services.incidents import acting, files, reporting
from campaigns.services.incidents.record import rights_of
from campaigns.services.incidents.states import ASKS
from campaigns.services.refusals import CampaignRefused
from campaigns.views.incidents import found_of, show
from crm.choices import IncidentAct
from crm.models import IncidentFile, IncidentStep
from crm.permissions import BrandRequest, Can, brand_page, refuse
from crm.stored import download

_DONE = {
    IncidentAct.CONFIRM: "Confirmed: it counts in full.",
    IncidentAct.CONTAIN: "Contained.",
    IncidentAct.RESOLVE: "Resolved. Close it once you know what was learned.",
    IncidentAct.CLOSE: "Closed.",
    IncidentAct.REOPEN: "Open again.",
    IncidentAct.DISMISS: "Dismissed: it counts nowhere.",
}


@require_POST
@brand_page(Can.VIEW)
def move(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Contain, resolve, close, reopen, dismiss or confirm it."""
    found_of(request, pk)
    form = ActForm(request.POST)
    if act not in {*ASKS, IncidentAct.CONFIRM}:
        raise Http404("Nobody does this with an incident.")
    if not form.is_valid():
        messages.error(request, "This page is not complete. Load it again.")
        return redirect("campaigns:incident", request.brand.slug, pk)
    said: dict[str, Any] = {"expected_version": form.cleaned_data["version"]}
    doing: Callable[..., Any] = reporting.confirm
    if act != IncidentAct.CONFIRM:
        doing = acting.move
        said |= {"act": IncidentAct(act), "reason": form.cleaned_data["reason"]}
    return _do(request, pk, doing, _DONE[IncidentAct(act)], **said)


@require_POST
@brand_page(Can.VIEW)
def step(request: BrandRequest, pk: int, position: int) -> HttpResponse:
    """Tick a step, say why it does not apply, or open it again."""
    found_of(request, pk)
    because = request.POST.get("reason", "")
    is_done = request.POST.get("is_done") == "1" or bool(because.strip())
    try:
        return _do(
            request,
            pk,
            acting.settle_step,
            "",
            position=position,
            is_done=is_done,
            skipped_because=because,
        )
    except IncidentStep.DoesNotExist as error:
        raise Http404("There is no such step.") from error


@require_POST
@brand_page(Can.VIEW)
def note(request: BrandRequest, pk: int) -> HttpResponse:
    """Write something into the history."""
    found = found_of(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=422, note_form=form)
    return _do(request, pk, acting.note, "Noted.", text=form.cleaned_data["text"])


@require_POST
@brand_page(Can.VIEW)
def attach(request: BrandRequest, pk: int) -> HttpResponse:
    """Keep a file that shows what happened."""
    found = found_of(request, pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, found, status=422, file_form=form)
    return _do(request, pk, acting.attach, "Kept.", upload=form.cleaned_data["file"])


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int, file: int) -> HttpResponseBase:
    """A file, for whom the words are."""
    found = found_of(request, pk)
    if not rights_of(found, request.user, request.role).reads:
        return refuse(request, Can.HANDLE_INCIDENTS)
    kept = get_object_or_404(IncidentFile, incident=found, pk=file)
    try:
        content = files.opened(request.brand, kept)
    except FileNotFoundError as error:
        raise Http404("This file is not in the store any more.") from error
    # Downloaded, never shown in the page: nobody knows what it is until a person looks.
    return download(content, name=kept.name, content_type=kept.content_type)


@require_POST
@brand_page(Can.VIEW)
def affect(request: BrandRequest, pk: int) -> HttpResponse:
    """Say which campaigns it touches."""
    found = found_of(request, pk)
    form = CampaignsForm(request.POST, brand=request.brand)
    if not form.is_valid():
        return show(request, found, status=422, campaigns_form=form)
    return _do(
        request, pk, reporting.affect, "Saved.", campaigns=list(form.cleaned_data["campaigns"])
    )


def _do(
    request: BrandRequest, pk: int, doing: Callable[..., Any], done: str, **said: Any
) -> HttpResponse:
    try:
        doing(
            incident_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            **said,
        )
    except CampaignRefused as refusal:
        if refusal.code == "not_yours":
            return refuse(request, Can.HANDLE_INCIDENTS)
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return redirect("campaigns:incident", request.brand.slug, pk)
