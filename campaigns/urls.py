"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import gifts, offer_terms, offers

app_name = "campaigns"
urlpatterns = [
    path("offers/", offers.offers, name="offers"),
    path("offers/export.<str:ending>", offers.export, name="offers_export"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/draft/", offer_terms.draft, name="offer_draft"),
    path("offers/<int:pk>/version/", offer_terms.revise, name="offer_revise"),
    path("offers/<int:pk>/counter/", offer_terms.counter, name="offer_counter"),
    path("offers/<int:pk>/send/", offer_terms.send, name="offer_send"),
    path("offers/<int:pk>/owner/", offers.owner, name="offer_owner"),
    path("offers/<int:pk>/<slug:act>/", offers.decide, name="offer_decide"),
    path("gifts/", gifts.gifts, name="gifts"),
    path("gifts/export.<str:ending>", gifts.export, name="gifts_export"),
    path("gifts/<int:pk>/", gifts.gift, name="gift"),
    path("gifts/<int:pk>/<slug:act>/", gifts.step, name="gift_step"),
    path("creators/<uuid:uid>/offers/", offers.of_creator, name="creator_offers"),
    path("creators/<uuid:uid>/offers/new/", offer_terms.new, name="offer_new"),
    path("creators/<uuid:uid>/gifts/new/", gifts.new, name="gift_new"),
]
