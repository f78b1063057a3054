"""Next and previous creator of the list from which a page was opened."""

from __future__ import annotations

from typing import Any

from django import template

from crm.lists.place import PARAMETER, in_list

register = template.Library()


@register.inclusion_tag("crm/creators/_beside.html", takes_context=True)
def beside_in_list(context: template.Context) -> dict[str, Any]:
    """Links to the creators beside; nothing where the page was not opened from a list."""
    request = context["request"]
    given = request.GET.get(PARAMETER, "")
    found = in_list(request.brand, given) if given else None
    section = request.GET.get("section", "")
    return {"brand": request.brand, "list": found, "section": section}
