"""Lists of search words: what of them creators write, and for which campaign they are."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import WordLanguage
from campaigns.forms.keywords import AssignForm, KeywordListForm
from campaigns.models import Campaign, Keyword, KeywordList
from campaigns.selectors import keywords as selectors
from campaigns.services.keywords import importing, keeping
from campaigns.services.keywords.keeping import KeywordsRefused, Searched
from campaigns.tasks import count_keywords
from crm.exports import Format, respond
from crm.importers.tables import TableRefused
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error

PAGE = 50
CHOSEN_MAX = 500
MOST_SEARCHED = Order("keywords", "volume", "id", descending=True, nullable=True)
NEWEST_USE = Order("keyword-uses", key="id", descending=True)
BY_NUMBER = Order("campaign-keywords", key="id")
COLUMNS = (
    "Search",
    "Searches a month",
    "Intent",
    "Posts, exact",
    "Posts, variant",
    "Creators",
    "Last post",
    "Published pieces",
    "Campaigns",
)


@require_safe
@brand_page(Can.VIEW)
def lists(request: BrandRequest) -> HttpResponse:
    """All lists, and a new one."""
    return _lists(request, KeywordListForm())


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def new(request: BrandRequest) -> HttpResponse:
    """Make a list of a file, or of what was typed."""
    form = KeywordListForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        given = {
            "brand": request.brand,
            "name": said["name"],
            "language": WordLanguage(said["language"]),
            "actor": request.user,
            "at": timezone.now(),
        }
        try:
            if said["file"]:
                made = importing.import_list(upload=said["file"], **given)
            else:
                words = [Searched(line) for line in said["words"].splitlines() if line.strip()]
                made = keeping.create_list(words=words, **given)
        except TableRefused as refusal:
            for fault in refusal.faults:
                put_error(form, "file", fault)
        except KeywordsRefused as refusal:
            put_error(form, "words" if refusal.field == "query" else refusal.field, str(refusal))
        else:
            count_keywords.delay_on_commit(brand_id=request.brand.pk)
            messages.success(request, "The list is made. Posts are being read for it.")
            return redirect("campaigns:keyword_list", request.brand.slug, made.pk)
    return _lists(request, form, 422)


def _lists(request: BrandRequest, form: KeywordListForm, status: int = 200) -> HttpResponse:
    context = {"found": list(selectors.in_list(request.brand)), "form": form}
    return render(request, "campaigns/keywords/lists.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def keyword_list(request: BrandRequest, pk: int) -> HttpResponse:
    """One list: what of it is covered, most searched first."""
    return _list(request, _found(request, pk), AssignForm(brand=request.brand))


def _list(
    request: BrandRequest, found: KeywordList, form: AssignForm, status: int = 200
) -> HttpResponse:
    rows = Keyword.objects.filter(keyword_list=found)
    page = _page(request, rows, MOST_SEARCHED)
    covered = selectors.coverage_of([one.pk for one in page.items])
    context = {
        "list": found,
        "page": page,
        "rows": [(one, covered[one.pk]) for one in page.items],
        "sum": selectors.sum_of(found),
        "form": form,
    }
    return render(request, "campaigns/keywords/list.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def assign(request: BrandRequest, pk: int) -> HttpResponse:
    """Say for which campaign the chosen words are, or all of the list."""
    found = _found(request, pk)
    form = AssignForm(request.POST, brand=request.brand)
    chosen = row_numbers(request.POST.getlist("keyword")[:CHOSEN_MAX])
    if form.is_valid():
        try:
            new_ones = keeping.assign(
                keyword_list=found,
                keywords=chosen or None,
                campaign=form.cleaned_data["campaign"],
                brief=form.cleaned_data["brief"],
                actor=request.user,
                at=timezone.now(),
            )
        except KeywordsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            where = form.cleaned_data["campaign"].name
            messages.success(
                request,
                f"{new_ones} more {'search is' if new_ones == 1 else 'searches are'} for {where}.",
            )
            return redirect("campaigns:keyword_list", request.brand.slug, found.pk)
    return _list(request, found, form, 422)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def unassign(request: BrandRequest, pk: int) -> HttpResponse:
    """Take the chosen words away from a campaign and its briefs, or all of the list."""
    found = _found(request, pk)
    form = AssignForm(request.POST, brand=request.brand)
    chosen = row_numbers(request.POST.getlist("keyword")[:CHOSEN_MAX])
    if form.is_valid():
        try:
            gone = keeping.unassign(
                keyword_list=found,
                keywords=chosen or None,
                campaign=form.cleaned_data["campaign"],
                actor=request.user,
                at=timezone.now(),
            )
        except KeywordsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            where = form.cleaned_data["campaign"].name
            words = f"{gone} search{'' if gone == 1 else 'es'} less for {where}."
            messages.success(request, words)
            return redirect("campaigns:keyword_list", request.brand.slug, found.pk)
    return _list(request, found, form, 422)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Delete a list."""
    keeping.remove_list(keyword_list=_found(request, pk), actor=request.user, at=timezone.now())
    messages.success(request, "The list is gone, with what it was assigned to.")
    return redirect("campaigns:keyword_lists", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, pk: int, form: Format) -> HttpResponseBase:
    """A list with its coverage as a file."""
    found = _found(request, pk)
    name = f"keywords-{request.brand.slug}-{found.pk}"
    about = [("List", found.name), ("Posts read on", found.counted_at)]
    return respond(name, COLUMNS, _cells(found), form=form, about=about)


@require_safe
@brand_page(Can.VIEW)
def keyword(request: BrandRequest, pk: int) -> HttpResponse:
    """One search: the posts that have it."""
    rows = Keyword.objects.filter(keyword_list__brand=request.brand)
    found = get_object_or_404(rows.select_related("keyword_list"), pk=pk)
    context = {
        "keyword": found,
        "page": _page(request, selectors.uses_of(found), NEWEST_USE),
        "covered": selectors.coverage_of([found.pk])[found.pk],
    }
    return render(request, "campaigns/keywords/keyword.html", context)


@require_safe
@brand_page(Can.VIEW)
def of_campaign(request: BrandRequest, key: str) -> HttpResponse:
    """The searches that a campaign is for, and the pieces that have them."""
    campaign = get_object_or_404(Campaign, brand=request.brand, key=key)
    page = _page(request, selectors.assigned_to(campaign), BY_NUMBER)
    context = {
        "campaign": campaign,
        "page": page,
        "rows": selectors.written(campaign, page.items),
    }
    return render(request, "campaigns/keywords/campaign.html", context)


def _found(request: BrandRequest, pk: int) -> KeywordList:
    rows = KeywordList.objects.visible_to(request.user).select_related("brand")
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _page(request: BrandRequest, rows, order: Order) -> Page:  # type: ignore[no-untyped-def,type-arg]
    return page_or_first(rows, order, cursor=request.GET.get("cursor"), size=PAGE)


def _cells(found: KeywordList) -> Iterator[tuple[object, ...]]:
    rows = list(Keyword.objects.filter(keyword_list=found).order_by("query", "pk"))
    covered = selectors.coverage_of([one.pk for one in rows])
    for one in rows:
        of = covered[one.pk]
        yield (
            one.query,
            one.volume,
            one.get_intent_display(),
            of.exact,
            of.variant,
            of.creators,
            of.last,
            of.pieces,
            ", ".join(of.campaigns),
        )
