"""Parts of a creator's page that come after it, each at an address of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe

from crm.permissions import BrandRequest
from crm.selectors import relationships_of

View = Callable[..., HttpResponseBase]


def creator_panel(words: str) -> Callable[[View], View]:
    """Give a view that writes a part of a creator's page a page around it; stands below brand_page.

    `words` say what the part holds, as in "links and codes". The creator's page asks for the part
    alone, by htmx; whoever has no JavaScript comes by a link and gets a whole page with a way back.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: BrandRequest, uid: UUID) -> HttpResponseBase:
            answer = view(request, uid=uid)
            is_part = request.htmx and not request.htmx.boosted
            if is_part or not isinstance(answer, HttpResponse) or "Location" in answer.headers:
                return answer
            rows = relationships_of(request.brand).select_related("creator")
            context = {
                "creator": get_object_or_404(rows, creator__uid=uid).creator,
                "words": words,
                "part": mark_safe(answer.text),  # noqa: S308 - a template of ours wrote it
                "is_empty": not strip_tags(answer.text).strip(),
            }
            return render(request, "crm/creators/part.html", context, status=answer.status_code)

        return wrapped

    return decorate
