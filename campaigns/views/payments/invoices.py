"""Bills: the list, a new one, one with its file and what it is for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.payments import AttachForm, InvoiceForm, ReasonForm
from campaigns.models import Invoice
from campaigns.services.payments import invoices as service
from campaigns.services.refusals import CampaignRefused
from crm.paging import Order, capped_count, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.stored import download
from crm.styled import put_error

ISSUED = Order("invoices", "issued_on", "id", descending=True)
PAGE = 50
ALONE = "alone"


@require_safe
@brand_page(Can.VIEW)
def invoices(request: BrandRequest) -> HttpResponse:
    """Bills of the brand, the newest first; or those that nobody knows what for."""
    rows = Invoice.objects.visible_to(request.user).filter(brand=request.brand)
    which = request.GET.get("which", "")
    if which == ALONE:
        rows = rows.standing().filter(payables=None)
    shown = rows.select_related("relationship__creator").prefetch_related("payables")
    page = page_or_first(shown, ISSUED, cursor=request.GET.get("cursor"), size=PAGE)
    context = {"page": page, "count": capped_count(rows), "which": which}
    return render(request, "campaigns/payments/invoices.html", context)


@brand_page(Can.PAY)
def new(request: BrandRequest) -> HttpResponse:
    """Enter a bill with its file."""
    is_sent = request.method == "POST"
    chosen = request.GET.get("payable", "")
    initial: dict[str, Any] = {"currency": request.brand.currency}
    if chosen.isdecimal() and len(chosen) < 19:
        initial["payables"] = [chosen]
    form = InvoiceForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        brand=request.brand,
        initial=initial,
    )
    if is_sent and form.is_valid():
        try:
            made = service.enter(
                brand=request.brand,
                bill=form.bill,
                payables=form.is_for,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Entered: invoice {made}")
            return redirect("campaigns:invoice", request.brand.slug, made.pk)
    status = 422 if is_sent else 200
    return render(request, "campaigns/payments/invoice_new.html", {"form": form}, status=status)


@require_safe
@brand_page(Can.VIEW)
def invoice(request: BrandRequest, pk: int) -> HttpResponse:
    """One bill."""
    return _show(request, _of(request, pk))


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Its file, as a download."""
    found = _of(request, pk)
    if not found.file_sha256 or not service.STORE.has(request.brand.pk, found.file_sha256):
        msg = "There is no file of this invoice."
        raise Http404(msg)
    return download(
        service.STORE.open(request.brand.pk, found.file_sha256),
        name=found.file_name,
        content_type=found.file_type,
    )


@require_POST
@brand_page(Can.PAY)
def attach(request: BrandRequest, pk: int) -> HttpResponse:
    """Say what it is for."""
    found = _of(request, pk)
    form = AttachForm(request.POST, brand=request.brand)
    if form.is_valid():
        try:
            service.attach(
                invoice_id=pk,
                brand=request.brand,
                payables=[row.pk for row in form.cleaned_data["payables"]],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Saved: what invoice {found} is for.")
            return redirect("campaigns:invoice", request.brand.slug, pk)
    return _show(request, found, status=422, attaching=form)


@require_POST
@brand_page(Can.PAY)
def set_aside(request: BrandRequest, pk: int) -> HttpResponse:
    """A wrong one."""
    found = _of(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            service.set_aside(
                invoice_id=pk,
                brand=request.brand,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Set aside: invoice {found}")
            return redirect("campaigns:invoice", request.brand.slug, pk)
    return _show(request, found, status=422, leaving=form)


def _of(request: BrandRequest, pk: int) -> Invoice:
    rows = Invoice.objects.visible_to(request.user).select_related(
        "relationship__creator", "created_by", "voided_by"
    )
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _show(request: BrandRequest, found: Invoice, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "invoice": found,
        "payables": found.payables.for_list_page().order_by("pk"),
        "attaching": AttachForm(brand=request.brand),
        "leaving": ReasonForm(),
    } | more
    return render(request, "campaigns/payments/invoice.html", context, status=status)
