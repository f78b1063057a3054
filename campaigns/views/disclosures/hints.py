"""Posts that read like advertising and do not say so: people say what they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import HintState
from campaigns.filters.hints import HintFilter
from campaigns.models import DisclosureHint
from campaigns.models.disclosure_hints import ANSWERED
from campaigns.selectors import hints as selectors
from campaigns.services.hints import answering
from campaigns.services.hints.reading import HINTS_MAX, look_soon
from campaigns.services.refusals import CampaignRefused
from crm.paging import capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.learning.learning import LABELS_SURE

PAGE = 20


@require_safe
@brand_page(Can.VIEW)
def hints(request: BrandRequest) -> HttpResponse:
    """The queue, what reads most like it first; or what was answered, the newest first."""
    asked = HintFilter(request.GET, queryset=selectors.hints_of(request.brand), request=request)
    if not asked.is_valid():
        raise Http404
    is_open = request.GET.get("tab") != "answered"
    rows = asked.qs.filter(state=HintState.OPEN) if is_open else asked.qs.filter(state__in=ANSWERED)
    order = selectors.ORDER if is_open else selectors.ANSWERED_LAST
    page = page_or_first(rows, order, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "page": page,
        "count": capped_count(rows),
        "is_open": is_open,
        "is_narrowed": any(request.GET.get(name) for name in ("creator", "platform", "post")),
        "most": HINTS_MAX,
    }
    return render(request, "campaigns/hints/queue.html", context)


@require_POST
@brand_page(Can.KEEP_EVIDENCE)
def answer(request: BrandRequest, pk: int) -> HttpResponse:
    """Say that it is an ad or none, or take an answer back."""
    act, at, refusal = request.POST.get("act", ""), timezone.now(), ""
    try:
        match act:
            case "accept" | "dismiss":
                answering.answer(
                    hint_id=pk,
                    brand=request.brand,
                    is_ad=act == "accept",
                    actor=request.user,
                    at=at,
                )
            case "take_back":
                answering.take_back(hint_id=pk, brand=request.brand, actor=request.user, at=at)
            case _:
                raise Http404
    except DisclosureHint.DoesNotExist as gone:
        raise Http404 from gone
    except CampaignRefused as error:
        refusal = str(error)
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        return redirect("campaigns:hints", request.brand.slug)
    found = selectors.hints_of(request.brand).filter(pk=pk).first()
    if found is None:
        raise Http404
    context = {"hint": found, "refusal": refusal, "is_answer": True}
    return render(request, "campaigns/hints/_row.html", context, status=409 if refusal else 200)


@require_safe
@brand_page(Can.VIEW)
def record(request: BrandRequest) -> HttpResponse:
    """How right hints were, and what was learned."""
    context = {"record": selectors.record_of(request.brand), "sure": LABELS_SURE}
    return render(request, "campaigns/hints/record.html", context)


@require_POST
@brand_page(Can.KEEP_EVIDENCE)
def look(request: BrandRequest) -> HttpResponse:
    """Have a worker learn and read posts now instead of in the night."""
    look_soon(brand=request.brand)
    messages.success(request, "A worker reads the newest posts within two minutes.")
    return redirect("campaigns:hints", request.brand.slug)
