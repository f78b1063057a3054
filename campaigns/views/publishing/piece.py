"""One piece on its way to be seen: planned, published, seen, gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import DeliverableState
from campaigns.forms.publishing import (
    AddressForm,
    CaptureForm,
    GoneForm,
    PlanForm,
    PublishForm,
    WhyForm,
)
from campaigns.models import Deliverable, Sighting
from campaigns.selectors.publishing.schedule import schedule_page
from campaigns.services.publishing import planning, recording, sightings
from campaigns.services.publishing.captures import content_of
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_safe
@brand_page(Can.VIEW)
def piece(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Where it stands, what showed it, and what can be done."""
    return _show(request, key, _piece_of(request, key, pk))


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, key: str, pk: int, name: str) -> HttpResponse:
    """Plan, publish, add a capture, say that it is gone, put right, take back."""
    found = _piece_of(request, key, pk)
    if name not in _ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    form_class, do, said = _ACTS[name]
    sent = request.POST.copy()
    form = form_class(sent, request.FILES)
    if form.is_valid():
        try:
            do(request, found, form.cleaned_data)
        except planning.PlanQuestioned as question:
            sent["is_meant"] = "on"
            put_error(form, question.field, f"{question} Send it again if you mean it.")
        except CampaignRefused as refusal:
            put_error(form, _field_of(form, refusal), str(refusal))
        else:
            messages.success(request, said)
            return redirect("campaigns:publication", request.brand.slug, key, pk)
    return _show(request, key, _piece_of(request, key, pk), status=422, tried=name, tried_form=form)


@require_safe
@brand_page(Can.VIEW)
def capture(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """The picture of a sighting."""
    campaign = campaign_of(request, key)
    sighting = get_object_or_404(
        Sighting.objects.exclude(digest=""),
        publication__deliverable__engagement__campaign=campaign,
        pk=pk,
    )
    try:
        content = content_of(sighting, request.brand)
    except FileNotFoundError as gone:
        msg = "The file of this capture is gone."
        raise Http404(msg) from gone
    response = HttpResponse(content, content_type=sighting.content_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _piece_of(request: BrandRequest, key: str, pk: int) -> Deliverable:
    rows = Deliverable.objects.visible_to(request.user).select_related(
        "platform",
        "post",
        "publication__reading",
        "publication__by",
        "publication__link",
        "engagement__relationship__creator",
        "engagement__campaign__brand",
    )
    return get_object_or_404(
        rows, pk=pk, engagement__campaign__brand=request.brand, engagement__campaign__key=key
    )


def _show(
    request: BrandRequest,
    key: str,
    found: Deliverable,
    *,
    status: int = 200,
    tried: str = "",
    tried_form: forms.Form | None = None,
) -> HttpResponse:
    campaign, now = campaign_of(request, key), timezone.localtime()
    page = schedule_page(campaign, now, only=[found.engagement_id])
    line = next((one for one in page.lines if one.deliverable.pk == found.pk), None)
    publication = getattr(found, "publication", None)
    first: dict[str, Any] = {
        "version": found.version,
        "publish_at": found.publish_at and timezone.localtime(found.publish_at),
        "published_at": now,
        "seen_at": now,
        "url": found.published_url,
    }
    made = {
        name: tried_form if name == tried and tried_form else form_class(initial=first)
        for name, (form_class, _do, _said) in _ACTS.items()
    }
    for name, form in made.items():
        form.auto_id = f"id_{name}_%s"
    # A template reads no name with a dash.
    made["takeback"] = made.pop("take-back")
    context = {
        "campaign": campaign,
        "piece": found,
        "line": line,
        "publication": publication,
        "reading": getattr(publication, "reading", None),
        "sightings": publication.sightings.select_related("by", "link", "batch").order_by(
            "-seen_at", "-pk"
        )
        if publication
        else [],
        "forms": made,
        "tried": tried,
        "is_published": found.state == DeliverableState.PUBLISHED,
        "is_cancelled": found.state == DeliverableState.CANCELLED,
        "needs_word": found.state != DeliverableState.APPROVED,
    }
    return render(request, "campaigns/publishing/piece.html", context, status=status)


def _field_of(form: forms.Form, refusal: CampaignRefused) -> str:
    """A reason that is asked for stands under another name where it is an exception."""
    if refusal.field == "reason" and "because" in form.fields:
        return "because"
    return "note" if refusal.field == "reason" and "note" in form.fields else refusal.field


def _plan(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    planning.plan(
        deliverable_id=found.pk,
        brand=request.brand,
        publish_at=said["publish_at"],
        actor=request.user,
        at=timezone.now(),
        expected_version=said["version"],
        is_meant=said["is_meant"],
    )


def _publish(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    recording.publish(
        deliverable_id=found.pk,
        brand=request.brand,
        url=said["url"],
        published_at=said["published_at"],
        capture=said["capture"].read() if said["capture"] else b"",
        because=said["because"],
        actor=request.user,
        at=timezone.now(),
        expected_version=said["version"],
    )


def _seen(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    sightings.add_capture(
        deliverable_id=found.pk,
        brand=request.brand,
        content=said["capture"].read(),
        seen_at=said["seen_at"],
        is_there=said["is_there"],
        note=said["note"],
        actor=request.user,
        at=timezone.now(),
    )


def _gone(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    sightings.say_gone(
        deliverable_id=found.pk,
        brand=request.brand,
        seen_at=said["seen_at"],
        note=said["note"],
        actor=request.user,
        at=timezone.now(),
    )


def _readdress(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    recording.correct_address(
        deliverable_id=found.pk,
        brand=request.brand,
        url=said["url"],
        actor=request.user,
        at=timezone.now(),
        expected_version=said["version"],
    )


def _take_back(request: BrandRequest, found: Deliverable, said: dict[str, Any]) -> None:
    recording.take_back(
        deliverable_id=found.pk,
        brand=request.brand,
        reason=said["reason"],
        actor=request.user,
        at=timezone.now(),
    )


_Do = Callable[[BrandRequest, Deliverable, dict[str, Any]], None]
# By name in the address: the form, what is done, and what is said then.
_ACTS: dict[str, tuple[type[forms.Form], _Do, str]] = {
    "plan": (PlanForm, _plan, "Saved."),
    "publish": (PublishForm, _publish, "It is published. An import or a capture confirms it."),
    "seen": (CaptureForm, _seen, "The capture is kept."),
    "gone": (GoneForm, _gone, "It is written down that it is gone."),
    "address": (AddressForm, _readdress, "The address is put right."),
    "take-back": (WhyForm, _take_back, "It is not published any more."),
}
