"""A disclosure that is to be put right, on the creator's own pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.choices import GuestKind, RemediationAct, RemediationState
from campaigns.forms.disclosures import DoneForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Remediation
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.remediation.ending import answer
from campaigns.services.remediation.states import NEXT
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def remediation(request: GuestRequest, pk: int) -> HttpResponseBase:
    """What is asked, and by when; the creator says that it is done."""
    link = request.guest
    found = get_object_or_404(
        Remediation.objects.select_related("deliverable__platform"),
        pk=pk,
        deliverable__engagement=link.engagement_id,
    )
    is_sent = request.method == "POST"
    form = DoneForm(request.POST if is_sent else None, initial={"version": found.version})
    if is_sent and form.is_valid():
        try:
            answer(
                remediation_id=found.pk,
                brand=link.brand,
                note=form.cleaned_data["note"],
                actor=Actor(link=link),
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Thank you: {link.brand} looks at the post again.")
            return redirect("guest:remediation", request.token, found.pk)
    context = {
        "link": link,
        "token": request.token,
        "remediation": found,
        "piece": found.deliverable,
        "form": form,
        "can_answer": RemediationAct.ANSWER in NEXT[RemediationState(found.state)],
    }
    response: HttpResponse = render(
        request,
        "campaigns/disclosures/remediation_guest.html",
        context,
        status=422 if is_sent else 200,
    )
    return response
