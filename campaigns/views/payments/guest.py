"""What the creator is owed and was paid, on their own pages."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns.choices import GuestKind
from campaigns.guests import GuestRequest, guest_page
from campaigns.portal.payments import owed


@require_safe
@guest_page(GuestKind.PORTAL)
def payments(request: GuestRequest) -> HttpResponseBase:
    """Each amount with when it is to be paid, and when it was."""
    context = {"link": request.guest, "token": request.token, "payables": owed(request.guest)}
    return render(request, "campaigns/payments/guest.html", context)
