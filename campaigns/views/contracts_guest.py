"""The creator reads a contract behind their link, and accepts or declines it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import ContractState, GuestKind
from campaigns.forms.contracts import AcceptForm, NoteForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Contract, ContractVersion
from campaigns.portal.contracts import fixed_versions
from campaigns.services.contracts import deciding
from campaigns.services.contracts.document import document_of
from campaigns.services.contracts.printing import record
from campaigns.services.contracts.terms import Terms
from campaigns.services.refusals import CampaignRefused
from campaigns.views.contracts import pdf_response
from crm.styled import put_error


@require_safe
@guest_page(GuestKind.PORTAL)
def contract(request: GuestRequest, pk: int) -> HttpResponseBase:
    """What it says, and the two answers."""
    return _show(request, _version(request, pk))


@require_safe
@guest_page(GuestKind.PORTAL)
def pdf(request: GuestRequest, pk: int) -> HttpResponseBase:
    """The same as a file."""
    version = _version(request, pk)
    return pdf_response(version.contract, version)


@require_POST
@guest_page(GuestKind.PORTAL)
def accept(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Accept what was read."""
    version = _version(request, pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _show(request, version, status=422, form=form)
    try:
        deciding.accept_by_link(
            contract_id=pk,
            link=request.guest,
            digest=form.cleaned_data["digest"],
            signature=form.signature,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return _show(request, _version(request, pk), status=409, form=form)
    messages.success(request, "Thank you: the contract is in force. Keep the file if you like.")
    return redirect("guest:contract", request.token, pk)


@require_POST
@guest_page(GuestKind.PORTAL)
def decline(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Say no, and why."""
    version = _version(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, version, status=422, decline_form=form)
    try:
        deciding.decline_by_link(
            contract_id=pk,
            link=request.guest,
            note=form.cleaned_data["note"],
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return _show(request, _version(request, pk), status=409, decline_form=form)
    brand = request.guest.brand
    messages.success(request, f"{brand} knows what does not suit you, and will come back to you.")
    return redirect("guest:contract", request.token, pk)


def _version(request: GuestRequest, pk: int) -> ContractVersion:
    """The newest version that was sent to this creator. Raises Http404."""
    found = fixed_versions(request.guest).filter(contract=pk).order_by("-number").first()
    if found is None:
        raise Http404("There is no such contract.")
    return found


def _show(
    request: GuestRequest,
    version: ContractVersion,
    *,
    status: int = 200,
    form: AcceptForm | None = None,
    decline_form: NoteForm | None = None,
) -> HttpResponse:
    found: Contract = version.contract
    acceptance = getattr(version, "acceptance", None)
    terms = Terms.of(version)
    context = {
        "link": request.guest,
        "token": request.token,
        "contract": found,
        "version": version,
        "document": document_of(found, version),
        "terms": terms,
        "record": record(found, acceptance) if acceptance else [],
        "is_waiting": found.state == ContractState.SENT and found.current_id == version.pk,
        "is_newer_on_its_way": found.current_id != version.pk and acceptance is None,
        "form": form or AcceptForm(initial={"digest": version.digest}),
        "decline_form": decline_form or NoteForm(),
        "has_tried": decline_form is not None,
        "has_failed": status != 200,
    }
    return render(request, "campaigns/contracts/guest.html", context, status=status)
