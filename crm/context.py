"""What every page's frame shows: the brand, the user's role in it, the other brands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm.models import Brand, UserRole

if TYPE_CHECKING:
    from django.http import HttpRequest


def brand_frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's context for a logged-in user on a brand's page; empty elsewhere.

    `request.brand` and `request.role` are set by crm.permissions.for_brand.
    """
    brand: Brand | None = getattr(request, "brand", None)
    if brand is None or not request.user.is_authenticated:
        return {}
    roles = UserRole.objects.filter(user=request.user).select_related("brand").order_by("brand__name")
    return {"brand": brand, "role": getattr(request, "role", None), "brands": roles}
