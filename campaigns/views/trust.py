"""Trust and authenticity: of all creators, of one with every part, and how trust is weighed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.authenticity.score import standard as of_authenticity
from campaigns.forms.trust import BelowForm, WeightsForm
from campaigns.models import AuthenticityScore, TrustReading, TrustWeights
from campaigns.selectors.trust import (
    authenticity_list,
    plain_account,
    since_quarter,
    trust_history,
    trust_list,
)
from campaigns.services.offers.words import platform_names
from campaigns.services.refusals import CampaignRefused
from campaigns.services.trust.reading import concerned, read_some
from campaigns.services.trust.weighing import below_of, own_of, weigh, weights_of
from campaigns.trust.weights import KEYS
from campaigns.views.finding import relationship_with
from campaigns.views.waiting import empty
from crm.exports import Format, respond
from crm.models import Relationship
from crm.paging import Order, Page, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

_WHO_COMES = (
    "Creators come here the night after they have a place in a campaign, an incident on file, "
    "or comments below their posts."
)
TRUST = Order("trust", "score", "id", nullable=True)
AUTHENTICITY = Order("authenticity", "score", "id", nullable=True)
PAGE = 50
VERSIONS = 10


@require_safe
@brand_page(Can.VIEW)
def trust(request: BrandRequest) -> HttpResponse:
    """Creators by trust, the least first; unknown last."""
    rows, form = _asked(request, trust_list(request.brand))
    page = _page(request, rows, TRUST)
    context = {
        "page": page,
        "count": capped_count(rows),
        "empty": empty(
            concerned(request.brand), computed_by="read-reliability", otherwise=_WHO_COMES
        )
        if not page.items
        else None,
        "asked": form,
        "weights": weights_of(own_of(request.brand)),
    }
    return _list(request, "campaigns/trust/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def authenticity(request: BrandRequest) -> HttpResponse:
    """Creators by authenticity, the lowest first; unknown last."""
    rows, form = _asked(request, authenticity_list(request.brand))
    page = _page(request, rows, AUTHENTICITY)
    context = {
        "page": page,
        "lines": [(row, plain_account(row.parts)) for row in page.items],
        "names": platform_names(),
        "count": capped_count(rows),
        "asked": form,
        "weights": of_authenticity(),
        "below": below_of(own_of(request.brand)),
    }
    return _list(request, "campaigns/trust/authenticity.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list of trust shows, as a file: points of each part."""
    today = timezone.localdate()
    rows, _form = _asked(request, trust_list(request.brand))
    parts = weights_of(own_of(request.brand)).components.values()
    head = ("creator", "trust", "known", *(part.label.lower() for part in parts), "of", "weights")
    return respond(
        f"trust-{request.brand.slug}-{today:%Y-%m-%d}",
        head,
        _lines(rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def export_authenticity(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list of authenticity shows, as a file: points of each sign."""
    today = timezone.localdate()
    rows, _form = _asked(request, authenticity_list(request.brand))
    head = ("creator", "authenticity", "platform", "account", "known", *of_authenticity().weights)
    return respond(
        f"authenticity-{request.brand.slug}-{today:%Y-%m-%d}",
        (*head, "of", "weights"),
        _authentic_lines(rows),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """One creator's trust: a panel of their page, or a page of its own."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.REVIEW)
def read(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Compute it now."""
    relationship = relationship_with(request, uid)
    if relationship.unprofiled_at is None:
        read_some(brand=request.brand, relationships=[relationship], at=timezone.now())
    if request.htmx:
        return _show(request, relationship)
    return redirect("campaigns:creator_trust", request.brand.slug, uid)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SCORES)
def weights(request: BrandRequest) -> HttpResponse:
    """How trust is weighed, in versions, and the form of the next one."""
    own = own_of(request.brand)
    now = weights_of(own)
    initial = {key: part.weight for key, part in now.components.items()}
    form = WeightsForm(
        request.POST or None, initial=initial | {"authenticity_below": below_of(own)}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = weigh(
                brand=request.brand,
                numbers={key: said[key] for key in KEYS},
                authenticity_below=said["authenticity_below"],
                reason=said["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request, f"Version {made.number} holds. Scores follow in the night, or one by one."
            )
            return redirect("campaigns:trust_weights", request.brand.slug)
    versions = TrustWeights.objects.filter(brand=request.brand).select_related("by")
    context = {
        "form": form,
        "weights": now,
        "below": below_of(own),
        "versions": versions.order_by("-number")[:VERSIONS],
    }
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/trust/weights.html", context, status=status)


def _show(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    history = trust_history(relationship)
    newest = history[0] if history and history[0].superseded_at is None else None
    context: dict[str, Any] = {
        "creator": relationship.creator,
        "reading": newest,
        "history": history,
        "change": since_quarter(newest, request.brand, timezone.now()) if newest else None,
        "is_left_alone": relationship.unprofiled_at is not None,
    }
    template = "campaigns/trust/creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context)


def _asked(request: BrandRequest, rows: QuerySet[Any]) -> tuple[QuerySet[Any], BelowForm]:
    form = BelowForm(request.GET)
    below = form.cleaned_data["below"] if form.is_valid() else None
    return (rows if below is None else rows.filter(score__lt=below)), form


def _page(request: BrandRequest, rows: QuerySet[Any], order: Order) -> Page[Any]:
    return page_or_first(rows, order, cursor=request.GET.get("cursor"), size=PAGE)


def _list(request: BrandRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


def _lines(rows: QuerySet[TrustReading]) -> Iterator[tuple[object, ...]]:
    for row in in_order(rows, TRUST).iterator(chunk_size=1_000):
        points = {part["key"]: part["points"] for part in row.parts["components"]}
        yield (
            row.relationship.creator.name,
            row.score,
            row.parts["known"],
            *(points.get(key) for key in KEYS),
            timezone.localdate(row.looked_at),
            row.weights,
        )


def _authentic_lines(rows: QuerySet[AuthenticityScore]) -> Iterator[tuple[object, ...]]:
    keys = list(of_authenticity().weights)
    for row in in_order(rows, AUTHENTICITY).iterator(chunk_size=1_000):
        account = plain_account(row.parts) or {}
        points = {sign["key"]: sign["points"] for sign in account.get("signs", ())}
        yield (
            row.relationship.creator.name,
            row.score,
            account.get("platform"),
            account.get("handle"),
            account.get("known"),
            *(points.get(key) for key in keys),
            timezone.localdate(row.looked_at),
            row.weights,
        )
