"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import (
    calendar,
    campaigns,
    competitors,
    engagements,
    gifts,
    guests,
    offer_terms,
    offers,
    plans,
    shortlists,
)

app_name = "campaigns"
urlpatterns = [
    path("offers/", offers.offers, name="offers"),
    path("offers/export.<format:form>", offers.export, name="offers_export"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/draft/", offer_terms.draft, name="offer_draft"),
    path("offers/<int:pk>/version/", offer_terms.revise, name="offer_revise"),
    path("offers/<int:pk>/counter/", offer_terms.counter, name="offer_counter"),
    path("offers/<int:pk>/send/", offer_terms.send, name="offer_send"),
    path("offers/<int:pk>/owner/", offers.owner, name="offer_owner"),
    path("offers/<int:pk>/<slug:act>/", offers.decide, name="offer_decide"),
    path("gifts/", gifts.gifts, name="gifts"),
    path("gifts/export.<format:form>", gifts.export, name="gifts_export"),
    path("gifts/<int:pk>/", gifts.gift, name="gift"),
    path("gifts/<int:pk>/<slug:act>/", gifts.step, name="gift_step"),
    path("creators/<uuid:uid>/offers/", offers.of_creator, name="creator_offers"),
    path("creators/<uuid:uid>/offers/new/", offer_terms.new, name="offer_new"),
    path("creators/<uuid:uid>/offers/band/", offer_terms.band, name="offer_band"),
    path("creators/<uuid:uid>/gifts/new/", gifts.new, name="gift_new"),
    path("creators/<uuid:uid>/campaigns/", engagements.of_creator, name="creator_campaigns"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/export.<format:form>", campaigns.export, name="campaigns_export"),
    path("campaigns/new/", campaigns.new, name="campaign_new"),
    path("campaigns/competitors/", competitors.competitors, name="competitors"),
    path("campaigns/competitors/<int:pk>/", competitors.competitor, name="competitor"),
    path("campaigns/competitors/<int:pk>/delete/", competitors.delete, name="competitor_delete"),
    path("campaigns/<slug:key>/", campaigns.campaign, name="campaign"),
    path("campaigns/<slug:key>/edit/", campaigns.edit, name="campaign_edit"),
    path("campaigns/<slug:key>/clone/", campaigns.clone, name="campaign_clone"),
    path("campaigns/<slug:key>/archive/", campaigns.archive, name="campaign_archive"),
    path("campaigns/<slug:key>/moves/<slug:name>/", campaigns.act, name="campaign_act"),
    path("campaigns/<slug:key>/budget/", plans.budget, name="campaign_budget"),
    path("campaigns/<slug:key>/steps/", plans.deadlines, name="campaign_deadlines"),
    path(
        "campaigns/<slug:key>/steps/<int:pk>/<slug:act>/", plans.deadline, name="campaign_deadline"
    ),
    path("campaigns/<slug:key>/shortlist/", shortlists.shortlist, name="shortlist"),
    path("campaigns/<slug:key>/shortlist/add/", shortlists.add, name="shortlist_add"),
    path("campaigns/<slug:key>/shortlist/many/", shortlists.many, name="shortlist_many"),
    path("campaigns/<slug:key>/board/", engagements.board, name="campaign_board"),
    path(
        "campaigns/<slug:key>/board/<slug:stage>/",
        engagements.column,
        name="campaign_board_column",
    ),
    path("campaigns/<slug:key>/creators/<int:pk>/", engagements.engagement, name="engagement"),
    path("campaigns/<slug:key>/creators/<int:pk>/move/", engagements.move, name="engagement_move"),
    path(
        "campaigns/<slug:key>/creators/<int:pk>/substitute/",
        engagements.substitute,
        name="engagement_substitute",
    ),
    path("campaigns/<slug:key>/creators/<int:pk>/links/", guests.invite, name="guest_invite"),
    path("links/<int:pk>/revoke/", guests.revoke, name="guest_revoke"),
    path("campaigns/<slug:key>/calendar/", calendar.calendar, name="campaign_calendar"),
    path(
        "campaigns/<slug:key>/calendar/slots/<int:pk>/<slug:act>/",
        calendar.slot_act,
        name="campaign_slot",
    ),
    path(
        "campaigns/<slug:key>/calendar/fills/<int:pk>/clear/", calendar.clear, name="campaign_fill"
    ),
]
