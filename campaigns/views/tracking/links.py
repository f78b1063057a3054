"""Links: the brand's list with its export, one link with its days, a new one, its QR code."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import qrcode
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from campaigns.filters.tracking import LinkFilter
from campaigns.forms.offers import VersionForm
from campaigns.forms.tracking import LinkForm, NewLinkForm
from campaigns.models import TrackingLink
from campaigns.models.tracking import UTM
from campaigns.selectors.tracking import clicks_of, days_of, link_lines, open_spikes
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import links as service
from campaigns.services.tracking.places import Place
from campaigns.services.tracking.urls import with_params
from campaigns.views.finding import relationship_with
from campaigns.views.tracking.shared import (
    DAYS_SHOWN,
    LINKS,
    PAGE,
    asked_for,
    base_of,
    done,
    fragment,
    incomplete,
    link_of,
    list_context,
)
from crm.exports import Format, respond
from crm.paging import capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

COLUMNS = (
    "creator",
    "campaign",
    "name",
    "variant",
    "short address",
    "leads to",
    *UTM,
    "clicks by people",
    "visitors, each day",
    "people not told apart",
    "repeats",
    "bots and previews",
    "lost",
    "made at",
    "put away at",
)
_ACTS = {"archive": service.archive_link, "restore": service.restore_link}
_WORDS = {"archive": "Put away. Its clicks stay.", "restore": "It leads to the shop again."}


@require_safe
@brand_page(Can.VIEW)
def links(request: BrandRequest) -> HttpResponse:
    """The brand's links, newest first."""
    mine = TrackingLink.objects.visible_to(request.user).filter(brand=request.brand)
    rows, asked = asked_for(request, LinkFilter, mine.for_list_page())
    page = page_or_first(rows, LINKS, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "lines": link_lines(page.items, base_of(request, request.brand)),
        "count": capped_count(rows),
        "open_spikes": open_spikes(request.brand),
        **list_context(asked),
    }
    return render(request, fragment(request, "campaigns/tracking/links.html"), context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    mine = TrackingLink.objects.visible_to(request.user).filter(brand=request.brand)
    rows, _asked = asked_for(request, LinkFilter, mine.for_list_page())
    base, today = base_of(request, request.brand), timezone.localdate()
    found = list(in_order(rows, LINKS))
    return respond(
        f"links-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        (_cells(line) for line in link_lines(found, base)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.VIEW, post=Can.RUN_CAMPAIGNS)
def link(request: BrandRequest, pk: int) -> HttpResponse:
    """One link: where it leads, who followed it day by day; change it."""
    found = link_of(request, pk)
    if request.method != "POST":
        return _show(request, found, LinkForm.of(found))
    form, seen = LinkForm(request.POST), VersionForm(request.POST)
    if not seen.is_valid():
        incomplete(form)
    if form.is_valid():
        try:
            service.change_link(
                link_id=pk,
                brand=request.brand,
                said=form.said,
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. It leads there from now on.")
            return redirect("campaigns:tracking_link", brand=request.brand.slug, pk=pk)
    return _show(request, found, form, status=422)


@brand_page(Can.RUN_CAMPAIGNS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A new link for a creator, in one of their campaigns or beside them."""
    relationship = relationship_with(request, uid)
    is_sent = request.method == "POST"
    form = NewLinkForm(
        request.POST if is_sent else None,
        relationship=relationship,
        initial={"engagement": request.GET.get("place", "")},
    )
    if is_sent and form.is_valid():
        engagement = form.cleaned_data["engagement"]
        try:
            made = service.make_link(
                brand=request.brand,
                place=Place(relationship, engagement),
                said=form.said,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Made. Copy its address and send it.")
            return redirect("campaigns:tracking_link", brand=request.brand.slug, pk=made.pk)
    context = {"form": form, "creator": relationship.creator, "what": "link"}
    return render(request, "campaigns/tracking/new.html", context, status=422 if is_sent else 200)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Put it away, or take it out again."""
    if act not in _ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    link_of(request, pk)
    seen = VersionForm(request.POST)
    version = seen.cleaned_data["version"] if seen.is_valid() else -1
    done(
        request,
        lambda: _ACTS[act](
            link_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=version,
        ),
        _WORDS[act],
    )
    return redirect("campaigns:tracking_link", brand=request.brand.slug, pk=pk)


@require_safe
@brand_page(Can.VIEW)
def qr(request: BrandRequest, pk: int) -> HttpResponse:
    """The short address as a QR code, for print and for shops."""
    found = link_of(request, pk)
    address = base_of(request, request.brand).address(found)
    image = qrcode.make(address, image_factory=SvgPathImage, border=2)
    text = io.BytesIO()
    image.save(text)
    response = HttpResponse(text.getvalue(), content_type="image/svg+xml")
    response["Content-Disposition"] = f'inline; filename="{found.code}.svg"'
    return response


def _show(
    request: BrandRequest, found: TrackingLink, form: LinkForm, *, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    first = today - timedelta(days=DAYS_SHOWN - 1)
    days = days_of(found, first)
    [line] = link_lines([found], base_of(request, request.brand))
    said = {name: getattr(found, name) for name in UTM if getattr(found, name)}
    context: dict[str, Any] = {
        "link": found,
        "line": line,
        "recent": clicks_of([found.pk], first).get(found.pk),
        "creator": found.relationship.creator,
        "whole": with_params(found.target, said),
        "days": days,
        "days_shown": DAYS_SHOWN,
        "chart": _chart(days, first, (today - first).days + 1) if days else None,
        "form": form,
        "utm": [(name, getattr(found, name)) for name in UTM],
    }
    return render(request, "campaigns/tracking/link.html", context, status=status)


def _chart(days: list[Any], first: Any, length: int) -> dict[str, Any]:
    by_day = {row.day: row for row in days}
    all_days = [first + timedelta(days=n) for n in range(length)]
    return {
        "type": "line",
        "unit": "count",
        "x": [f"{day:%-d %b}" for day in all_days],
        "series": [
            {
                "name": words,
                "data": [getattr(by_day[day], name) if day in by_day else 0 for day in all_days],
            }
            for name, words in (("people", "People"), ("bots", "Bots and previews"))
        ],
    }


def _cells(line: Any) -> tuple[object, ...]:
    link, clicks = line.link, line.clicks
    return (
        link.relationship.creator.name,
        link.campaign.name if link.campaign else None,
        link.label or None,
        link.variant or None,
        line.address,
        link.target,
        *(getattr(link, name) or None for name in UTM),
        clicks.people,
        clicks.visitors,
        clicks.unknown,
        clicks.repeats,
        clicks.bots,
        clicks.lost,
        link.created_at,
        link.archived_at,
    )
