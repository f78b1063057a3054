"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "segmentation"

urlpatterns: list[URLPattern] = []
