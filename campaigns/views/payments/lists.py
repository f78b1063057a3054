"""What is owed, due, overdue and paid: of the brand, of a campaign, and as a file for finance."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import CostKind, PayState
from campaigns.filters.payments import WHENS, PayableFilter
from campaigns.forms.payments import CostForm
from campaigns.models import Campaign, Payable
from campaigns.selectors.payments import lost_of, punctual_of, totals_of, whole_of
from campaigns.services.days import today_of
from campaigns.services.payments.exporting import COLUMNS, hand_over
from campaigns.services.payments.milestones import reached
from campaigns.services.payments.planning import add_cost
from campaigns.services.payments.sweeping import sweep
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.exports import Format, respond
from crm.paging import Order, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("payables", "id", "id", descending=True)
BY_DUE = Order("payables-due", "due_on", "id", nullable=True)
PAGE = 50


@require_safe
@brand_page(Can.VIEW)
def payments(request: BrandRequest) -> HttpResponse:
    """Amounts of the brand: what is due soonest first."""
    rows, asked = _asked(request)
    page = page_or_first(rows.for_list_page(), BY_DUE, cursor=request.GET.get("cursor"), size=PAGE)
    template = "campaigns/payments/list.html"
    context: dict[str, Any] = {
        "page": page,
        "count": capped_count(rows),
        "asked": asked,
        "states": PayState.choices,
        "kinds": CostKind.choices,
        "whens": WHENS,
        "today": timezone.localdate(),
    }
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    else:
        today = timezone.localdate()
        totals = totals_of(Payable.objects.filter(brand=request.brand), today)
        context |= {
            "totals": totals,
            "whole": whole_of(totals, request.brand, today),
            "punctual": punctual_of(request.brand),
            "lost": lost_of(request.brand),
            "campaigns": Campaign.objects.filter(brand=request.brand, payables__isnull=False)
            .distinct()
            .order_by("name", "pk")
            .values_list("key", "name"),
        }
    return render(request, template, context)


@require_POST
@brand_page(Can.PAY)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file for finance: each amount is marked as handed over."""
    rows, _asked_for = _asked(request)
    try:
        lines = hand_over(brand=request.brand, rows=rows, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:payments", request.brand.slug)
    today = timezone.localdate()
    return respond(
        f"payments-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        lines,
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@require_POST
@brand_page(Can.PAY)
def look(request: BrandRequest) -> HttpResponse:
    """Look now which milestones were reached, instead of within the hour."""
    number = sweep(request.brand, at=timezone.now())
    words = {0: "No other milestone is reached.", 1: "1 amount became ready."}
    messages.success(request, words.get(number, f"{number:,} amounts became ready."))
    return redirect("campaigns:payments", request.brand.slug)


@brand_page(Can.VIEW, post=Can.PAY)
def money(request: BrandRequest, key: str) -> HttpResponse:
    """What a campaign owes and has paid; enter a cost that no contract promises."""
    found = campaign_of(request, key)
    at = timezone.now()
    is_sent = request.method == "POST"
    initial = {"currency": found.currency}
    form = CostForm(request.POST if is_sent else None, campaign=found, initial=initial)
    if is_sent and form.is_valid():
        try:
            made = add_cost(
                campaign=found,
                engagement=form.cleaned_data["engagement"],
                cost=form.cost,
                actor=request.user,
                at=at,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Entered: {made.title}")
            return redirect("campaigns:campaign_money", request.brand.slug, key)
    rows = Payable.objects.filter(brand=request.brand, campaign=found)
    page = page_or_first(rows.for_list_page(), NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    waiting = [one for one in page.items if one.state == PayState.COMMITTED]
    today = today_of(request.brand, at)
    totals = totals_of(rows, today)
    context = {
        "campaign": found,
        "page": page,
        "waits": {
            pk: one.words for pk, one in reached(waiting, brand=request.brand, at=at).items()
        },
        "totals": totals,
        "whole": whole_of(totals, request.brand, today),
        "form": form,
        "is_sent": is_sent,
        "today": today,
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/payments/money.html", context, status=status)


def _asked(request: BrandRequest) -> tuple[Any, dict[str, str]]:
    """What the address asks for; what cannot be read is left out."""
    mine: QuerySet[Payable] = Payable.objects.visible_to(request.user).filter(brand=request.brand)
    found = PayableFilter(request.GET, mine, request=request)
    if not found.is_valid():
        readable = request.GET.copy()
        for name in found.errors:
            readable.pop(name, None)
        found = PayableFilter(readable, mine, request=request)
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "campaign", "when")}
    return found.qs, asked
