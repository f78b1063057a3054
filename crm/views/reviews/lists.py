"""Vettings as lists, how far reviewers agree, and all results as a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import exports
from crm.agreement import LEAST_UNITS, Agreement
from crm.choices import VettingStatus
from crm.models import Review, Vetting, VettingResult
from crm.models.reviews import VettingQuerySet
from crm.paging import Order, Page, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.reviews.figures import (
    HEAD,
    Judged,
    agreement_of,
    judged_twice,
    result_rows,
)
from crm.services.reviews.forms import newest_form

PAGE = 50
BY_DUE = Order("vettings-due", "due_on", "id")
NEWEST = Order("vettings-settled", "settled_at", "id", descending=True)


@dataclass(frozen=True)
class Tab:
    """Which vettings a list shows."""

    key: str
    label: str
    empty: str
    order: Order = BY_DUE


TABS = {
    tab.key: tab
    for tab in (
        Tab("mine", "For me", "You are asked for no review. What you are asked for comes here."),
        Tab(
            "decide", "To decide", "No reviewers differ about a creator whom you may decide about."
        ),
        Tab("open", "Open", "No vetting is open. Ask for one on a creator's page."),
        Tab("settled", "Settled", "No vetting was settled yet.", NEWEST),
        Tab("withdrawn", "Withdrawn", "None was withdrawn.", NEWEST),
    )
}


@require_safe
@brand_page(Can.VIEW)
def reviews(request: BrandRequest) -> HttpResponse:
    """What waits for oneself, what is open, what was settled."""
    tab = TABS.get(request.GET.get("show", ""), TABS["mine"])
    rows = _rows(request, tab.key)
    context = {
        "tabs": TABS.values(),
        "tab": tab,
        "count": capped_count(rows),
        "page": _page(rows.with_people().prefetch_related(*_shown(tab.key)), tab, request),
        "form": newest_form(request.brand),
        "today": timezone.localdate(),
    }
    return render(request, "crm/reviews/list.html", context)


def _rows(request: BrandRequest, show: str) -> VettingQuerySet:
    rows = Vetting.objects.filter(brand=request.brand)
    if show == "mine":
        return rows.filter(pk__in=Review.objects.waiting_for(request.user).values("vetting"))
    if show == "decide":
        return rows.disputed_for(request.user)
    if show == "open":
        return rows.unsettled()
    return rows.filter(status=VettingStatus(show))


def _shown(show: str) -> list[Prefetch[str]]:
    people = Review.objects.select_related("reviewer").order_by("assigned_at", "pk")
    shown: list[Prefetch[str]] = [Prefetch("reviews", people)]
    if show == "settled":
        found = VettingResult.objects.select_related("criterion").order_by("pk")
        shown.append(Prefetch("results", found))
    return shown


def _page(rows: QuerySet[Vetting], tab: Tab, request: BrandRequest) -> Page[Vetting]:
    return page_or_first(rows, tab.order, cursor=request.GET.get("cursor"), size=PAGE)


@dataclass(frozen=True)
class Agreed:
    """A criterion with how far its reviewers agree."""

    judged: Judged
    agreement: Agreement

    @property
    def cannot_say(self) -> float | None:
        """The share of answers that were "cannot say"."""
        return self.judged.cannot_say / self.judged.asked if self.judged.asked else None


@require_safe
@brand_page(Can.VIEW)
def agreement_page(request: BrandRequest) -> HttpResponse:
    """Krippendorff's alpha of each criterion, with its interval and how many it stands on."""
    form = newest_form(request.brand)
    every = [Agreed(judged, agreement_of(judged)) for judged in judged_twice(request.brand, form)]
    context = {
        "form": form,
        "current": [one for one in every if one.judged.is_in_use],
        "earlier": [one for one in every if not one.judged.is_in_use],
        "least": LEAST_UNITS,
    }
    return render(request, "crm/reviews/agreement.html", context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: str) -> HttpResponseBase:
    """Every result of every settled vetting; nothing of those that are open."""
    about = [("List", "Results of vettings"), ("Brand", request.brand.name)]
    try:
        return exports.respond(
            f"vettings-{request.brand.slug}",
            HEAD,
            result_rows(request.brand),
            form=exports.Format(form),
            about=about,
        )
    except exports.TooLong as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
