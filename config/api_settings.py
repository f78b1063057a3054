"""`settings/<part>/`: one address for each part of what a brand sets."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from campaigns.api.settings_parts import PARTS as OF_CAMPAIGNS
from crm.api.settings import viewset_of
from crm.api.settings_parts import PARTS as OF_CRM
from segmentation.api.settings_parts import PARTS as OF_SEGMENTATION

PARTS = (*OF_CRM, *OF_CAMPAIGNS, *OF_SEGMENTATION)

urlpatterns: list[URLPattern] = [
    re_path(
        rf"^settings/{part.key}/?$",
        viewset_of(part).as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
    )
    for part in PARTS
]
