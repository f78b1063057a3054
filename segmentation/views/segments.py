"""The list of segments, one segment, its members as a file, and installing the standard packs."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.paging import BadCursor
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.facts.catalogue import catalogue
from segmentation.filters import SegmentFilter
from segmentation.forms import MemberSortForm
from segmentation.models import Segment
from segmentation.selectors import segments as selectors
from segmentation.services import packs

STANDARD_PACKS = "default"
CSV_COLUMNS = {
    "name": "Name",
    "handle": "Handle",
    "platform": "Platform",
    "followers": "Followers",
    "engagement_rate": "Engagement rate",
    "country": "Country",
    "entered_at": "Member since",
}


@require_safe
@brand_page(Can.VIEW)
def segments(request: BrandRequest) -> HttpResponse:
    """All segments by dimension; with none at all, the way to the standard packs."""
    everything = Segment.objects.filter(brand=request.brand)
    found = SegmentFilter(request.GET, everything, request=request)
    rows = found.qs if found.is_valid() else everything.none()
    page = selectors.segments_page(rows, request.brand)
    has_any = bool(page.blocks) or everything.exists()
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
    """One segment: purpose, rule, members, history, versions. The fragment is the members."""
    found = _find(request, key)
    sorting = MemberSortForm(request.GET)
    try:
        members = selectors.members_page(
            found, sort=sorting.chosen, cursor=request.GET.get("cursor")
        )
    except BadCursor as refusal:
        messages.error(request, str(refusal))
        return redirect("segmentation:segment", request.brand.slug, found.key)
    context = {"segment": found, "members": members, "sorting": sorting}
    template = "segmentation/segments/detail.html"
    if request.htmx and not request.htmx.boosted:
        return render(request, f"{template}#members", context)
    page = selectors.segment_page(found, at=timezone.now(), facts=catalogue(request.brand))
    context |= {"page": page, "chart": selectors.size_chart(page.history)}
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def members_csv(request: BrandRequest, key: str) -> StreamingHttpResponse:
    """All members as CSV, streamed; unknown numbers are empty cells."""
    found = _find(request, key)
    response = StreamingHttpResponse(_csv_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.key}-members.csv"'
    return response


def _find(request: BrandRequest, key: str) -> Segment:
    found = selectors.find_segment(request.brand, key)
    if found is None:
        msg = f"{request.brand} has no segment “{key}”."
        raise Http404(msg)
    return found


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def _csv_lines(found: Segment) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(CSV_COLUMNS.values())
    rows = selectors.members(found).order_by("creator_id")
    for row in rows.iterator(chunk_size=2_000):
        yield writer.writerow([_cell(row[name]) for name in CSV_COLUMNS])


def _cell(value: object) -> object:
    """Keep a spreadsheet from reading a name as a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value
