"""The creator's own pages behind their link, and the links that the brand looks after."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import GuestKind
from campaigns.forms.guests import LinkForm
from campaigns.guests import PARTS, GuestRequest, guest_page
from campaigns.models import GuestLink
from campaigns.services import guests as service
from campaigns.services.holds import hold_on
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import engagement_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import page_of_ours


@require_safe
@guest_page(*GuestKind)
def home(request: GuestRequest) -> HttpResponseBase:
    """Where a link leads: the creator's overview, or the one thing that others may see."""
    link, now = request.guest, timezone.now()
    if link.kind != GuestKind.PORTAL:
        return redirect(reverse(f"guest:{link.kind}", args=[request.token]))
    sections = [(part.title, part.entries(link, request.token, now)) for part in PARTS]
    due = [entry for _title, entries in sections for entry in entries if entry.is_due]
    engagement = link.engagement
    held = engagement and hold_on(
        link.brand, relationship=engagement.relationship, campaign=engagement.campaign, at=now
    )
    context = {
        "link": link,
        "token": request.token,
        "engagement": engagement,
        "is_paused": bool(held),
        "sections": [(title, entries) for title, entries in sections if entries],
        "due": sorted(due, key=lambda entry: (entry.due_on is None, entry.due_on or now.date())),
    }
    return render(request, "campaigns/guests/home.html", context)


@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a new link in the place of one that has ended."""
    now = timezone.now()
    try:
        service.find(token, now)
    except service.LinkUnknown:
        return render(request, "campaigns/guests/unknown.html", status=404)
    except service.LinkEnded as ended:
        service.ask_for_another(link=ended.link, at=now)
        return redirect(reverse("guest:home", args=[token]) + "?asked=1")
    return redirect("guest:home", token)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def invite(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Make a link to the creator's own pages."""
    engagement = engagement_of(request, key, pk)
    engagement.campaign.brand = request.brand
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            service.make_link(
                target=engagement,
                name=form.cleaned_data["name"],
                days=form.cleaned_data["days"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The link is made. Copy it and send it to them.")
    else:
        messages.error(request, "Say who the link is for, and for how many days it works.")
    return redirect("campaigns:engagement", request.brand.slug, key, pk)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def revoke(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a link back, whatever it opens."""
    rows = GuestLink.objects.visible_to(request.user).select_related(
        "brand",
        "engagement__campaign",
        "deliverable__engagement__campaign",
        "campaign",
        "invitation__event__campaign",
    )
    link = get_object_or_404(rows, brand=request.brand, pk=pk)
    service.revoke(link=link, actor=request.user, at=timezone.now())
    messages.success(request, f"The link for {link.name} opens nothing any more.")
    back = page_of_ours(request.POST.get("next", ""), otherwise=service.page_of(link))
    return redirect(back)
