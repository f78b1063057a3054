"""What is done with contracts: drafted, changed, sent, decided; and looked at by legal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import ContractAct
from campaigns.forms.contract_terms import ContractPage
from campaigns.forms.contracts import ContractOwnerForm, NoteForm, SeenForm, SignedForm
from campaigns.models import Contract, ContractAcceptance, Engagement
from campaigns.services.contracts import deciding, files, reviewing, sending, writing
from campaigns.services.contracts.rules import rules_of
from campaigns.services.contracts.states import why_not
from campaigns.services.contracts.terms import Terms
from campaigns.services.refusals import CampaignRefused
from campaigns.views.contracts import show
from campaigns.views.finding import contract_of, engagement_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download
from crm.styled import put_error

Act = Callable[..., Contract]
# The acts that take a note and nothing else.
MAKERS: dict[str, tuple[Act, str]] = {
    ContractAct.SUBMIT: (reviewing.submit, "Legal has it now."),
    ContractAct.REOPEN: (reviewing.reopen, "It is a draft again."),
    ContractAct.SEND: (sending.send, "Sent: it stands on the creator's pages. Give them the link."),
    ContractAct.DECLINE: (deciding.decline, "Written down: the creator declined it."),
    ContractAct.WITHDRAW: (deciding.withdraw, "Withdrawn."),
    ContractAct.TERMINATE: (deciding.terminate, "Terminated."),
}
LAWYERS: dict[str, tuple[Act, str]] = {
    ContractAct.CLEAR: (reviewing.clear, "Cleared: it can be sent."),
    ContractAct.RETURN: (reviewing.give_back, "Given back to the draft."),
}


@require_POST
@brand_page(Can.MAKE_CONTRACTS)
def new(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A first draft, filled in from what was agreed."""
    found = engagement_of(request, key, pk)
    try:
        made = writing.draft(
            engagement_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:engagement", request.brand.slug, key, pk)
    except Engagement.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, "Filled in from what was agreed. Read it, and change what is not.")
    return redirect("campaigns:contract_draft", request.brand.slug, made.pk)


@brand_page(Can.MAKE_CONTRACTS)
def draft(request: BrandRequest, pk: int) -> HttpResponse:
    """Change the draft."""
    found = contract_of(request, pk)
    version = found.current
    if (words := why_not(found.state, ContractAct.EDIT)) or version is None:
        messages.error(request, words or "There is no draft to change.")
        return redirect("campaigns:contract", request.brand.slug, pk)
    is_sent = request.method == "POST"
    page = ContractPage(
        request.POST if is_sent else None,
        terms=Terms.of(version),
        title=found.title,
        reason=version.reason,
        net_days=rules_of(request.brand).net_days,
    )
    if is_sent:
        seen = SeenForm(request.POST)
        if not seen.is_valid():
            put_error(page.form, "", "This page is not complete. Load it again.")
        elif page.is_valid:
            try:
                writing.change_draft(
                    contract_id=pk,
                    brand=request.brand,
                    terms=page.terms,
                    title=page.form.cleaned_data["title"],
                    reason=page.form.cleaned_data["reason"],
                    actor=request.user,
                    at=timezone.now(),
                    expected_version=seen.cleaned_data["version"],
                )
            except CampaignRefused as refusal:
                page.put(refusal)
            else:
                messages.success(request, "Saved.")
                return redirect("campaigns:contract", request.brand.slug, pk)
    context = {"contract": found, "page": page, "creator": found.engagement.relationship.creator}
    status = 422 if is_sent else 200
    return render(request, "campaigns/contracts/edit.html", context, status=status)


@require_POST
@brand_page(Can.MAKE_CONTRACTS)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Whatever who makes contracts does with one."""
    if act in {ContractAct.REVISE, ContractAct.AMEND}:
        return _anew(request, pk, ContractAct(act))
    return _act(request, pk, act, MAKERS)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def legal(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Legal clears it, or gives it back."""
    return _act(request, pk, act, LAWYERS)


@require_POST
@brand_page(Can.MAKE_CONTRACTS)
def signed(request: BrandRequest, pk: int) -> HttpResponse:
    """Write down that the creator signed elsewhere."""
    found = contract_of(request, pk)
    form, seen = SignedForm(request.POST, request.FILES), SeenForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return show(request, found, status=422, signed_form=form, tried_form=form)
    data = form.cleaned_data
    try:
        file = data["file"]
        paper = (
            files.keep(brand=request.brand, name=file.name, content=file.read()) if file else None
        )
        done = deciding.record_acceptance(
            contract_id=pk,
            brand=request.brand,
            signature=deciding.Signature(
                data["name"], data["guardian"], data["on"], data["note"], paper
            ),
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        found = contract_of(request, pk)
        return show(request, found, status=409, signed_form=form, tried_form=form)
    messages.success(request, "In force. Content, rights and costs are written down.")
    for words in done.left:
        messages.warning(request, words)
    return redirect("campaigns:contract", request.brand.slug, pk)


@require_POST
@brand_page(Can.MAKE_CONTRACTS)
def owner(request: BrandRequest, pk: int) -> HttpResponse:
    """Say who sees to it."""
    found = contract_of(request, pk)
    form = ContractOwnerForm(request.POST, brand=request.brand)
    if not form.is_valid():
        return show(request, found, status=422, owner_form=form)
    person = form.cleaned_data["owner"]
    writing.hand_over(
        contract_id=pk, brand=request.brand, owner=person, actor=request.user, at=timezone.now()
    )
    messages.success(request, f"Led by {person or 'nobody'} now.")
    return redirect("campaigns:contract", request.brand.slug, pk)


@require_safe
@brand_page(Can.VIEW)
def paper(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Download what was signed on paper."""
    found = contract_of(request, pk)
    acceptance = get_object_or_404(
        ContractAcceptance.objects.exclude(file_sha256=""), version__contract=found
    )
    if not files.STORE.has(request.brand.pk, acceptance.file_sha256):
        raise Http404("This file is not in the store any more.")
    return download(
        files.STORE.open(request.brand.pk, acceptance.file_sha256),
        name=acceptance.file_name,
        content_type=acceptance.file_type,
    )


def _act(
    request: BrandRequest, pk: int, act: str, acts: dict[str, tuple[Act, str]]
) -> HttpResponse:
    if act not in acts:
        raise Http404("There is no such act.")
    found = contract_of(request, pk)
    form, seen = NoteForm(request.POST), SeenForm(request.POST)
    tried: dict[str, Any] = {"note_form": form, "tried_form": form, "tried_act": act}
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return show(request, found, status=422, **tried)
    service, words = acts[act]
    try:
        service(
            contract_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
            note=form.cleaned_data["note"],
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return show(request, contract_of(request, pk), status=409, **tried)
    messages.success(request, words)
    return redirect("campaigns:contract", request.brand.slug, pk)


def _anew(request: BrandRequest, pk: int, act: ContractAct) -> HttpResponse:
    found = contract_of(request, pk)
    form, seen = NoteForm(request.POST), SeenForm(request.POST)
    tried: dict[str, Any] = {"note_form": form, "tried_form": form, "tried_act": act}
    if not (form.is_valid() and seen.is_valid()):
        form.add_error(None, "This page is not complete. Load it again.")
        return show(request, found, status=422, **tried)
    service = writing.revise if act is ContractAct.REVISE else writing.amend
    try:
        made = service(
            contract_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
            reason=form.cleaned_data["note"],
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return show(request, contract_of(request, pk), status=409, **tried)
    return redirect("campaigns:contract_draft", request.brand.slug, made.pk)
