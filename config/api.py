"""The REST API's addresses, under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from crm.api.audit import AuditViewSet
from crm.api.creators import CreatorViewSet
from crm.api.imports import ImportViewSet
from crm.api.posts import PostViewSet
from crm.api.problems import not_found
from crm.api.profiles import ProfileViewSet
from crm.api.relationships import RelationshipViewSet

RESOURCES: dict[str, type[ViewSetMixin]] = {
    "creators": CreatorViewSet,
    "profiles": ProfileViewSet,
    "posts": PostViewSet,
    "relationships": RelationshipViewSet,
    "imports": ImportViewSet,
    "audit": AuditViewSet,
}

router = SimpleRouter()
# With or without: a redirect would lose the body of a POST, and curl does not follow it.
router.trailing_slash = "/?"
for prefix, viewset in RESOURCES.items():
    router.register(prefix, viewset, basename=f"api-{prefix}")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"^.*$", not_found),
]
