"""What is held about the creator, on their own pages, and what they ask for about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.choices import GuestKind
from campaigns.forms.held import DataRequestForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import PublicPolicy
from campaigns.services.held import ask
from campaigns.services.refusals import CampaignRefused
from crm.services.held import held_about
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def my_data(request: GuestRequest) -> HttpResponse:
    """What there is, where it came from; ask for a copy, a correction, or to be erased."""
    link = request.guest
    form = DataRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask(
                link=link,
                what=form.cleaned_data["what"],
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            until = f"{made.due_on:%-d %B %Y}"
            messages.success(request, f"{link.brand} was told, and has to answer you by {until}.")
            return redirect("guest:my_data", request.token)
    context = {
        "link": link,
        "token": request.token,
        "lines": held_about(link.engagement.relationship, timezone.now())
        if link.engagement
        else [],
        "form": form,
        "policy_is_open": PublicPolicy.objects.filter(brand=link.brand, is_open=True).exists(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/guests/my_data.html", context, status=status)
