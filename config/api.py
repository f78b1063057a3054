"""The REST API's addresses, under /api/v1/: each app's own, and what is made of all apps' parts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from campaigns.api import urls as campaigns
from campaigns.api.settings import PARTS as CAMPAIGNS_PARTS
from campaigns.api.uploads import KINDS as CAMPAIGNS_UPLOADS
from config.batches import BATCHES
from crm.api import settings, uploads
from crm.api import urls as crm
from crm.api.document import DocumentView
from crm.api.problems import not_found
from crm.api.routes import ONE, acts, at
from crm.api.settings_parts import PARTS as CRM_PARTS
from crm.routing import ByFirstWord
from segmentation.api import urls as segmentation
from segmentation.api.settings_parts import PARTS as SEGMENTATION_PARTS

PARTS = (*CRM_PARTS, *CAMPAIGNS_PARTS, *SEGMENTATION_PARTS)
UPLOADS = (uploads.COMMENTS, uploads.SAMPLES, *CAMPAIGNS_UPLOADS)


def _settings(part: settings.Part) -> URLPattern:
    """One part of what a brand sets."""
    viewset = settings.viewset_of(part)
    return at(f"settings/{part.key}", viewset, get="retrieve", patch="partial_update")


def _uploads(kind: uploads.Kind) -> list[URLPattern]:
    """The list of a kind, one of it, and taking one back."""
    viewset = uploads.viewset_of(kind)
    one = f"uploads/{kind.key}/{ONE}"
    return [
        at(f"uploads/{kind.key}", viewset, get="list"),
        at(one, viewset, get="retrieve"),
        *acts(one, viewset, "undo"),
    ]


ADDRESSES: list[URLPattern] = [
    *crm.urlpatterns,
    *campaigns.urlpatterns,
    *segmentation.urlpatterns,
    *(_settings(part) for part in PARTS),
    *(one for kind in UPLOADS for one in _uploads(kind)),
    *(one for name, batch in BATCHES.items() for one in acts(name, batch, "batch")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    ByFirstWord(ADDRESSES),
    path("schema/", DocumentView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="api/docs.html", title="Rapport API"
        ),
        name="api-docs",
    ),
    re_path(r"", not_found),
]
