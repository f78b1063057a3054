"""What the product told a person: the list, the bell, marking read."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.models import Notification
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.notifications import mark_read

PAGE = 50
IN_BELL = 8
NEWEST_FIRST = Order("notifications", "created_at", "id", descending=True)


@require_safe
@brand_page(Can.VIEW)
def notifications(request: BrandRequest) -> HttpResponse:
    """All of them, newest first, or only those that are unread."""
    is_unread = request.GET.get("unread") == "1"
    rows = Notification.objects.filter(user=request.user, brand=request.brand)
    if is_unread:
        rows = rows.unread()
    page = page_or_first(rows, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {"page": page, "is_unread": is_unread}
    return render(request, "crm/notifications/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def bell(request: BrandRequest) -> HttpResponse:
    """The newest ones, for the menu below the bell."""
    rows = Notification.objects.filter(user=request.user, brand=request.brand)
    context = {"rows": rows.order_by("-created_at", "-pk")[:IN_BELL]}
    return render(request, "crm/notifications/_bell.html", context)


@require_safe
@brand_page(Can.VIEW)
def open_one(request: BrandRequest, pk: int) -> HttpResponse:
    """Where a notification leads; it is read from then on."""
    found = Notification.objects.filter(user=request.user, brand=request.brand, pk=pk).first()
    if found is None:
        msg = "There is no such notification for you."
        raise Http404(msg)
    if request.method == "GET":
        mark_read(user=request.user, brand=request.brand, ids=[pk], at=timezone.now())
    if found.url.startswith("/") and not found.url.startswith("//"):
        return redirect(found.url)
    return redirect("crm:notifications", brand=request.brand.slug)


@require_POST
@brand_page(Can.VIEW)
def read(request: BrandRequest) -> HttpResponse:
    """Mark one read, or all of them."""
    given = request.POST.get("id", "")
    ids = [int(given)] if given.isdecimal() and len(given) < 19 else None
    number = mark_read(user=request.user, brand=request.brand, ids=ids, at=timezone.now())
    if ids is None:
        messages.success(request, f"{number:,} marked read.")
    return redirect("crm:notifications", brand=request.brand.slug)
