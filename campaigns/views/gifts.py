"""Gifts: the list by state with its export, one gift with its steps, a new one."""

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

from campaigns.choices import GiftAct, GiftState, OfferState
from campaigns.filters.offers import NOBODY, GiftFilter
from campaigns.forms.gifts import GiftForm, StepForm
from campaigns.forms.offers import VersionForm
from campaigns.models import Gift, Offer
from campaigns.selectors.offers import gift_counts
from campaigns.services import gifts as service
from campaigns.views.finding import gift_of, relationship_with
from crm.exports import Format, respond
from crm.models import Relationship
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import people_of
from crm.styled import put_error

MOVED = Order("gifts", "state_since", "id", descending=True)
PAGE = 50
COLUMNS = (
    "product",
    "variant",
    "creator",
    "state",
    "since",
    "seen to by",
    "value",
    "currency",
    "asked on",
    "answered on",
    "shipped on",
    "carrier",
    "tracking",
    "delivered on",
    "posted on",
    "post",
    "returned on",
)


@require_safe
@brand_page(Can.VIEW)
def gifts(request: BrandRequest) -> HttpResponse:
    """Gifts of the brand, what moved last first."""
    rows, asked = _asked(request)
    page = page_or_first(rows, MOVED, cursor=request.GET.get("cursor"), size=PAGE)
    counts = gift_counts(request.brand)
    context = {
        "page": page,
        "count": capped_count(rows),
        "asked": asked,
        "tabs": [(state.value, state.label, counts.get(state, 0)) for state in GiftState],
        "total": sum(counts.values()),
        "people": people_of(request.brand),
        "nobody": NOBODY,
    }
    template = "campaigns/gifts/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file. Postal addresses stay in the creator's file."""
    rows, _asked_for = _asked(request)
    today = timezone.localdate()
    lines = (_line(row) for row in in_order(rows, MOVED).iterator(chunk_size=1_000))
    return respond(
        f"gifts-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        lines,
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.MAKE_OFFERS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A new gift for a creator, of an accepted offer where the address names one."""
    relationship = relationship_with(request, uid)
    offer = _accepted(relationship, request.GET.get("offer", ""))
    initial: dict[str, Any] = {"owner": request.user.pk, "currency": request.brand.currency}
    version = offer.current if offer else None
    if version:
        initial |= {"product": version.product, "value": version.product_value}
        initial["currency"] = version.currency or request.brand.currency
    is_sent = request.method == "POST"
    form = GiftForm(request.POST if is_sent else None, brand=request.brand, initial=initial)
    if is_sent and form.is_valid():
        try:
            made = service.plan_gift(
                relationship=relationship,
                details=form.details,
                offer=offer,
                actor=request.user,
                at=timezone.now(),
            )
        except service.GiftRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Planned: {made}")
            return redirect("campaigns:gift", brand=request.brand.slug, pk=made.pk)
    context = {"form": form, "creator": relationship.creator, "offer": offer}
    return render(request, "campaigns/gifts/new.html", context, status=422 if is_sent else 200)


@brand_page(Can.VIEW, post=Can.MAKE_OFFERS)
def gift(request: BrandRequest, pk: int) -> HttpResponse:
    """One gift with its history and next steps; correct what it is."""
    found = gift_of(request, pk)
    if request.method != "POST":
        return _show(request, found)
    form, seen = GiftForm(request.POST, brand=request.brand), VersionForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if form.is_valid():
        try:
            service.change_gift(
                gift_id=pk,
                brand=request.brand,
                details=form.details,
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"],
            )
        except service.GiftRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:gift", brand=request.brand.slug, pk=pk)
    return _show(request, found, status=422, form=form)


@require_POST
@brand_page(Can.MAKE_OFFERS)
def step(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Write down what happened to it."""
    if act not in GiftAct.values:
        msg = "There is no such step."
        raise Http404(msg)
    found = gift_of(request, pk)
    form, seen = StepForm(request.POST), VersionForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return _show(request, found, status=422, tried=act, step_form=form)
    try:
        service.advance(
            gift_id=pk,
            brand=request.brand,
            act=GiftAct(act),
            step=form.step,
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
        )
    except service.GiftRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        found = gift_of(request, pk)
        return _show(request, found, status=409, tried=act, step_form=form)
    messages.success(request, f"{GiftAct(act).label}: {found}")
    return redirect("campaigns:gift", brand=request.brand.slug, pk=pk)


def _show(request: BrandRequest, found: Gift, *, status: int = 200, **more: Any) -> HttpResponse:
    tried, tried_form = more.pop("tried", ""), more.pop("step_form", None)
    context = {
        "gift": found,
        "creator": found.relationship.creator,
        "address": service.address_of(found.relationship),
        "events": found.events.select_related("actor").order_by("-at", "-pk"),
        "steps": [
            (act, _fields(act, tried_form if act == tried else None), act == tried)
            for act in service.allowed(found.state)
        ],
        # Refused, and not offered any more: somebody was quicker.
        "refused": tried_form if tried not in service.allowed(found.state) else None,
        "form": GiftForm.of(found),
    } | more
    return render(request, "campaigns/gifts/gift.html", context, status=status)


_OWN_FIELDS = {GiftAct.SHIP: ("carrier", "tracking"), GiftAct.POST: ("post_url",)}


def _fields(act: GiftAct, form: StepForm | None) -> StepForm:
    """The form of one step: only what belongs to it, with ids of its own."""
    form = form or StepForm()
    form.auto_id = f"id_{act}_%s"
    for name in ("carrier", "tracking", "post_url"):
        if name not in _OWN_FIELDS.get(act, ()):
            del form.fields[name]
    return form


def _accepted(relationship: Relationship, number: str) -> Offer | None:
    if not number.isdecimal() or len(number) > 18:
        return None
    rows = Offer.objects.filter(relationship=relationship, state=OfferState.ACCEPTED)
    return rows.select_related("current").filter(pk=int(number)).first()


def _asked(request: BrandRequest) -> tuple[QuerySet[Gift], dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    mine = Gift.objects.visible_to(request.user).filter(brand=request.brand).for_list_page()
    found = GiftFilter(request.GET, mine, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = GiftFilter(readable, mine, request=request)
    asked = {
        name: str(request.GET.get(name, ""))
        for name in ("state", "owner")
        if name not in found.errors
    }
    rows: QuerySet[Gift] = found.qs
    return rows, asked


def _line(row: Gift) -> tuple[object, ...]:
    return (
        row.product,
        row.variant or None,
        row.relationship.creator.name,
        row.get_state_display(),
        row.state_since,
        row.owner.display_name if row.owner else None,
        row.value,
        row.currency or None,
        row.asked_on,
        row.answered_on,
        row.shipped_on,
        row.carrier or None,
        row.tracking or None,
        row.delivered_on,
        row.posted_on,
        row.post_url or None,
        row.returned_on,
    )
