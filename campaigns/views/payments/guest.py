"""What the creator is owed and was paid, on their own pages."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns.choices import GuestKind
from campaigns.guests import GuestRequest, guest_page
from campaigns.portal.payments import owed, stated
from campaigns.selectors.commissions import terms_words

LINES_MAX = 2_000


@require_safe
@guest_page(GuestKind.PORTAL)
def payments(request: GuestRequest) -> HttpResponseBase:
    """Each amount with when it is to be paid, and when it was."""
    context = {
        "link": request.guest,
        "token": request.token,
        "payables": owed(request.guest),
        "statements": stated(request.guest),
    }
    return render(request, "campaigns/payments/guest.html", context)


@require_safe
@guest_page(GuestKind.PORTAL)
def statement(request: GuestRequest, pk: int) -> HttpResponseBase:
    """A statement of commission, line by line; another creator's does not exist here."""
    found = {one.pk: one for one in stated(request.guest)}
    if pk not in found:
        msg = "There is no such statement."
        raise Http404(msg)
    made = found[pk]
    context = {
        "link": request.guest,
        "token": request.token,
        "statement": made,
        "terms": terms_words(made.commission),
        "lines": made.lines.order_by("sold_at", "pk")[:LINES_MAX],
        "lines_max": LINES_MAX,
        "balance": made.carried + made.total,
    }
    return render(request, "campaigns/payments/guest_statement.html", context)
