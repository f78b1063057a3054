"""The door: who comes, ticked off with one tap, on a phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.forms.events import AnswerForm
from campaigns.models import Event, EventInvitation
from campaigns.services.events.checking_in import EARLY, check_in
from campaigns.services.events.states import allowed
from campaigns.services.refusals import CampaignRefused
from campaigns.views.events.pages import event_of
from crm.exports import Format, respond
from crm.permissions import BrandRequest, Can, brand_page

COLUMNS = ("creator", "answer", "guests", "people", "answered", "note")
# Who is expected comes first; then those who never answered, and who may come all the same.
_ORDER = {State.ACCEPTED: 0, State.OFFERED: 0, State.ATTENDED: 0, State.ABSENT: 0, State.INVITED: 1}


@require_safe
@brand_page(Can.VIEW)
def door(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """The list for the day."""
    event = event_of(request, key, pk)
    return render(request, "campaigns/events/door.html", _context(event))


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def tick(request: BrandRequest, key: str, pk: int, number: int) -> HttpResponse:
    """They are there, they did not come, or it was the wrong line."""
    event = event_of(request, key, pk)
    form = AnswerForm(request.POST)
    refusal, acts = "", {Act.CHECK_IN, Act.MISS, Act.UNDO}
    get_object_or_404(EventInvitation, event=event, pk=number)
    if form.is_valid() and (act := Act(form.cleaned_data["act"])) in acts:
        try:
            check_in(
                invitation_id=number,
                brand=request.brand,
                act=act,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as error:
            refusal = str(error)
    else:
        refusal = "Nothing was saved: load the page again."
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        return redirect("campaigns:event_door", request.brand.slug, key, pk)
    context = _context(event) | {"refusal": refusal, "tried": number}
    response = render(request, "campaigns/events/door.html#list", context)
    # Where the keyboard goes on.
    return trigger_client_event(response, "rapport:card", {"id": f"line-{number}"}, after="settle")


@require_safe
@brand_page(Can.VIEW)
def door_file(request: BrandRequest, key: str, pk: int, form: Format) -> HttpResponseBase:
    """The list as a file, for paper and for whoever has no account."""
    event, now = event_of(request, key, pk), timezone.now()
    return respond(
        f"door-{event.campaign.key}-{event.pk}",
        COLUMNS,
        [
            (
                row.relationship.creator.name,
                row.get_state_display(),
                row.guests,
                row.guests + 1,
                row.state_since,
                "",
            )
            for row in _listed(event)
        ],
        form=form,
        about=[("Brand", request.brand.name), ("Event", event.name), ("As of", now)],
    )


def _listed(event: Event) -> list[EventInvitation]:
    rows = (
        EventInvitation.objects.filter(event=event)
        .exclude(state__in=[State.WITHDRAWN, State.DECLINED])
        .with_creator()
        .order_by("relationship__creator__name", "pk")
    )
    return sorted(rows, key=lambda row: _ORDER.get(State(row.state), 2))


def _context(event: Event) -> dict[str, object]:
    listed = _listed(event)
    there = [row for row in listed if row.state == State.ATTENDED]
    expected = [row for row in listed if row.state in {State.ACCEPTED, State.OFFERED}]
    return {
        "campaign": event.campaign,
        "event": event,
        "lines": [(row, allowed(row.state)) for row in listed],
        "there": sum(row.guests + 1 for row in there),
        "expected": sum(row.guests + 1 for row in expected),
        "has_begun": timezone.now() >= event.starts_at,
        "is_open": timezone.now() >= event.starts_at - EARLY and event.cancelled_at is None,
        "refusal": "",
        "tried": 0,
    }
