"""Pages about people's own data, below /<brand>/privacy/."""

from __future__ import annotations

from django.urls import path

from crm.views import privacy, privacy_rules

urlpatterns = [
    path("", privacy.register, name="privacy"),
    path("requests/<int:pk>/", privacy.request_page, name="privacy_request"),
    path("requests/<int:pk>/<slug:act>/", privacy.act, name="privacy_act"),
    path("notices/", privacy_rules.notices, name="privacy_notices"),
    path("notices/undo/", privacy_rules.undo_told, name="privacy_untold"),
    path("retention/", privacy_rules.retention_page, name="privacy_retention"),
    path("retention/<int:pk>/", privacy_rules.decide, name="privacy_decide"),
    path("settings/", privacy_rules.settings, name="privacy_settings"),
    path("settings/texts/", privacy_rules.text, name="privacy_text"),
    path("creators/<uuid:uid>/", privacy.creator, name="privacy_creator"),
    path("creators/<uuid:uid>/copy/", privacy.copy, name="privacy_copy"),
    path("creators/<uuid:uid>/erase/", privacy.erase, name="privacy_erase"),
    path("creators/<uuid:uid>/lift/", privacy.lift, name="privacy_lift"),
]
