"""The events of a campaign, and one of them: who is invited, who comes, what was posted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.events import CancelForm, EventForm
from campaigns.models import Event
from campaigns.selectors.engagements import candidates
from campaigns.selectors.events import coverage_of, event_page, events_of, not_invited
from campaigns.services.events import planning
from campaigns.services.events.states import allowed
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


def event_of(request: BrandRequest, key: str, pk: int) -> Event:
    """An event of a campaign of the brand. Raises Http404."""
    rows = Event.objects.visible_to(request.user).select_related(
        "campaign__brand", "campaign__owner"
    )
    return get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)


@require_safe
@brand_page(Can.VIEW)
def events(request: BrandRequest, key: str) -> HttpResponse:
    """All of them in their order."""
    found = campaign_of(request, key)
    context = {"campaign": found, "events": list(events_of(found)), "now": timezone.now()}
    return render(request, "campaigns/events/list.html", context)


@brand_page(Can.RUN_CAMPAIGNS)
def new(request: BrandRequest, key: str) -> HttpResponse:
    """Plan one more."""
    found = campaign_of(request, key)
    is_sent = request.method == "POST"
    form = EventForm(
        request.POST if is_sent else None,
        initial={"zone": request.brand.timezone, "guests_max": 0},
    )
    if is_sent and form.is_valid():
        try:
            made = planning.make_event(
                campaign=found, values=form.values, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{made} is planned. Now invite creators.")
            return redirect("campaigns:event", request.brand.slug, key, made.pk)
    context = {"campaign": found, "event": None, "form": form}
    return render(request, "campaigns/events/edit.html", context, status=422 if is_sent else 200)


@brand_page(Can.RUN_CAMPAIGNS)
def edit(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Say something else of it."""
    found = event_of(request, key, pk)
    is_sent = request.method == "POST"
    form = EventForm(request.POST if is_sent else None, event=found)
    if is_sent and form.is_valid():
        try:
            planning.change_event(
                event_id=pk,
                brand=request.brand,
                values=form.values,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Who comes already is not told by itself.")
            return redirect("campaigns:event", request.brand.slug, key, pk)
    context = {"campaign": found.campaign, "event": found, "form": form}
    return render(request, "campaigns/events/edit.html", context, status=422 if is_sent else 200)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def cancel(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Call it off."""
    found = event_of(request, key, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say in a few words why it is called off.")
        return redirect("campaigns:event", request.brand.slug, key, pk)
    try:
        planning.cancel_event(
            event_id=pk,
            brand=request.brand,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
            expected_version=form.cleaned_data["version"],
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found} is called off. Tell those who wanted to come.")
    return redirect("campaigns:event", request.brand.slug, key, pk)


@require_safe
@brand_page(Can.VIEW)
def event(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Who is invited and what they said; what they posted of it."""
    found, now = event_of(request, key, pk), timezone.now()
    page = event_page(found, now)
    asked, words = request.GET.get("state", ""), _words(request)
    has_begun = found.starts_at <= now
    can_invite = found.cancelled_at is None and found.ends_at > now and found.campaign.is_open
    context = {
        "campaign": found.campaign,
        "event": found,
        "page": page,
        "lines": [
            (line, allowed(line.invitation.state))
            for line in page.lines
            if asked in {"", line.invitation.state}
        ],
        "asked": asked,
        "has_begun": has_begun,
        "is_over": found.ends_at <= now,
        "can_invite": can_invite,
        "not_invited": list(not_invited(found)[:200]) if can_invite else [],
        "words": words,
        "found": candidates(found.campaign, words) if words and can_invite else [],
        "coverage": coverage_of(found) if has_begun else None,
        "cancel_form": CancelForm(initial={"version": found.version}),
    }
    return render(request, "campaigns/events/event.html", context)


def _words(request: BrandRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]
