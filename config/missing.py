"""What people are told where there is nothing: what is missing, and where they may go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

if TYPE_CHECKING:
    from django.http import HttpRequest

# As get_object_or_404 says it.
_NO_ROW = re.compile(r"No (\w+) matches the given query\.")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Place:
    """Where somebody may go on."""

    address: str
    name: str


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere, or to what somebody may not see.

    It says the same of both, or the answer would tell what other brands have.
    """
    context = {"what": what_is_missing(exception), "places": places_above(request)}
    return render(request, "404.html", context, status=404)


def what_is_missing(exception: Exception) -> str:
    """The words of the view, where it has some; else of the row that it looked for."""
    said = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    if isinstance(exception, Resolver404) or not isinstance(said, str) or not said:
        return "No page has this address."
    if row := _NO_ROW.fullmatch(said):
        return f"There is no such {_CAPITAL.sub(' ', row[1]).lower()}."
    return said


def places_above(request: HttpRequest) -> list[Place]:
    """The list in which it would be, and the start of the brand; none outside of one's brands."""
    brand = getattr(request, "brand", None)
    parts = request.path.strip("/").split("/")
    if brand is None or brand.slug != parts[0]:
        return []
    found = []
    if len(parts) > 2:
        address = f"/{parts[0]}/{parts[1]}/"
        try:
            resolve(address)
        except Resolver404:
            pass
        else:
            found.append(Place(address, f"To {parts[1].replace('-', ' ')}"))
    return [*found, Place(f"/{parts[0]}/", f"To the start of {brand}")]
