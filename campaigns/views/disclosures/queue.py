"""Legal's queue: what waits for a look at its disclosure, by due date or by risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import DisclosureVerdict, ReviewStage, ReviewState, RiskTier
from campaigns.filters.disclosures import DisclosureReviewFilter
from campaigns.models import DisclosureReview
from campaigns.selectors.disclosures import queue as selectors
from campaigns.services.deliverables import gates, hours
from crm.paging import Order, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page, may

PAGE = 50
# What is handed on from the queue to a review and back.
KEPT = (
    "whose",
    "order",
    "stage",
    "risk",
    "platform",
    "jurisdiction",
    "campaign",
    "creator",
    "engine",
    "is_late",
    "is_hinted",
)


@dataclass(frozen=True)
class Row:
    """A review in a list, with how long there is."""

    review: DisclosureReview
    words: str
    is_late: bool


@dataclass(frozen=True)
class Listed:
    """What a page of legal's asks for: which reviews, in which order."""

    rows: QuerySet[DisclosureReview]
    order: Order
    whose: str
    filter: DisclosureReviewFilter

    @property
    def order_name(self) -> str:
        """As the address says it."""
        return "risk" if self.order is selectors.RISK_FIRST else "due"


def listed(request: BrandRequest) -> Listed:
    """The open reviews that the address asks for."""
    can = may(request.role, Can.CLEAR_LEGAL)
    whose = request.GET.get("whose", "mine" if can else "all")
    whose = "mine" if whose == "mine" and can else "all"
    said = request.GET.copy()
    for name, values in list(said.lists()):
        # A select that says "any" sends its name without a value.
        said.setlist(name, [value for value in values if value])
    asked = DisclosureReviewFilter(
        said, queryset=selectors.reviews_of(request.brand), request=request
    )
    rows: QuerySet[DisclosureReview] = asked.qs.open()
    if whose == "mine":
        rows = selectors.for_person(
            rows, request.user, request.role, request.brand, timezone.localdate()
        )
    order = selectors.RISK_FIRST if request.GET.get("order") == "risk" else selectors.DUE_FIRST
    return Listed(rows, order, whose, asked)


def rows_of(reviews: list[DisclosureReview], week: hours.Week, now: datetime) -> list[Row]:
    """With the clock of each that is open."""
    return [
        Row(
            review,
            hours.words(now, review.due_at, week) if review.is_open else "",
            review.is_open and review.due_at <= now,
        )
        for review in reviews
    ]


def kept(request: BrandRequest) -> str:
    """The list as it was asked for, for the addresses of its reviews."""
    asked = request.GET.copy()
    for name in set(asked) - set(KEPT):
        del asked[name]
    for name, value in list(asked.items()):
        if not value:
            del asked[name]
    return asked.urlencode()


@require_safe
@brand_page(Can.VIEW)
def disclosures(request: BrandRequest) -> HttpResponse:
    """The queue, or what was decided."""
    asked, now = listed(request), timezone.now()
    is_open = request.GET.get("tab") != "decided"
    rows, order = asked.rows, asked.order
    if not is_open:
        rows = asked.filter.qs.filter(state=ReviewState.DECIDED)
        order = selectors.DECIDED_LAST
    page = page_or_first(rows, order, cursor=request.GET.get("cursor"), size=PAGE)
    everything = selectors.reviews_of(request.brand)
    context = {
        "page": page,
        "rows": rows_of(page.items, gates.week_of(request.brand), now),
        "count": capped_count(rows),
        "counts": selectors.counts_of(asked.rows, now),
        "whose": asked.whose,
        "decides": may(request.role, Can.CLEAR_LEGAL),
        "order": asked.order_name,
        "is_open": is_open,
        "asked": asked.filter.form.cleaned_data if asked.filter.form.is_valid() else {},
        "is_narrowed": any(request.GET.get(name) for name in KEPT[2:]),
        "kept": kept(request),
        "stages": ReviewStage.choices,
        "risks": RiskTier.choices,
        "verdicts": DisclosureVerdict.choices,
        "campaigns": selectors.campaigns_in(everything),
        "platforms": selectors.platforms_in(everything),
        "jurisdictions": selectors.jurisdictions_in(everything),
    }
    template = "campaigns/disclosures/queue.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)
