"""A creator's piece on their own pages: when it goes out, and where it is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.choices import DeliverableState, GuestKind
from campaigns.forms.publishing import GuestPublishForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Deliverable
from campaigns.services.publishing.recording import publish
from campaigns.services.refusals import CampaignRefused
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def piece(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Say where an approved piece is published."""
    link = request.guest
    found = get_object_or_404(
        Deliverable.objects.exclude(state=DeliverableState.CANCELLED).select_related(
            "platform", "publication"
        ),
        pk=pk,
        engagement=link.engagement_id,
    )
    is_sent = request.method == "POST"
    form = GuestPublishForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"published_at": timezone.localtime(), "version": found.version},
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            publish(
                deliverable_id=found.pk,
                brand=link.brand,
                url=said["url"],
                published_at=said["published_at"],
                capture=said["capture"].read() if said["capture"] else b"",
                link=link,
                at=timezone.now(),
                expected_version=said["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Thank you: {link.brand} knows where to find it.")
            return redirect("guest:publication", request.token, found.pk)
    context = {
        "link": link,
        "token": request.token,
        "piece": found,
        "publication": getattr(found, "publication", None),
        "form": form,
        "is_approved": found.state == DeliverableState.APPROVED,
    }
    response: HttpResponse = render(
        request, "campaigns/publishing/guest.html", context, status=422 if is_sent else 200
    )
    return response
