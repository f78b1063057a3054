"""Commissions: what each creator gets of sales, what a run would state now, and what was stated."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.commissions import CommissionForm, EndForm
from campaigns.forms.offers import VersionForm
from campaigns.models import Commission, CommissionLine, CommissionStatement
from campaigns.selectors.commissions import dues_of, terms_words
from campaigns.services.commissions import agreeing
from campaigns.services.commissions.stating import run
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("commissions", "id", "id", descending=True)
LINES = Order("commission-lines", "sold_at", "id")
PAGE, LINES_PAGE = 50, 200


@require_safe
@brand_page(Can.VIEW)
def commissions(request: BrandRequest) -> HttpResponse:
    """All of the brand, with what a run would state now."""
    rows = Commission.objects.visible_to(request.user).filter(brand=request.brand)
    rows = rows.select_related("brand").for_list_page()
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    dues = dues_of(request.brand, page.items, timezone.now())
    context = {
        "page": page,
        "rows": [(row, terms_words(row), dues[row.pk]) for row in page.items],
    }
    return render(request, "campaigns/payments/commissions.html", context)


@require_POST
@brand_page(Can.PAY)
def state(request: BrandRequest) -> HttpResponse:
    """Make the statements of all commissions; a second press finds nothing."""
    done = run(brand=request.brand, actor=request.user, at=timezone.now())
    messages.success(request, done.words)
    return redirect("campaigns:commissions", request.brand.slug)


@brand_page(Can.VIEW, post=Can.PAY)
def agree(request: BrandRequest, key: str) -> HttpResponse:
    """A commission that no contract of ours agrees."""
    campaign = campaign_of(request, key)
    is_sent = request.method == "POST"
    form = CommissionForm(request.POST if is_sent else None, campaign=campaign)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            made = agreeing.agree(
                engagement=said["engagement"],
                part=form.part,
                currency=said["currency"] or campaign.currency,
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Agreed: {terms_words(made)}")
            return redirect("campaigns:commission", request.brand.slug, made.pk)
    context = {"campaign": campaign, "form": form}
    status = 422 if is_sent else 200
    return render(request, "campaigns/payments/commission_new.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def commission(request: BrandRequest, pk: int) -> HttpResponse:
    """One with its statements."""
    return _show(request, pk, EndForm())


@require_POST
@brand_page(Can.PAY)
def end(request: BrandRequest, pk: int) -> HttpResponse:
    """End it before its last day."""
    found = _of(request, pk)
    form, seen = EndForm(request.POST), VersionForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if not form.is_valid():
        return _show(request, pk, form, status=422)
    try:
        agreeing.end(
            commission_id=found.pk,
            brand=request.brand,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
            expected_version=seen.cleaned_data["version"],
        )
    except CampaignRefused as refusal:
        put_error(form, {"note": "reason"}.get(refusal.field, refusal.field), str(refusal))
        return _show(request, pk, form, status=409)
    messages.success(request, "The commission ends.")
    return redirect("campaigns:commission", request.brand.slug, pk)


@require_safe
@brand_page(Can.VIEW)
def statement(request: BrandRequest, pk: int, number: int) -> HttpResponse:
    """One statement, line by line."""
    found = _of(request, pk)
    rows = CommissionStatement.objects.select_related("payable")
    made = get_object_or_404(rows, commission=found, number=number)
    lines = CommissionLine.objects.filter(statement=made)
    page = page_or_first(lines, LINES, cursor=request.GET.get("cursor"), size=LINES_PAGE)
    context = {
        "commission": found,
        "terms": terms_words(found),
        "statement": made,
        "balance": made.carried + made.total,
        "page": page,
    }
    return render(request, "campaigns/payments/statement.html", context)


def _of(request: BrandRequest, pk: int) -> Commission:
    rows = Commission.objects.visible_to(request.user).select_related("brand").for_list_page()
    return get_object_or_404(rows, pk=pk, brand=request.brand)


def _show(request: BrandRequest, pk: int, form: EndForm, status: int = 200) -> HttpResponse:
    found = _of(request, pk)
    context: dict[str, Any] = {
        "commission": found,
        "terms": terms_words(found),
        "due": dues_of(request.brand, [found], timezone.now())[found.pk],
        "statements": found.statements.select_related("payable").order_by("-number"),
        "form": form,
    }
    return render(request, "campaigns/payments/commission.html", context, status=status)
