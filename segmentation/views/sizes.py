"""Followers against engagement, and who posts too many paid partnerships."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.models import TierScheme
from crm.permissions import BrandRequest, Can, brand_page
from segmentation.selectors.scorecards.sizes import OVEREXPOSED, sizes_page
from segmentation.selectors.tiers import schemes


@require_safe
@brand_page(Can.VIEW)
def sizes(request: BrandRequest) -> HttpResponse:
    """The brand's creators by the tiers of a scheme, by default its own."""
    found = schemes()
    scheme = chosen_scheme(request, found)
    context = {
        "schemes": found,
        "scheme": scheme,
        "page": sizes_page(request.brand, scheme),
        "overexposed_percent": round(OVEREXPOSED * 100),
    }
    return render(request, "segmentation/scorecards/sizes.html", context)


def chosen_scheme(request: BrandRequest, found: list[TierScheme]) -> TierScheme | None:
    """The scheme asked for (?scheme=), else the brand's, else the first."""
    asked = request.POST.get("scheme") or request.GET.get("scheme", "")
    by_key = {scheme.key: scheme for scheme in found}
    own = next((one for one in found if one.pk == request.brand.tier_scheme_id), None)
    return by_key.get(asked) or own or next(iter(found), None)
