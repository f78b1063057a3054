"""Addresses of the whole product. The brand is the first part of the path of every page."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from campaigns.views.conversion_feeds import receive as receive_conversions
from campaigns.views.public_policies import public as public_policy
from campaigns.views.submissions import public as submitting
from campaigns.views.tracking import redirect as tracking_redirect
from crm.views import applying, health, home, me, unsubscribe
from segmentation.views.scorecard_shares import shared

handler404 = "config.missing.not_found"
handler500 = "config.faults.server_error"

urlpatterns = [
    # Django tries one after the other: first what programs and links ask for all day.
    path("healthz", health.healthz, name="healthz"),
    path("t/<str:code>", tracking_redirect.follow, name="follow"),
    path("t/<str:code>/", tracking_redirect.follow),
    path("api/v1/", include("config.api")),
    path("", home.home, name="home"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/calendar/<str:secret>.ics", me.feed, name="calendar_feed"),
    path("apply/<slug:brand>/", applying.apply, name="apply"),
    path("apply/<slug:brand>/thanks/", applying.thanks, name="apply_thanks"),
    path("apply/<slug:brand>/confirm/<str:token>/", applying.confirm, name="apply_confirm"),
    path("apply/<slug:brand>/policy/", public_policy, name="public_policy"),
    path("apply/<slug:brand>/campaigns/<slug:key>/", submitting.submit, name="submit"),
    path(
        "apply/<slug:brand>/campaigns/<slug:key>/thanks/", submitting.thanks, name="submit_thanks"
    ),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("guest/scorecards/<str:token>/", shared, name="shared_scorecards"),
    path("guest/<str:token>/", include("campaigns.guest_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/hooks/<uuid:token>/", receive_conversions, name="receive_conversions"),
    path("<slug:brand>/", include("crm.urls")),
    path("<slug:brand>/", include("campaigns.urls")),
    path("<slug:brand>/", include("segmentation.urls")),
]
