"""/t/CODE: sends people on to the shop. Nothing else of the product is asked, and nobody waits."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from campaigns.choices import ClickKind, VisitorPeriod
from campaigns.models.tracking import ALPHABET
from campaigns.services.tracking import queue, visitors
from campaigns.services.tracking.bots import kind_of
from campaigns.services.tracking.landing import Landing, NotKnown, find
from campaigns.services.tracking.urls import with_params
from crm.public_forms.gate import address_of

_CODE = re.compile(f"[{ALPHABET}]{{4,16}}")
_COUNTRY = re.compile("[A-Z]{2}")
# Not countries: unknown, and Tor.
_NO_COUNTRY = frozenset({"XX", "T1"})


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """302 to the link's target, whoever asks; 404 for what was never one, 410 for what was."""
    code = code.lower()
    try:
        found = find(code) if _CODE.fullmatch(code) else None
    except NotKnown:
        return _words(request, "away", 503)
    if found is None:
        return _words(request, "unknown", 404)
    if not found.target:
        return _words(request, "ended", 410)
    target = found.target
    if _counts(request):
        click = _click(request, found)
        queue.push(click)
        if found.click_param:
            target = with_params(target, {found.click_param: str(click.id)})
    response = HttpResponse(status=302, headers={"Location": target})
    # The shop learns from which site people came, not from which page.
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return _uncached(response)


def _counts(request: HttpRequest) -> bool:
    """Whether somebody follows it: not a look at the headers, nor a browser that loads ahead."""
    purposes = (request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", ""))
    return request.method == "GET" and not any("prefetch" in purpose for purpose in purposes)


def _click(request: HttpRequest, found: Landing) -> queue.Followed:
    at = datetime.now(UTC)
    browser = request.headers.get("User-Agent", "")
    kind = kind_of(browser)
    visitor = None
    if kind == ClickKind.PERSON and not visitors.objects(request.headers):
        visitor = visitors.number_of(
            brand_id=found.brand_id,
            period=VisitorPeriod(found.period),
            zone=found.zone,
            address=address_of(request),
            browser=browser,
            at=at,
        )
    return queue.Followed(
        id=new_id(),
        brand_id=found.brand_id,
        link_id=found.link_id,
        at=at,
        day=at.astimezone(ZoneInfo(found.zone)).date(),
        kind=kind,
        visitor=visitor,
        referrer_host=_referrer(request),
        country=_country(request),
    )


def new_id() -> UUID:
    """A UUID of version 7: by time, so that rows that come together lie together."""
    number = int.from_bytes(os.urandom(10), "big")
    number |= time.time_ns() // 1_000_000 << 80
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0b11 << 62) | 0b10 << 62)


def _referrer(request: HttpRequest) -> str:
    try:
        return (urlsplit(request.headers.get("Referer", "")).hostname or "")[:120]
    except ValueError:
        return ""


def _country(request: HttpRequest) -> str | None:
    said = request.headers.get(settings.CLICK_COUNTRY_HEADER or "-", "").upper()
    return said if _COUNTRY.fullmatch(said) and said not in _NO_COUNTRY else None


def _words(request: HttpRequest, why: str, status: int) -> HttpResponse:
    # Without the request: a session would ask the database, which may be why we are here.
    page = render_to_string("campaigns/tracking/nowhere.html", {"why": why, "messages": []})
    return _uncached(HttpResponse(page, status=status))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
