"""The creator's own page: where am I, and how soon can I post."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import GuestKind
from campaigns.forms.whereabouts import WhereaboutsForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import Whereabouts, WhereaboutsRule
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.whereabouts import saying
from crm.styled import put_error


@guest_page(GuestKind.PORTAL)
def whereabouts(request: GuestRequest) -> HttpResponse:
    """What they said last, and the form."""
    link = request.guest
    if link.engagement is None:
        msg = "A link to a creator's pages belongs to their place in a campaign."
        raise ValueError(msg)
    relationship = link.engagement.relationship
    is_sent = request.method == "POST"
    form = WhereaboutsForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            saying.say(
                relationship=relationship, said=form.said, by=Actor(link=link), at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            address = reverse("guest:whereabouts", args=[request.token])
            return redirect(f"{address}?said=1")
    rows = Whereabouts.objects.filter(relationship=relationship).order_by("-said_at", "-pk")
    context = {
        "link": link,
        "token": request.token,
        "form": form,
        "rows": list(rows[:5]),
        "rule": WhereaboutsRule.of(link.brand),
        "was_said": request.GET.get("said") == "1",
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/whereabouts/guest.html", context, status=status)
