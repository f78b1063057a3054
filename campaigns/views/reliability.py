"""How reliable creators were: of all, and of one with every component."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import ReliabilityReading
from campaigns.reliability.weights import standard
from campaigns.selectors.reliability import current_of, for_list
from campaigns.services.reliability.reading import concerned, read_one
from campaigns.views.finding import relationship_with
from campaigns.views.waiting import empty
from crm.exports import Format, respond
from crm.models import Relationship
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

_WHO_COMES = (
    "Creators come here the night after they have a place in a campaign. Due days of drafts and"
    " planned days of posts are what most of it rests on."
)
LEAST = Order("reliability", "score", "id", nullable=True)
PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def reliability(request: BrandRequest) -> HttpResponse:
    """Creators by reliability, the least first; unknown last."""
    rows = for_list(request.brand)
    page = page_or_first(rows, LEAST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "count": capped_count(rows),
        "empty": empty(
            concerned(request.brand), computed_by="read-reliability", otherwise=_WHO_COMES
        )
        if not page.items
        else None,
        "weights": standard(),
    }
    template = "campaigns/reliability/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file: shares and numbers of each component."""
    today = timezone.localdate()
    weights = standard()
    columns = ["creator", "score", "from", "to", "events"]
    for component in weights.components.values():
        columns += [f"{component.label.lower()}: good", f"{component.label.lower()}: of"]
    return respond(
        f"reliability-{request.brand.slug}-{today:%Y-%m-%d}",
        (*columns, "computed on", "weights"),
        _lines(for_list(request.brand), list(weights.components)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """One creator's reliability: a panel of their page, or a page of its own."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.REVIEW)
def read(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Compute it now."""
    relationship = relationship_with(request, uid)
    if relationship.unprofiled_at is None:
        read_one(relationship=relationship, at=timezone.now())
    if request.htmx:
        return _show(request, relationship)
    return redirect("campaigns:creator_reliability", request.brand.slug, uid)


def _show(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    context = {
        "creator": relationship.creator,
        "reading": current_of(relationship),
        "is_left_alone": relationship.unprofiled_at is not None,
        "weights": standard(),
    }
    template = "campaigns/reliability/creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context)


def _lines(rows: QuerySet[ReliabilityReading], keys: list[str]) -> Iterator[tuple[object, ...]]:
    for row in in_order(rows, LEAST).iterator(chunk_size=1_000):
        by_key = {line["key"]: line for line in row.components["components"]}
        counts = [by_key.get(key, {}).get(name) for key in keys for name in ("good", "of")]
        yield (
            row.relationship.creator.name,
            row.score,
            row.components["low"],
            row.components["high"],
            row.events,
            *counts,
            timezone.localdate(row.read_at),
            row.weights,
        )
