"""What is done to one thing: `imports/12:apply`, and what lies below it."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from rest_framework.viewsets import ViewSetMixin

from crm.api.base import ID, UID
from crm.api.import_acts import ImportActViewSet
from crm.api.privacy import PrivacyRequestViewSet
from crm.api.privacy_of_creators import CreatorPrivacyViewSet, PrivacyNoticeViewSet
from crm.api.thread_acts import ThreadActViewSet

# Collection, who answers, and the verbs that a POST to an item takes; a verb's method has its name.
ACTS: tuple[tuple[str, type[ViewSetMixin], tuple[str, ...]], ...] = (
    ("imports", ImportActViewSet, ("check", "apply", "undo")),
    ("privacy-requests", PrivacyRequestViewSet, ("identity", "extend", "close")),
    ("threads", ThreadActViewSet, ("assign", "aside", "done", "reopen")),
)

urlpatterns: list[URLPattern] = [
    *(
        re_path(
            rf"^{collection}/(?P<pk>{ID}):{verb.replace('_', '-')}$",
            viewset.as_view({"post": verb}, detail=True),
        )
        for collection, viewset, verbs in ACTS
        for verb in verbs
    ),
    re_path(
        rf"^imports/(?P<pk>{ID})/columns/?$",
        ImportActViewSet.as_view({"get": "columns", "patch": "settle"}, detail=True),
    ),
    re_path(
        rf"^creators/(?P<uid>{UID})/privacy/?$",
        CreatorPrivacyViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    *(
        re_path(
            rf"^creators/(?P<uid>{UID})/privacy:{verb}$",
            CreatorPrivacyViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("copy", "lift")
    ),
    path("privacy-notices:take-back", PrivacyNoticeViewSet.as_view({"post": "take_back"})),
]
