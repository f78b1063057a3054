"""The first page after log-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from crm.models import Brand

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the day in the user's first brand; words where there is none."""
    brand = Brand.objects.visible_to(request.user).first()
    if brand is None:
        return render(request, "crm/no_brand.html", status=403)
    return redirect("crm:day", brand=brand.slug)
