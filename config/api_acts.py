"""What is done to one thing: `imports/12:apply`, and what lies below it."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from rest_framework.viewsets import ViewSetMixin

from campaigns.api.campaign_shelf import CampaignShelfViewSet
from campaigns.api.campaigns import KEY as CAMPAIGN
from campaigns.api.claims import ClaimViewSet
from campaigns.api.contract_acts import ContractActViewSet
from campaigns.api.policies import (
    PolicyAcceptanceViewSet,
    PolicyReaderViewSet,
    PolicyVersionViewSet,
    PolicyViewSet,
)
from campaigns.api.remediation_acts import RemediationActViewSet
from campaigns.api.uploads import KINDS as OF_CAMPAIGNS
from crm.api.base import ID, UID
from crm.api.import_acts import ImportActViewSet
from crm.api.privacy import PrivacyRequestViewSet
from crm.api.privacy_of_creators import CreatorPrivacyViewSet, PrivacyNoticeViewSet
from crm.api.thread_acts import ThreadActViewSet
from crm.api.uploads import COMMENTS, Kind, viewset_of

# Collection, who answers, and the verbs that a POST to an item takes; a verb's method has its name.
ACTS: tuple[tuple[str, type[ViewSetMixin], tuple[str, ...]], ...] = (
    (
        "contracts",
        ContractActViewSet,
        ("submit", "reopen", "clear", "give_back", "decline", "withdraw", "terminate", "owner"),
    ),
    ("imports", ImportActViewSet, ("check", "apply", "undo")),
    ("policies", PolicyViewSet, ("publish",)),
    ("privacy-requests", PrivacyRequestViewSet, ("identity", "extend", "close")),
    ("remediations", RemediationActViewSet, ("again", "done", "withdraw")),
    ("threads", ThreadActViewSet, ("assign", "aside", "done", "reopen")),
)


def _of_uploads(kind: Kind) -> list[URLPattern]:
    """The list of a kind, one of it, and taking one back."""
    viewset = viewset_of(kind)
    return [
        re_path(rf"^uploads/{kind.key}/?$", viewset.as_view({"get": "list"})),
        re_path(
            rf"^uploads/{kind.key}/(?P<pk>{ID})/?$",
            viewset.as_view({"get": "retrieve"}, detail=True),
        ),
        re_path(
            rf"^uploads/{kind.key}/(?P<pk>{ID}):undo$",
            viewset.as_view({"post": "undo"}, detail=True),
        ),
    ]


UPLOADS = (COMMENTS, *OF_CAMPAIGNS)

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
    *(
        re_path(
            rf"^campaigns/(?P<key>{CAMPAIGN}):{verb}$",
            CampaignShelfViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("archive", "restore")
    ),
    *(one for kind in UPLOADS for one in _of_uploads(kind)),
    path("claims:green", ClaimViewSet.as_view({"post": "green"}, detail=True)),
    *(
        re_path(rf"^policies/(?P<pk>{ID})/{name}/?$", viewset.as_view({"get": "list"}))
        for name, viewset in (
            ("versions", PolicyVersionViewSet),
            ("readers", PolicyReaderViewSet),
            ("acceptances", PolicyAcceptanceViewSet),
        )
    ),
    path("privacy-notices:take-back", PrivacyNoticeViewSet.as_view({"post": "take_back"})),
]
