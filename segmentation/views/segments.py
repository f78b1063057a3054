"""The list of segments, one segment, its members as a file, and installing the standard packs."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import audit, exports
from crm.filters import asked
from crm.paging import BadCursor
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.facts.catalogue import catalogue
from segmentation.filters import MemberFilter, SegmentFilter
from segmentation.models import Segment
from segmentation.selectors import members as member_lists
from segmentation.selectors import segments as selectors
from segmentation.selectors.overlaps import overlaps_of
from segmentation.services import packs
from segmentation.views.files import csv_response
from segmentation.views.finding import segment_or_404

STANDARD_PACKS = "default"
OVERLAPS_SHOWN = 10
CSV_COLUMNS = {
    "name": "Name",
    "handle": "Handle",
    "platform": "Platform",
    "followers": "Followers",
    "engagement_rate": "Engagement rate",
    "country": "Country",
    "stage": "Stage",
    "entered_at": "Member since",
    "entered_cause": "Came in by",
}


@require_safe
@brand_page(Can.VIEW)
def segments(request: BrandRequest) -> HttpResponse:
    """All segments by dimension; with none at all, the way to the standard packs."""
    everything = Segment.objects.filter(brand=request.brand)
    found = SegmentFilter(request.GET, everything, request=request)
    page = selectors.segments_page(found.in_use(), request.brand)
    has_any = bool(page.blocks or page.empty) or everything.exists()
    context = {"filter": found, "page": page, "has_any": has_any}
    template = "segmentation/segments/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def install_packs(request: BrandRequest) -> HttpResponse:
    """Add the standard packs' segments that are not there yet."""
    plans = packs.install_pack(
        brand=request.brand, name=STANDARD_PACKS, actor=request.user, at=timezone.now()
    )
    added = sum(len(plan.adds) for plan in plans)
    if added:
        words = f"{added} segments were added. Run the segmentation to find their members."
    else:
        words = "All standard segments were there already; nothing was changed."
    messages.success(request, words)
    return redirect("segmentation:segments", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def segment(request: BrandRequest, key: str) -> HttpResponse:
    """One segment: purpose, rule, playbook, members, history. The fragment is the members."""
    found = segment_or_404(request, key)
    narrowed = MemberFilter(request.GET, member_lists.open_stays(found), request=request)
    try:
        members = member_lists.members_page(
            narrowed.rows(), sort=narrowed.order, cursor=request.GET.get("cursor")
        )
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:segment", request.brand.slug, found.key)
    context = {
        "segment": found,
        "members": members,
        "filter": narrowed,
        "query": asked(request.GET),
    }
    template = "segmentation/segments/detail.html"
    if request.htmx and not request.htmx.boosted:
        return render(request, f"{template}#members", context)
    page = selectors.segment_page(found, at=timezone.now(), facts=catalogue(request.brand))
    context |= {
        "page": page,
        "chart": selectors.size_chart(page.history),
        "moves": selectors.moves_chart(page.history),
    }
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def overlap(request: BrandRequest, key: str) -> HttpResponse:
    """Which other segments hold the same people: a page, and a fragment of the segment's."""
    found = segment_or_404(request, key)
    overlaps = overlaps_of(found)
    context = {"segment": found, "overlaps": overlaps, "more": 0}
    template = "segmentation/segments/overlap.html"
    if request.htmx and not request.htmx.boosted:
        template += "#table"
        context |= {"overlaps": overlaps[:OVERLAPS_SHOWN], "more": len(overlaps) - OVERLAPS_SHOWN}
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def members_csv(request: BrandRequest, key: str) -> HttpResponseBase:
    """The members as CSV, with the filter of the list; unknown numbers are empty cells."""
    found = segment_or_404(request, key)
    narrowed = MemberFilter(request.GET, member_lists.open_stays(found), request=request)
    if not narrowed.is_valid():
        words = "; ".join(f"{name}: {' '.join(errs)}" for name, errs in narrowed.errors.items())
        return HttpResponse(
            f"The filter cannot be used. {words}", status=400, content_type="text/plain"
        )
    audit.record(
        brand=request.brand,
        verb="segmentation.members.exported",
        target=found,
        actor=request.user,
        at=timezone.now(),
        data={"query": asked(request.GET)[:1_000]},
    )
    return exports.taken_out(csv_response(f"{found.key}-members.csv", _csv_rows(narrowed)), "")


def _csv_rows(narrowed: MemberFilter) -> Iterator[list[object]]:
    yield list(CSV_COLUMNS.values())
    rows = member_lists.member_rows(narrowed.rows()).order_by("creator_id")
    for row in rows.iterator(chunk_size=2_000):
        yield [row[name] for name in CSV_COLUMNS]
