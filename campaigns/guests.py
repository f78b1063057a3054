"""Pages behind a guest's link: who comes in, and what upper parts add to the creator's pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from campaigns.choices import GuestKind
from campaigns.models import GuestLink
from campaigns.services.guests import LinkEnded, LinkUnknown, find
from crm.registry import Registry

P = ParamSpec("P")


class GuestRequest(HttpRequest):
    """A request of somebody without an account who has a link that still opens something."""

    guest: GuestLink
    token: str


@dataclass(frozen=True)
class Entry:
    """A line of the creator's pages: what it is, what is to be done, and where."""

    title: str
    # What is to be done, or how it stands; in words to the creator.
    text: str
    url: str
    # It waits for the creator; by this day, where one was set.
    is_due: bool = False
    due_on: date | None = None


@dataclass(frozen=True)
class Part:
    """A section of the creator's pages."""

    title: str
    entries: Callable[[GuestLink, str, datetime], Sequence[Entry]]


# Sections in the order in which they are shown: (link, token for addresses, moment) -> lines.
PARTS: Registry[Part] = Registry()


def guest_page(
    *kinds: GuestKind,
) -> Callable[
    [Callable[Concatenate[GuestRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Give a view `request.guest`, and let in only who has a link of one of these kinds.

    The address's `token` is taken by the decorator. An address that was never one, or opens
    something else: 404. A link that has ended: 410 with a way to ask for a new one. Days are the
    brand's. Nothing is kept in caches, found by search engines, or told to other sites.
    """

    def decorate(
        view: Callable[Concatenate[GuestRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(view)
        def wrapped(
            plain: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            request = cast("GuestRequest", plain)
            try:
                link = find(token, timezone.now())
            except LinkUnknown:
                return _private(render(request, "campaigns/guests/unknown.html", status=404))
            except LinkEnded as ended:
                return _private(ended_page(request, token, ended.link))
            if link.kind not in kinds:
                return _private(render(request, "campaigns/guests/unknown.html", status=404))
            request.guest, request.token = link, token
            with timezone.override(link.brand.timezone):
                return _private(view(request, *args, **kwargs))

        return wrapped

    return decorate


def ended_page(request: HttpRequest, token: str, link: GuestLink) -> HttpResponse:
    """Says that the link has ended, and lets its holder ask for a new one."""
    context = {"link": link, "token": token, "was_asked": request.GET.get("asked") == "1"}
    return render(request, "campaigns/guests/ended.html", context, status=410)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    # The address is the key: it must not travel to other sites, nor into a search engine.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
