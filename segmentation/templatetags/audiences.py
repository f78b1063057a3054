"""How the places of an audience are called; empty is anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from segmentation.selectors import audiences

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """The country's name."""
    return audiences.country_name(code) if code else "Any country"


@register.filter
def platform_name(key: str, names: Mapping[str, str]) -> str:
    """The platform's name among `names`."""
    return names.get(key, key) if key else "Any platform"
