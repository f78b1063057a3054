"""Publications of all campaigns that are expected and not there."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.selectors.publishing.missing import Missing, missing_of, missing_rows
from crm.exports import Format, respond
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

OLDEST = Order("missing", "missing_since", "id")
PAGE = 50
COLUMNS = (
    "piece",
    "campaign",
    "creator",
    "platform",
    "missing",
    "since",
    "why",
    "address",
    "led by",
)


@require_safe
@brand_page(Can.VIEW)
def missing(request: BrandRequest) -> HttpResponse:
    """What is late, never seen or gone; the longest first."""
    asked = request.GET.get("kind", "")
    rows = missing_of(request.brand, timezone.now())
    if asked in set(Missing):
        rows = rows.filter(missing=asked)
    page = page_or_first(rows, OLDEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "rows": missing_rows(page.items),
        "count": capped_count(rows),
        "asked": asked,
        "kinds": [(one.value, one.label) for one in Missing],
    }
    template = "campaigns/publishing/missing.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The same as a file."""
    asked, now = request.GET.get("kind", ""), timezone.now()
    rows = missing_of(request.brand, now)
    if asked in set(Missing):
        rows = rows.filter(missing=asked)
    return respond(
        f"missing-{request.brand.slug}-{timezone.localdate():%Y-%m-%d}",
        COLUMNS,
        [
            (
                row.deliverable.title,
                row.deliverable.engagement.campaign.name,
                row.deliverable.engagement.relationship.creator.name,
                row.deliverable.platform.name,
                row.kind.label,
                row.since,
                row.why,
                row.deliverable.published_url,
                row.deliverable.engagement.owner.display_name
                if row.deliverable.engagement.owner
                else None,
            )
            for row in missing_rows(in_order(rows, OLDEST))
        ],
        form=form,
        about=[("Brand", request.brand.name), ("As of", now)],
    )
