"""The list of creators, and adding one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.filters import DEFAULT_SORT, CreatorFilter, asked
from crm.forms import NewCreatorForm, put_error
from crm.limits import TookTooLong
from crm.lists.chips import Chip, chips
from crm.lists.columns import PARAMETER as COLUMNS
from crm.lists.columns import Choice
from crm.lists.export import LONG
from crm.lists.patience import TOO_LONG, in_time
from crm.lists.place import place
from crm.lists.query import Views, kept
from crm.models import Relationship
from crm.paging import BadCursor, Order, Page, capped_count, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import TierTable, creator_rows, relationships_of
from crm.services.creators import CreatorRefused, add_creator

PAGE_SIZE = 50
# What a manager filters by every day stands in one line; the rest folds away.
FIRST_FILTERS = ("search", "platform", "niche", "owner", "sort")


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
    """The list: views, filters, columns, order, a keyset page, and how many there are."""
    is_fragment = request.htmx and not request.htmx.boosted
    views = Views.of(request.brand, request.user, request.GET)
    if views.default and not request.GET and not is_fragment:
        return redirect("crm:saved_view", brand=request.brand.slug, pk=views.default.pk)
    if "column" in request.GET:
        return _with_columns(request)
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    try:
        with in_time(found):
            page, notice = _page(found, request.GET.get("cursor"))
            count = capped_count(found.qs, cap=LONG) if found.is_valid() else None
    except TookTooLong:
        # Beside the filter, which stays as it was asked, to be changed.
        found.form.add_error(None, TOO_LONG)
        page, notice, count = Page([], None, None), "", None
    choice = Choice.of(request.brand, request.GET.get(COLUMNS, ""))
    rows = creator_rows(page.items, TierTable.of(request.brand))
    query = kept(request.GET)
    places = [place(item, found, query) for item in page.items]
    context = {
        "filter": found,
        "views": views,
        "choice": choice,
        "rows": choice.table(request.brand, rows, places),
        "page": page,
        "notice": notice,
        "count": count,
        "is_long": count is not None and count.is_capped,
        "headings": _headings(found.order, choice),
        "is_narrowed": found.is_narrowed,
        "chips": _chips(found, request.GET),
        "first_filters": FIRST_FILTERS,
        "more_is_open": _more_is_open(found),
        "query": query,
        "all_creators": f"?sort={DEFAULT_SORT}",
    }
    template = "crm/creators/list.html"
    if is_fragment:
        template += "#rows"
    response = render(request, template, context)
    if is_fragment:
        # An address with what was asked for, without the empty fields of the form.
        response["HX-Push-Url"] = f"{request.path}?{asked(request.GET)}".rstrip("?")
    return response


def _with_columns(request: BrandRequest) -> HttpResponse:
    """The list with the columns that were ticked, in the order in which they were sent."""
    query = request.GET.copy()
    query[COLUMNS] = ",".join(query.pop("column"))
    return redirect(f"{request.path}?{asked(query)}")


def _page(found: CreatorFilter, cursor: str | None) -> tuple[Page[Relationship], str]:
    """The page at the cursor; nothing for a filter with errors; page one for a bad cursor."""
    if not found.is_valid():
        return Page([], None, None), ""
    rows = found.qs.with_creator()
    try:
        return paginate(rows, found.order, cursor=cursor, size=PAGE_SIZE), ""
    except BadCursor as error:
        return paginate(rows, found.order, size=PAGE_SIZE), str(error)


def _headings(order: Order, choice: Choice) -> list[Heading]:
    column = order.name.removeprefix("-")

    def sorted_by(label: str, name: str, *, is_number: bool) -> Heading:
        if not name:
            return Heading(label, is_number=is_number)
        if name != column:
            # Numbers are most asked for from the top.
            return Heading(label, f"-{name}" if is_number else name, "", is_number)
        opposite = name if order.descending else f"-{name}"
        direction = "descending" if order.descending else "ascending"
        return Heading(label, opposite, direction, is_number)

    return [
        sorted_by("Creator", "name", is_number=False),
        *(sorted_by(one.label, one.sort, is_number=one.is_number) for one in choice.shown),
    ]


def _chips(found: CreatorFilter, query: QueryDict) -> Sequence[Chip]:
    return chips(found, query) if found.is_valid() else ()


def _more_is_open(found: CreatorFilter) -> bool:
    """Whether something is asked for that stands in the part that folds away."""
    folded = [name for name in found.filters if name not in {*FIRST_FILTERS, "stage"}]
    return any(found.form[name].data for name in folded)


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
