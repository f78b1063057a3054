"""What the creator has allowed, on their own pages."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import GuestKind
from campaigns.guests import GuestRequest, guest_page
from campaigns.portal.rights import allowed


@require_safe
@guest_page(GuestKind.PORTAL)
def rights(request: GuestRequest) -> HttpResponseBase:
    """Each right with where, on which channels, and until when."""
    context = {
        "link": request.guest,
        "token": request.token,
        "rights": allowed(request.guest),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/rights/guest.html", context)
