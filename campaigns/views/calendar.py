"""The content calendar of a campaign: its slots, and who fills their days."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.calendar import FillForm, SlotForm
from campaigns.models import Engagement, Slot, SlotFill
from campaigns.selectors.calendar import calendar_page
from campaigns.services import calendar as service
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

ONLY = ("unfilled", "conflicts")


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def calendar(request: BrandRequest, key: str) -> HttpResponse:
    """Every day of every slot; a new slot."""
    found = campaign_of(request, key)
    is_sent = request.method == "POST"
    form = SlotForm(request.POST if is_sent else None, campaign=found)
    if is_sent and form.is_valid():
        try:
            slot = service.add_slot(
                campaign_id=found.pk,
                brand=request.brand,
                values=form.values,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{slot} comes {len(service.days_of(slot))} times.")
            return redirect("campaigns:campaign_calendar", request.brand.slug, key)
    asked = request.GET.get("only", "")
    only = asked if asked in ONLY else ""
    # One day at a time is filled: a choice of 500 creators beside each of them would be no page.
    asked_day = request.GET.get("fill", "")
    open_ones = Engagement.objects.filter(campaign=found).open()
    context = {
        "campaign": found,
        "page": calendar_page(found, only),
        "only": only,
        "form": form,
        "asked_day": asked_day,
        "engagements": open_ones.select_related("relationship__creator").order_by(
            "relationship__creator__name", "pk"
        )
        if asked_day
        else [],
        "has_creators": open_ones.exists(),
        "today": timezone.localdate(),
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/campaigns/calendar.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def slot_act(request: BrandRequest, key: str, pk: int, act: str) -> HttpResponse:
    """Fill a day of a slot, or take the slot away."""
    campaign_of(request, key)
    form, now = FillForm(request.POST), timezone.now()
    if act == "fill" and not form.is_valid():
        messages.error(request, "Choose who fills the day.")
        return redirect("campaigns:campaign_calendar", request.brand.slug, key)
    try:
        match act:
            case "fill":
                service.fill(
                    slot_id=pk,
                    brand=request.brand,
                    on=form.cleaned_data["on"],
                    engagement_id=form.cleaned_data["engagement"],
                    actor=request.user,
                    at=now,
                )
                words = "Filled."
            case "delete":
                service.delete_slot(slot_id=pk, brand=request.brand, actor=request.user, at=now)
                words = "The slot is gone."
            case _:
                msg = "There is no such act."
                raise Http404(msg)
    except Slot.DoesNotExist as gone:
        msg = "This slot is gone."
        raise Http404(msg) from gone
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("campaigns:campaign_calendar", request.brand.slug, key)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def clear(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Take a creator out of a day."""
    campaign_of(request, key)
    try:
        service.clear(fill_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except SlotFill.DoesNotExist as gone:
        msg = "Nobody is there any more."
        raise Http404(msg) from gone
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The place is free again.")
    return redirect("campaigns:campaign_calendar", request.brand.slug, key)
