"""Policies on the creator's own pages: read and accepted once for all campaigns."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.choices import GuestKind
from campaigns.forms.policies import AcceptPolicyForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.selectors.policies import asked_of
from campaigns.services import policies as service
from campaigns.services.refusals import CampaignRefused
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def policy(request: GuestRequest, pk: int) -> HttpResponseBase:
    """What it says; accepted by name and tick."""
    engagement = request.guest.engagement
    every = asked_of(engagement) if engagement else []
    asked = next((one for one in every if one.version.policy_id == pk), None)
    if asked is None:
        msg = "There is no such policy for you."
        raise Http404(msg)
    is_sent = request.method == "POST"
    form = AcceptPolicyForm(
        request.POST if is_sent else None,
        initial={
            "version": asked.version.pk,
            "digest": asked.version.digest,
            "name": request.guest.name,
        },
    )
    if is_sent and form.is_valid():
        try:
            service.accept_by_link(
                link=request.guest,
                version_id=form.cleaned_data["version"],
                digest=form.cleaned_data["digest"],
                name=form.cleaned_data["name"],
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Thank you: it is accepted.")
            return redirect("guest:policy", request.token, pk)
    context = {"link": request.guest, "token": request.token, "asked": asked, "form": form}
    status = 422 if is_sent else 200
    return render(request, "campaigns/policies/guest.html", context, status=status)
