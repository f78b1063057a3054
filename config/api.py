"""The REST API's addresses, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from crm.api.audit import AuditViewSet
from crm.api.base import UID
from crm.api.creators import CreatorViewSet
from crm.api.fields import CreatorFieldViewSet, FieldViewSet
from crm.api.imports import ImportViewSet
from crm.api.posts import PostViewSet
from crm.api.problems import not_found
from crm.api.profiles import ProfileViewSet
from crm.api.relationships import RelationshipViewSet
from segmentation.api.creators import CreatorSegmentViewSet
from segmentation.api.dimensions import KEY, DimensionViewSet
from segmentation.api.facts import FactViewSet
from segmentation.api.rules import RuleViewSet
from segmentation.api.runs import RunViewSet
from segmentation.api.scorecards import ScorecardViewSet
from segmentation.api.segments import SegmentViewSet

RESOURCES: dict[str, tuple[str, type[ViewSetMixin]]] = {
    "creators": ("creators", CreatorViewSet),
    "creator-segments": (f"creators/(?P<uid>{UID})/segments", CreatorSegmentViewSet),
    "profiles": ("profiles", ProfileViewSet),
    "posts": ("posts", PostViewSet),
    "relationships": ("relationships", RelationshipViewSet),
    "imports": ("imports", ImportViewSet),
    "fields": ("fields", FieldViewSet),
    "facts": ("facts", FactViewSet),
    "dimensions": ("dimensions", DimensionViewSet),
    "segments": ("segments", SegmentViewSet),
    "runs": ("runs", RunViewSet),
    "audit": ("audit", AuditViewSet),
}

router = SimpleRouter()
# With or without: a redirect would lose the body of a POST, and curl does not follow it.
router.trailing_slash = "/?"
for name, (prefix, viewset) in RESOURCES.items():
    router.register(prefix, viewset, basename=f"api-{name}")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    re_path(
        rf"^creators/(?P<uid>{UID})/fields/?$",
        CreatorFieldViewSet.as_view({"get": "list", "patch": "change"}),
    ),
    re_path(r"^scorecards/?$", ScorecardViewSet.as_view({"get": "list"})),
    re_path(
        rf"^segments/(?P<key>{KEY})/scorecard/?$",
        ScorecardViewSet.as_view({"get": "retrieve"}, detail=True),
    ),
    path("rules:validate", RuleViewSet.as_view({"post": "check"})),
    path("rules:preview", RuleViewSet.as_view({"post": "preview"})),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="api/docs.html", title="Rapport API"
        ),
        name="api-docs",
    ),
    re_path(r"", not_found),
]
