"""Let pages about a creator begin with how the brand stands with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from crm.models import Relationship
from crm.permissions import BrandRequest
from crm.selectors import became, relationships_of

P = ParamSpec("P")


def of_creator(
    view: Callable[Concatenate[BrandRequest, Relationship, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the relationship, read with its creator and brand; stands below brand_page.

    A creator whom the brand does not know: 404. One who became part of another: the same page of
    the other one, for good; what was sent is not saved there, since it was meant for somebody else.
    """

    @wraps(view)
    def wrapped(
        request: BrandRequest, uid: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        rows = relationships_of(request.brand).with_creator()
        found = rows.select_related("brand__tier_scheme").filter(creator__uid=uid).first()
        if found is not None:
            return view(request, found, *args, **kwargs)
        there = became(request.brand, uid)
        if there is None:
            msg = "Your brand does not know this creator."
            raise Http404(msg)
        if request.method not in {"GET", "HEAD"}:
            messages.warning(
                request,
                "They were merged into this creator meanwhile. What you sent was not saved: "
                "look whether it still fits.",
            )
            return redirect("crm:creator", brand=request.brand.slug, uid=there)
        match = request.resolver_match
        name = match.view_name if match else "crm:creator"
        given = (match.kwargs if match else {}) | {
            "brand": request.brand.slug,
            "uid": there,
        }
        return HttpResponsePermanentRedirect(reverse(name, kwargs=given))

    return wrapped
