"""The creator's own page of their links and codes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import GuestKind
from campaigns.guests import GuestRequest, guest_page
from campaigns.selectors.tracking import CodeLine, LinkLine, of_relationship
from campaigns.views.tracking.shared import base_of


@require_safe
@guest_page(GuestKind.PORTAL)
def tracking(request: GuestRequest) -> HttpResponse:
    """Links and codes of the campaign, to be copied, with what came of them."""
    place = request.guest.engagement
    links: Sequence[LinkLine] = ()
    codes: Sequence[CodeLine] = ()
    if place is not None:
        links, codes = of_relationship(
            place.relationship,
            base_of(request, request.guest.brand),
            timezone.localdate(),
            place.campaign,
        )
    context = {"link": request.guest, "token": request.token, "links": links, "codes": codes}
    return render(request, "campaigns/tracking/guest.html", context)
