"""Rates of exchange, by hand and from a file; and how the brand pays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.payments import RateForm, RatesFileForm, RulesForm
from campaigns.models import ExchangeRate
from campaigns.services.payments.rules import change_rules, rules_of
from campaigns.services.rates.entering import Rate, enter
from campaigns.services.rates.importing import import_file
from campaigns.services.refusals import CampaignRefused
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

NEWEST = Order("rates", "day", "id", descending=True)
PAGE = 50


@brand_page(Can.VIEW, post=Can.PAY)
def rates(request: BrandRequest) -> HttpResponse:
    """The rates, the newest day first; enter one."""
    is_sent = request.method == "POST"
    form = RateForm(request.POST if is_sent else None, initial={"base": "EUR", "currency": "USD"})
    if is_sent and form.is_valid():
        said = form.cleaned_data
        rate = Rate(said["base"], said["currency"], said["day"], said["rate"])
        try:
            done = enter(
                brand=request.brand,
                rates=[rate],
                source=said["source"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, done.words)
            return redirect("campaigns:rates", request.brand.slug)
    return _show(request, form, RatesFileForm(), 422 if is_sent else 200)


@require_POST
@brand_page(Can.PAY)
def import_rates(request: BrandRequest) -> HttpResponse:
    """Take all rates of a file, or none."""
    form = RatesFileForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = import_file(
                brand=request.brand,
                content=said["file"].read(),
                base=said["base"],
                source=said["source"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, done.words)
            return redirect("campaigns:rates", request.brand.slug)
    return _show(request, RateForm(), form, 422)


@brand_page(Can.VIEW, post=Can.MANAGE_BRAND)
def rules(request: BrandRequest) -> HttpResponse:
    """From which amount on two people are needed, and how old a rate may be."""
    found = rules_of(request.brand)
    is_sent = request.method == "POST"
    names = ("release_limit", "rate_days", "version")
    initial = {name: getattr(found, name) for name in names}
    form = RulesForm(request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            change_rules(
                brand=request.brand,
                release_limit=said["release_limit"],
                rate_days=said["rate_days"],
                actor=request.user,
                at=timezone.now(),
                expected_version=said["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:pay_rules", request.brand.slug)
    context = {"form": form, "rules": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/payments/rules.html", context, status=status)


def _show(request: BrandRequest, form: RateForm, file: RatesFileForm, status: int) -> HttpResponse:
    rows = ExchangeRate.objects.visible_to(request.user).standing().filter(brand=request.brand)
    shown = rows.select_related("entered_by")
    page = page_or_first(shown, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {"page": page, "form": form, "file_form": file, "rules": rules_of(request.brand)}
    return render(request, "campaigns/payments/rates.html", context, status=status)
