"""The REST API's addresses, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, re_path

from crm.api.problems import not_found

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^.*$", not_found),
]
