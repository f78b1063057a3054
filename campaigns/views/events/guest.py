"""A creator's own answer: behind the link of their invitation, or on their own pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.choices import GuestKind, InvitationAct, InvitationState
from campaigns.forms.events import GuestAnswerForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import EventInvitation
from campaigns.services.deliverables.record import Actor
from campaigns.services.events.answering import answer, is_late
from campaigns.services.events.ics import calendar_file
from campaigns.services.events.states import allowed
from campaigns.services.refusals import CampaignRefused
from crm.styled import put_error

_SAID = {
    InvitationState.ACCEPTED: "Thank you: you have a place.",
    InvitationState.WAITING: "It is full at the moment: you are on the waiting list, and hear from "
    "us if a place becomes free.",
    InvitationState.DECLINED: "Thank you for telling us. Another time!",
}


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.EVENT)
def own(request: GuestRequest) -> HttpResponseBase:
    """The invitation that the link opens."""
    return _page(request, _found(request, request.guest.invitation_id))


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def in_portal(request: GuestRequest, pk: int) -> HttpResponseBase:
    """An invitation among a creator's own pages in a campaign."""
    return _page(request, _found(request, pk))


@require_safe
@guest_page(GuestKind.EVENT)
def own_file(request: GuestRequest) -> HttpResponseBase:
    """The event for a calendar."""
    return _file(_found(request, request.guest.invitation_id))


@require_safe
@guest_page(GuestKind.PORTAL)
def portal_file(request: GuestRequest, pk: int) -> HttpResponseBase:
    """The event for a calendar."""
    return _file(_found(request, pk))


def _found(request: GuestRequest, pk: int | None) -> EventInvitation:
    """An invitation that the link may see. Raises Http404."""
    link = request.guest
    rows = EventInvitation.objects.exclude(state=InvitationState.WITHDRAWN).select_related(
        "event__campaign__brand", "relationship__creator"
    )
    if link.kind == GuestKind.PORTAL and link.engagement is not None:
        rows = rows.filter(
            event__campaign=link.engagement.campaign_id,
            relationship=link.engagement.relationship_id,
        )
    return get_object_or_404(rows, pk=pk)


def _page(request: GuestRequest, row: EventInvitation) -> HttpResponseBase:
    link, now, event = request.guest, timezone.now(), row.event
    is_sent = request.method == "POST"
    form = GuestAnswerForm(
        request.POST if is_sent else None,
        initial={"guests": row.guests, "version": row.version},
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            row = answer(
                invitation_id=row.pk,
                brand=link.brand,
                act=InvitationAct(said["act"]),
                guests=said["guests"] if event.guests_max else 0,
                note=said["note"],
                by=Actor(link=link),
                at=now,
                expected_version=said["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, _SAID[InvitationState(row.state)])
            return redirect(request.path)
    is_own = link.kind == GuestKind.EVENT
    context = {
        "link": link,
        "token": request.token,
        "event": event,
        "row": row,
        "form": form,
        "acts": [] if event.cancelled_at or is_late(event, now) else allowed(row.state),
        "is_over": event.ends_at <= now,
        "file_url": reverse("guest:event_file", args=[request.token])
        if is_own
        else reverse("guest:campaign_event_file", args=[request.token, row.pk]),
    }
    response: HttpResponse = render(
        request, "campaigns/events/guest.html", context, status=422 if is_sent else 200
    )
    return response


def _file(row: EventInvitation) -> HttpResponse:
    response = HttpResponse(calendar_file(row.event), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response
