"""Pages about people's own data, below /<brand>/privacy/."""

from __future__ import annotations

from django.urls import path

from crm.views import privacy

urlpatterns = [
    path("", privacy.register, name="privacy"),
    path("requests/<int:pk>/", privacy.request_page, name="privacy_request"),
    path("requests/<int:pk>/<slug:act>/", privacy.act, name="privacy_act"),
    path("creators/<uuid:uid>/", privacy.creator, name="privacy_creator"),
    path("creators/<uuid:uid>/copy/", privacy.copy, name="privacy_copy"),
    path("creators/<uuid:uid>/erase/", privacy.erase, name="privacy_erase"),
    path("creators/<uuid:uid>/lift/", privacy.lift, name="privacy_lift"),
]
