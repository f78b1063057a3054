"""Pages of links, codes and unusual days, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.tracking import campaign, codes, links, panels, settings, spikes, visits

urlpatterns = [
    path("tracking/", links.links, name="tracking"),
    path("tracking/export.<format:form>", links.export, name="tracking_export"),
    path("tracking/links/<int:pk>/", links.link, name="tracking_link"),
    path("tracking/links/<int:pk>/qr.svg", links.qr, name="tracking_link_qr"),
    path("tracking/links/<int:pk>/<slug:act>/", links.act, name="tracking_link_act"),
    path("tracking/codes/", codes.codes, name="promo_codes"),
    path("tracking/codes/export.<format:form>", codes.export, name="promo_codes_export"),
    path("tracking/codes/<int:pk>/", codes.code, name="promo_code"),
    path("tracking/codes/<int:pk>/<slug:act>/", codes.act, name="promo_code_act"),
    path("tracking/spikes/", spikes.spikes, name="spikes"),
    path("tracking/spikes/<int:pk>/<slug:act>/", spikes.act, name="spike_act"),
    path("tracking/visits/", visits.visits, name="visits"),
    path("tracking/visits/files/", visits.take_file, name="visits_upload"),
    path("tracking/visits/files/<int:pk>/undo/", visits.undo, name="visits_undo"),
    path("tracking/settings/", settings.settings, name="tracking_settings"),
    path("campaigns/<slug:key>/tracking/", campaign.tracking, name="campaign_tracking"),
    path("campaigns/<slug:key>/tracking/make/", campaign.make, name="campaign_tracking_make"),
    path(
        "campaigns/<slug:key>/tracking/export.<format:form>",
        campaign.export,
        name="campaign_tracking_export",
    ),
    path(
        "campaigns/<slug:key>/creators/<int:pk>/tracking/",
        panels.of_engagement,
        name="engagement_tracking",
    ),
    path("creators/<uuid:uid>/tracking/", panels.of_creator, name="creator_tracking"),
    path("creators/<uuid:uid>/links/new/", links.new, name="tracking_link_new"),
    path("creators/<uuid:uid>/codes/new/", codes.new, name="promo_code_new"),
]
