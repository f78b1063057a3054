"""Pauses: what stands still and why, a new one, and lifting it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.holds import LiftForm, PauseForm
from campaigns.models import Campaign, CampaignHold
from campaigns.selectors.holds import is_all, is_legals, pauses_of
from campaigns.services import holds as service
from campaigns.services.concerned import who_is_told
from campaigns.views.finding import campaign_of, relationship_with
from crm.models import Hold, Incident, Relationship
from crm.models.holds import Holding
from crm.permissions import BrandRequest, Can, brand_page, may, refuse
from crm.services import holds as crm_service
from crm.services.holds import HoldRefused
from crm.styled import put_error

CREATOR, CAMPAIGN = "creator", "campaign"


@require_safe
@brand_page(Can.VIEW)
def holds(request: BrandRequest) -> HttpResponse:
    """What stands still, and what did."""
    pauses = pauses_of(request.brand, timezone.now())
    today = timezone.localdate()
    handles = may(request.role, Can.HANDLE_INCIDENTS)
    pauses_any = may(request.role, Can.PAUSE)
    context = {
        "now": [
            {
                "hold": hold,
                "kind": _kind(hold),
                "url": _url(hold),
                "may_lift": handles or (pauses_any and not is_legals(hold)),
            }
            for hold in pauses.now
        ],
        "past": [{"hold": hold, "url": _url(hold)} for hold in pauses.past],
        "may_pause_all": handles,
        "is_all_paused": any(is_all(hold) for hold in pauses.now),
        "form": LiftForm(),
        "today": today,
    }
    return render(request, "campaigns/holds/list.html", context)


@brand_page(Can.PAUSE)
def new(request: BrandRequest) -> HttpResponse:
    """Pause a creator, a campaign, or everything: as the address says."""
    relationship, campaign = _subject(request)
    is_all = relationship is None and campaign is None
    if is_all and not may(request.role, Can.HANDLE_INCIDENTS):
        return refuse(request, Can.HANDLE_INCIDENTS)
    incident = _incident(request)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        said: dict[str, Any] = {
            **form.cleaned_data,
            "actor": request.user,
            "at": now,
            "incident": incident,
            "tell": who_is_told(
                request.brand, relationship=relationship, campaigns=[campaign] if campaign else []
            ),
        }
        try:
            hold: Holding
            if campaign is not None:
                hold = service.pause_campaign(campaign=campaign, **said)
            else:
                hold = crm_service.pause(brand=request.brand, relationship=relationship, **said)
        except HoldRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Paused: {hold.subject}.")
            return redirect("campaigns:holds", request.brand.slug)
    context = {
        "form": form,
        "creator": relationship.creator if relationship else None,
        "campaign": campaign,
        "incident": incident,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/holds/new.html", context, status=status)


@require_POST
@brand_page(Can.PAUSE)
def lift(request: BrandRequest, kind: str, pk: int) -> HttpResponse:
    """Let it go on."""
    model: type[Hold] | type[CampaignHold] = CampaignHold if kind == CAMPAIGN else Hold
    hold = model.objects.filter(brand=request.brand, pk=pk).first()
    if hold is None or kind not in {CAMPAIGN, CREATOR}:
        raise Http404("There is no such pause.")
    if is_legals(hold) and not may(request.role, Can.HANDLE_INCIDENTS):
        return refuse(request, Can.HANDLE_INCIDENTS)
    form = LiftForm(request.POST)
    lifting = service.lift_campaign if kind == CAMPAIGN else crm_service.lift
    try:
        done = lifting(
            hold_id=pk,
            brand=request.brand,
            reason=form.data.get("reason", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except HoldRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"It goes on: {done.subject}.")
    return redirect("campaigns:holds", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """What a campaign's pages say at their top while it stands still; else the way to pause it."""
    campaign = campaign_of(request, key)
    now = timezone.now()
    found = CampaignHold.objects.filter(campaign=campaign).in_force(now)
    hold = found.select_related("brand").first()
    if hold is not None:
        hold.campaign = campaign
    context = {
        "campaign": campaign,
        "words": hold.words(timezone.localdate()) if hold else "",
    }
    return render(request, "campaigns/holds/_of_campaign.html", context)


def _subject(request: BrandRequest) -> tuple[Relationship | None, Campaign | None]:
    """Whom or what the address names. Raises Http404."""
    uid, key = request.GET.get(CREATOR, ""), request.GET.get(CAMPAIGN, "")
    if uid:
        try:
            return relationship_with(request, UUID(uid)), None
        except (ValueError, ValidationError) as error:
            raise Http404("There is no such creator.") from error
    return None, campaign_of(request, key) if key else None


def _incident(request: BrandRequest) -> Incident | None:
    number = request.GET.get("incident", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return Incident.objects.filter(brand=request.brand, pk=int(number)).first()


def _kind(hold: Holding) -> str:
    return CAMPAIGN if isinstance(hold, CampaignHold) else CREATOR


def _url(hold: Holding) -> str:
    """The page of what stands still."""
    slug = hold.brand.slug
    if isinstance(hold, CampaignHold):
        return reverse("campaigns:campaign", args=[slug, hold.campaign.key])
    if isinstance(hold, Hold) and hold.relationship is not None:
        return reverse("crm:creator", args=[slug, hold.relationship.creator.uid])
    return ""
