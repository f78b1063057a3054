"""My day: four short lists, each row one click from done, and ten seconds to take it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import day as days
from crm.day import LINES, SOURCES, Asker, DayRefused, Section, Source
from crm.day.pages import sources_of
from crm.forms import PlanForm, SnoozeForm
from crm.paging import BadCursor
from crm.permissions import BrandRequest, Can, brand_page, may, refuse
from crm.services.snoozes import SnoozeRefused, snooze, wake

SHORT = 7
PAGE = 30
# Longer than the ten seconds for which it is offered: a slow click still counts.
UNDO_SECONDS = 120
_SALT = "crm.day.undo"
_GONE = "It is not there any more: somebody was quicker."


@require_safe
@brand_page(Can.VIEW)
def day(request: BrandRequest) -> HttpResponse:
    """The four lists, with what the role can do something about."""
    asker = _asker(request)
    pages = [
        days.section_page(asker, section, size=SHORT)
        for section in Section
        if any(sources_of(asker, section))
    ]
    context = _context(request, asker) | {
        # Side by side where there is room; one below the other they keep their order.
        "columns": [pages[:2], pages[2:]],
        "lines": [line for find in LINES if (line := find(asker))],
        "is_short": True,
    }
    return render(request, "crm/day/day.html", context)


@require_safe
@brand_page(Can.VIEW)
def section(request: BrandRequest, section: str) -> HttpResponse:
    """One of the lists, page by page."""
    asker = _asker(request)
    context = _context(request, asker) | _page(request, asker, _section(asker, section))
    template = "crm/day/section.html"
    if request.htmx and not request.htmx.boosted:
        template = "crm/day/_section.html"
    return render(request, template, context)


@require_POST
@brand_page(Can.VIEW)
def finish(request: BrandRequest, source: str, pk: int) -> HttpResponse:
    """Do what the row's one click says."""
    asker, found = _asker(request), _source(request, source)
    if not may(request.role, found.can_finish):
        return refuse(request, found.can_finish)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _answer(request, asker, found, refusal="Say what comes next, and by which day.")
    try:
        state = found.finish(
            asker, pk, version=form.cleaned_data["version"], asked=form.cleaned_data
        )
    except DayRefused as refusal:
        return _answer(request, asker, found, refusal=str(refusal))
    except ObjectDoesNotExist:
        return _answer(request, asker, found, refusal=_GONE)
    token = _token(asker, found, pk, "finish", state)
    return _answer(request, asker, found, words=found.finished, token=token)


@require_POST
@brand_page(Can.VIEW)
def put_off(request: BrandRequest, source: str, pk: int) -> HttpResponse:
    """Keep a row away until a day."""
    asker, found = _asker(request), _source(request, source)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _answer(request, asker, found, refusal="Say until which day.")
    if days.find(asker, source, pk) is None:
        return _answer(request, asker, found, refusal=_GONE)
    until: date = form.cleaned_data["until"]
    try:
        before = snooze(
            user=request.user,
            brand=request.brand,
            source=source,
            row=pk,
            until=until,
            today=asker.today,
        )
    except SnoozeRefused as refusal:
        return _answer(request, asker, found, refusal=str(refusal))
    token = _token(asker, found, pk, "snooze", before and before.isoformat())
    return _answer(request, asker, found, words=f"Away until {until:%-d %b %Y}.", token=token)


@require_POST
@brand_page(Can.VIEW)
def undo(request: BrandRequest) -> HttpResponse:
    """Take the last click back."""
    asker = _asker(request)
    try:
        user, brand, source, pk, act, state = signing.loads(
            request.POST.get("token", ""), salt=_SALT, max_age=UNDO_SECONDS
        )
    except signing.BadSignature:
        messages.error(request, "That is too long ago to be undone here. Open it to change it.")
        return redirect("crm:day", brand=request.brand.slug)
    if (user, brand) != (request.user.pk, request.brand.pk):
        msg = "This is not yours to undo."
        raise Http404(msg)
    found = _source(request, source)
    try:
        if act == "snooze":
            until = date.fromisoformat(state) if state else None
            wake(user=request.user, brand=request.brand, source=source, row=pk, until=until)
        else:
            found.undo(asker, pk, state)
    except DayRefused as refusal:
        return _answer(request, asker, found, refusal=str(refusal))
    except ObjectDoesNotExist:
        return _answer(request, asker, found, refusal=_GONE)
    return _answer(request, asker, found, words="It is back.")


def _asker(request: BrandRequest) -> Asker:
    given = request.POST if request.method == "POST" else request.GET
    return Asker(
        user=request.user,
        brand=request.brand,
        role=request.role,
        at=timezone.now(),
        is_team=given.get("team") == "1",
    )


def _source(request: BrandRequest, key: str) -> Source:
    if key not in SOURCES or not may(request.role, SOURCES[key].can):
        msg = "There is no such list in your day."
        raise Http404(msg)
    return SOURCES[key]


def _section(asker: Asker, name: str) -> Section:
    if name not in list(Section) or not any(sources_of(asker, Section(name))):
        msg = f"There is no list “{name}” in your day."
        raise Http404(msg)
    return Section(name)


def _context(request: BrandRequest, asker: Asker) -> dict[str, Any]:
    return {
        "asker": asker,
        "days": later_days(asker.today),
        "undo_seconds": 10,
        "toast": None,
        "toast_section": "",
        "after": "",
        "is_short": False,
    } | ({"toast": _told(request)} if request.method == "GET" else {})


def later_days(today: date) -> list[tuple[str, date]]:
    """To which days a row is usually put off; each day by its first name only."""
    named = {
        today + timedelta(days=30): "In a month",
        today + timedelta(days=7): "In a week",
        today + timedelta(days=7 - today.weekday()): "Next Monday",
        today + timedelta(days=1): "Tomorrow",
    }
    return [(words, day) for day, words in sorted(named.items())]


def _told(request: BrandRequest) -> dict[str, str] | None:
    """Without scripts the page comes anew and brings what can be undone with it."""
    token = request.GET.get("undo", "")
    try:
        signing.loads(token, salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return None
    return {"words": "", "token": token, "refusal": ""}


def _page(request: BrandRequest, asker: Asker, section: Section) -> dict[str, Any]:
    """The page that the request names; a short one for the four lists."""
    given = request.POST if request.method == "POST" else request.GET
    is_short, after = given.get("short") == "1", given.get("after", "")
    size = SHORT if is_short else PAGE
    try:
        page = days.section_page(asker, section, size=size, cursor=after or None)
    except BadCursor:
        page, after = days.section_page(asker, section, size=size), ""
    return {"page": page, "after": after, "is_short": is_short}


def _token(asker: Asker, source: Source, pk: int, act: str, state: Any) -> str:
    return signing.dumps([asker.user.pk, asker.brand.pk, source.key, pk, act, state], salt=_SALT)


def _answer(
    request: BrandRequest,
    asker: Asker,
    source: Source,
    *,
    words: str = "",
    token: str = "",
    refusal: str = "",
) -> HttpResponse:
    """The list as it is now, and what was done, with the way back."""
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        elif words:
            messages.success(request, words)
        back = reverse("crm:day", args=[request.brand.slug])
        asked = {"undo": token} if token else {}
        asked |= {"team": "1"} if asker.is_team else {}
        return redirect(f"{back}?{urlencode(asked)}" if asked else back)
    context = _context(request, asker) | _page(request, asker, source.section)
    context["toast"] = {"words": words, "token": token, "refusal": refusal}
    context["toast_section"] = source.section
    response = render(request, "crm/day/_changed.html", context)
    if refusal:
        response.status_code = 409
    return response
