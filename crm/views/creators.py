"""The list of creators, its export, and adding one by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import audit
from crm.filters import CreatorFilter, asked
from crm.forms import NewCreatorForm, put_error
from crm.models import Relationship
from crm.paging import BadCursor, Order, Page, capped_count, in_order, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import CreatorRow, TierTable, creator_rows, relationships_of
from crm.services.creators import CreatorRefused, add_creator

PAGE_SIZE = 50
EXPORT_COLUMNS = (
    "uid",
    "name",
    "country",
    "profiles",
    "primary_platform",
    "followers",
    "tier",
    "engagement_rate",
    "stage",
    "stage_since",
    "owner",
    "next_step",
    "next_step_on",
    "last_post_at",
    "added_at",
)


# What a manager filters by every day stands in one line; the rest folds away.
FIRST_FILTERS = ("search", "platform", "niche", "owner", "sort")
MORE_FILTERS = (
    "country",
    "followers_min",
    "followers_max",
    "engagement_min",
    "engagement_max",
    "last_post_within",
)


@dataclass(frozen=True)
class Heading:
    """A column of the table; `sort` is what a click on it asks for, empty where it cannot."""

    label: str
    sort: str = ""
    direction: str = ""  # of the present order: ascending, descending, or neither
    is_number: bool = False


@require_safe
@brand_page(Can.VIEW)
def creators(request: BrandRequest) -> HttpResponse:
    """The list: filters, order, a keyset page, and how many there are."""
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    page, notice = _page(found, request.GET.get("cursor"))
    context = {
        "filter": found,
        "rows": creator_rows(page.items, TierTable.of(request.brand)),
        "page": page,
        "notice": notice,
        "count": capped_count(found.qs) if found.is_valid() else None,
        "headings": _headings(found.order),
        "is_narrowed": found.is_narrowed,
        "first_filters": FIRST_FILTERS,
        "more_is_open": any(request.GET.get(name) for name in MORE_FILTERS),
    }
    template = "crm/creators/list.html"
    is_fragment = request.htmx and not request.htmx.boosted
    if is_fragment:
        template += "#rows"
    response = render(request, template, context)
    if is_fragment:
        # An address with what was asked for, without the empty fields of the form.
        response["HX-Push-Url"] = f"{request.path}?{asked(request.GET)}".rstrip("?")
    return response


def _page(found: CreatorFilter, cursor: str | None) -> tuple[Page[Relationship], str]:
    """The page at the cursor; nothing for a filter with errors; page one for a bad cursor."""
    if not found.is_valid():
        return Page([], None, None), ""
    rows = found.qs.with_creator()
    try:
        return paginate(rows, found.order, cursor=cursor, size=PAGE_SIZE), ""
    except BadCursor as error:
        return paginate(rows, found.order, size=PAGE_SIZE), str(error)


def _headings(order: Order) -> list[Heading]:
    column = order.name.removeprefix("-")

    def sorted_by(label: str, name: str, *, is_number: bool) -> Heading:
        if name != column:
            # Numbers are most asked for from the top.
            return Heading(label, f"-{name}" if is_number else name, "", is_number)
        opposite = name if order.descending else f"-{name}"
        direction = "descending" if order.descending else "ascending"
        return Heading(label, opposite, direction, is_number)

    return [
        sorted_by("Creator", "name", is_number=False),
        Heading("Tier"),
        sorted_by("Followers", "followers", is_number=True),
        sorted_by("Engagement", "engagement", is_number=True),
        Heading("Stage"),
        Heading("Owner"),
        Heading("Next step"),
        sorted_by("Last post", "last_post", is_number=True),
    ]


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest) -> HttpResponseBase:
    """The list as CSV, with the list's own filter and order; written while it is read."""
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    if not found.is_valid():
        words = "; ".join(f"{name}: {' '.join(errs)}" for name, errs in found.errors.items())
        return HttpResponse(
            f"The filter cannot be used. {words}", status=400, content_type="text/plain"
        )
    at = timezone.now()
    audit.record(
        brand=request.brand,
        verb="crm.creators.exported",
        target=request.brand,
        actor=request.user,
        at=at,
        data={"query": asked(request.GET)[:1_000]},
    )
    response = StreamingHttpResponse(
        _csv(in_order(found.qs.with_creator(), found.order), TierTable.of(request.brand)),
        content_type="text/csv",
    )
    name = f"creators-{request.brand.slug}-{at:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(rows: QuerySet[Relationship], tiers: TierTable) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(EXPORT_COLUMNS)
    for relationship in rows.iterator(chunk_size=2_000):
        (row,) = creator_rows([relationship], tiers)
        yield writer.writerow([_cell(value) for value in _exported(row)])


def _exported(row: CreatorRow) -> tuple[Any, ...]:
    """One line, in the order of EXPORT_COLUMNS; rates as fractions, moments in UTC."""
    relationship = row.relationship
    return (
        row.creator.uid,
        row.creator.name,
        row.creator.country,
        " ".join(f"{profile.platform_id}:{profile.handle}" for profile in row.profiles),
        row.metrics.primary_platform_id if row.metrics else None,
        row.followers,
        row.tier.key if row.tier else None,
        row.engagement_rate,
        relationship.stage,
        relationship.stage_since.isoformat(),
        relationship.owner.email if relationship.owner else None,
        relationship.next_step,
        relationship.next_step_on,
        row.last_post_at.isoformat() if row.last_post_at else None,
        relationship.created_at.isoformat(),
    )


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is quoted; unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


class _Echo:
    """What csv writes to: gives each line back."""

    def write(self, line: str) -> str:
        return line


@brand_page(Can.EDIT_CREATORS)
def new(request: BrandRequest) -> HttpResponse:
    """Add a creator by hand."""
    form = NewCreatorForm(request.POST or None)
    existing = None
    if form.is_valid():
        try:
            relationship = add_creator(
                brand=request.brand, actor=request.user, at=timezone.now(), **form.cleaned_data
            )
        except CreatorRefused as refusal:
            put_error(form, refusal.field, str(refusal))
            existing = refusal.existing
        else:
            messages.success(request, f"{relationship.creator} is in your list as a prospect.")
            return redirect(
                reverse("crm:creator", args=[request.brand.slug, relationship.creator.uid])
            )
    context = {"form": form, "existing": existing}
    return render(request, "crm/creators/new.html", context, status=422 if form.errors else 200)
