"""Offers: the list with its export, one offer with its versions, and those of a creator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import Channel, OfferAct, OfferState
from campaigns.filters.offers import NOBODY, OfferFilter
from campaigns.forms.offers import OwnerForm, SaidForm, VersionForm
from campaigns.models import Gift, Offer
from campaigns.selectors.offers import ON_CREATOR, offer_page
from campaigns.services.offers import deciding, writing
from campaigns.services.offers.wanted import OfferRefused
from campaigns.services.offers.words import headline
from campaigns.views.finding import offer_of, relationship_with
from crm.exports import Format, respond
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import people_of
from crm.styled import put_error

MOVED = Order("offers", "state_since", "id", descending=True)
PAGE = 50
COLUMNS = (
    "offer",
    "creator",
    "state",
    "since",
    "led by",
    "compensation",
    "amount",
    "for",
    "currency",
    "product",
    "value of the product",
    "percent",
    "months",
    "version",
    "whose version",
    "valid until",
)


@require_safe
@brand_page(Can.VIEW)
def offers(request: BrandRequest) -> HttpResponse:
    """Offers of the brand, what moved last first."""
    rows, asked = _asked(request)
    page = page_or_first(rows, MOVED, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "items": [(row, headline(row.current) if row.current else "") for row in page.items],
        "count": capped_count(rows),
        "asked": asked,
        "states": OfferState.choices,
        "people": people_of(request.brand),
        "nobody": NOBODY,
        "today": timezone.localdate(),
    }
    template = "campaigns/offers/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _asked_for = _asked(request)
    today = timezone.localdate()
    lines = (_line(row) for row in in_order(rows, MOVED).iterator(chunk_size=1_000))
    return respond(
        f"offers-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        lines,
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def offer(request: BrandRequest, pk: int) -> HttpResponse:
    """One offer: its versions side by side, and what to do next."""
    return show(request, offer_of(request, pk))


def show(request: BrandRequest, found: Offer, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, where something was refused with the words of it."""
    page = offer_page(found, is_whole=request.GET.get("versions") == "all")
    context = {
        "offer": found,
        "page": page,
        "said_form": SaidForm(initial={"channel": Channel.MAIL}),
        "owner_form": OwnerForm(brand=request.brand, initial={"owner": found.owner_id}),
        "today": timezone.localdate(),
    } | more
    return render(request, "campaigns/offers/offer.html", context, status=status)


@require_POST
@brand_page(Can.MAKE_OFFERS)
def decide(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Accept, decline, withdraw, or throw the draft away."""
    if act not in _DONE:
        msg = "There is no such act."
        raise Http404(msg)
    found = offer_of(request, pk)
    form, seen = SaidForm(request.POST), VersionForm(request.POST)
    place = "said_form"
    if act in {OfferAct.WITHDRAW, OfferAct.DISCARD}:
        del form.fields["channel"]
        place = "withdraw_form"
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return show(request, found, status=422, **{place: form}, tried_form=form)
    try:
        left = _act(request, found, OfferAct(act), form, seen.cleaned_data["version"])
    except OfferRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        found = offer_of(request, pk)
        return show(request, found, status=409, **{place: form}, tried_form=form)
    messages.success(request, _DONE[OfferAct(act)])
    if not left:
        return redirect("campaigns:offers", brand=request.brand.slug)
    return redirect("campaigns:offer", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.MAKE_OFFERS)
def owner(request: BrandRequest, pk: int) -> HttpResponse:
    """Say who leads the negotiation."""
    found = offer_of(request, pk)
    form = OwnerForm(request.POST, brand=request.brand)
    if not form.is_valid():
        return show(request, found, status=422, owner_form=form)
    person = form.cleaned_data["owner"]
    writing.hand_over(
        offer_id=pk, brand=request.brand, owner=person, actor=request.user, at=timezone.now()
    )
    messages.success(request, f"Led by {person or 'nobody'} now.")
    return redirect("campaigns:offer", brand=request.brand.slug, pk=pk)


@require_safe
@brand_page(Can.VIEW)
@creator_panel("offers and gifts")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Offers and gifts of a creator, as a part of the creator's page."""
    relationship = relationship_with(request, uid)
    rows = Offer.objects.filter(relationship=relationship).for_list_page()
    gifts = Gift.objects.filter(relationship=relationship).order_by("-state_since", "-pk")
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "offers": [
            (row, headline(row.current) if row.current else "") for row in rows[:ON_CREATOR]
        ],
        "gifts": gifts[:ON_CREATOR],
    }
    return render(request, "campaigns/offers/_of_creator.html", context)


_DONE = {
    OfferAct.ACCEPT: "Accepted. What was agreed stays as it is.",
    OfferAct.DECLINE: "Declined.",
    OfferAct.WITHDRAW: "Withdrawn.",
    OfferAct.DISCARD: "The draft is gone.",
}


def _act(
    request: BrandRequest, found: Offer, act: OfferAct, form: SaidForm, version: int
) -> Offer | None:
    who: dict[str, Any] = {
        "offer_id": found.pk,
        "brand": request.brand,
        "actor": request.user,
        "at": timezone.now(),
        "expected_version": version,
    }
    if act == OfferAct.ACCEPT:
        return deciding.accept(**who, said=form.said)
    if act == OfferAct.DECLINE:
        return deciding.decline(**who, said=form.said)
    if act == OfferAct.WITHDRAW:
        return deciding.withdraw(**who, note=form.said.note)
    return writing.discard(**who)


def _asked(request: BrandRequest) -> tuple[QuerySet[Offer], dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    mine = Offer.objects.visible_to(request.user).filter(brand=request.brand).for_list_page()
    found = OfferFilter(request.GET, mine, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = OfferFilter(readable, mine, request=request)
    asked = {
        name: str(request.GET.get(name, ""))
        for name in ("state", "owner", "valid_to")
        if name not in found.errors
    }
    rows: QuerySet[Offer] = found.qs
    return rows, asked


def _line(row: Offer) -> tuple[object, ...]:
    version = row.current
    about = (row.title, row.relationship.creator.name, row.get_state_display(), row.state_since)
    owner_name = row.owner.display_name if row.owner else None
    if version is None:
        return (*about, owner_name, *[None] * (len(COLUMNS) - len(about) - 1))
    return (
        *about,
        owner_name,
        version.get_compensation_display(),
        version.amount,
        version.get_per_display() if version.per else None,
        version.currency or None,
        version.product or None,
        version.product_value,
        version.percent,
        version.months,
        version.number,
        version.get_side_display(),
        version.valid_until,
    )
